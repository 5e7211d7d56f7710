/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The computed look against one that is made: gap by gap, growing, shrinking, with a deadline. */
#include "sim/xen/xen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* The loop itself: look, pause, look. */
static rl_ps by_hand(const struct rl_spin *s, rl_ps at, uint64_t *looks)
{
	rl_ps t = s->from, gap = s->gap_ps;

	for (*looks = 0;;) {
		t += s->look_ps;
		++*looks;
		if (t >= at || (s->deadline != RL_PS_NEVER && t >= s->deadline + s->look_ps))
			return t;
		t += s->pause_ps;
		if (s->deadline != RL_PS_NEVER && t + gap > s->deadline)
			t = t > s->deadline ? t : s->deadline;
		else
			t += gap;
		gap = gap * s->growth / 1000;
		if (s->gap_max_ps && gap > s->gap_max_ps)
			gap = s->gap_max_ps;
	}
}

static void next_look(void **state)
{
	const uint32_t growth[] = {0, 500, 900, 1000, 1100, 2000, 5000};
	const rl_ps gaps[] = {0, 1, 700, 100000};
	struct rl_rng rng;

	(void)state;
	rl_rng_init(&rng, 1, 0, 0, 0);
	for (uint32_t i = 0; i < 20000; i++) {
		struct rl_spin s = {
			.look_ps = 1 + rl_rng_u64(&rng) % 1000,
			.pause_ps = i % 5 ? 0 : rl_rng_u64(&rng) % 5000,
			.gap_ps = gaps[i % 4],
			.gap_max_ps = i % 3 ? 1000000 : 0,
			.growth = growth[i % 7],
			.from = rl_rng_u64(&rng) % 100000,
			.deadline = RL_PS_NEVER,
		};
		rl_ps at = s.from + rl_rng_u64(&rng) % 1000000;
		uint64_t looks;
		rl_ps want = by_hand(&s, at, &looks);

		assert_true(rl_spin_next(&s, at) == want);
		rl_spin_leave(&s, want);
		assert_true(s.looks == looks);
	}
}

/* One look, and one when the line was written; nothing in between. */
static void watching(void **state)
{
	struct rl_spin s = {.look_ps = 10,
		.growth = 1000,
		.watch = true,
		.wake_ps = 500,
		.from = 1000,
		.deadline = RL_PS_NEVER};

	(void)state;
	assert_true(rl_spin_next(&s, 1005) == 1010);
	assert_true(rl_spin_next(&s, 1011) == 1011 + 500 + 10);
	assert_true(rl_spin_next(&s, 1000000) == 1000000 + 500 + 10);
	rl_spin_leave(&s, 1000510);
	assert_int_equal(s.looks, 2);
}

/* No later than a look after the deadline, and never before what was asked for. */
static void deadline(void **state)
{
	struct rl_rng rng;

	(void)state;
	rl_rng_init(&rng, 2, 0, 0, 0);
	for (uint32_t i = 0; i < 20000; i++) {
		struct rl_spin s = {
			.look_ps = 1 + rl_rng_u64(&rng) % 1000,
			.gap_ps = rl_rng_u64(&rng) % 5000,
			.growth = 1500,
			.from = 1000,
			.deadline = 1000 + rl_rng_u64(&rng) % 100000,
		};
		rl_ps end = rl_spin_next(&s, s.deadline);

		assert_true(end >= s.deadline && end <= s.deadline + s.look_ps);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_look),
		cmocka_unit_test(deadline),
		cmocka_unit_test(watching),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
