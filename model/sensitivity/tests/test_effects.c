/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Elementary effects of walks against all of them: on a grid of four levels there are finitely
 * many, which are counted out.
 */
#include "model/sensitivity/sensitivity.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#define AXES   3
#define LEVELS 4
#define SEEDS  100

typedef double function(const double *u);

static double ishigami(const double *u)
{
	double x = M_PI * (2 * u[0] - 1), y = M_PI * (2 * u[1] - 1), z = M_PI * (2 * u[2] - 1);

	return sin(x) + 7 * sin(y) * sin(y) + 0.1 * pow(z, 4) * sin(x);
}

/* Its effects on the grid are neither all alike nor of one sign, and its axes differ. */
static double crossed(const double *u)
{
	return 3 * u[0] + (u[1] - 0.4) * (u[1] - 0.4) + 2 * u[0] * u[2] * u[2] - u[1] * u[2];
}

static double straight(const double *u)
{
	return 5 - 4 * u[0] + 0.5 * u[1];
}

struct all {
	double mu_star, mu, sigma;
};

/* Every place of the grid, and the one way that an axis can go from it. */
static struct all count_out(function *f, int axis)
{
	struct all all = {0};
	int n = LEVELS * LEVELS * LEVELS;
	double square = 0;

	for (int i = 0; i < n; i++) {
		int at[AXES] = {i % 4, i / 4 % 4, i / 16};
		double from[AXES], to[AXES], effect;

		for (int a = 0; a < AXES; a++)
			from[a] = to[a] = at[a] / 3.0;
		to[axis] = (at[axis] + (at[axis] < 2 ? 2 : -2)) / 3.0;
		effect = (f(to) - f(from)) / (to[axis] - from[axis]);
		all.mu += effect / n;
		all.mu_star += fabs(effect) / n;
		square += effect * effect / n;
	}
	all.sigma = sqrt(fmax(0, square - all.mu * all.mu));
	return all;
}

static void ask(function *f, uint32_t n, uint64_t seed, struct rl_sens_effect *out)
{
	size_t points = (size_t)n * rl_sens_group(RL_SENS_MORRIS, AXES);
	double *u = malloc(points * AXES * sizeof(*u)), *y = malloc(points * sizeof(*y));

	assert_true(u && y);
	assert_int_equal(rl_sens_fill(RL_SENS_MORRIS, n, AXES, seed, u), 0);
	for (size_t p = 0; p < points; p++)
		y[p] = f(u + p * AXES);
	assert_int_equal(rl_sens_morris(u, y, n, AXES, seed, out), 0);
	free(u);
	free(y);
}

/* Of 4000 walks the mean is known to 1.6 % of the spread; four of those. */
static void many_walks(void **state)
{
	static function *const f[] = {ishigami, crossed};

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct rl_sens_effect out[AXES];

		ask(f[k], 4000, 1, out);
		for (int a = 0; a < AXES; a++) {
			struct all all = count_out(f[k], a);
			double allowed = 0.064 * all.sigma + 1e-9;

			print_message("axis %d: mu* %.4f of %.4f, mu %.4f of %.4f, sigma %.4f of "
				      "%.4f\n",
				a, out[a].mu_star.value, all.mu_star, out[a].mu, all.mu,
				out[a].sigma, all.sigma);
			assert_true(fabs(out[a].mu_star.value - all.mu_star) < allowed);
			assert_true(fabs(out[a].mu - all.mu) < allowed);
			assert_true(fabs(out[a].sigma - all.sigma) < allowed);
		}
	}
}

/* By chance 95 of 100; the bootstrap of 30 values says a little too little. */
static void intervals_hold(void **state)
{
	unsigned held = 0;

	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct rl_sens_effect out[AXES];

		ask(crossed, 30, seed, out);
		for (int a = 0; a < AXES; a++) {
			double truth = count_out(crossed, a).mu_star;

			held += out[a].mu_star.lo <= truth && truth <= out[a].mu_star.hi;
		}
	}
	print_message("%u of %u intervals hold\n", held, SEEDS * AXES);
	assert_true(held >= 0.90 * SEEDS * AXES);
	assert_true(held < SEEDS * AXES);
}

/* Of a plane every walk tells all there is. */
static void plane(void **state)
{
	struct rl_sens_effect out[AXES];

	(void)state;
	ask(straight, 4, 2, out);
	assert_true(fabs(out[0].mu + 4) < 1e-12 && fabs(out[0].mu_star.value - 4) < 1e-12);
	assert_true(fabs(out[1].mu - 0.5) < 1e-12 && out[1].sigma < 1e-12);
	assert_true(out[2].mu_star.value == 0 && out[2].mu_star.hi == 0 && out[2].sigma == 0);
}

static double broken(const double *u)
{
	return u[2] > 0.9 ? NAN : u[0];
}

static void unknown(void **state)
{
	struct rl_sens_effect out[AXES];

	(void)state;
	ask(broken, 8, 1, out);
	for (int a = 0; a < AXES; a++)
		assert_true(isnan(out[a].mu_star.value) && isnan(out[a].mu) && isnan(out[a].sigma));
	ask(straight, 1, 1, out);
	assert_true(isfinite(out[0].mu_star.value));
	assert_true(isnan(out[0].mu_star.lo) && isnan(out[0].sigma));
}

/* A walk moves every axis once, by two thirds, within the axis. */
static void walks(void **state)
{
	enum { N = 50, MANY = 70, GROUP = MANY + 1 };
	static double u[N * GROUP * MANY];

	(void)state;
	assert_int_equal(rl_sens_fill(RL_SENS_MORRIS, N, MANY, 9, u), 0);
	for (int i = 0; i < N; i++) {
		const double *at = u + i * GROUP * MANY;

		for (int a = 0; a < MANY; a++) {
			int moved = 0;

			for (int p = 0; p < GROUP; p++)
				assert_true(at[p * MANY + a] >= 0 && at[p * MANY + a] < 1);
			for (int p = 1; p < GROUP; p++) {
				double by = fabs(at[p * MANY + a] - at[(p - 1) * MANY + a]);

				assert_true(by == 0 || fabs(by - 2.0 / 3) < 1e-12);
				moved += by > 0;
			}
			assert_int_equal(moved, 1);
		}
	}
	assert_int_equal(rl_sens_fill(RL_SENS_MORRIS, 1, 0, 0, u), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_walks),
		cmocka_unit_test(intervals_hold),
		cmocka_unit_test(plane),
		cmocka_unit_test(unknown),
		cmocka_unit_test(walks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
