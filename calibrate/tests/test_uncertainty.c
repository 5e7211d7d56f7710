/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a set says of its uncertainty comes back as the fit had it; nonsense is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/tests/store_fixture.h"
#include "calibrate/uncertainty.h"

#include <errno.h>
#include <math.h>

#define DRAWS 4000

static const int wanted[] = {RL_FIT_SCALE, RL_PARAM_copy_ns_per_byte, RL_PARAM_grant_map_ns};

struct bench {
	struct rl_measured_cell v[FIXTURE_CELLS], calibration[FIXTURE_CELLS];
	struct rl_cells cells;
	struct rl_fit fit;
	struct rl_param_set set;
	struct rl_uncertainty u;
};

static struct bench b;

static int set_up(void **state)
{
	struct rl_fit_spec spec = {.nparams = 3};
	struct rl_costs truth;
	size_t n = fixture_grid(b.v);

	(void)state;
	fixture_truth(&truth);
	assert_int_equal(fixture_measure(b.v, n, &truth), 0);
	for (size_t i = 0; i < n; i++)
		if (b.v[i].role == RL_ROLE_CALIBRATE)
			b.calibration[b.cells.n++] = b.v[i];
	b.cells.v = b.calibration;
	rl_costs_default(&spec.prior);
	rl_forward_default(&spec.forward);
	memcpy(spec.params, wanted, sizeof(wanted));
	assert_int_equal(rl_fit_run(&spec, &b.cells, &b.fit, NULL), 0);
	assert_int_equal(rl_fit_examine(&b.fit, &b.cells, NULL), 0);
	assert_int_equal(rl_fit_to_set(&b.fit, &b.cells, "p", FIXTURE_PLATFORM, &b.set, NULL), 0);
	assert_int_equal(rl_uncertainty_read(&b.set, &b.u, NULL), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rl_uncertainty_fini(&b.u);
	rl_param_set_fini(&b.set);
	rl_fit_fini(&b.fit);
	return 0;
}

static void test_comes_back(void **state)
{
	(void)state;
	assert_int_equal(b.u.n, 3);
	assert_string_equal(b.u.name[0], "time_scale");
	assert_string_equal(b.u.name[2], "grant_map_ns");
	assert_true(b.u.moves[0][RL_PARAM_submit_ns]);
	assert_false(b.u.moves[0][RL_PARAM_copy_ns_per_byte]); /* fitted by itself */
	for (size_t j = 0; j < 3; j++)
		for (size_t k = 0; k < 3; k++)
			assert_true(
				fabs(b.u.covariance.v[j][k] - b.fit.lsq.covariance.v[j][k]) < 1e-9);
	assert_int_equal(b.u.nreplicates, RL_UNCERTAINTY_REPLICATES);
	assert_memory_equal(&b.u.costs, &b.fit.costs, sizeof(b.u.costs));
}

/* Many draws have the covariance that they are drawn from. */
static void test_draws(void **state)
{
	double sum = 0, square = 0, both = 0;
	struct rl_costs c;

	(void)state;
	for (size_t i = 0; i < DRAWS; i++) {
		double s, t;

		rl_uncertainty_draw(&b.u, i, &c);
		s = log(c.v[RL_PARAM_submit_ns] / b.u.costs.v[RL_PARAM_submit_ns]);
		t = log(c.v[RL_PARAM_copy_ns_per_byte] / b.u.costs.v[RL_PARAM_copy_ns_per_byte]);
		assert_true(c.v[RL_PARAM_ratelimit_ns] == b.u.costs.v[RL_PARAM_ratelimit_ns]);
		sum += s;
		square += s * s;
		both += s * t;
	}
	assert_true(fabs(sum / DRAWS) < 4 * sqrt(b.u.covariance.v[0][0] / DRAWS));
	assert_true(fabs(square / DRAWS / b.u.covariance.v[0][0] - 1) < 0.1);
	assert_true(fabs(both / DRAWS - b.u.covariance.v[0][1]) <
		    0.1 * sqrt(b.u.covariance.v[0][0] * b.u.covariance.v[1][1]));
}

/* Of what no run tells, draws are as wide as the prior and replicates do not move. */
static void test_what_no_run_tells(void **state)
{
	struct rl_costs c;

	(void)state;
	assert_true(b.fit.lsq.p[2].kept);
	assert_true(sqrt(b.u.covariance.v[2][2]) > 1.3);
	for (size_t i = 0; i < b.u.nreplicates; i++) {
		rl_uncertainty_replicate(&b.u, i, &c);
		assert_true(c.v[RL_PARAM_grant_map_ns] == b.u.costs.v[RL_PARAM_grant_map_ns]);
	}
}

/* A fit that never saw a cell's like predicts it worse, and here not much: the model is right. */
static void test_left_out(void **state)
{
	double in = 0, out = 0;
	size_t n = 0, folds[RL_FOLD_COUNT] = {0};

	(void)state;
	for (size_t i = 0; i < b.u.ncv; i++) {
		folds[b.u.cv[i].fold]++;
		if (b.u.cv[i].quantity != RL_METRIC_iops)
			continue;
		out += b.u.cv[i].log_error * b.u.cv[i].log_error;
		n++;
	}
	in = b.fit.residual[RL_METRIC_iops];
	out = sqrt(out / (double)n);
	print_message("iops: residual %.4f, left out %.4f\n", in, out);
	assert_true(out > in && out < 4 * in);
	/* 16 cells, 3 quantities; all jobs are alike: none would stay. */
	assert_int_equal(folds[RL_FOLD_BS], 48);
	assert_int_equal(folds[RL_FOLD_DEPTH], 48);
	assert_int_equal(folds[RL_FOLD_POLICY], 48);
	assert_int_equal(folds[RL_FOLD_JOB], 0);
}

/* Every way in which a manifest can be wrong. */
static void test_refuses(void **state)
{
	static const char good[] = "{\"fitted\":[\"fio_ns\",\"tick_ns\"],\"log_value\":[1,2],"
				   "\"log_covariance\":[[1,0],[0,1]],\"bootstrap\":[[1,2]],"
				   "\"cv_residuals\":[{\"cell\":\"c\",\"quantity\":\"iops\","
				   "\"slice\":\"bs\",\"log_error\":0.1}]}";
	static const char *const wrong[][2] = {{"fio_ns", "fio_hs"}, {"[1,2],", "[1],"},
		{"[1,2],", "[1,null],"}, {"[[1,0],[0,1]]", "[[1,0]]"},
		{"[[1,0],[0,1]]", "[[1,2],[2,1]]"}, {"[[1,0],[0,1]]", "[[1,0],[0.5,1]]"},
		{"[[1,2]]", "[[1,2,3]]"}, {"iops", "ipos"}, {"\"bs\"", "\"sb\""},
		{"0.1", "\"0.1\""}};
	struct rl_param_set set = {.name = "p"};
	struct rl_uncertainty u;
	struct rl_err err;
	char text[400], bad[400];

	(void)state;
	snprintf(text, sizeof(text), "%s", good);
	set.manifest = text;
	assert_int_equal(rl_uncertainty_read(&set, &u, NULL), 0);
	rl_uncertainty_fini(&u);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *at = strstr(good, wrong[i][0]);

		assert_non_null(at);
		snprintf(bad, sizeof(bad), "%.*s%s%s", (int)(at - good), good, wrong[i][1],
			at + strlen(wrong[i][0]));
		set.manifest = bad;
		memset(&err, 0, sizeof(err));
		assert_int_equal(rl_uncertainty_read(&set, &u, &err), -EINVAL);
		assert_non_null(strstr(err.what, "manifest of parameters 'p'"));
	}
	snprintf(bad, sizeof(bad), "{}");
	assert_int_equal(rl_uncertainty_read(&set, &u, NULL), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comes_back),
		cmocka_unit_test(test_draws),
		cmocka_unit_test(test_what_no_run_tells),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
