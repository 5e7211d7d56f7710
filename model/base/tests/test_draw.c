/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logarithm, exponential and the draws made of them: against the C library, against known moments
 * and distribution functions, and their exact bits.
 */
#include "model/base/draw.h"
#include "model/base/real.h"

#include "data/sha256.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define DRAWS 400000

static struct rl_rng g;

static void restart(uint32_t purpose)
{
	rl_rng_init(&g, 20, 1, 2, purpose);
}

static void close_to(double got, double want, double x)
{
	if (!(fabs(got - want) <= 1e-15 * fabs(want)))
		fail_msg("%.17g: %.17g, not %.17g", x, got, want);
}

/* Over all exponents, subnormal ones too; around 1, where the result is small; and the ends. */
static void logarithm(void **state)
{
	(void)state;
	restart(0);
	for (int i = 0; i < 1000000; i++) {
		double x = ldexp(1 + rl_rng_unit(&g), (int)(rl_rng_u64(&g) % 2097) - 1074);
		double y = 1 + (rl_rng_unit(&g) - 0.5) * ldexp(1, -(int)(rl_rng_u64(&g) % 50));

		close_to(rl_real_log(x), log(x), x);
		close_to(rl_real_log(y), log(y), y);
	}
	close_to(rl_real_log(0x1.fffffffffffffp1023), log(0x1.fffffffffffffp1023), 0);
	close_to(rl_real_log(0x1p-1074), log(0x1p-1074), 0);
	assert_true(rl_real_log(1) == 0);
	assert_true(rl_real_log(0) == -INFINITY);
}

static void exponential(void **state)
{
	(void)state;
	restart(1);
	for (int i = 0; i < 1000000; i++) {
		double x = -708 + 1417 * rl_rng_unit(&g);
		double y = (rl_rng_unit(&g) - 0.5) * ldexp(1, -(int)(rl_rng_u64(&g) % 60));

		close_to(rl_real_exp(x), exp(x), x);
		close_to(rl_real_exp(y), exp(y), y);
	}
	/* Subnormal results have fewer bits: half a unit of the last that there is. */
	for (double x = -708; x > -746; x -= 0.0625)
		assert_true(fabs(rl_real_exp(x) - exp(x)) <= 1e-15 * exp(x) + 0x1p-1074);
	assert_true(rl_real_exp(0) == 1);
	assert_true(rl_real_exp(-746) == 0 && rl_real_exp(-1e300) == 0);
	assert_true(rl_real_exp(710) == INFINITY && rl_real_exp(1e300) == INFINITY);
	close_to(rl_real_exp(709.78), exp(709.78), 709.78);
}

/* ---- distributions ------------------------------------------------------------------------- */

struct law {
	const char *name;
	enum rl_dist_kind kind;
	double mean, cv;
};

static const struct law laws[] = {
	{"exponential", RL_DIST_EXPONENTIAL, 3, 1},
	{"lognormal", RL_DIST_LOGNORMAL, 80e3, 0.1},
	{"lognormal", RL_DIST_LOGNORMAL, 80e3, 1},
	{"lognormal", RL_DIST_LOGNORMAL, 1e-3, 2},
	{"gamma", RL_DIST_GAMMA, 80e3, 0.1},
	{"gamma", RL_DIST_GAMMA, 1, 1},
	{"gamma", RL_DIST_GAMMA, 5e6, 1.5},
};

#define LAWS (sizeof(laws) / sizeof(laws[0]))

static double below(const struct law *l, double x)
{
	double shape = 1 / (l->cv * l->cv), sigma = sqrt(log(1 + l->cv * l->cv));

	switch (l->kind) {
	case RL_DIST_EXPONENTIAL:
		return 1 - exp(-x / l->mean);
	case RL_DIST_LOGNORMAL:
		return gsl_cdf_ugaussian_P((log(x / l->mean) + sigma * sigma / 2) / sigma);
	default:
		return gsl_cdf_gamma_P(x, shape, l->mean / shape);
	}
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Kolmogorov's statistic of sorted draws, each times @bias. */
static double distance(const struct law *l, const double *x, double bias)
{
	double most = 0;

	for (int i = 0; i < DRAWS; i++) {
		double p = below(l, x[i] * bias);

		most = fmax(most, fmax(p - (double)i / DRAWS, (i + 1.0) / DRAWS - p));
	}
	return most * sqrt(DRAWS);
}

static double x[DRAWS];

static void draw_all(const struct law *l, uint32_t purpose)
{
	struct rl_dist d;

	rl_dist_init(&d, l->kind, l->mean, l->cv, NULL);
	restart(purpose);
	for (int i = 0; i < DRAWS; i++) {
		x[i] = rl_dist_draw(&d, &g);
		assert_true(x[i] >= 0 && isfinite(x[i]));
	}
}

/* 1.95: one right generator in a thousand is further off, at these seeds none; 2 % off all are. */
static void kolmogorov_smirnov(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < LAWS; i++) {
		double d;

		draw_all(&laws[i], 10 + i);
		qsort(x, DRAWS, sizeof(x[0]), ascending);
		d = distance(&laws[i], x, 1);
		if (d > 1.95 || distance(&laws[i], x, 1.02) < 1.95 ||
			distance(&laws[i], x, 1 / 1.02) < 1.95)
			fail_msg("%s cv %g: %g", laws[i].name, laws[i].cv, d);
	}
}

/* Mean and variance within five standard errors, the latter's from the draws themselves. */
static void moments(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < LAWS; i++) {
		const struct law *l = &laws[i];
		double want = l->mean * l->mean * l->cv * l->cv, sum = 0, two = 0, four = 0;

		draw_all(l, 30 + i);
		for (int k = 0; k < DRAWS; k++) {
			double off = x[k] - l->mean;

			sum += off;
			two += off * off;
			four += off * off * off * off;
		}
		two /= DRAWS;
		four /= DRAWS;
		if (fabs(sum / DRAWS) > 5 * sqrt(want / DRAWS) ||
			fabs(two - want) > 5 * sqrt((four - two * two) / DRAWS))
			fail_msg("%s cv %g: mean off by %g, variance %g and not %g", l->name, l->cv,
				sum / DRAWS, two, want);
	}
}

static void normal(void **state)
{
	double m[5] = {0};

	(void)state;
	restart(3);
	for (int i = 0; i < DRAWS; i++) {
		double z = rl_draw_normal(&g), power = 1;

		x[i] = z;
		for (int k = 0; k < 5; k++, power *= z)
			m[k] += power / DRAWS;
	}
	assert_true(fabs(m[1]) < 5 * sqrt(1.0 / DRAWS));
	assert_true(fabs(m[2] - 1) < 5 * sqrt(2.0 / DRAWS));
	assert_true(fabs(m[3]) < 5 * sqrt(15.0 / DRAWS));
	assert_true(fabs(m[4] - 3) < 5 * sqrt(96.0 / DRAWS));
	qsort(x, DRAWS, sizeof(x[0]), ascending);
	for (int i = 0; i < DRAWS; i++)
		assert_true(
			fabs(gsl_cdf_ugaussian_P(x[i]) - (i + 0.5) / DRAWS) < 1.95 / sqrt(DRAWS));
}

/* Every interval as often as its weight says, evenly inside; what weighs nothing never. */
static void empirical(void **state)
{
	static const struct rl_points points = {
		.n = 5, .p = {{1, 1, 50}, {2, 3, 30}, {5, 5, 0}, {7, 11, 15}, {100, 100, 5}}};
	double n[5] = {0}, inside[5] = {0}, sum = 0;
	struct rl_dist d;

	(void)state;
	rl_dist_init(&d, RL_DIST_EMPIRICAL, 0, 0, &points);
	assert_true(fabs(d.mean - (0.5 + 0.3 * 2.5 + 0.15 * 9 + 5)) < 1e-12);
	restart(4);
	for (int i = 0; i < DRAWS; i++) {
		double v = rl_dist_draw(&d, &g);
		int k = 0;

		while (k < 4 && v > points.p[k].hi)
			k++;
		assert_true(v >= points.p[k].lo && v <= points.p[k].hi);
		n[k]++;
		inside[k] += v;
		sum += v;
	}
	for (int k = 0; k < 5; k++) {
		const struct rl_point *p = &points.p[k];
		double want = p->weight / 100;

		assert_true(fabs(n[k] / DRAWS - want) <= 5 * sqrt(want * (1 - want) / DRAWS));
		if (n[k])
			assert_true(fabs(inside[k] / n[k] - (p->lo + p->hi) / 2) <=
				    5 * (p->hi - p->lo) / sqrt(12 * n[k]) + 1e-9);
	}
	assert_true(fabs(sum / DRAWS - d.mean) < 5 * 22 / sqrt(DRAWS));
}

/* ---- bits ---------------------------------------------------------------------------------- */

static void add_draws(struct rl_sha256 *sha, enum rl_dist_kind kind, double cv)
{
	static const struct rl_points points = {.n = 2, .p = {{80e3, 80e3, 90}, {1e6, 2e6, 10}}};
	struct rl_dist d;

	rl_dist_init(&d, kind, 80e3, cv, &points);
	restart(50 + kind);
	for (int i = 0; i < 1000000; i++) {
		double v = rl_dist_draw(&d, &g);

		rl_sha256_add(sha, &v, sizeof(v));
	}
}

/* The first million draws of each kind. Where these change, every stored result changes. */
static void golden(void **state)
{
	static const char *const want[] = {
		"2fea46431f73035c263c26f63bee17e733d944f29c77aca2fcccbfd1e21c717f",
		"fdce4e60f3f349e94965688f9d7696c8bebac7b12aaf577f75a28c127d3b4631",
		"47ffb6eed67087883493db22f8f0900201e7021eb201e246fdd7824ca80674d1",
		"3f5568ccff779a8e8eb6d82cfe1b68fa7ac3ad0708c1c546e1f324dba175fc1c",
		"9a03a09daf53dc00ccaeabf99156db635a92f2cc565f02062dbb50f92b53e058",
	};
	static const double cv[] = {1, 0.5, 0.5, 1, 2};
	static const enum rl_dist_kind kind[] = {RL_DIST_EXPONENTIAL, RL_DIST_LOGNORMAL,
		RL_DIST_GAMMA, RL_DIST_EMPIRICAL, RL_DIST_GAMMA};

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct rl_sha256 sha;
		char hex[65];

		rl_sha256_init(&sha);
		add_draws(&sha, kind[i], cv[i]);
		rl_sha256_hex(&sha, hex);
		assert_string_equal(hex, want[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logarithm),
		cmocka_unit_test(exponential),
		cmocka_unit_test(kolmogorov_smirnov),
		cmocka_unit_test(moments),
		cmocka_unit_test(normal),
		cmocka_unit_test(empirical),
		cmocka_unit_test(golden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
