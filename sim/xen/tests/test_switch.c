/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The indirect cost of a switch: exact for what ran since, none when nothing did, never more than
 * the cache; and waiting for a pCPU is counted to the picosecond.
 */
#include "sim/xen/tests/machine.h"

#define CACHE 1000000u

static uint64_t steps[MAX_VCPUS];

static void counts(struct rl_ctx *c)
{
	steps[c->v->id]++;
	rl_ctx_run(c, RL_CPU_WORK, MSEC, counts);
}

/* A refill takes 1 ns a byte; switches and sleeping nothing. */
static void warm(uint64_t a_bytes, uint64_t b_bytes, struct sleeper *s)
{
	struct rl_vcpu *a, *b;

	machine("null", 1, 1, 1);
	w->cost[RL_PARAM_switch_ns] = 0;
	w->cost[RL_PARAM_cache_bytes] = CACHE * RL_PS_PER_NS;
	w->cost[RL_PARAM_refill_ns_per_byte] = RL_PS_PER_NS;
	a = domain(256, 0, 1, 0, s);
	b = domain(256, 0, 1, 0, s);
	a->dom->set_bytes = a_bytes;
	b->dom->set_bytes = b_bytes;
	begin();
	run_until(2 * SEC);
}

/* Two that take turns: each finds what of its set the other's left in the cache. */
static void what_ran_since(void **state)
{
	const uint64_t set[][4] = {
		/* sets, and what each lacks at its turn */
		{300000, 500000, 0, 0},
		{500000, 500000, 0, 0},
		{700000, 500000, 200000, 200000},
		{900000, 800000, 700000, 700000},
		{5000000, 100000, 100000, 100000},
		{5000000, 5000000, CACHE, CACHE},
	};

	(void)state;
	for (int k = 0; k < 6; k++) {
		struct sleeper s = {3 * MSEC, MSEC / 1000, 100 * SEC};

		warm(set[k][0], set[k][1], &s);
		for (int i = 0; i < 2; i++) {
			const struct rl_vcpu *v = &w->vcpu[i];
			uint64_t first = set[k][i] < CACHE ? set[k][i] : CACHE;
			rl_ps each = 3 * MSEC + set[k][2 + i] * RL_PS_PER_NS;
			rl_ps cold = (first - set[k][2 + i]) * RL_PS_PER_NS;

			assert_true(v->st.blocks > 200);
			if (v->state == RL_V_RUNNING)
				continue;
			assert_true(v->st.run_ps == v->st.blocks * each + cold);
		}
	}
}

/* Alone on its pCPU, it comes back to a warm cache, whatever it slept. */
static void nothing_ran_since(void **state)
{
	struct sleeper s = {MSEC, MSEC, 100 * SEC};
	const struct rl_vcpu *v;

	(void)state;
	machine("credit2", 1, 1, 1);
	w->cost[RL_PARAM_switch_ns] = 0;
	w->cost[RL_PARAM_cache_bytes] = CACHE * RL_PS_PER_NS;
	w->cost[RL_PARAM_refill_ns_per_byte] = RL_PS_PER_NS;
	v = domain(256, 0, 1, 0, &s);
	v->dom->set_bytes = 400000;
	begin();
	run_until(SEC + MSEC / 2);
	assert_true(v->st.blocks > 400);
	assert_true(v->st.run_ps / MSEC == v->st.blocks || v->state == RL_V_RUNNING);
}

/* Every picosecond of a vCPU is running, waiting or blocked: two that never rest add up. */
static void waiting_adds_up(void **state)
{
	const char *const sched[] = {"credit", "credit2"};

	(void)state;
	for (int k = 0; k < 4; k++) {
		machine(sched[k / 2], 1, 1, 1);
		domain(256, 0, 1, 0, NULL);
		domain(512, k % 2 ? 30 : 0, 1, 0, NULL);
		for (int i = 0; i < 2; i++)
			of_vcpu[i].thread->done = counts;
		begin();
		for (int i = 1; i < 50; i++) {
			run_until((rl_ps)i * 7 * MSEC);
			for (int n = 0; n < 2; n++)
				assert_true(w->vcpu[n].st.run_ps + w->vcpu[n].st.wait_ps == w->now);
		}
		assert_true(w->vcpu[0].st.wait_ps > SEC / 20);
		assert_true(w->vcpu[1].st.wait_ps > SEC / 20);
	}
}

/* The way to sleep is gone once: who loses the pCPU on it goes on where it was. */
static void going_to_sleep_is_paid_once(void **state)
{
	const char *const sched[] = {"credit", "credit2"};
	struct sleeper s = {5 * MSEC, 300 * MSEC, 100 * SEC};

	(void)state;
	for (int k = 0; k < 2; k++) {
		const struct rl_vcpu *v;
		rl_ps idle;

		machine(sched[k], 1, 1, 1);
		w->cost[RL_PARAM_block_ns] = 40 * MSEC;
		v = domain(256, 0, 1, 0, &s);
		domain(256, 0, 1, 0, NULL);
		begin();
		run_until(50 * SEC);
		idle = v->st.cpu[RL_CPU_IDLE_ENTRY];
		assert_true(v->st.turns > v->st.blocks + 20 && v->st.blocks > 90);
		assert_true(idle >= v->st.blocks * 40 * MSEC);
		assert_true(idle < (v->st.blocks + 1) * 40 * MSEC);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_ran_since),
		cmocka_unit_test(nothing_ran_since),
		cmocka_unit_test(waiting_adds_up),
		cmocka_unit_test(going_to_sleep_is_paid_once),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
