/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pending set against a plain search over an array: same order, ties included. */
#include "sim/core/pending.h"

#include "model/base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define STEPS 200000

struct ref {
	bool armed;
	rl_ps at;
	uint32_t prio;
	uint64_t seq;
};

static bool before(const struct ref *a, const struct ref *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	return a->prio != b->prio ? a->prio < b->prio : a->seq < b->seq;
}

static int first(const struct ref *r, uint32_t n)
{
	int best = -1;

	for (uint32_t i = 0; i < n; i++)
		if (r[i].armed && (best < 0 || before(&r[i], &r[best])))
			best = (int)i;
	return best;
}

static void against_reference(uint32_t slots)
{
	static struct rl_pending p;
	struct ref ref[RL_SLOTS] = {0};
	struct rl_rng rng;
	uint64_t seq = 0;
	rl_ps now = 0, at = 0;
	uint32_t slot = 0;

	rl_rng_init(&rng, 1, slots, 0, 0);
	rl_pending_init(&p, slots);
	for (int i = 0; i < STEPS; i++) {
		uint64_t x = rl_rng_u64(&rng);
		uint32_t s = (uint32_t)(x >> 40) % slots;
		int want = first(ref, slots);

		if (x % 4 == 0) {
			rl_pending_cancel(&p, s);
			ref[s].armed = false;
		} else if (x % 4 < 3 || want < 0) {
			/* Few distinct times and priorities: ties are common. */
			ref[s] = (struct ref){true, now + (x >> 8) % 4, (x >> 16) % 3, seq++};
			rl_pending_arm(&p, s, ref[s].at, ref[s].prio);
		} else {
			assert_true(rl_pending_pop(&p, &slot, &at));
			assert_int_equal(slot, want);
			assert_true(at == ref[want].at && at >= now);
			now = at;
			ref[want].armed = false;
		}
	}
}

static void order(void **state)
{
	(void)state;
	against_reference(1);
	against_reference(3);
	against_reference(13);
	against_reference(RL_SLOTS);
}

static void empty(void **state)
{
	struct rl_pending p;
	uint32_t slot = 0;
	rl_ps at;

	(void)state;
	rl_pending_init(&p, 5);
	assert_false(rl_pending_pop(&p, &slot, &at));
	rl_pending_arm(&p, 4, 7, RL_PRIO_DEFAULT);
	assert_true(rl_pending_armed(&p, 4));
	assert_int_equal(rl_pending_at(&p, 4), 7);
	rl_pending_cancel(&p, 4);
	assert_false(rl_pending_pop(&p, &slot, &at));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
