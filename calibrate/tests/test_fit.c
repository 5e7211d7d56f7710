/* SPDX-License-Identifier: GPL-3.0-or-later */
/* once: thousands of simulations; other tests fit a few cells under sanitizers. */
/* A fit to runs that the simulator made with known costs must find these costs again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/fit.h"
#include "calibrate/tests/store_fixture.h"

#include <errno.h>
#include <math.h>

/* Fits to the calibration cells of the fixture's grid; grant_map is switched off there. */
static const int wanted[] = {RL_PARAM_copy_ns_per_byte, RL_PARAM_back_request_ns,
	RL_PARAM_submit_ns, RL_PARAM_grant_map_ns};

struct bench {
	struct rl_measured_cell v[FIXTURE_CELLS], calibration[FIXTURE_CELLS];
	struct rl_cells cells;
	struct rl_fit_spec spec;
	struct rl_costs truth;
	struct rl_fit fit;
};

static void set_up(struct bench *b)
{
	size_t n;

	memset(b, 0, sizeof(*b));
	fixture_truth(&b->truth);
	n = fixture_grid(b->v);
	assert_int_equal(n, FIXTURE_CELLS);
	assert_int_equal(fixture_measure(b->v, n, &b->truth), 0);
	for (size_t i = 0; i < n; i++)
		if (b->v[i].role == RL_ROLE_CALIBRATE)
			b->calibration[b->cells.n++] = b->v[i];
	b->cells.v = b->calibration;
	rl_costs_default(&b->spec.prior);
	rl_forward_default(&b->spec.forward);
	for (size_t j = 0; j < sizeof(wanted) / sizeof(wanted[0]); j++)
		b->spec.params[b->spec.nparams++] = wanted[j];
}

static void test_recovers(void **state)
{
	static struct bench b;
	struct rl_err err = {0};

	(void)state;
	set_up(&b);
	assert_int_equal(rl_fit_run(&b.spec, &b.cells, &b.fit, &err), 0);
	for (int j = 0; j < 3; j++) {
		double truth = b.truth.v[wanted[j]], found = b.fit.costs.v[wanted[j]];

		print_message("%s: %g found, %g true (%g to %g)\n", rl_param_info[wanted[j]].name,
			found, truth, exp(b.fit.lsq.p[j].lo), exp(b.fit.lsq.p[j].hi));
		assert_true(b.fit.lsq.p[j].identifiable);
		assert_true(fabs(found / truth - 1) < 0.15);
	}
	assert_true(b.fit.residual[RL_METRIC_iops] < 0.02);
	rl_fit_fini(&b.fit);
}

static void test_switched_off_is_not_identifiable(void **state)
{
	static struct bench b;

	(void)state;
	set_up(&b); /* grants are persistent: nothing is ever mapped */
	assert_int_equal(rl_fit_run(&b.spec, &b.cells, &b.fit, NULL), 0);
	assert_false(b.fit.lsq.p[3].identifiable);
	assert_true(b.fit.costs.v[RL_PARAM_grant_map_ns] ==
		    exp(log(b.spec.prior.v[RL_PARAM_grant_map_ns])));
	rl_fit_fini(&b.fit);
}

/* A machine on which all work takes 1.7 times as long, and nothing else does. */
static void test_scale(void **state)
{
	static struct bench b;

	(void)state;
	set_up(&b);
	b.spec.params[0] = RL_FIT_SCALE;
	b.spec.nparams = 1;
	rl_costs_default(&b.truth);
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		if (rl_fit_is_scaled(&b.spec, i))
			b.truth.v[i] *= 1.7;
	assert_false(rl_fit_is_scaled(&b.spec, RL_PARAM_ratelimit_ns));
	assert_int_equal(fixture_measure(b.calibration, b.cells.n, &b.truth), 0);
	assert_int_equal(rl_fit_run(&b.spec, &b.cells, &b.fit, NULL), 0);
	assert_true(fabs(exp(b.fit.lsq.p[0].x) / 1.7 - 1) < 0.02);
	assert_true(b.fit.costs.v[RL_PARAM_ratelimit_ns] == b.truth.v[RL_PARAM_ratelimit_ns]);
	rl_fit_fini(&b.fit);
}

static void test_threads_change_nothing(void **state)
{
	static struct bench a, b;

	(void)state;
	set_up(&a);
	set_up(&b);
	a.spec.forward.threads = 1;
	b.spec.forward.threads = 3;
	assert_int_equal(rl_fit_run(&a.spec, &a.cells, &a.fit, NULL), 0);
	assert_int_equal(rl_fit_run(&b.spec, &b.cells, &b.fit, NULL), 0);
	assert_memory_equal(&a.fit.costs, &b.fit.costs, sizeof(a.fit.costs));
	rl_fit_fini(&a.fit);
	rl_fit_fini(&b.fit);
}

static void test_held_out_never_enters(void **state)
{
	static struct bench b;
	struct rl_err err = {0};

	(void)state;
	set_up(&b);
	b.calibration[3].role = RL_ROLE_VALIDATE;
	assert_int_equal(rl_fit_run(&b.spec, &b.cells, &b.fit, &err), -EINVAL);
	assert_non_null(strstr(err.what, "never enter a fit"));
}

static void test_a_quarter_at_most(void **state)
{
	static struct bench b;
	struct rl_err err = {0};

	(void)state;
	set_up(&b);
	b.cells.n = 15; /* for 4 parameters 16 are needed */
	assert_int_equal(rl_fit_run(&b.spec, &b.cells, &b.fit, &err), -EINVAL);
	assert_non_null(strstr(err.what, "a quarter"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recovers),
		cmocka_unit_test(test_switched_off_is_not_identifiable),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_threads_change_nothing),
		cmocka_unit_test(test_held_out_never_enters),
		cmocka_unit_test(test_a_quarter_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
