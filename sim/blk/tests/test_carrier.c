/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the carrier does beside letting I/O go on: the hypercalls that it pays for, what it
 * tells a policy, and when it lets the vCPU rest. Each as the kernel modules do it.
 */
#include "sim/blk/tests/plans.h"

static const struct rl_vcpu *driver(void)
{
	return rl_world_driver(w, 0, 0);
}

static uint64_t ended(const struct fixed *f)
{
	return f->told[RL_HIT] + f->told[RL_EXPIRED] + f->told[RL_TIMER] + f->told[RL_UPCALL];
}

/* After every look but the one that ends the wait there is a yield, contended or not. */
static void a_yield_a_look(void **state)
{
	(void)state;
	tweak = NULL;
	front.plan = plan(RL_ARM_HALT);
	for (uint32_t pcpus = 1; pcpus <= 2; pcpus++) {
		back.plan = plan(RL_YIELD);
		run(pcpus, 4, "null");
		assert_true(back.polls > ended(&back));
		assert_int_equal(
			driver()->st.hypercalls - driver()->st.sends, back.polls - ended(&back));
		back.plan = plan(RL_POLL);
		run(pcpus, 4, "null");
		assert_int_equal(driver()->st.hypercalls, driver()->st.sends);
	}
}

/* A timer is set, and taken back or, when it fires, the next one is set: two hypercalls. */
static void timers_are_hypercalls(void **state)
{
	(void)state;
	tweak = NULL;
	front.plan = plan(RL_ARM_HALT);
	back.plan = plan(RL_ARM_HALT);
	back.plan.timer_ns = 1000000000;
	run(2, 1, "null");
	assert_true(back.told[RL_UPCALL] > IOS / 2 && !back.told[RL_TIMER]);
	assert_in_range(driver()->st.hypercalls - driver()->st.sends, 2 * back.told[RL_UPCALL],
		2 * back.told[RL_UPCALL] + 1);
	back.plan = plan(RL_SLEEP);
	back.plan.deadline_ns = 500000;
	run(2, 1, "null");
	assert_in_range(driver()->st.hypercalls - driver()->st.sends, 2 * ended(&back),
		2 * ended(&back) + 1);
}

static void slow_hypercalls(void)
{
	s.costs.v[RL_PARAM_hypercall_ns] = 400e3;
}

/* An event that comes while the timer is being set is not slept over. */
static void nothing_is_lost_while_a_timer_is_set(void **state)
{
	(void)state;
	tweak = slow_hypercalls;
	front.plan = plan(RL_ARM_HALT);
	back.plan = plan(RL_ARM_HALT);
	back.plan.timer_ns = 10000000000;
	run(2, 1, "null");
	assert_int_equal(back.told[RL_TIMER], 0);
	assert_true(w->now < IOS * 2 * RL_PS_PER_S / 1000);
	back.plan = plan(RL_POLL_PORT);
	back.plan.deadline_ns = 10000000000;
	run(2, 1, "null");
	assert_int_equal(back.told[RL_EXPIRED], 0);
	assert_true(w->now < IOS * 2 * RL_PS_PER_S / 1000);
}

static void busy_guest(void)
{
	s.costs.v[RL_PARAM_fio_ns] = 300e3;
}

static void slow_clock(void)
{
	s.costs.v[RL_PARAM_clock_ns] = 50e3;
}

/* Mean time between two of its results. */
static double period_ns(const struct fixed *f)
{
	return (double)w->now / RL_PS_PER_NS / (double)ended(f);
}

/*
 * Two looks at the clock an episode for a policy that hears of it, and one a look at the ring when
 * there is a deadline; nothing for who neither hears nor waits for a time.
 */
static void clocks_cost(void **state)
{
	double fast;

	(void)state;
	front.plan = plan(RL_ARM_HALT);
	back.plan = plan(RL_ARM_HALT);
	tweak = NULL;
	run(1, 1, "null");
	fast = period_ns(&back);
	tweak = slow_clock;
	run(1, 1, "null");
	/* two sides, two looks each */
	assert_true(period_ns(&back) > fast + 3.9 * (50e3 - 3.3e3));
	assert_true(period_ns(&back) < fast + 4.3 * (50e3 - 3.3e3));
	back.plan = plan(RL_POLL);
	back.plan.deadline_ns = 1000000;
	run(2, 1, "null");
	assert_true((double)back.polls < (double)w->now / RL_PS_PER_NS / 50e3);
}

/* A timer nearer than a domain may set it fires when it may. */
static void timers_are_not_near(void **state)
{
	(void)state;
	tweak = NULL;
	front.plan = plan(RL_ARM_HALT);
	back.plan = plan(RL_SLEEP);
	back.plan.deadline_ns = 1;
	run(2, 1, "null");
	assert_true(period_ns(&back) > s.costs.v[RL_PARAM_timer_min_ns]);
	assert_true(period_ns(&back) < 2 * s.costs.v[RL_PARAM_timer_min_ns]);
}

/* Idle is what the kernel spends in its idle loop: neither a preempted poller's time, nor a port's.
 */
static void idleness_is_the_kernels(void **state)
{
	(void)state;
	tweak = busy_guest;
	front.plan = plan(RL_ARM_HALT);
	back.plan = plan(RL_ARM_HALT);
	run(1, 1, "null");
	assert_true(back.in.cpu_idle_permille > 500 && back.in.cpu_idle_permille < 1000);
	back.plan = plan(RL_POLL);
	run(1, 1, "null");
	assert_true(driver()->st.run_ps < w->now - w->now / 50); /* it was preempted */
	assert_int_equal(back.in.cpu_idle_permille, 0);
	back.plan = plan(RL_POLL_PORT);
	run(1, 1, "null");
	assert_true(driver()->st.run_ps < w->now / 2);
	assert_int_equal(back.in.cpu_idle_permille, 0);
}

static void rare_work(void)
{
	s.costs.v[RL_PARAM_fio_ns] = 10e6;
}

static double idle_ticks;

static void rare_work_and_ticks(void)
{
	rare_work();
	s.costs.v[RL_PARAM_idle_ticks] = idle_ticks;
}

/* The tick goes on while a port is polled, and returns from the hypercall each time; of an idle
 * vCPU so many come, and no more than there is time for: 4 ms each in 10. */
static void a_polled_port_ticks(void **state)
{
	(void)state;
	tweak = rare_work_and_ticks;
	front.plan = plan(RL_ARM_HALT);
	back.plan = plan(RL_ARM_HALT);
	idle_ticks = 0;
	run(2, 1, "null");
	assert_in_range(driver()->st.blocks, IOS, IOS + IOS / 10);
	idle_ticks = 1;
	run(2, 1, "null");
	assert_in_range(driver()->st.blocks, 2 * IOS - 2, 2 * IOS + IOS / 10);
	idle_ticks = 1000;
	run(2, 1, "null");
	assert_in_range(driver()->st.blocks, 3 * IOS, 4 * IOS);
	idle_ticks = 0;
	back.plan = plan(RL_POLL_PORT);
	run(2, 1, "null");
	assert_in_range(driver()->st.blocks, 3 * IOS, 4 * IOS);
	assert_in_range(driver()->st.upcalls, 0, 1); /* a fresh ring is armed */
}

/* The time that the backend works on a request is part of its completion. */
static void completions_take_time(void **state)
{
	double work;

	(void)state;
	tweak = NULL;
	front.plan = back.plan = plan(RL_ARM_HALT);
	run(2, 1, "null");
	work = s.costs.v[RL_PARAM_back_request_ns] + s.costs.v[RL_PARAM_back_segment_ns];
	assert_true((double)back.in.mean_completion_ns > 0.9 * work);
	assert_true(front.in.mean_completion_ns > back.in.mean_completion_ns);
}

static void may_mwait(void)
{
	s.machine.mwait = true;
}

/* Where a domain may, it watches the line instead of polling: no interrupt, no looks, its pCPU. */
static void monitors_do_not_poll(void **state)
{
	(void)state;
	front.plan = plan(RL_ARM_HALT);
	back.plan = plan(RL_MONITOR);
	tweak = NULL;
	run(2, 1, "null");
	assert_true(back.polls > 100 * ended(&back)); /* may not: it polls */
	assert_true(driver()->st.cpu[RL_CPU_SPIN] > w->now / 2);
	tweak = may_mwait;
	run(2, 1, "null");
	assert_true(back.polls < 3 * ended(&back)); /* once more after every interrupt */
	assert_int_equal(driver()->st.cpu[RL_CPU_SPIN], 0);
	assert_int_equal(driver()->st.blocks, 0);
	assert_int_equal(driver()->st.upcalls, 1); /* a fresh ring is armed */
	assert_true(driver()->st.run_ps > w->now - w->now / 100);
}

/* Without arming: what comes while requests are in flight sends nothing. */
static void no_arm_holds_off(void **state)
{
	uint64_t armed;

	(void)state;
	tweak = NULL;
	front.plan = back.plan = plan(RL_ARM_HALT);
	run(2, 4, SLOW_DEVICE);
	armed = rl_world_guest(w, 0, 0)->st.sends;
	back.plan.no_arm = true;
	run(2, 4, SLOW_DEVICE);
	assert_true(rl_world_guest(w, 0, 0)->st.sends < armed / 2);
	assert_true(back.told[RL_HIT] > 0);
}

static void nothing_else_runs(void)
{
	s.costs.v[RL_PARAM_tick_period_ns] = 0;
	s.costs.v[RL_PARAM_dom0_period_ns] = 0;
}

/* A timer that does not fire was set and is taken back: a hypercall and two looks at the clock each
 * time, beside the two looks of a policy that hears results. */
static void a_timer_is_paid_twice(void **state)
{
	(void)state;
	tweak = nothing_else_runs;
	for (int timer = 0; timer < 2; timer++) {
		uint64_t episodes;
		rl_ps wait, each;

		front.plan = back.plan = plan(RL_ARM_HALT);
		back.plan.timer_ns = timer ? 5000000000ull : RL_NEVER;
		run(2, 1, "null");
		episodes = w->blk[0].server->wt.st.episodes;
		wait = rl_world_driver(w, 0, 0)->st.cpu[RL_CPU_WAIT];
		each = (timer ? 6 : 2) * rl_cost(w, clock_ns) +
		       (timer ? 2 : 0) * rl_cost(w, hypercall_ns);
		assert_true(episodes > IOS / 2 && back.told[RL_UPCALL] > IOS / 2);
		assert_true(wait <= episodes * each && wait > (episodes - 1) * each);
	}
	tweak = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_yield_a_look),
		cmocka_unit_test(timers_are_hypercalls),
		cmocka_unit_test(nothing_is_lost_while_a_timer_is_set),
		cmocka_unit_test(clocks_cost),
		cmocka_unit_test(timers_are_not_near),
		cmocka_unit_test(idleness_is_the_kernels),
		cmocka_unit_test(a_polled_port_ticks),
		cmocka_unit_test(completions_take_time),
		cmocka_unit_test(monitors_do_not_poll),
		cmocka_unit_test(no_arm_holds_off),
		cmocka_unit_test(a_timer_is_paid_twice),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
