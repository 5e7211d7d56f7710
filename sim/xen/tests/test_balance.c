/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where vCPUs go that may go anywhere: from queue to queue, from core to core, and what is known of
 * their load for it. */
#include "sim/xen/credit2.h"
#include "sim/xen/tests/machine.h"

static rl_ps idle_of(uint32_t first, uint32_t n)
{
	rl_ps sum = 0;

	for (uint32_t i = first; i < first + n; i++)
		sum += w->pcpu[i].idle_ps;
	return sum;
}

/* Three on one socket, three on the other, which goes to rest: one of those that wait is taken. */
static void who_is_queued_moves_too(void **state)
{
	struct sleeper s = {10 * MSEC, MSEC, SEC};
	rl_ps before, ran = 0;

	(void)state;
	machine("credit2", 2, 1, 1);
	for (int i = 0; i < 6; i++)
		domain(256, 0, 1, -1, i % 2 ? &s : NULL);
	begin();
	run_until(6 * SEC);
	before = idle_of(0, 2);
	for (int i = 0; i < 6; i += 2)
		ran -= w->vcpu[i].st.run_ps;
	run_until(16 * SEC);
	assert_true(idle_of(0, 2) - before < SEC / 10);
	for (int i = 0; i < 6; i += 2) {
		ran += w->vcpu[i].st.run_ps;
		assert_int_equal(w->vcpu[i + 1].state, RL_V_BLOCKED);
	}
	assert_true(ran > 19 * SEC);
}

/* The mean of a second: who was always busy counts for one, who rested for longer for nothing. */
static void a_load_is_forgotten(void **state)
{
	struct sleeper s = {4 * SEC, 3 * SEC, 100 * SEC};
	const struct rl_c2_unit *u;
	const struct rl_vcpu *v;

	(void)state;
	machine("credit2", 2, 1, 1);
	v = domain(256, 0, 1, -1, &s);
	begin();
	u = rl_c2_unit(v);
	while (v->state != RL_V_BLOCKED || w->now < SEC)
		assert_true(rl_world_step(w));
	assert_true(u->load > (INT64_C(9) << 18) / 10);
	while (v->state == RL_V_BLOCKED)
		assert_true(rl_world_step(w));
	assert_true(w->now > 7 * SEC && u->wants && u->load == 0);
	assert_true(u->rq->want == 1);
}

/* Two threads of a core work while another core is idle: one of them goes there. */
static void a_crowded_core_is_left(void **state)
{
	struct sleeper s = {10 * MSEC, MSEC, SEC};

	(void)state;
	for (int order = 0; order < 2; order++) {
		const struct rl_vcpu *stays[2];
		int n = 0;

		machine("credit", 1, 2, 2);
		for (int i = 0; i < 4; i++) {
			bool rests_soon = order ? i < 2 : i >= 2;
			const struct rl_vcpu *v = domain(256, 0, 1, -1, rests_soon ? &s : NULL);

			if (!rests_soon)
				stays[n++] = v;
		}
		begin();
		run_until(3 * SEC);
		assert_int_equal(stays[0]->state, RL_V_RUNNING);
		assert_int_equal(stays[1]->state, RL_V_RUNNING);
		assert_true(w->pcpu[stays[0]->cpu].core != w->pcpu[stays[1]->cpu].core);
	}
}

/* Sockets: the one that is twice as idle is better, and nobody is left to share a pCPU. */
static void a_crowded_socket_is_left(void **state)
{
	struct sleeper s = {10 * MSEC, MSEC, SEC};

	(void)state;
	for (int order = 0; order < 2; order++) {
		uint32_t on[2] = {0};

		machine("credit", 2, 4, 1);
		for (int i = 0; i < 8; i++)
			domain(256, 0, 1, -1, (order ? i < 4 : i >= 4) ? &s : NULL);
		begin();
		run_until(3 * SEC);
		for (uint32_t i = 0; i < w->nvcpus; i++)
			if (w->vcpu[i].state == RL_V_RUNNING)
				on[w->pcpu[w->vcpu[i].cpu].socket]++;
		assert_int_equal(on[0] + on[1], 4);
		assert_true(on[0] > 0 && on[1] > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_queued_moves_too),
		cmocka_unit_test(a_load_is_forgotten),
		cmocka_unit_test(a_crowded_core_is_left),
		cmocka_unit_test(a_crowded_socket_is_left),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
