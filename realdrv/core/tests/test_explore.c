/* SPDX-License-Identifier: MIT */
/*
 * Conformance of every policy of the registry: over all interleavings of a small ring
 * no wake-up is lost and no request either, whichever side the policy works for, where
 * indices wrap and where they do not, with each option at its default and its ends.
 * Then the other way round: a protocol or a policy that is broken is found out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "explore_search.h"

#define MAX_STATES 8000000u

/* The peer of the policy under test: blocks at once, by the book. */
static void plain_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)state;
	(void)in;
	plan->action = RL_ARM_HALT;
}

static const struct rl_policy plain = {.name = "(plain)", .on_idle = plain_on_idle};

static void forever_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)state;
	(void)in;
	plan->action = RL_SLEEP;
}

static const struct rl_policy forever = {.name = "(sleeps for ever)", .on_idle = forever_on_idle};

static void batch_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)state;
	(void)in;
	plan->action = RL_ARM_HALT;
	plan->event_offset = 3;
}

static const struct rl_policy batch = {.name = "(batch, no timer)", .on_idle = batch_on_idle};

static void timed_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	batch_on_idle(state, in, plan);
	plan->timer_ns = in->now_ns + 1000;
}

static const struct rl_policy timed = {.name = "(batch, timer)", .on_idle = timed_on_idle};

static struct xp_config config(const struct rl_policy *front, const struct rl_policy *back)
{
	struct xp_config c = {
		.slots = 2, .messages = 3, .start = 0xfffffffe, .cpu_idle_permille = 1000};

	c.policy[XP_FRONT].ops = front;
	c.policy[XP_BACK].ops = back;
	return c;
}

static bool holds(const struct xp_config *c)
{
	struct xs_result r;

	xs_explore(c, MAX_STATES, &r);
	print_message("%-20s x %-20s slots %u, %u messages from %08x: %llu states%s\n",
		c->policy[XP_FRONT].ops->name, c->policy[XP_BACK].ops->name, c->slots, c->messages,
		c->start, (unsigned long long)r.states, r.too_many ? ", not all" : "");
	if (r.broken)
		fail_msg("%s x %s: %s\nafter: %s", c->policy[XP_FRONT].ops->name,
			c->policy[XP_BACK].ops->name, r.broken, r.path);
	assert_true(r.too_many || r.ends > 0);
	return !r.too_many;
}

/* A policy with much state may be too much for this many messages, never for one less. */
static void sound(const struct xp_config *c)
{
	struct xp_config less = *c;

	if (holds(c))
		return;
	less.messages--;
	assert_true(holds(&less));
}

static void broken(const struct xp_config *c, const char *what)
{
	struct xs_result r;

	xs_explore(c, MAX_STATES, &r);
	if (!r.broken)
		fail_msg("not found in %llu states: %s", (unsigned long long)r.states, what);
	assert_non_null(strstr(r.broken, "lost wake-up"));
}

/* Each option at its default, then one after the other at its ends. */
static void each_setting(const struct rl_policy *p, int role)
{
	struct xp_config c = config(&plain, &plain);

	c.policy[role].ops = p;
	for (int i = -1; i < 2 * (int)p->nopts; i++) {
		for (rl_u32 k = 0; k < p->nopts; k++)
			c.policy[role].opts[k] = p->opts[k].dflt;
		if (i >= 0)
			c.policy[role].opts[i / 2] =
				i % 2 ? p->opts[i / 2].max : p->opts[i / 2].min;
		sound(&c);
		c.messages = 2;
	}
	c.cpu_idle_permille = 0;
	sound(&c);
}

static void test_registry_as_backend(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it)
		each_setting(*it, XP_BACK);
}

static void test_registry_as_frontend(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it)
		each_setting(*it, XP_FRONT);
}

static void test_both_sides(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it) {
		struct xp_config c = config(*it, *it);

		c.messages = 2;
		for (int side = 0; side < 2; side++)
			for (rl_u32 k = 0; k < (*it)->nopts; k++)
				c.policy[side].opts[k] = (*it)->opts[k].dflt;
		sound(&c);
	}
}

static void test_other_rings(void **state)
{
	struct xp_config c = config(&plain, &plain);

	(void)state;
	c.start = 0;
	sound(&c);
	c.start = 0x7ffffffe;
	sound(&c);
	c.start = 0xfffffffe;
	c.slots = 4;
	c.messages = getenv("RL_LONG") ? 4 : 3; /* 4: 4 million states */
	sound(&c);
}

static void test_timer_saves_a_batch(void **state)
{
	struct xp_config c = config(&plain, &timed);

	(void)state;
	sound(&c);
	c = config(&timed, &plain);
	sound(&c);
}

static void test_mutants_are_found(void **state)
{
	struct xp_config c = config(&plain, &plain);

	(void)state;
	for (int m = XB_SOUND + 1; m < XB_MUTANTS; m++) {
		char what[32];

		snprintf(what, sizeof(what), "mutant %d", m);
		xb_mutant = (enum xb_mutant)m;
		broken(&c, what);
	}
	xb_mutant = XB_SOUND;
	sound(&c);
}

static void test_bad_policies_are_found(void **state)
{
	static const struct rl_policy *const bad[] = {&forever, &batch};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct xp_config c = config(&plain, bad[i]);

		broken(&c, bad[i]->name);
		c = config(bad[i], &plain);
		broken(&c, bad[i]->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry_as_backend),
		cmocka_unit_test(test_registry_as_frontend),
		cmocka_unit_test(test_both_sides),
		cmocka_unit_test(test_other_rings),
		cmocka_unit_test(test_timer_saves_a_batch),
		cmocka_unit_test(test_mutants_are_found),
		cmocka_unit_test(test_bad_policies_are_found),
	};

	return cmocka_run_group_tests_name("core conformance", tests, NULL, NULL);
}
