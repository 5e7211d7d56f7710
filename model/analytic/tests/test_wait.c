/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policies are known by what they plan. The names here are of the shipped ones, for a check only.
 */
#include "model/analytic/wait.h"

#include "core/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static const struct {
	const char *spec;
	enum rl_wait_kind kind;
	uint64_t for_ns;
	uint32_t n;
} known[] = {
	{"spin", RL_WAIT_POLL, 0, 0},
	{"event", RL_WAIT_BLOCK, 0, 0},
	{"spin_block:tau=60us", RL_WAIT_POLL_BLOCK, 60000, 0},
	{"spin_block:tau=0ns", RL_WAIT_BLOCK, 0, 0},
	{"event_batch:n=8,timer=1s", RL_WAIT_BATCH, 1000000000, 8},
	{"event_batch:n=1,timer=1ms", RL_WAIT_BATCH, 1000000, 1},
	{"backoff:gap=100us,growth=1000,max=100us", RL_WAIT_TIMER, 100000, 0},
	{"backoff:gap=50us,growth=2000,max=50us", RL_WAIT_TIMER, 50000, 0},
	{"backoff:gap=1us,growth=2000,max=50us", RL_WAIT_OTHER, 0, 0},
	{"hybrid_sleep:delay=100us", RL_WAIT_SLEEP_POLL, 100000, 0},
	{"hybrid_sleep", RL_WAIT_OTHER, 0, 0}, /* as long as completions took */
	{"adaptive", RL_WAIT_OTHER, 0, 0},
	{"adaptive:max=0ns", RL_WAIT_BLOCK, 0, 0},
	{"tapdisk", RL_WAIT_OTHER, 0, 0},
	{"tapdisk:duration=0ns", RL_WAIT_BLOCK, 0, 0},
	{"poll_port", RL_WAIT_PORT, 0, 0},
	{"mwait", RL_WAIT_MONITOR, 0, 0},
	{"spin_yield", RL_WAIT_YIELD, 0, 0},
};

static void known_by_plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < RL_ARRAY_LEN(known); i++) {
		struct rl_wait w = rl_wait_of(known[i].spec, true);

		if (w.kind != known[i].kind || w.for_ns != known[i].for_ns || w.n != known[i].n)
			fail_msg("%s: %s, %llu ns, %u", known[i].spec, rl_wait_words(w.kind),
				(unsigned long long)w.for_ns, w.n);
	}
}

/* The rule of old backends is no other one where no request is ever in flight. */
static void depends_on_flight(void **state)
{
	(void)state;
	assert_int_equal(rl_wait_of("final_check_late", true).kind, RL_WAIT_OTHER);
	assert_int_equal(rl_wait_of("final_check_late", false).kind, RL_WAIT_BLOCK);
}

/* Every policy that there is gets an answer, and who keeps a state looks at the clock. */
static void clocks(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it) {
		struct rl_wait w = rl_wait_of((*it)->name, true);

		if (w.kind != RL_WAIT_OTHER)
			assert_int_equal(w.clocks_ask, (*it)->state_bytes || (*it)->on_result);
	}
	assert_int_equal(rl_wait_of("event", true).clocks_end, 0);
	assert_int_equal(rl_wait_of("spin_block", true).clocks_end, 1);
	assert_int_equal(rl_wait_of("spin_yield", true).clocks_end, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_by_plans),
		cmocka_unit_test(depends_on_flight),
		cmocka_unit_test(clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
