/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the supervisor does about a death: the ways it is meant to go, and a search of all that can
 * follow one another, in which nobody may be named while the last one may still hold anything.
 * Careless machines show that the search would find it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "supervise/supervise.h"

#define S(name) RL_SUPERVISE_##name

typedef enum rl_supervise_act (*machine)(enum rl_supervise_state *, enum rl_supervise_event);

struct way {
	enum rl_supervise_event event;
	enum rl_supervise_act act;
	enum rl_supervise_state to;
};

static void goes(const struct way *way, size_t steps)
{
	enum rl_supervise_state state = S(ABSENT);

	for (size_t i = 0; i < steps; i++) {
		assert_int_equal(rl_supervise_event(&state, way[i].event), way[i].act);
		assert_string_equal(
			rl_supervise_state_name(state), rl_supervise_state_name(way[i].to));
	}
}
#define GOES(...)                                                                                  \
	do {                                                                                       \
		const struct way way[] = {__VA_ARGS__};                                            \
		goes(way, sizeof(way) / sizeof(way[0]));                                           \
	} while (0)

#define FOUND_ONE                                                                                  \
	{                                                                                          \
		S(FOUND), S(DO_WATCH), S(WATCHING)                                                 \
	}
#define DIED                                                                                       \
	{                                                                                          \
		S(DEAD), S(DO_RESET), S(RESETTING)                                                 \
	}
#define RESET_IT                                                                                   \
	{                                                                                          \
		S(DONE), S(DO_CHOOSE), S(CHOOSING)                                                 \
	}
#define CHOSE                                                                                      \
	{                                                                                          \
		S(DONE), S(DO_PREPARE), S(PREPARING)                                               \
	}
#define PREPARED                                                                                   \
	{                                                                                          \
		S(DONE), S(DO_NAME), S(NAMING)                                                     \
	}
#define NAMED                                                                                      \
	{                                                                                          \
		S(DONE), S(DO_AWAIT), S(CONNECTING)                                                \
	}
#define SERVED                                                                                     \
	{                                                                                          \
		S(DONE), S(DO_WATCH), S(WATCHING)                                                  \
	}

static void a_standby_takes_the_place(void **state)
{
	(void)state;
	GOES(FOUND_ONE, DIED, RESET_IT, CHOSE, PREPARED, NAMED, SERVED, DIED);
}

static void without_a_standby_one_is_started(void **state)
{
	(void)state;
	GOES(FOUND_ONE, DIED, RESET_IT, {S(NONE), S(DO_START), S(STARTING)},
		{S(FAILED), S(DO_NOTHING), S(CHOOSING)}, {S(EXPIRED), S(DO_CHOOSE), S(CHOOSING)},
		{S(NONE), S(DO_START), S(STARTING)}, CHOSE, PREPARED, NAMED, SERVED);
}

static void who_is_being_destroyed_is_waited_for(void **state)
{
	(void)state;
	GOES(FOUND_ONE, {S(DYING), S(DO_NOTHING), S(FENCING)},
		{S(DYING), S(DO_NOTHING), S(FENCING)}, DIED, RESET_IT);
}

static void who_crashed_is_destroyed_first(void **state)
{
	(void)state;
	GOES(FOUND_ONE, {S(DOWN), S(DO_DESTROY), S(FENCING)}, {S(DONE), S(DO_NOTHING), S(FENCING)},
		{S(FOUND), S(DO_NOTHING), S(FENCING)}, {S(EXPIRED), S(DO_DESTROY), S(FENCING)},
		DIED, RESET_IT);
}

static void the_next_one_may_die_too(void **state)
{
	(void)state;
	GOES(FOUND_ONE, DIED, RESET_IT, CHOSE, {S(DEAD), S(DO_CHOOSE), S(CHOOSING)}, CHOSE,
		PREPARED, {S(DOWN), S(DO_CHOOSE), S(CHOOSING)}, CHOSE, PREPARED, NAMED,
		{S(DOWN), S(DO_DESTROY), S(FENCING)}, DIED, RESET_IT, CHOSE, PREPARED, NAMED,
		SERVED);
}

static void a_function_that_is_not_reset_is_given_to_nobody(void **state)
{
	(void)state;
	GOES(FOUND_ONE, DIED, {S(FAILED), S(DO_NOTHING), S(RESETTING)},
		{S(EXPIRED), S(DO_RESET), S(RESETTING)}, RESET_IT);
}

/* A destroying command that did nothing is repeated soon, and one that is slow may end at last. */
static void a_fence_is_tried_again_soon(void **state)
{
	static const unsigned int waits[] = {1, 2, 3, 20, 30, 3600};
	unsigned int before, last, total;

	(void)state;
	assert_int_equal(rl_supervise_patience_s(S(FENCING), 0, 30), 2);
	assert_int_equal(rl_supervise_patience_s(S(FENCING), 1, 30), 4);
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		before = total = 0;
		for (unsigned int expired = 0; before < waits[i]; expired++) {
			last = rl_supervise_patience_s(S(FENCING), expired, waits[i]);
			/* each one longer, until one may take all of it */
			assert_in_range(last, before ? before + 1 : 1, waits[i]);
			total += last;
			before = last;
		}
		assert_in_range(total, waits[i], 3 * waits[i]);
		assert_int_equal(
			rl_supervise_patience_s(S(FENCING), 0xffffffffu, waits[i]), waits[i]);
		for (int s = 0; s < S(STATES); s++)
			if (s != S(FENCING))
				assert_int_equal(rl_supervise_patience_s(s, 0, waits[i]), waits[i]);
	}
}

/* ---- the search ---------------------------------------------------------------------------- */

struct found {
	bool named_too_early, reached[S(STATES)];
};

/* Events can only be what the world allows: nobody dies twice, a command that was not asked for
 * does not end. What may be held by the last one named is the search's own account. */
static void search(
	machine next, enum rl_supervise_state state, bool held, bool seen[][2], struct found *found)
{
	if (seen[state][held])
		return;
	seen[state][held] = found->reached[state] = true;
	for (int e = 0; e < S(EVENTS); e++) {
		enum rl_supervise_state to = state;
		enum rl_supervise_act act = next(&to, e);
		bool of_named =
			state == S(WATCHING) || state == S(FENCING) || state == S(CONNECTING);
		bool holds = held;

		if (e == S(DEAD) && of_named)
			holds = false;
		if (e == S(FOUND) && state == S(ABSENT))
			holds = true;
		if (act == S(DO_NAME))
			found->named_too_early |= holds;
		if (state == S(NAMING) && e == S(DONE))
			holds = true;
		search(next, to, holds, seen, found);
	}
}

static struct found look_everywhere(machine next)
{
	bool seen[S(STATES)][2] = {{false}};
	struct found found = {0};

	search(next, S(ABSENT), false, seen, &found);
	return found;
}

static void nobody_is_named_before_the_fence(void **state)
{
	struct found found = look_everywhere(rl_supervise_event);

	(void)state;
	assert_false(found.named_too_early);
	for (int s = 0; s < S(STATES); s++)
		assert_true(found.reached[s]);
}

static enum rl_supervise_act takes_down_for_dead(
	enum rl_supervise_state *state, enum rl_supervise_event event)
{
	return rl_supervise_event(state, event == S(DOWN) ? S(DEAD) : event);
}

static enum rl_supervise_act takes_dying_for_dead(
	enum rl_supervise_state *state, enum rl_supervise_event event)
{
	return rl_supervise_event(state, event == S(DYING) ? S(DEAD) : event);
}

static enum rl_supervise_act believes_the_command(
	enum rl_supervise_state *state, enum rl_supervise_event event)
{
	return rl_supervise_event(
		state, *state == S(FENCING) && event == S(DONE) ? S(DEAD) : event);
}

static enum rl_supervise_act waits_no_longer(
	enum rl_supervise_state *state, enum rl_supervise_event event)
{
	return rl_supervise_event(
		state, *state == S(FENCING) && event == S(EXPIRED) ? S(DEAD) : event);
}

static void careless_machines_are_caught(void **state)
{
	(void)state;
	assert_true(look_everywhere(takes_down_for_dead).named_too_early);
	assert_true(look_everywhere(takes_dying_for_dead).named_too_early);
	assert_true(look_everywhere(believes_the_command).named_too_early);
	assert_true(look_everywhere(waits_no_longer).named_too_early);
}

/* Whatever happened, a domain that serves can be had again. */
static bool leads_to_watching(enum rl_supervise_state from, bool *seen)
{
	if (from == S(WATCHING))
		return true;
	if (seen[from])
		return false;
	seen[from] = true;
	for (int e = 0; e < S(EVENTS); e++) {
		enum rl_supervise_state to = from;

		rl_supervise_event(&to, e);
		if (leads_to_watching(to, seen))
			return true;
	}
	return false;
}

static void no_state_is_the_end(void **state)
{
	(void)state;
	for (int s = 0; s < S(STATES); s++) {
		bool seen[S(STATES)] = {false};

		assert_true(leads_to_watching(s, seen));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_standby_takes_the_place),
		cmocka_unit_test(without_a_standby_one_is_started),
		cmocka_unit_test(who_is_being_destroyed_is_waited_for),
		cmocka_unit_test(who_crashed_is_destroyed_first),
		cmocka_unit_test(the_next_one_may_die_too),
		cmocka_unit_test(a_function_that_is_not_reset_is_given_to_nobody),
		cmocka_unit_test(a_fence_is_tried_again_soon),
		cmocka_unit_test(nobody_is_named_before_the_fence),
		cmocka_unit_test(careless_machines_are_caught),
		cmocka_unit_test(no_state_is_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
