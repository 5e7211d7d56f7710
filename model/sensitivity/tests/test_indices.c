/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Estimated indices against those of functions whose indices are known in closed form, over many
 * seeds: do intervals hold them, and does the error shrink as samples are added?
 *
 * Sources: T. Ishigami, T. Homma, An importance quantification technique in uncertainty analysis
 *          for computer models, ISUMA 1990; A. Saltelli, I. M. Sobol', About the use of rank
 *          transformation in sensitivity analysis of model output, Reliability Engineering &
 *          System Safety 50(3), 1995: the g-function.
 */
#include "model/sensitivity/sensitivity.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#define MAX_AXES 8
#define SEEDS	 40
#define N	 256 /* samples of which intervals are judged */

struct known {
	uint32_t axes;
	double (*f)(const double *u);
	void (*indices)(double *first, double *total);
	double error[3]; /* at most so far off, at 2^6, 2^8 and 2^12 samples */
};

/* ---- Ishigami's ---------------------------------------------------------------------------- */

#define ISHIGAMI_A 7.0
#define ISHIGAMI_B 0.1

static double ishigami(const double *u)
{
	double x = M_PI * (2 * u[0] - 1), y = M_PI * (2 * u[1] - 1), z = M_PI * (2 * u[2] - 1);

	return sin(x) + ISHIGAMI_A * sin(y) * sin(y) + ISHIGAMI_B * pow(z, 4) * sin(x);
}

static void ishigami_indices(double *first, double *total)
{
	double p4 = pow(M_PI, 4), p8 = p4 * p4;
	double v1 = pow(1 + ISHIGAMI_B * p4 / 5, 2) / 2, v2 = ISHIGAMI_A * ISHIGAMI_A / 8;
	double v13 = ISHIGAMI_B * ISHIGAMI_B * p8 * (1.0 / 18 - 1.0 / 50), v = v1 + v2 + v13;

	first[0] = v1 / v;
	first[1] = v2 / v;
	first[2] = 0;
	total[0] = (v1 + v13) / v;
	total[1] = v2 / v;
	total[2] = v13 / v;
}

/* ---- the g-function ------------------------------------------------------------------------ */

#define G_AXES 6

static const double g_a[G_AXES] = {0, 0.5, 3, 9, 99, 99};

static double g(const double *u)
{
	double product = 1;

	for (int i = 0; i < G_AXES; i++)
		product *= (fabs(4 * u[i] - 2) + g_a[i]) / (1 + g_a[i]);
	return product;
}

static void g_indices(double *first, double *total)
{
	double all = 1;

	for (int i = 0; i < G_AXES; i++)
		all *= 1 + 1 / (3 * pow(1 + g_a[i], 2));
	for (int i = 0; i < G_AXES; i++) {
		double own = 1 / (3 * pow(1 + g_a[i], 2));

		first[i] = own / (all - 1);
		total[i] = own * (all / (1 + own)) / (all - 1);
	}
}

static const struct known functions[] = {
	{3, ishigami, ishigami_indices, {0.3, 0.08, 0.01}},
	{G_AXES, g, g_indices, {0.3, 0.08, 0.01}},
};

/* ---- both ---------------------------------------------------------------------------------- */

static void ask(const struct known *k, uint32_t n, uint64_t seed, struct rl_sens_index *out)
{
	size_t points = (size_t)n * rl_sens_group(RL_SENS_SOBOL, k->axes);
	double *u = malloc(points * k->axes * sizeof(*u)), *y = malloc(points * sizeof(*y));

	assert_true(u && y);
	assert_int_equal(rl_sens_fill(RL_SENS_SOBOL, n, k->axes, seed, u), 0);
	for (size_t p = 0; p < points; p++)
		y[p] = k->f(u + p * k->axes);
	assert_int_equal(rl_sens_sobol(y, n, k->axes, seed, out), 0);
	free(u);
	free(y);
}

struct judged {
	double worst, square; /* error */
	unsigned held, of;    /* intervals */
};

static void judge(struct judged *j, const struct rl_estimate *e, double truth)
{
	double off = fabs(e->value - truth);

	j->worst = fmax(j->worst, off);
	j->square += off * off;
	j->held += e->lo <= truth && truth <= e->hi;
	j->of++;
}

static struct judged judge_all(const struct known *k, uint32_t n, unsigned seeds)
{
	struct rl_sens_index out[MAX_AXES];
	double first[MAX_AXES], total[MAX_AXES];
	struct judged j = {0};

	k->indices(first, total);
	for (uint64_t seed = 0; seed < seeds; seed++) {
		ask(k, n, seed, out);
		for (uint32_t a = 0; a < k->axes; a++) {
			judge(&j, &out[a].first, first[a]);
			judge(&j, &out[a].total, total[a]);
		}
	}
	return j;
}

/* The points are more even than chance, the bootstrap supposes chance: it may only say too much. */
static void intervals_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		struct judged j = judge_all(&functions[i], N, SEEDS);

		print_message("function %zu: %u of %u intervals hold, worst error %.3f\n", i,
			j.held, j.of, j.worst);
		assert_true(j.held >= 0.95 * j.of);
	}
}

/*
 * By chance the error goes with the root of the samples; a net is no worse over such a stretch.
 * Within one it may stay where it is: two coordinates of GSL's net can share digits for a while.
 */
static void error_shrinks(void **state)
{
	static const uint32_t n[] = {64, 256, 4096};

	(void)state;
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		double before = 0;

		for (int k = 0; k < 3; k++) {
			struct judged j = judge_all(&functions[i], n[k], k < 2 ? 16 : 4);
			double rms = sqrt(j.square / j.of);

			print_message("function %zu, %u samples: worst error %.5f, rms %.5f\n", i,
				n[k], j.worst, rms);
			assert_true(j.worst < functions[i].error[k]);
			assert_true(k == 0 || rms < before * sqrt((double)n[k - 1] / n[k]));
			before = rms;
		}
	}
}

/* ---- what has no index --------------------------------------------------------------------- */

static double constant(const double *u)
{
	(void)u;
	return 0.1;
}

static double broken(const double *u)
{
	return u[0] > 0.9 ? NAN : u[0];
}

static void unknown(void **state)
{
	static const struct known none[] = {{2, constant, NULL, {0}}, {2, broken, NULL, {0}}};
	struct rl_sens_index out[MAX_AXES];

	(void)state;
	for (int i = 0; i < 2; i++) {
		ask(&none[i], 32, 1, out);
		for (int a = 0; a < 2; a++) {
			assert_true(isnan(out[a].first.value) && isnan(out[a].first.lo));
			assert_true(isnan(out[a].total.value) && isnan(out[a].total.hi));
		}
	}
}

/* A large mean must not eat the digits of a small variance. */
static double high(const double *u)
{
	return 1e9 + u[0] + 0.1 * u[1];
}

static void far_from_zero(void **state)
{
	static const struct known k = {2, high, NULL, {0}};
	struct rl_sens_index out[MAX_AXES];

	(void)state;
	ask(&k, 4096, 1, out);
	assert_true(fabs(out[0].first.value - 1 / 1.01) < 0.002);
	assert_true(fabs(out[1].total.value - 0.01 / 1.01) < 0.002);
}

static void same_twice(void **state)
{
	struct rl_sens_index a[MAX_AXES], b[MAX_AXES], c[MAX_AXES];

	(void)state;
	ask(&functions[0], 64, 7, a);
	ask(&functions[0], 64, 7, b);
	ask(&functions[0], 64, 8, c);
	assert_memory_equal(a, b, 3 * sizeof(*a));
	assert_memory_not_equal(a, c, 3 * sizeof(*a));
}

/* A and B are places of a net: of 64 points each sixty-fourth of each axis holds one. */
static void even(void **state)
{
	enum { PLACES = 64, AXES = 20, GROUP = AXES + 2 };
	static double u[PLACES * GROUP * AXES];

	(void)state;
	assert_int_equal(rl_sens_fill(RL_SENS_SOBOL, PLACES, AXES, 3, u), 0);
	for (int k = 0; k < 2 * AXES; k++) {
		unsigned long long seen = 0;

		for (int i = 0; i < PLACES; i++)
			seen |= 1ull << (int)(PLACES * u[(i * GROUP + k / AXES) * AXES + k % AXES]);
		assert_true(seen == ~0ull);
	}
	for (int i = 0; i < PLACES; i++)
		for (int a = 0; a < AXES; a++)
			for (int b = 0; b < AXES; b++) {
				const double *at = u + i * GROUP * AXES;

				assert_true(at[(2 + a) * AXES + b] == at[(a == b) * AXES + b]);
			}
	assert_int_equal(rl_sens_fill(RL_SENS_SOBOL, 1, AXES + 1, 0, u), -EINVAL);
	assert_int_equal(rl_sens_fill(RL_SENS_SOBOL, 1, 0, 0, u), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_hold),
		cmocka_unit_test(error_shrinks),
		cmocka_unit_test(unknown),
		cmocka_unit_test(far_from_zero),
		cmocka_unit_test(same_twice),
		cmocka_unit_test(even),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
