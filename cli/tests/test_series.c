/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Differences and their intervals, against figures worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/series.h"

#include <math.h>
#include <stdio.h>

static struct rl_account account[2][8];
static struct rl_series a, b;

static void set(struct rl_account *to, const char *what, double value)
{
	struct rl_account_row *r = &to->row[to->n++];

	*r = (struct rl_account_row){.section = RL_ACCOUNT_CPU, .unit = "ns"};
	snprintf(r->what, sizeof(r->what), "%s", what);
	r->e = (struct rl_estimate){value, NAN, NAN};
}

static void make(const double *x, size_t nx, const double *y, size_t ny)
{
	for (size_t i = 0; i < nx; i++) {
		account[0][i].n = 0;
		set(&account[0][i], "guest: fio", x[i]);
	}
	for (size_t i = 0; i < ny; i++) {
		account[1][i].n = 0;
		set(&account[1][i], "guest: fio", y[i]);
		set(&account[1][i], "guest: spin", 10 + (double)(i % 2));
	}
	assert_int_equal(rl_series_measured(account[0], nx, &a), 0);
	assert_int_equal(rl_series_measured(account[1], ny, &b), 0);
}

static void is(struct rl_estimate e, double value, double half)
{
	if (!(fabs(e.value - value) < 1e-9 && fabs(e.lo - (value - half)) < 1e-3 &&
		    fabs(e.hi - (value + half)) < 1e-3))
		fail_msg("%g (%g to %g), not %g +- %g", e.value, e.lo, e.hi, value, half);
}

static int teardown(void **state)
{
	(void)state;
	rl_series_fini(&a);
	rl_series_fini(&b);
	return 0;
}

/* Differences 1, 2, 3, 5: mean 2.75, variance 35/12, t(3) = 3.182. */
static void paired(void **state)
{
	static const double x[] = {1, 20, 300, 4000}, y[] = {2, 22, 303, 4005};

	(void)state;
	make(x, 4, y, 4);
	is(rl_series_difference(&a, &b, true, RL_ACCOUNT_CPU, "guest: fio"), 2.75,
		3.182 * sqrt(35. / 12 / 4));
	is(rl_series_difference(&b, &a, true, RL_ACCOUNT_CPU, "guest: fio"), -2.75,
		3.182 * sqrt(35. / 12 / 4));
}

/*
 * Means 2 and 6, variances of the means 1/3 and 74/30: (1/3 + 74/30)^2 / (1/9 / 2 + (74/30)^2 / 5)
 * is 6.16 degrees of freedom, t(6) = 2.447; 2.447 x sqrt(1/3 + 74/30) = 4.0946.
 */
static void unpaired(void **state)
{
	static const double x[] = {1, 2, 3}, y[] = {2, 3, 4, 6, 9, 12};

	(void)state;
	make(x, 3, y, 6);
	is(rl_series_difference(&a, &b, false, RL_ACCOUNT_CPU, "guest: fio"), 4, 4.0946142);
}

/* Time that one of them spends on a purpose and the other does not is a difference. */
static void a_purpose_that_one_has(void **state)
{
	static const double x[] = {1, 2, 3, 4};

	(void)state;
	make(x, 4, x, 4);
	is(rl_series_difference(&a, &b, true, RL_ACCOUNT_CPU, "guest: spin"), 10.5,
		3.182 * sqrt(1. / 3 / 4));
	is(rl_series_difference(&a, &b, true, RL_ACCOUNT_CPU, "guest: fio"), 0, 0);
	assert_true(rl_series_value(&a, RL_ACCOUNT_CPU, "guest: spin") == 0);
	assert_true(isnan(rl_series_value(&a, RL_ACCOUNT_CPU, "guest waits")));
	assert_true(isnan(rl_series_value(&a, RL_ACCOUNT_EVENTS, "guest: spin")));
	assert_true(
		isnan(rl_series_difference(&a, &b, true, RL_ACCOUNT_EVENTS, "guest: spin").value));
}

static void one_of_each_has_no_interval(void **state)
{
	static const double x[] = {7}, y[] = {9};

	(void)state;
	make(x, 1, y, 1);
	for (int pair = 0; pair < 2; pair++) {
		struct rl_estimate e =
			rl_series_difference(&a, &b, pair, RL_ACCOUNT_CPU, "guest: fio");

		assert_true(e.value == 2 && isnan(e.lo) && isnan(e.hi));
	}
}

/* From 1, 2 to 4, 8 and from 3, 5 to 4, 6: in the mean 2 and 3.5, t(1) = 12.706. */
static void two_ways(void **state)
{
	static const double x[4][2] = {{1, 2}, {4, 8}, {3, 5}, {4, 6}};
	const struct rl_series *way[4];
	static struct rl_series s[4];

	(void)state;
	for (int k = 0; k < 4; k++) {
		account[0][0].n = account[0][1].n = 0;
		set(&account[0][0], "guest: fio", x[k][0]);
		set(&account[0][1], "guest: fio", x[k][1]);
		assert_int_equal(rl_series_measured(account[0], 2, &s[k]), 0);
		way[k] = &s[k];
	}
	is(rl_series_effect(way, RL_ACCOUNT_CPU, "guest: fio"), 2.75,
		12.706 * sqrt(1.5 * 1.5 / 2 / 2));
	for (int k = 0; k < 4; k++)
		rl_series_fini(&s[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(paired, teardown),
		cmocka_unit_test_teardown(unpaired, teardown),
		cmocka_unit_test_teardown(a_purpose_that_one_has, teardown),
		cmocka_unit_test_teardown(one_of_each_has_no_interval, teardown),
		cmocka_unit_test(two_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
