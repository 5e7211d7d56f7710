/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine by its public face: what fires when, who may arm whom, and where the clock stands. */
#include "sim/core/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define LOG 32

static struct rl_engine e;
static struct {
	uint32_t slot;
	rl_ps at;
} fired[LOG];
static uint32_t nfired;

struct actor {
	uint32_t slot, left;
	rl_ps period;
	struct actor *other, *victim; /* one that it arms before itself, one that it cancels */
};

static void fire(void *arg)
{
	struct actor *a = arg;

	assert_false(rl_engine_armed(&e, a->slot));
	if (nfired < LOG) {
		fired[nfired].slot = a->slot;
		fired[nfired].at = e.now;
	}
	nfired++;
	if (a->victim)
		rl_engine_cancel(&e, a->victim->slot);
	if (a->other)
		rl_engine_arm(&e, a->other->slot, e.now + a->period);
	if (a->left && a->left--)
		rl_engine_arm(&e, a->slot, e.now + a->period);
}

static void take(struct actor *a, uint32_t n)
{
	nfired = 0;
	assert_int_equal(rl_engine_init(&e, n, 0), 0);
	assert_true(e.now == 0 && e.events == 0);
	for (uint32_t i = 0; i < n; i++) {
		a[i].slot = rl_engine_slot(&e, fire, &a[i]);
		assert_int_equal(a[i].slot, i);
	}
}

static void the_clock_jumps(void **state)
{
	struct actor a[3] = {{.left = 3, .period = 10}, {.left = 1, .period = 25}, {0}};
	const rl_ps at[] = {10, 20, 25, 30, 40, 50};
	const uint32_t slot[] = {0, 0, 1, 0, 0, 1};

	(void)state;
	take(a, 3);
	rl_engine_arm(&e, 0, 10);
	rl_engine_arm(&e, 1, 25);
	for (uint32_t i = 0; i < 6; i++) {
		assert_true(rl_engine_step(&e));
		assert_true(e.now == at[i] && fired[i].at == at[i] && fired[i].slot == slot[i]);
	}
	assert_int_equal(e.events, 6);
	assert_false(rl_engine_step(&e));
	assert_true(e.now == 50 && e.events == 6);
}

/* What is armed for a time that is over happens now, after what was armed for now before. */
static void the_past_is_now(void **state)
{
	struct actor a[3] = {0};

	(void)state;
	take(a, 3);
	rl_engine_arm(&e, 0, 100);
	assert_true(rl_engine_step(&e));
	rl_engine_arm(&e, 2, 100);
	rl_engine_arm(&e, 1, 5);
	assert_true(rl_engine_at(&e, 1) == 100);
	while (rl_engine_step(&e))
		;
	assert_true(nfired == 3 && fired[1].slot == 2 && fired[2].slot == 1 && e.now == 100);
}

/* While an actor fires it arms others and itself: they go in the order of arming. */
static void firing_arms(void **state)
{
	struct actor a[2] = {{.left = 2, .period = 4}, {0}};

	(void)state;
	a[0].other = &a[1];
	take(a, 2);
	rl_engine_arm(&e, 0, 1);
	while (rl_engine_step(&e))
		;
	assert_int_equal(nfired, 6);
	for (uint32_t i = 1; i < 5; i++)
		assert_int_equal(fired[i].slot, i % 2);
	assert_true(fired[5].slot == 1 && e.now == 13);
}

/* An event cancels another of its own time, and may cancel itself, which is not armed. */
static void firing_cancels(void **state)
{
	struct actor a[3] = {0};

	(void)state;
	a[0].victim = &a[1];
	a[2].victim = &a[2];
	take(a, 3);
	for (uint32_t i = 0; i < 3; i++)
		rl_engine_arm(&e, i, 9);
	assert_true(rl_engine_armed(&e, 1));
	while (rl_engine_step(&e))
		;
	assert_true(nfired == 2 && fired[0].slot == 0 && fired[1].slot == 2);
}

/* From two slots to the most there can be, in the same memory. */
static void any_number_of_slots(void **state)
{
	const uint32_t sizes[] = {1, 2, 1000, 17, RL_SLOTS_MAX};
	static struct actor a;

	(void)state;
	for (int i = 0; i < 5; i++) {
		uint32_t n = sizes[i], last = 0;

		nfired = 0;
		assert_int_equal(rl_engine_init(&e, n, 0), 0);
		while (e.slots < n)
			last = rl_engine_slot(&e, fire, &a);
		assert_int_equal(last, n - 1);
		a = (struct actor){.slot = last};
		rl_engine_arm(&e, last, n);
		assert_true(rl_engine_step(&e));
		assert_true(e.now == n && nfired == 1);
		assert_false(rl_engine_step(&e));
	}
}

static int done(void **state)
{
	(void)state;
	rl_engine_fini(&e);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_jumps),
		cmocka_unit_test(the_past_is_now),
		cmocka_unit_test(firing_arms),
		cmocka_unit_test(firing_cancels),
		cmocka_unit_test(any_number_of_slots),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
