/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pending set against a plain search over an array: same order, ties included. */
#include "sim/core/pending.h"

#include "model/base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#define STEPS	200000
#define MILLION 1000000u

struct ref {
	bool armed;
	rl_ps at;
	uint32_t prio, slot;
	uint64_t seq;
};

/* The oracle: what is armed, in no order. */
static struct ref *ref;
static uint64_t seq;
static struct rl_pending p;

static int before(const void *x, const void *y)
{
	const struct ref *a = x, *b = y;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->prio != b->prio)
		return a->prio < b->prio ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static int first(uint32_t n)
{
	int best = -1;

	for (uint32_t i = 0; i < n; i++)
		if (ref[i].armed && (best < 0 || before(&ref[i], &ref[best]) < 0))
			best = (int)i;
	return best;
}

static void arm(uint32_t slot, rl_ps at, uint32_t prio)
{
	ref[slot] = (struct ref){true, at, prio, slot, seq++};
	rl_pending_arm(&p, slot, at, prio);
}

static void cancel(uint32_t slot)
{
	ref[slot].armed = false;
	rl_pending_cancel(&p, slot);
}

static void begin_near(uint32_t slots, uint32_t near)
{
	ref = calloc(slots, sizeof(*ref));
	assert_non_null(ref);
	seq = 0;
	assert_int_equal(rl_pending_init(&p, slots, near), 0);
}

static void begin(uint32_t slots)
{
	begin_near(slots, 0);
}

static void end(void)
{
	free(ref);
	rl_pending_fini(&p);
}

/* One random move; few distinct times and priorities, so ties are common. */
static void change(uint64_t x, uint32_t slot, rl_ps now)
{
	assert_int_equal(rl_pending_armed(&p, slot), ref[slot].armed);
	if (ref[slot].armed)
		assert_true(rl_pending_at(&p, slot) == ref[slot].at);
	if (x % 3)
		arm(slot, now + (x >> 8) % 4, (uint32_t)(x >> 16) % 3);
	else
		cancel(slot); /* armed or not */
}

/* Events, and what they and others arm, move and cancel before they are over. */
static void against_reference(uint32_t slots, uint32_t near)
{
	struct rl_rng rng;
	uint32_t slot = 0;
	rl_ps now = 0, at = 0;
	int popped = 0;

	rl_rng_init(&rng, 1, slots, 0, 0);
	begin_near(slots, near);
	for (int i = 0; i < STEPS / (int)(1 + slots / 16); i++) {
		uint64_t x = rl_rng_u64(&rng);
		int want = x % 4 ? -1 : first(slots);

		if (want >= 0) {
			assert_true(rl_pending_next(&p, &slot, &at));
			assert_int_equal(slot, want);
			assert_true(at == ref[want].at && at >= now);
			now = at;
			ref[want].armed = false;
			assert_false(rl_pending_armed(&p, slot));
			popped++;
		}
		for (uint64_t n = x >> 60; n; n--) {
			uint64_t y = rl_rng_u64(&rng);

			change(y, y >> 63 ? slot : (uint32_t)(y >> 30) % slots, now);
		}
		if (want >= 0)
			rl_pending_fired(&p, slot);
	}
	assert_true(popped > 100);
	end();
}

static void order(void **state)
{
	(void)state;
	against_reference(1, 0);
	against_reference(2, 0);
	against_reference(3, 0);
	against_reference(13, 0);
	against_reference(256, 0);
	against_reference(1000, 0);
	against_reference(1000, 1);
	against_reference(65, 16);
	against_reference(300, 75);
	against_reference(700, 128);
	against_reference(128, 64); /* not near the root: half of them */
}

/* A million slots: all of them come out as a sort by (time, priority, order of arming) has them. */
static void a_million(void **state)
{
	uint32_t slot = 0, n = 0;
	struct rl_rng rng;
	rl_ps at = 0;

	(void)state;
	rl_rng_init(&rng, 2, 0, 0, 0);
	begin(MILLION);
	for (uint32_t i = 0; i < MILLION + MILLION / 4; i++) {
		uint64_t x = rl_rng_u64(&rng);

		/* every slot once, then some of them again; few times for so many */
		arm(i < MILLION ? i : (uint32_t)(x >> 44) % MILLION, x % 5000, (x >> 20) % 16);
		if (x >> 62 == 0)
			cancel((uint32_t)(x >> 24) % MILLION);
	}
	qsort(ref, MILLION, sizeof(*ref), before);
	for (uint32_t i = 0; i < MILLION; i++) {
		if (!ref[i].armed)
			continue;
		assert_true(rl_pending_next(&p, &slot, &at));
		if (slot != ref[i].slot || at != ref[i].at)
			fail_msg("event %u is slot %u, not %u", n, slot, ref[i].slot);
		rl_pending_fired(&p, slot);
		n++;
	}
	assert_true(n > MILLION / 2 && n < MILLION);
	assert_false(rl_pending_next(&p, &slot, &at));
	end();
}

/* What is said to be near is few steps from the root, what is not has a row of its own. */
static void few_steps(void **state)
{
	(void)state;
	begin_near(20000, 128);
	for (uint32_t i = 0; i < 128; i++)
		assert_true(rl_pending_leaf(&p, i) < 512);
	assert_true(rl_pending_leaf(&p, 128) > 20000);
	assert_int_equal(rl_pending_leaf(&p, 19999) - rl_pending_leaf(&p, 128), 19999 - 128);
	end();
}

static void expect(uint32_t want)
{
	uint32_t slot = ~0u;
	rl_ps at;

	assert_true(rl_pending_next(&p, &slot, &at));
	assert_int_equal(slot, want);
	rl_pending_fired(&p, slot);
}

/* Equal times: first armed, first fired, whatever the slots' numbers; who moves goes to the end. */
static void ties_are_fifo(void **state)
{
	const uint32_t n = 64, step = 27; /* coprime: every slot once, in a wild order */

	(void)state;
	begin(n);
	for (uint32_t i = 0; i < n; i++)
		arm(i * step % n, 1000, RL_PRIO_DEFAULT);
	arm(step, 1000, RL_PRIO_DEFAULT);
	for (uint32_t i = 0; i < n; i++)
		if (i != 1)
			expect(i * step % n);
	expect(step);
	end();
}

/* A smaller number of priority goes first at one time, and never before an earlier time. */
static void priorities(void **state)
{
	(void)state;
	begin(20);
	for (uint32_t i = 0; i < 16; i++)
		arm(i, 7, 15 - i);
	arm(16, 7, 0);
	arm(17, 6, 15);
	expect(17);
	expect(15);
	expect(16);
	for (uint32_t i = 15; i-- > 0;)
		expect(i);
	end();
}

/* The sequence is 40 bits wide: FIFO holds far beyond 32. */
static void long_runs_stay_fifo(void **state)
{
	(void)state;
	begin(4);
	p.seq = (1ull << 32) - 1;
	arm(3, 5, 1);
	arm(0, 5, 1);
	p.seq = (1ull << RL_SEQ_BITS) - 2;
	arm(2, 5, 1);
	arm(1, 5, 1);
	expect(3);
	expect(0);
	expect(2);
	expect(1);
	end();
}

static void empty(void **state)
{
	uint32_t slot = 77;
	rl_ps at = 78;

	(void)state;
	begin(5);
	assert_false(rl_pending_next(&p, &slot, &at));
	assert_true(slot == 77 && at == 78);
	arm(4, 7, RL_PRIO_DEFAULT);
	assert_true(rl_pending_armed(&p, 4));
	assert_int_equal(rl_pending_at(&p, 4), 7);
	cancel(4);
	cancel(4);
	cancel(3);
	assert_false(rl_pending_armed(&p, 4) || rl_pending_armed(&p, 3));
	assert_false(rl_pending_next(&p, &slot, &at));
	end();
}

/* Its memory serves again, for fewer slots and for more, and holds nothing of before. */
static void used_again(void **state)
{
	const uint32_t sizes[] = {8, 3, 2000, 100, 500, 70}, near[] = {0, 3, 0, 7, 100, 0};
	uint32_t slot;
	rl_ps at;

	(void)state;
	for (int i = 0; i < 6; i++) {
		assert_int_equal(rl_pending_init(&p, sizes[i], near[i]), 0);
		assert_false(rl_pending_next(&p, &slot, &at));
		for (uint32_t k = 0; k < sizes[i]; k++)
			rl_pending_arm(&p, k, sizes[i] - k, 1);
		expect(sizes[i] - 1);
	}
	rl_pending_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(a_million),
		cmocka_unit_test(few_steps),
		cmocka_unit_test(ties_are_fifo),
		cmocka_unit_test(priorities),
		cmocka_unit_test(long_runs_stay_fifo),
		cmocka_unit_test(empty),
		cmocka_unit_test(used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
