/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random streams: the published known answers, independence of names, and moments of the draws. */
#include "model/base/hist.h"
#include "model/base/rng.h"
#include "model/stat.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#define DRAWS 200000

/* Known answers of Random123's distribution for philox4x32-10. */
static void philox(void **state)
{
	uint32_t zero[4] = {0}, ones[4] = {~0u, ~0u, ~0u, ~0u}, out[4];

	(void)state;
	rl_philox(zero, zero, out);
	assert_int_equal(out[0], 0x6627e8d5);
	assert_int_equal(out[1], 0xe169c58d);
	assert_int_equal(out[2], 0xbc57ac4c);
	assert_int_equal(out[3], 0x9b00dbd8);
	rl_philox(ones, ones, out);
	assert_int_equal(out[0], 0x408f276d);
	assert_int_equal(out[1], 0x41c83b0e);
	assert_int_equal(out[2], 0xa20bc7c6);
	assert_int_equal(out[3], 0x6d5451fd);
}

static void names(void **state)
{
	struct rl_rng a, b, c;
	int same = 0;

	(void)state;
	rl_rng_init(&a, 1, 2, 3, 4);
	rl_rng_init(&b, 1, 2, 3, 4);
	rl_rng_init(&c, 1, 2, 4, 3);
	for (int i = 0; i < 1000; i++) {
		uint64_t x = rl_rng_u64(&a);

		assert_true(x == rl_rng_u64(&b));
		same += x == rl_rng_u64(&c);
	}
	assert_int_equal(same, 0);
}

/* 10^9 requests draw more blocks than 32 bits count: a stream does not begin again. */
static void long_streams(void **state)
{
	struct rl_rng begin, late;

	(void)state;
	rl_rng_init(&begin, 1, 2, 3, 4);
	late = begin;
	late.ctr[0] = UINT32_MAX;
	rl_rng_u64(&late);
	rl_rng_u64(&late);
	for (int i = 0; i < 1000; i++)
		assert_int_not_equal(rl_rng_u64(&late), rl_rng_u64(&begin));
}

/* Five standard errors: a wrong generator fails, a right one does so once in two million seeds. */
static void near(double got, double want, double sd)
{
	assert_true(fabs(got - want) < 5 * sd / sqrt(DRAWS));
}

static void moments(void **state)
{
	double u = 0, uu = 0, e = 0, ee = 0;
	struct rl_rng r;

	(void)state;
	rl_rng_init(&r, 7, 0, 0, 0);
	for (int i = 0; i < DRAWS; i++) {
		double x = rl_rng_unit(&r), y = rl_rng_exp(&r);

		assert_true(x >= 0 && x < 1 && y >= 0);
		u += x;
		uu += x * x;
		e += y;
		ee += y * y;
	}
	near(u / DRAWS, 0.5, sqrt(1.0 / 12));
	near(uu / DRAWS, 1.0 / 3, sqrt(4.0 / 45));
	near(e / DRAWS, 1, 1);
	near(ee / DRAWS, 2, sqrt(20));
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Percentiles of the histogram against the sorted values: off by a bin's half width at most. */
static void histogram(void **state)
{
	static struct rl_hist all, half[2];
	static uint64_t v[DRAWS];
	struct rl_rng r;

	(void)state;
	rl_rng_init(&r, 9, 0, 0, 0);
	for (int i = 0; i < DRAWS; i++) {
		v[i] = (uint64_t)(rl_rng_exp(&r) * 1e6);
		rl_hist_add(&all, v[i]);
		rl_hist_add(&half[i & 1], v[i]);
	}
	qsort(v, DRAWS, sizeof(v[0]), by_value);
	for (double p = 1; p < 100; p += 7) {
		double want = (double)v[(int)ceil(p / 100 * DRAWS) - 1];

		assert_true(fabs(rl_hist_percentile(&all, p) - want) <= want / 128 + 1);
		/* within its bin, evenly filled ones: nearer by far */
		assert_true(fabs(rl_hist_between(&all, p) - want) <= want / 1000 + 1);
	}
	rl_hist_merge(&half[0], &half[1]);
	assert_memory_equal(&half[0], &all, sizeof(all));
	rl_hist_take(&all, &half[1]);
	rl_hist_merge(&all, &half[1]);
	assert_memory_equal(&half[0], &all, sizeof(all));
	rl_hist_take(&all, &all);
	assert_true(isnan(rl_hist_percentile(&all, 50)) && isnan(rl_hist_between(&all, 50)));
	assert_int_equal(rl_hist_index(~0ull), RL_HIST_BINS - 1);
	for (uint32_t i = 0; i < RL_HIST_BINS; i++)
		assert_int_equal(rl_hist_index((uint64_t)rl_hist_value(i)), i);
}

static void intervals(void **state)
{
	double x[] = {1, 2, 3, 4, 5};
	struct rl_estimate e = rl_stat_mean95(x, 5);

	(void)state;
	assert_true(e.value == 3);
	assert_true(fabs(e.hi - 3 - 2.776 * sqrt(2.5 / 5)) < 1e-9);
	assert_true(isnan(rl_stat_mean95(x, 1).lo));
	assert_true(fabs(rl_stat_t975(40) - 2.0211) < 2e-3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(philox),
		cmocka_unit_test(names),
		cmocka_unit_test(long_streams),
		cmocka_unit_test(moments),
		cmocka_unit_test(histogram),
		cmocka_unit_test(intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
