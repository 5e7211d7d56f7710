/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event channels: coalesced while pending, served in the order in which they came, by one upcall.
 */
#include "sim/xen/tests/machine.h"

#define USEC (1000000ull)

static struct rl_port port[3];
static struct rl_port *served[16];
static uint32_t n;

static void serve(struct rl_ctx *c)
{
	served[n++] = c->arg;
	rl_irq_end(c->v);
}

/* One vCPU that sleeps for ever, with three event channels. */
static struct rl_vcpu *asleep(void)
{
	static struct sleeper s = {MSEC, 0, 0};
	struct rl_vcpu *v;

	machine("null", 1, 1, 1);
	w->cost[RL_PARAM_upcall_ns] = 5 * USEC;
	w->cost[RL_PARAM_port_ns] = 2 * USEC;
	v = domain(256, 0, 1, 0, &s);
	for (int i = 0; i < 3; i++)
		rl_port_init(&port[i], v, RL_IRQ_EVTCHN, serve, &port[i]);
	begin();
	while (rl_world_step(w))
		continue;
	assert_int_equal(v->state, RL_V_BLOCKED);
	n = 0;
	return v;
}

static void pending_is_pending_once(void **state)
{
	struct rl_vcpu *v = asleep();

	(void)state;
	for (uint32_t times = 1; times < 4; times++) {
		for (uint32_t i = 0; i < times; i++)
			rl_port_raise(&port[0], -1);
		while (rl_world_step(w))
			continue;
		assert_int_equal(n, times);
		assert_int_equal(v->st.upcalls, times);
	}
}

static void first_come_first_served(void **state)
{
	static const int order[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {2, 0, 1}};

	(void)state;
	for (int k = 0; k < 4; k++) {
		struct rl_vcpu *v = asleep();
		rl_ps before = v->st.cpu[RL_CPU_UPCALL];

		for (int i = 0; i < 3; i++)
			rl_port_raise(&port[order[k][i]], -1);
		rl_port_raise(&port[order[k][0]], -1); /* keeps its place */
		while (rl_world_step(w))
			continue;
		assert_int_equal(n, 3);
		for (int i = 0; i < 3; i++)
			assert_ptr_equal(served[i], &port[order[k][i]]);
		assert_int_equal(v->st.upcalls, 1);
		assert_true(v->st.cpu[RL_CPU_UPCALL] - before == 9 * USEC);
	}
}

/* A port that is cleared before its interrupt was taken is out of the line, and the others stay. */
static void cleared_in_line(void **state)
{
	(void)state;
	for (int k = 0; k < 3; k++) {
		int other = 0;

		asleep();
		for (int i = 0; i < 3; i++)
			rl_port_raise(&port[i], -1);
		rl_port_clear(&port[k]);
		rl_port_clear(&port[k]);
		while (rl_world_step(w))
			continue;
		assert_int_equal(n, 2);
		for (int i = 0; i < 3; i++)
			if (i != k)
				assert_ptr_equal(served[other++], &port[i]);
		rl_port_raise(&port[k], -1); /* at the end of the line */
		while (rl_world_step(w))
			continue;
		assert_int_equal(n, 3);
		assert_ptr_equal(served[2], &port[k]);
	}
}

static void unmask(struct rl_ctx *c)
{
	assert_int_equal(n, 0);
	rl_port_unmask(&port[1]);
	rl_port_unmask(&port[1]);
	rl_irq_end(c->v);
}

/* A masked port stays pending without an interrupt, which comes when it is unmasked. */
static void masked_is_pending_without_interrupt(void **state)
{
	(void)state;
	for (uint32_t raised = 0; raised < 2; raised++) {
		struct rl_vcpu *v = asleep();

		port[1].masked = true;
		port[2].handler = unmask;
		if (raised)
			rl_port_raise(&port[1], -1);
		while (rl_world_step(w))
			continue;
		assert_int_equal(n, 0);
		rl_port_raise(&port[2], -1);
		while (rl_world_step(w))
			continue;
		assert_int_equal(n, raised);
		assert_int_equal(v->st.upcalls, 1);
		assert_false(port[1].pending);
	}
}

static uint64_t naps;

static void nap(struct rl_ctx *c)
{
	naps++;
	rl_port_raise(&port[0], c->v->cpu);
	rl_ctx_sleep(c, nap);
}

static void wakes_the_napper(struct rl_ctx *c)
{
	rl_ctx_wake(c->arg);
	rl_irq_end(c->v);
}

/* Who falls asleep with its wake-up pending is switched to again, and pays for that itself. */
static void a_nap_costs_a_switch(void **state)
{
	static struct sleeper s;
	struct rl_vcpu *v;

	(void)state;
	machine("null", 1, 1, 1);
	w->cost[RL_PARAM_thread_switch_ns] = 3 * USEC;
	w->cost[RL_PARAM_upcall_ns] = 7 * USEC;
	v = domain(256, 0, 1, 0, &s);
	of_vcpu[0].thread->done = nap;
	rl_port_init(&port[0], v, RL_IRQ_EVTCHN, wakes_the_napper, of_vcpu[0].thread);
	naps = 0;
	begin();
	run_until(100 * MSEC);
	assert_true(naps > 9900);
	assert_true(v->st.cpu[RL_CPU_THREAD_SWITCH] / (3 * USEC) - naps <= 1);
	assert_true(v->st.cpu[RL_CPU_UPCALL] / (7 * USEC) - naps + 1 <= 1);
	assert_int_equal(v->st.blocks, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pending_is_pending_once),
		cmocka_unit_test(first_come_first_served),
		cmocka_unit_test(cleared_in_line),
		cmocka_unit_test(masked_is_pending_without_interrupt),
		cmocka_unit_test(a_nap_costs_a_switch),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
