/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MSER-5 against its definition, on transients that are known, and on series that have none. */
#include "model/base/rng.h"
#include "model/mser.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct rl_mser m, other;
static uint64_t leave_out;

/* A step from @high to 1000 after @step values, with uniform noise of +-@noise. */
static void add_step(
	struct rl_mser *to, uint32_t n, uint32_t step, uint64_t high, uint64_t noise, uint64_t seed)
{
	struct rl_rng r;

	rl_rng_init(&r, seed, 0, 0, 0);
	rl_mser_init(to);
	for (uint32_t i = 0; i < n; i++)
		rl_mser_add(
			to, (i < step ? high : 1000) + rl_rng_u64(&r) % (2 * noise + 1) - noise);
}

/* The definition, term by term. */
static uint32_t by_hand(const struct rl_mser *s)
{
	uint32_t best = 0;
	double least = INFINITY;

	for (uint32_t d = 0; d + s->n / 10 < s->n; d++) {
		double n = s->n - d, mean = 0, ss = 0;

		for (uint32_t i = d; i < s->n; i++)
			mean += (double)s->sum[i] / n;
		for (uint32_t i = d; i < s->n; i++)
			ss += ((double)s->sum[i] - mean) * ((double)s->sum[i] - mean);
		if (ss / n / n < least) {
			least = ss / n / n;
			best = d;
		}
	}
	return best;
}

static void is_its_definition(void **state)
{
	uint32_t found = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		uint32_t want;

		add_step(&m, 1000, (uint32_t)seed * 4, 1300, 600, seed);
		want = by_hand(&m);
		if (rl_mser_warmup(&m, &leave_out)) {
			found++;
			assert_int_equal(leave_out, want * 5);
		} else {
			assert_true(want > 100);
			assert_int_equal(leave_out, 500);
		}
	}
	assert_true(found > 50 && found < 200);
}

static void known_transients(void **state)
{
	struct rl_rng r;

	(void)state;
	/* without noise the step itself */
	add_step(&m, 5000, 300, 3000, 0, 1);
	assert_true(rl_mser_warmup(&m, &leave_out));
	assert_int_equal(leave_out, 300);
	add_step(&m, 5000, 300, 1300, 300, 1);
	assert_true(rl_mser_warmup(&m, &leave_out));
	assert_true(leave_out >= 295 && leave_out <= 350);
	/* a transient that dies away: what is left of it is lost in the noise by a thousand */
	rl_rng_init(&r, 3, 0, 0, 0);
	rl_mser_init(&m);
	for (int i = 0; i < 5000; i++)
		rl_mser_add(
			&m, 10000 + (uint64_t)(20000 * exp(-i / 200.0)) + rl_rng_u64(&r) % 1000);
	assert_true(rl_mser_warmup(&m, &leave_out));
	assert_true(leave_out > 500 && leave_out < 1500);
}

static void none(void **state)
{
	double sum = 0;

	(void)state;
	rl_mser_init(&m);
	assert_false(rl_mser_warmup(&m, &leave_out));
	assert_int_equal(leave_out, 0);
	for (int i = 0; i < 1000; i++)
		rl_mser_add(&m, 42);
	assert_true(rl_mser_warmup(&m, &leave_out));
	assert_int_equal(leave_out, 0);
	/* noise alone costs little */
	for (uint64_t seed = 0; seed < 100; seed++) {
		add_step(&m, 5000, 0, 0, 500, seed);
		rl_mser_warmup(&m, &leave_out);
		sum += (double)leave_out / 100;
	}
	assert_true(sum < 500);
}

/* Nothing but a spike now and then: where they happen to be none for a while, nothing begins. */
static void rare_spikes(void **state)
{
	uint32_t early = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct rl_rng r;

		rl_rng_init(&r, seed, 0, 0, 0);
		rl_mser_init(&m);
		for (int i = 0; i < 5000; i++)
			rl_mser_add(&m, rl_rng_u64(&r) % 50 ? 1000 : 20000);
		early += rl_mser_warmup(&m, &leave_out) && leave_out < 1500;
	}
	assert_true(early >= 90);
}

/* What still changes at the end has not warmed up. */
static void too_short(void **state)
{
	(void)state;
	rl_mser_init(&m);
	for (uint64_t i = 0; i < 5000; i++)
		rl_mser_add(&m, 100000 - 10 * i);
	assert_false(rl_mser_warmup(&m, &leave_out));
	assert_int_equal(leave_out, 2500);
	add_step(&m, 5000, 4000, 3000, 10, 1);
	assert_false(rl_mser_warmup(&m, &leave_out));
}

/* Joined batches lose nothing: their sum is that of all values, and the step is where it was. */
static void a_long_series(void **state)
{
	uint64_t sum = 0, n = 1000003;

	(void)state;
	add_step(&m, (uint32_t)n, 200000, 3000, 0, 1);
	for (uint32_t i = 0; i < m.n; i++)
		sum += m.sum[i];
	assert_int_equal(sum + m.of, 3000 * 200000ull + 1000 * (n - 200000));
	assert_int_equal(m.n * m.batch + m.have, n);
	assert_true(rl_mser_warmup(&m, &leave_out));
	assert_true(leave_out >= 200000 && leave_out < 200000 + m.batch);
}

/* A shared transient that noise hides from each alone. */
static void several_together(void **state)
{
	uint32_t alone = 0, together;

	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		add_step(seed ? &other : &m, 5000, 500, 1400, 999, seed);
		rl_mser_warmup(seed ? &other : &m, &leave_out);
		alone += leave_out < 495 || leave_out > 520;
		if (seed)
			rl_mser_pool(&m, &other);
	}
	assert_true(rl_mser_warmup(&m, &leave_out));
	together = leave_out < 495 || leave_out > 520;
	assert_true(alone > 0 && !together);
}

/* Of different lengths: as long as the shorter, whatever their batches are. */
static void pool_of_two(void **state)
{
	(void)state;
	for (int swap = 0; swap < 2; swap++) {
		add_step(&m, swap ? 30000 : 5000, 300, 3000, 0, 1);
		add_step(&other, swap ? 5000 : 30000, 300, 3000, 0, 1);
		rl_mser_pool(&m, &other);
		assert_int_equal(m.batch, 10);
		assert_int_equal(m.n, 500);
		for (uint32_t i = 0; i < m.n; i++)
			assert_int_equal(m.sum[i], i < 30 ? 60000 : 20000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_its_definition),
		cmocka_unit_test(known_transients),
		cmocka_unit_test(none),
		cmocka_unit_test(rare_spikes),
		cmocka_unit_test(too_short),
		cmocka_unit_test(a_long_series),
		cmocka_unit_test(several_together),
		cmocka_unit_test(pool_of_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
