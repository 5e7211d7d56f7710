/* SPDX-License-Identifier: MIT */
/*
 * What each policy decides, plan by plan: its rule, held against the words in which it is
 * known elsewhere. Conformance of all of them is in test_explore.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/policy.h"

#define US 1000ull

static struct rl_policy_inst inst;
static struct rl_idle in;
static struct rl_plan plan;

static void choose(const char *spec)
{
	struct rl_policy_err err = {0};

	if (rl_policy_select(&inst, spec, &err))
		fail_msg("'%s': %s at character %u", spec, err.what, err.at + 1);
	in = (struct rl_idle){.now_ns = 5000000000ull, .cpu_idle_permille = 1000};
}

static enum rl_action ask(void)
{
	rl_policy_idle(&inst, &in, &plan);
	return (enum rl_action)plan.action;
}

static void tell(enum rl_result how, rl_u64 elapsed_ns)
{
	rl_policy_result(&inst, how, 1, elapsed_ns);
	in.now_ns += elapsed_ns;
}

/* How long it would poll now; 0: it blocks at once. */
static rl_u64 tau(void)
{
	if (ask() == RL_ARM_HALT)
		return 0;
	assert_int_equal(plan.action, RL_POLL);
	return plan.deadline_ns - in.now_ns;
}

/* One whole wait of a poll-then-block policy for work that comes after @ns. */
static void wait_ns(rl_u64 ns)
{
	rl_u64 poll_ns = tau();

	if (poll_ns >= ns) {
		tell(RL_HIT, ns);
		return;
	}
	if (poll_ns)
		tell(RL_EXPIRED, poll_ns);
	assert_int_equal(ask(), RL_ARM_HALT);
	assert_int_equal(plan.timer_ns, RL_NEVER);
	tell(RL_UPCALL, ns - poll_ns);
}

static void event_and_spin(void **state)
{
	(void)state;
	choose("event");
	assert_int_equal(ask(), RL_ARM_HALT);
	assert_int_equal(plan.event_offset, 1);
	assert_int_equal(plan.timer_ns, RL_NEVER);
	choose("spin");
	assert_int_equal(ask(), RL_POLL);
	assert_int_equal(plan.deadline_ns, RL_NEVER);
	assert_int_equal(plan.gap_ns, 0);
}

static void spin_block_polls_for_tau(void **state)
{
	(void)state;
	choose("spin_block:tau=30us");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(tau(), 30 * US);
		wait_ns(i % 2 ? 10 * US : 100 * US);
	}
}

/* tau: nothing, 50, 100, 200 us while work comes in time; back when it comes late. */
static void adaptive_moves_both_ways(void **state)
{
	const rl_u64 up[] = {0, 50, 100, 200, 200}, down[] = {200, 100, 50, 0, 0};

	(void)state;
	choose("adaptive");
	for (int i = 0; i < 5; i++) {
		assert_int_equal(tau(), up[i] * US);
		wait_ns(up[i] < 190 ? 190 * US : 20 * US);
	}
	for (int i = 0; i < 5; i++) {
		assert_int_equal(tau(), down[i] * US);
		wait_ns(5000 * US);
	}
	wait_ns(30 * US);
	assert_int_equal(tau(), 50 * US);
	wait_ns(30 * US); /* found while polling: as good as it is */
	assert_int_equal(tau(), 50 * US);
}

static void adaptive_keeps_to_its_options(void **state)
{
	(void)state;
	choose("adaptive:max=300us,start=10us,grow=10,shrink=0");
	wait_ns(200 * US);
	assert_int_equal(tau(), 10 * US);
	wait_ns(200 * US);
	assert_int_equal(tau(), 100 * US);
	wait_ns(200 * US);
	assert_int_equal(tau(), 300 * US);
	wait_ns(301 * US);
	assert_int_equal(tau(), 0);
	choose("adaptive:max=0ns");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(tau(), 0);
		wait_ns(US);
	}
}

static void event_batch_has_a_timer(void **state)
{
	(void)state;
	choose("event_batch:n=7,timer=20us");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(), RL_ARM_HALT);
		assert_int_equal(plan.event_offset, 7);
		assert_int_equal(plan.timer_ns, in.now_ns + 20 * US);
		tell(i % 2 ? RL_UPCALL : RL_HIT, 15 * US);
	}
	ask();
	tell(RL_TIMER, 20 * US);
	/* Nobody sends anything: the next message wakes, and no timer runs. */
	assert_int_equal(ask(), RL_ARM_HALT);
	assert_int_equal(plan.event_offset, 1);
	assert_int_equal(plan.timer_ns, RL_NEVER);
	tell(RL_UPCALL, 1000 * US);
	ask();
	assert_int_equal(plan.event_offset, 7);
}

static void tapdisk_asks_for_idleness(void **state)
{
	(void)state;
	choose("tapdisk");
	assert_int_equal(ask(), RL_ARM_HALT); /* no work yet: no polling */
	in.cpu_idle_permille = 500;
	tell(RL_UPCALL, US);
	assert_int_equal(ask(), RL_ARM_HALT); /* not above the threshold */
	in.cpu_idle_permille = 501;
	tell(RL_UPCALL, US);
	assert_int_equal(tau(), 1000 * US);
}

static void tapdisk_extends_its_stop_time(void **state)
{
	(void)state;
	choose("tapdisk:duration=100us,idle=20");
	in.cpu_idle_permille = 300;
	ask();
	tell(RL_UPCALL, US);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(tau(), 100 * US);
		in.cpu_idle_permille = 0; /* asked only when polling starts */
		tell(RL_HIT, 90 * US);
	}
	assert_int_equal(tau(), 100 * US);
	tell(RL_EXPIRED, 100 * US);
	assert_int_equal(ask(), RL_ARM_HALT);
	tell(RL_HIT, 0); /* the last look, after arming, found work: it polls on */
	assert_int_equal(tau(), 100 * US);
	tell(RL_EXPIRED, 100 * US);
	assert_int_equal(ask(), RL_ARM_HALT);
	tell(RL_UPCALL, 500 * US);
	assert_int_equal(ask(), RL_ARM_HALT); /* it blocked, and the CPU is busy */
	choose("tapdisk:duration=0ns");
	ask();
	tell(RL_UPCALL, US);
	assert_int_equal(ask(), RL_ARM_HALT);
}

static void hybrid_sleep_sleeps_half(void **state)
{
	(void)state;
	choose("hybrid_sleep");
	assert_int_equal(ask(), RL_POLL); /* nothing is known */
	tell(RL_HIT, 80 * US);
	in.mean_completion_ns = 80 * US;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ask(), RL_SLEEP);
		assert_int_equal(plan.deadline_ns, in.now_ns + 40 * US);
		tell(RL_EXPIRED, 41 * US);
		assert_int_equal(ask(), RL_POLL);
		assert_int_equal(plan.deadline_ns, RL_NEVER);
		tell(RL_HIT, 39 * US);
	}
	ask();
	tell(RL_HIT, 40 * US); /* it slept too long: the next wait sleeps again */
	assert_int_equal(ask(), RL_SLEEP);
	choose("hybrid_sleep:delay=7us");
	assert_int_equal(ask(), RL_SLEEP);
	assert_int_equal(plan.deadline_ns, in.now_ns + 7 * US);
}

static void backoff_grows_its_pauses(void **state)
{
	(void)state;
	choose("backoff:gap=50ns,growth=1500,max=2us");
	assert_int_equal(ask(), RL_POLL);
	assert_int_equal(plan.deadline_ns, RL_NEVER);
	assert_int_equal(plan.gap_ns, 50);
	assert_int_equal(plan.gap_growth, 1500);
	assert_int_equal(plan.gap_max_ns, 2000);
	choose("backoff:gap=1ms,max=2us");
	ask();
	assert_int_equal(plan.gap_ns, 2000);
}

static void one_action_each(void **state)
{
	static const struct {
		const char *name;
		enum rl_action action;
	} each[] = {{"mwait", RL_MONITOR}, {"poll_port", RL_POLL_PORT}, {"spin_yield", RL_YIELD}};

	(void)state;
	for (size_t i = 0; i < RL_ARRAY_LEN(each); i++) {
		choose(each[i].name);
		for (int k = 0; k < 2; k++) {
			assert_int_equal(ask(), each[i].action);
			assert_int_equal(plan.deadline_ns, RL_NEVER);
			assert_int_equal(plan.event_offset, 1);
			tell(RL_HIT, US);
		}
	}
}

static void final_check_is_late(void **state)
{
	(void)state;
	choose("final_check_late");
	assert_int_equal(ask(), RL_ARM_HALT);
	assert_false(plan.no_arm);
	in.in_flight = 1;
	assert_int_equal(ask(), RL_ARM_HALT);
	assert_true(plan.no_arm);
	assert_int_equal(plan.timer_ns, RL_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_and_spin),
		cmocka_unit_test(spin_block_polls_for_tau),
		cmocka_unit_test(adaptive_moves_both_ways),
		cmocka_unit_test(adaptive_keeps_to_its_options),
		cmocka_unit_test(event_batch_has_a_timer),
		cmocka_unit_test(tapdisk_asks_for_idleness),
		cmocka_unit_test(tapdisk_extends_its_stop_time),
		cmocka_unit_test(hybrid_sleep_sleeps_half),
		cmocka_unit_test(backoff_grows_its_pauses),
		cmocka_unit_test(one_action_each),
		cmocka_unit_test(final_check_is_late),
	};

	return cmocka_run_group_tests_name("core policies", tests, NULL, NULL);
}
