/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Linux's scheduler: weights share, who has had less than its share comes in at once, who has had
 * more waits for a tick, and who yields gives up a slice.
 */
#include "sim/xen/tests/machine.h"

#include <math.h>

#define TICK (4 * MSEC)

static void linux_machine(uint32_t cores)
{
	machine("eevdf", 1, cores, 1);
	w->cost[RL_PARAM_slice_ns] = 7 * MSEC / 5;
	w->cost[RL_PARAM_tick_period_ns] = TICK;
}

static double share(const struct rl_vcpu *v, const struct rl_vcpu *other)
{
	return (double)v->st.run_ps / (double)(v->st.run_ps + other->st.run_ps);
}

static void weights_share(void **state)
{
	const uint32_t weight[] = {256, 512, 1024, 300};

	(void)state;
	for (int k = 0; k < 4; k++) {
		const struct rl_vcpu *a, *b;
		double want = weight[k] / (weight[k] + 256.0);

		linux_machine(1);
		a = domain(weight[k], 0, 1, 0, NULL);
		b = domain(256, 0, 1, 0, NULL);
		begin();
		run_until(100 * SEC);
		if (fabs(share(a, b) - want) > 0.01)
			fail_msg("weight %u: %g, not %g", weight[k], share(a, b), want);
	}
}

/* A slice is over when a tick finds it so: two that always want the pCPU change at ticks. */
static void turns_end_at_ticks(void **state)
{
	(void)state;
	linux_machine(1);
	domain(256, 0, 1, 0, NULL);
	domain(256, 0, 1, 0, NULL);
	begin();
	run_until(100 * SEC);
	assert_in_range(w->pcpu[0].switches, 100 * SEC / TICK * 9 / 10, 100 * SEC / TICK + 2);
}

/*
 * Who works for a tenth of the time runs at once when it wakes, until it has used up what it once
 * was short of: then it waits for a tick. One wait of up to a tick in some forty turns.
 */
static void a_modest_sleeper_waits_seldom(void **state)
{
	struct sleeper s = {.work = MSEC / 10, .rest = MSEC - MSEC / 10, .until = RL_PS_NEVER};
	const struct rl_vcpu *v;

	(void)state;
	linux_machine(1);
	v = domain(256, 0, 1, 0, &s);
	domain(256, 0, 1, 0, NULL);
	begin();
	run_until(100 * SEC);
	assert_true(v->st.turns > 80000);
	assert_true(v->st.wait_ps > v->st.turns * TICK / 200);
	assert_true(v->st.wait_ps < v->st.turns * TICK / 20);
}

/*
 * Who works for longer than it rests wants more than its share beside one that never rests: it is
 * made to wait for ticks, and the other gets at least half.
 */
static void a_greedy_sleeper_waits_for_ticks(void **state)
{
	struct sleeper s = {.work = MSEC / 5, .rest = MSEC / 20, .until = RL_PS_NEVER};
	const struct rl_vcpu *v, *hog;

	(void)state;
	linux_machine(1);
	v = domain(256, 0, 1, 0, &s);
	hog = domain(256, 0, 1, 0, NULL);
	begin();
	run_until(100 * SEC);
	assert_true(share(v, hog) > 0.3 && share(v, hog) < 0.51);
	assert_true(v->st.wait_ps > 40 * SEC);
}

/* What may run anywhere finds the idle pCPU, when it wakes and when one has nothing to do. */
static void no_pcpu_idles_beside_work(void **state)
{
	(void)state;
	linux_machine(2);
	domain(256, 0, 3, -1, NULL);
	begin();
	run_until(10 * SEC);
	for (int i = 0; i < 2; i++)
		assert_true(w->pcpu[i].idle_ps < SEC / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_share),
		cmocka_unit_test(turns_end_at_ticks),
		cmocka_unit_test(a_modest_sleeper_waits_seldom),
		cmocka_unit_test(a_greedy_sleeper_waits_for_ticks),
		cmocka_unit_test(no_pcpu_idles_beside_work),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
