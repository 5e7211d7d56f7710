/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals that hold at all times: what they promise is counted, looking after every value. */
#include "calibrate/anytime.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define TRIALS 1000
#define LENGTH 200
#define ALPHA  0.2

/* The ratio of the likelihoods, as its source writes it. */
static double ratio(double t, uint32_t n)
{
	double v = n - 1, k = 1 + (double)n * RL_ANYTIME_SPREAD;

	return pow(k, -0.5) * pow((1 + t * t / v) / (1 + t * t / (v * k)), n / 2.);
}

static void the_bound_is_where_the_ratio_is(void **state)
{
	(void)state;
	for (uint32_t n = 5; n <= 10000; n = n * 3 / 2)
		for (double alpha = 0.5; alpha > 1e-3; alpha /= 3) {
			double b = rl_anytime_bound(n, alpha);

			assert_true(b > 0 && isfinite(b));
			assert_true(fabs(ratio(sqrt(b * (n - 1)), n) * alpha - 1) < 1e-9);
		}
	assert_true(isinf(rl_anytime_bound(1, 0.05)));
	assert_true(isinf(rl_anytime_bound(3, 1e-6)));
}

/* Values with mean @mean; after which of them is it known that it is not 0? LENGTH: never. */
static uint32_t known(gsl_rng *g, double mean, const double *bound, int *sign)
{
	double x[LENGTH];

	for (uint32_t n = 0; n < LENGTH; n++) {
		x[n] = mean + gsl_ran_gaussian(g, 3);
		*sign = rl_anytime_sign(x, n + 1, bound[n + 1]);
		if (*sign)
			return n + 1;
	}
	return LENGTH;
}

static void looking_always_is_wrong_as_rarely_as_told(void **state)
{
	double bound[LENGTH + 1];
	gsl_rng *g = gsl_rng_alloc(gsl_rng_mt19937);
	int refused = 0, right = 0, sign;

	(void)state;
	for (uint32_t n = 1; n <= LENGTH; n++)
		bound[n] = rl_anytime_bound(n, ALPHA);
	for (int t = 0; t < TRIALS; t++) {
		refused += known(g, 0, bound, &sign) < LENGTH;
		right += known(g, -1.5, bound, &sign) < LENGTH && sign < 0;
	}
	gsl_rng_free(g);
	assert_in_range(refused, TRIALS * ALPHA / 4, TRIALS * ALPHA);
	assert_true(right > 0.99 * TRIALS);
}

static void intervals(void **state)
{
	const double x[] = {10, 11, 9, 10, 12, 8, 10, 10}, same[] = {3, 3, 3, 3, 3, 3, 3, 3};
	struct rl_estimate e = rl_anytime_mean(x, 8, 0.05);
	double bound = rl_anytime_bound(8, 0.05), y[8];

	(void)state;
	assert_true(e.value == 10 && e.lo < 9.5 && e.hi > 10.5);
	/* What is just outside is refused, what is just inside is not. */
	for (int side = -1; side <= 1; side += 2) {
		for (int i = 0; i < 8; i++)
			y[i] = x[i] - 10 + side * (e.hi - e.value) * 1.001;
		assert_int_equal(rl_anytime_sign(y, 8, bound), side);
		for (int i = 0; i < 8; i++)
			y[i] = x[i] - 10 + side * (e.hi - e.value) * 0.999;
		assert_int_equal(rl_anytime_sign(y, 8, bound), 0);
	}
	e = rl_anytime_mean(same, 8, 0.05);
	assert_true(e.value == 3 && e.lo == 3 && e.hi == 3);
	assert_int_equal(rl_anytime_sign(same, 8, bound), 1);
	e = rl_anytime_mean(x, 1, 0.05);
	assert_true(e.value == 10 && isnan(e.lo) && isnan(e.hi));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bound_is_where_the_ratio_is),
		cmocka_unit_test(looking_always_is_wrong_as_rarely_as_told),
		cmocka_unit_test(intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
