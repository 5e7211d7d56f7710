/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The solver on models whose answer is known without a simulator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/lsq.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define CELLS 40
#define ROWS  (2 * CELLS)

/* y1 = a + b * u, y2 = a: two rows a cell; the third and fourth parameters vary by test. */
struct model {
	double u[CELLS];
	double jitter; /* steps of the model: a deterministic noise that varies with x */
	int product;   /* b is the product of parameters 1 and 2: only that can be told */
};

static int forward(void *arg, size_t n, const double *x, const unsigned *stream, double *out,
	struct rl_err *err)
{
	const struct model *m = arg;

	(void)err, (void)stream;
	for (size_t i = 0; i < n; i++, x += 3, out += ROWS)
		for (size_t c = 0; c < CELLS; c++) {
			double b = exp(x[1] + (m->product ? x[2] : 0));

			out[2 * c] = log(exp(x[0]) + b * m->u[c]);
			out[2 * c + 1] = x[0];
			for (int k = 0; k < 2; k++)
				out[2 * c + k] +=
					m->jitter * sin(1e6 * (x[0] + 2 * x[1] + 3 * x[2]) +
							    (double)(7 * c + k));
		}
	return 0;
}

struct bench {
	struct model m;
	double prior[3], prior_sd[3], min[3], max[3], y[ROWS], sd[ROWS];
	size_t group[ROWS];
	struct rl_lsq_problem p;
	struct rl_lsq_result r;
};

/* Truth: a = 700, b = 30; noise: a fixed pattern of +-noise. */
static void set_up(struct bench *b, int product, double noise)
{
	double truth[3] = {log(700), log(30), 0};

	memset(b, 0, sizeof(*b));
	b->m.product = product;
	for (size_t c = 0; c < CELLS; c++)
		b->m.u[c] = 1 << (c % 6);
	forward(&b->m, 1, truth, NULL, b->y, NULL);
	for (size_t i = 0; i < ROWS; i++) {
		b->y[i] += (i * 7 % 5 < 2 ? 1.5 : -1) * noise;
		b->sd[i] = 0.01;
		b->group[i] = i / 2;
	}
	for (size_t j = 0; j < 3; j++) {
		b->prior[j] = truth[j] + 1;
		b->prior_sd[j] = log(10);
		b->min[j] = -10;
		b->max[j] = 20;
	}
	b->p = (struct rl_lsq_problem){.nparams = 3,
		.nrows = ROWS,
		.ngroups = CELLS,
		.prior = b->prior,
		.prior_sd = b->prior_sd,
		.min = b->min,
		.max = b->max,
		.y = b->y,
		.sd = b->sd,
		.group = b->group,
		.forward = forward,
		.arg = &b->m};
}

static void test_recovers(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, 0, 0.02);
	assert_int_equal(rl_lsq_solve(&b.p, &b.r, NULL), 0);
	assert_true(b.r.converged);
	assert_true(fabs(b.r.p[0].x - log(700)) < 0.02);
	assert_true(fabs(b.r.p[1].x - log(30)) < 0.05);
	for (int j = 0; j < 2; j++) {
		double truth = j ? log(30) : log(700);

		assert_true(b.r.p[j].identifiable);
		assert_true(b.r.p[j].lo < truth && truth < b.r.p[j].hi);
		assert_true(b.r.p[j].hi - b.r.p[j].lo < 0.2);
	}
	rl_lsq_fini(&b.r);
}

static void test_no_influence_keeps_prior(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, 0, 0.02);
	assert_int_equal(rl_lsq_solve(&b.p, &b.r, NULL), 0);
	assert_false(b.r.p[2].identifiable);
	assert_true(b.r.p[2].x == b.prior[2]);
	assert_true(b.r.p[2].sensitivity < 1e-9);
	assert_true(b.r.p[2].hi - b.r.p[2].lo > 3); /* as unsure as the prior */
	rl_lsq_fini(&b.r);
}

/* Neither is known by itself; their sum is, and the covariance says both. */
static void test_only_product_known(void **state)
{
	struct bench b;
	double sum;

	(void)state;
	set_up(&b, 1, 0.02);
	assert_int_equal(rl_lsq_solve(&b.p, &b.r, NULL), 0);
	assert_int_equal(b.r.p[1].kept + b.r.p[2].kept, 1);
	assert_false(b.r.p[1].identifiable || b.r.p[2].identifiable);
	assert_true(fabs(b.r.p[1].x + b.r.p[2].x - log(30)) < 0.05);
	sum = b.r.covariance.v[1][1] + 2 * b.r.covariance.v[1][2] + b.r.covariance.v[2][2];
	assert_true(sqrt(b.r.covariance.v[1][1]) > 1);
	assert_true(sqrt(sum) < 0.05);
	rl_lsq_fini(&b.r);
}

/* The model's own steps must not pass for knowledge. */
static void test_noise_is_no_knowledge(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, 1, 0.02);
	b.m.jitter = 0.002;
	assert_int_equal(rl_lsq_solve(&b.p, &b.r, NULL), 0);
	assert_int_equal(b.r.p[1].kept + b.r.p[2].kept, 1);
	assert_true(fabs(b.r.p[1].x + b.r.p[2].x - log(30)) < 0.05);
	rl_lsq_fini(&b.r);
}

/* A cost that is truly nothing: told by the data, although its logarithm has no end. */
static void test_a_cost_of_nothing(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, 0, 0);
	for (size_t i = 0; i < ROWS; i++)
		b.y[i] = log(700);
	b.prior[1] = log(30);
	assert_int_equal(rl_lsq_solve(&b.p, &b.r, NULL), 0);
	assert_true(b.r.p[1].identifiable);
	assert_true(exp(b.r.p[1].x) < 3);
	assert_true(fabs(b.r.p[0].x - log(700)) < 0.01);
	rl_lsq_fini(&b.r);
}

static void test_too_many_parameters(void **state)
{
	struct bench b;
	struct rl_err err = {0};

	(void)state;
	set_up(&b, 0, 0);
	b.p.ngroups = 11;
	assert_int_equal(rl_lsq_solve(&b.p, &b.r, &err), -EINVAL);
	assert_non_null(strstr(err.what, "a quarter"));
	rl_lsq_fini(&b.r);
}

static int fails(void *arg, size_t n, const double *x, const unsigned *stream, double *out,
	struct rl_err *err)
{
	(void)arg, (void)n, (void)x, (void)stream, (void)out;
	return rl_err_set(err, -EDEADLK, NULL, 0, 0, "stands still");
}

static void test_model_error_is_passed_on(void **state)
{
	struct bench b;
	struct rl_err err = {0};

	(void)state;
	set_up(&b, 0, 0);
	b.p.forward = fails;
	assert_int_equal(rl_lsq_solve(&b.p, &b.r, &err), -EDEADLK);
	assert_string_equal(err.what, "stands still");
	rl_lsq_fini(&b.r);
}

static void test_bound_holds(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, 0, 0);
	b.max[0] = log(600);
	assert_int_equal(rl_lsq_solve(&b.p, &b.r, NULL), 0);
	assert_true(b.r.p[0].x <= log(600) && b.r.p[0].at_bound);
	rl_lsq_fini(&b.r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recovers),
		cmocka_unit_test(test_no_influence_keeps_prior),
		cmocka_unit_test(test_only_product_known),
		cmocka_unit_test(test_noise_is_no_knowledge),
		cmocka_unit_test(test_a_cost_of_nothing),
		cmocka_unit_test(test_too_many_parameters),
		cmocka_unit_test(test_model_error_is_passed_on),
		cmocka_unit_test(test_bound_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
