/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far residuals reach: held against what a next one of the same law does. */
#include "calibrate/interval.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SETS 20000

/* Of SETS sets of @n normal residuals: how often the next one is within reach. */
static double held(size_t n, double share)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	unsigned within = 0;
	double x[64];

	for (unsigned s = 0; s < SETS; s++) {
		for (size_t i = 0; i < n; i++)
			x[i] = fabs(gsl_ran_gaussian(rng, 1));
		gsl_sort(x, 1, n);
		within += fabs(gsl_ran_gaussian(rng, 1)) <= rl_interval_reach(x, n, share);
	}
	gsl_rng_free(rng);
	return (double)within / SETS;
}

/* Student's t holds its share exactly, the rank at least and by no more than a place. */
static void test_the_next_one_is_held_as_often_as_said(void **state)
{
	(void)state;
	assert_true(fabs(held(2, 0.9) - 0.9) < 0.01);
	assert_true(fabs(held(16, 0.9) - 0.9) < 0.01);
	assert_true(fabs(held(16, 0.5) - 9 / 17.0) < 0.015);
	assert_true(fabs(held(19, 0.9) - 0.9) < 0.01);
	assert_true(fabs(held(40, 0.9) - 37 / 41.0) < 0.01);
}

/* Of many the rank, whatever the largest is; of few all of them count. */
static void test_one_cell_sets_no_width(void **state)
{
	double x[20];

	(void)state;
	for (size_t i = 0; i < 20; i++)
		x[i] = 1 + (double)i / 100;
	assert_true(rl_interval_reach(x, 20, 0.9) == x[18]);
	x[19] = 1e6;
	assert_true(rl_interval_reach(x, 20, 0.9) == x[18]);
	x[15] = 5;
	assert_true(rl_interval_reach(x, 16, 0.9) < 3);
	assert_true(rl_interval_reach(x, 1, 0.9) > 6 * x[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_next_one_is_held_as_often_as_said),
		cmocka_unit_test(test_one_cell_sets_no_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
