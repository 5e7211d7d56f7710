/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What guards the benchmarks: wrong models are told from right ones, and both are one model. */
#include "sim/bench/bench.h"
#include "sim/bench/draw.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define CUSTOMERS 400000u
#define DRAWS	  1000000

/* Five standard errors. */
static void near(double got, double want, double sd)
{
	assert_true(fabs(got - want) < 5 * sd / sqrt(DRAWS));
}

static void draws(void **state)
{
	double sum = 0, squares = 0, cubes = 0;
	struct rl_draw d;
	int tail = 0;

	(void)state;
	rl_draw_init(&d, 3);
	for (int i = 0; i < DRAWS; i++) {
		double x = rl_draw_exp(&d);

		assert_true(x >= 0);
		sum += x;
		squares += x * x;
		cubes += x * x * x;
		tail += x > 8; /* beyond the last layer */
	}
	near(sum / DRAWS, 1, 1);
	near(squares / DRAWS, 2, sqrt(20));
	near(cubes / DRAWS, 6, sqrt(684));
	near((double)tail / DRAWS, exp(-8), exp(-4));
}

static double mean(int rc, const struct rl_bench_mm1 *m)
{
	assert_int_equal(rc, 0);
	assert_true(m->ns > 0);
	return m->mean;
}

/* Both agree with theory; a load off by 5 % does not. */
static void mm1(void **state)
{
	const double loads[] = {0.3, 0.7, 0.9};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct rl_bench_mm1 a, b;
		double load = loads[i];
		double engine = mean(rl_bench_mm1(load, CUSTOMERS, 1, &a), &a);
		double limit = mean(rl_limit_mm1(load, CUSTOMERS, 1, &b), &b);

		assert_true(rl_bench_mm1_off(load, CUSTOMERS, engine) < 3);
		assert_true(rl_bench_mm1_off(load, CUSTOMERS, limit) < 3);
		engine = mean(rl_bench_mm1(1.05 * load, CUSTOMERS, 1, &a), &a);
		limit = mean(rl_limit_mm1(1.05 * load, CUSTOMERS, 1, &b), &b);
		assert_true(rl_bench_mm1_off(load, CUSTOMERS, engine) > 4);
		assert_true(rl_bench_mm1_off(load, CUSTOMERS, limit) > 4);
	}
}

/* A queue that grows for ever is an error, not a rate. */
static void an_overload_is_refused(void **state)
{
	struct rl_bench_mm1 m = {-1, -1};

	(void)state;
	assert_int_equal(rl_bench_mm1(1.2, CUSTOMERS, 1, &m), -EOVERFLOW);
	assert_int_equal(rl_limit_mm1(1.2, CUSTOMERS, 1, &m), -EOVERFLOW);
	assert_true(m.ns == -1 && m.mean == -1);
}

static void hold(void **state)
{
	const uint32_t pending[] = {1, 10, 1000, 100000};

	(void)state;
	for (int i = 0; i < 4; i++) {
		double a = 0, b = 0;

		assert_int_equal(rl_bench_hold(pending[i], 1000000, 2, &a), 0);
		assert_int_equal(rl_limit_hold(pending[i], 1000000, 2, &b), 0);
		assert_true(a > 0 && b > 0);
	}
	assert_false(rl_bench_hold_wrong(10, 1000000, 100000));
	assert_true(rl_bench_hold_wrong(10, 1000000, 101000));
	assert_true(rl_bench_hold_wrong(10, 1000000, 99000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws),
		cmocka_unit_test(mm1),
		cmocka_unit_test(an_overload_is_refused),
		cmocka_unit_test(hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
