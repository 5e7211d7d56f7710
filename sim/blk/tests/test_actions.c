/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every way to wait of core/policy.h is carried out, on either side, on one pCPU and on two: I/O
 * goes on, what was asked for is what happens, and the policy is told how its plans ended.
 */
#include "sim/blk/tests/plans.h"
#include "sim/core/still.h"

/* On both machines, shallow and deep, with a device that completes at once and one that does not.
 */
static void everywhere(void (*check)(uint32_t pcpus))
{
	for (uint32_t pcpus = 1; pcpus <= 2; pcpus++) {
		for (uint32_t depth = 1; depth <= 64; depth *= 8) {
			run(pcpus, depth, "null");
			if (check)
				check(pcpus);
			run(pcpus, depth, SLOW_DEVICE);
		}
	}
}

static void never_blocks(uint32_t pcpus)
{
	(void)pcpus;
	assert_int_equal(rl_world_driver(w, 0, 0)->st.blocks, 0);
	assert_true(back.told[RL_HIT] > 0 && !back.told[RL_UPCALL]);
}

static void polls(void **state)
{
	(void)state;
	front.plan = plan(RL_ARM_HALT);
	back.plan = plan(RL_POLL);
	everywhere(never_blocks);
	back.plan.gap_ns = 1000;
	back.plan.gap_growth = 2000;
	back.plan.gap_max_ns = 50000;
	everywhere(never_blocks);
	back.plan.deadline_ns = 20000;
	everywhere(never_blocks);
	assert_true(back.told[RL_EXPIRED] > 0);
	back.plan = plan(RL_MONITOR);
	everywhere(never_blocks);
}

/* On one pCPU who yields lets its peer in at once: no slice is burnt. */
static void yields_are_fast(uint32_t pcpus)
{
	never_blocks(pcpus);
	assert_true(w->now < IOS * 1000000ull * 1000);
}

static void yields(void **state)
{
	(void)state;
	front.plan = plan(RL_ARM_HALT);
	back.plan = plan(RL_YIELD);
	everywhere(yields_are_fast);
}

static void wakes_by_time(uint32_t pcpus)
{
	(void)pcpus;
	assert_true(rl_world_driver(w, 0, 0)->st.upcalls <= 1); /* a fresh ring is armed */
	assert_true(back.told[RL_HIT] > 0 && !back.told[RL_UPCALL]);
}

static void sleeps(void **state)
{
	(void)state;
	front.plan = plan(RL_ARM_HALT);
	back.plan = plan(RL_SLEEP);
	back.plan.deadline_ns = 50000;
	everywhere(wakes_by_time);
	back.plan.deadline_ns = 0; /* already over when it is asked for */
	everywhere(NULL);
}

static void blocks_without_upcall(uint32_t pcpus)
{
	(void)pcpus;
	assert_true(rl_world_driver(w, 0, 0)->st.blocks > 0);
	assert_true(back.told[RL_HIT] > 0);
	assert_true(rl_world_driver(w, 0, 0)->st.upcalls < IOS / 4);
}

static void poll_port(void **state)
{
	(void)state;
	front.plan = plan(RL_ARM_HALT);
	back.plan = plan(RL_POLL_PORT);
	everywhere(blocks_without_upcall);
	back.plan.deadline_ns = 30000;
	everywhere(NULL);
}

static void halts(void **state)
{
	(void)state;
	front.plan = back.plan = plan(RL_ARM_HALT);
	everywhere(NULL);
	assert_true(back.told[RL_UPCALL] > 0 && !back.told[RL_TIMER]);
	back.plan.timer_ns = 40000;
	everywhere(NULL);
	/* A batch larger than what can be in flight: only the timer gets it going. */
	back.plan.event_offset = 500;
	everywhere(wakes_by_time);
	back.plan.event_offset = 1;
	back.plan.no_arm = true; /* the rule of old backends; mended when nothing is in flight */
	everywhere(NULL);
}

/* No timer, and an event further ahead than messages come: it is told who sleeps, and for what. */
static void who_sleeps_in_vain(void **state)
{
	struct rl_rep_args a = {.s = &s, .seed = 1, .sched = sched_named("credit2")};
	char why[192];

	(void)state;
	for (int k = 0; k < 4; k++) {
		enum rl_action action = k & 2 ? RL_POLL_PORT : RL_ARM_HALT;
		bool in_front = k & 1;

		rl_scenario_default(&s);
		s.costs.v[RL_PARAM_dom0_period_ns] = 0;
		s.costs.v[RL_PARAM_tick_period_ns] = 0; /* it would look when that wakes it */
		s.job.iodepth = 4;
		snprintf(s.disk.device, sizeof(s.disk.device), "fixed:time=1ms,servers=4");
		assert_int_equal(rl_rep_start(w, &a, 0), 0);
		w->blk[0].server->wt.inst.ops = &back_policy;
		w->blk[0].fw.inst.ops = &front_policy;
		forget(&back);
		forget(&front);
		front.plan = plan(in_front ? action : RL_ARM_HALT);
		back.plan = plan(in_front ? RL_ARM_HALT : action);
		(in_front ? &front : &back)->plan.event_offset = 5;
		while (rl_world_step(w) && w->now < RL_PS_PER_S)
			continue;
		rl_still_why(w, &s, why, sizeof(why));
		assert_string_equal(why, in_front ? ": front_policy '" RL_POLICY_DEFAULT
						    "' sleeps without a timer until 5 "
						    "responses are there, and 4 are all that come"
						  : ": back_policy '" RL_POLICY_DEFAULT
						    "' sleeps without a timer until 5 requests "
						    "are there, and 4 are all that come");
	}
}

static void front_waits_in_all_ways(void **state)
{
	const enum rl_action action[] = {RL_POLL, RL_YIELD, RL_MONITOR, RL_POLL_PORT, RL_SLEEP};

	(void)state;
	back.plan = plan(RL_ARM_HALT);
	for (int i = 0; i < 5; i++) {
		front.plan = plan(action[i]);
		if (action[i] == RL_SLEEP)
			front.plan.deadline_ns = 50000;
		everywhere(NULL);
		assert_true(front.told[RL_HIT] > 0);
	}
	front.plan = plan(RL_ARM_HALT);
	front.plan.timer_ns = 100000;
	everywhere(NULL);
	assert_true(front.told[RL_UPCALL] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(polls),
		cmocka_unit_test(yields),
		cmocka_unit_test(sleeps),
		cmocka_unit_test(poll_port),
		cmocka_unit_test(halts),
		cmocka_unit_test(front_waits_in_all_ways),
		cmocka_unit_test(who_sleeps_in_vain),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
