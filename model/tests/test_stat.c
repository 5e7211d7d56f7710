/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals and the rule that stops: how often they hold the true mean. */
#include "model/stat.h"

#include "model/base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define TRIALS 2000
#define MAX    4000

/* Skewed, with mean 1: what a replication's mean of k exponential waits looks like. */
static double draw(struct rl_rng *r, int k)
{
	double sum = 0;

	for (int i = 0; i < k; i++)
		sum += rl_rng_exp(r) / k;
	return sum;
}

static bool holds_one(const struct rl_estimate *e)
{
	return e->lo <= 1 && e->hi >= 1;
}

/* Five standard errors of a proportion are 2.4 % of 2000 trials. */
static void fixed_number(void **state)
{
	double x[10];
	struct rl_rng r;

	(void)state;
	for (uint32_t n = 5; n <= 10; n += 5) {
		int hit = 0;

		rl_rng_init(&r, 1, n, 0, 0);
		for (int t = 0; t < TRIALS; t++) {
			struct rl_estimate e;

			for (uint32_t i = 0; i < n; i++)
				x[i] = draw(&r, 100);
			e = rl_stat_mean95(x, n);
			hit += holds_one(&e);
		}
		assert_true(fabs(hit / (double)TRIALS - 0.95) < 0.024);
	}
}

/* The procedure of a run with a precision, on values whose mean is known. */
static uint32_t stop(struct rl_rng *r, int k, double frac, struct rl_estimate *e)
{
	static double x[MAX];
	uint32_t have = 0, in_row = 0;

	for (uint32_t look = 0; in_row < 2; look++) {
		uint32_t n = rl_stat_look(10, look);

		assert_true(n <= MAX);
		while (have < n)
			x[have++] = draw(r, k);
		*e = rl_stat_mean95(x, n);
		in_row = rl_stat_precise(rl_stat_half(e), frac) ? in_row + 1 : 0;
	}
	return have;
}

static void stopping(void **state)
{
	static const struct {
		int k;
		double frac;
	} cases[] = {{100, 0.05}, {100, 0.02}, {20, 0.10}, {20, 0.05}, {400, 0.02}};
	struct rl_estimate e;
	struct rl_rng r;

	(void)state;
	for (uint32_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		int hit = 0;
		double n = 0;

		rl_rng_init(&r, 2, c, 0, 0);
		for (int t = 0; t < TRIALS; t++) {
			n += stop(&r, cases[c].k, cases[c].frac, &e);
			hit += holds_one(&e);
			assert_true((e.hi - e.lo) / 2 <= cases[c].frac * e.value);
		}
		print_message("k %d precision %g: holds in %.1f %%, %.0f replications\n",
			cases[c].k, cases[c].frac, 100.0 * hit / TRIALS, n / TRIALS);
		assert_true(hit >= 0.92 * TRIALS && hit <= 0.985 * TRIALS);
	}
}

static void looks(void **state)
{
	(void)state;
	assert_int_equal(rl_stat_look(10, 0), 10);
	assert_int_equal(rl_stat_look(10, 1), 13);
	for (uint32_t k = 0; k < 20; k++)
		assert_true(rl_stat_look(1, k + 1) > rl_stat_look(1, k));
}

static void widths(void **state)
{
	(void)state;
	assert_true(rl_stat_half(&(struct rl_estimate){10, 9, 11}) == 0.1);
	assert_true(rl_stat_half(&(struct rl_estimate){0, 0, 0}) == 0);
	assert_true(rl_stat_half(&(struct rl_estimate){-10, -11, -9}) == 0.1);
	assert_true(isnan(rl_stat_half(&(struct rl_estimate){1, NAN, NAN})));
	assert_false(rl_stat_precise(NAN, 0.5));
	assert_false(rl_stat_precise(0.01, 0.01));
	assert_true(rl_stat_precise(0.0099, 0.01));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_number),
		cmocka_unit_test(stopping),
		cmocka_unit_test(looks),
		cmocka_unit_test(widths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
