/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedulers: weights share a pCPU, a waker does not preempt inside the rate limit, slices end. */
#include "sim/core/rep.h"
#include "sim/core/tests/world_fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MS (1000000000ull)

static struct rl_scenario s;

static const struct rl_sched *sched(const char *name)
{
	for (const struct rl_sched *const *it = rl_scheds; *it; it++)
		if (strcmp((*it)->name, name) == 0)
			return *it;
	fail();
	return NULL;
}

static void busy(struct rl_ctx *c)
{
	rl_ctx_run(c, RL_CPU_WORK, RL_PS_PER_S, busy);
}

static void rest(struct rl_ctx *c)
{
	rl_vcpu_timer(c->v, w->now + 3 * MS);
	rl_ctx_sleep(c, rest);
}

static void work(struct rl_ctx *c)
{
	rl_ctx_run(c, RL_CPU_WORK, MS / 100, rest);
}

static void alarm_irq(struct rl_ctx *c)
{
	rl_ctx_wake(&c->v->threads[0]);
	c->v->threads[0].done = work;
	rl_irq_end(c->v);
}

static void machine(uint32_t wa, uint32_t wb)
{
	struct rl_rng rng;

	rl_scenario_default(&s);
	s.machine.pcpus = 1;
	s.driver.pcpu = 0;
	s.guest.weight = wa;
	s.driver.weight = wb;
	assert_int_equal(rl_world_reset(w, 20), 0);
	w->cost[RL_PARAM_switch_ns] = 1000 * 1000;
	w->cost[RL_PARAM_ratelimit_ns] = MS;
	w->sched = sched("credit2");
	w->waker = -1;
	rl_rng_init(&rng, 1, 0, 0, 0);
	rl_xen_init(w, &s, &rng);
}

static void run_until(rl_ps t)
{
	while (w->now < t)
		assert_true(rl_world_step(w));
	rl_xen_settle(w);
}

/* Both always want the pCPU: they get it by weight. */
static void weights_share(void **state)
{
	const uint32_t weight[] = {256, 512, 1024};

	(void)state;
	for (int i = 0; i < 3; i++) {
		double share, want = (double)weight[i] / (weight[i] + 256);

		machine(weight[i], 256);
		w->vcpu[0].threads[0].done = w->vcpu[1].threads[0].done = busy;
		rl_vcpu_start(&w->vcpu[0]);
		rl_vcpu_start(&w->vcpu[1]);
		run_until(5 * RL_PS_PER_S);
		share = (double)w->vcpu[0].st.run_ps /
			(double)(w->vcpu[0].st.run_ps + w->vcpu[1].st.run_ps);
		assert_true(fabs(share - want) < 0.02);
	}
}

/*
 * One is always busy, the other wakes every 3 ms for 10 us: it is let in at once when the busy one
 * had its rate limit, so it runs about every 3 ms and switches come in pairs.
 */
static void a_sleeper_preempts(void **state)
{
	double per_s;

	(void)state;
	machine(256, 256);
	w->vcpu[0].threads[0].done = busy;
	w->vcpu[1].threads[0].done = work;
	w->vcpu[1].handler[RL_IRQ_TIMER] = alarm_irq;
	rl_vcpu_start(&w->vcpu[0]);
	rl_vcpu_start(&w->vcpu[1]);
	run_until(2 * RL_PS_PER_S);
	per_s = (double)w->vcpu[1].st.blocks / 2;
	assert_true(per_s > 250 && per_s < 340);
	assert_true(w->pcpu[0].switches <= 2 * w->vcpu[1].st.blocks + 2);
}

/* Woken inside the rate limit it must wait for the slice's end, up to 10 ms. */
static void a_waker_inside_the_rate_limit_waits(void **state)
{
	(void)state;
	machine(256, 256);
	w->cost[RL_PARAM_ratelimit_ns] = 20 * MS; /* more than the sleeper ever leaves it */
	w->vcpu[0].threads[0].done = busy;
	w->vcpu[1].threads[0].done = work;
	w->vcpu[1].handler[RL_IRQ_TIMER] = alarm_irq;
	rl_vcpu_start(&w->vcpu[0]);
	rl_vcpu_start(&w->vcpu[1]);
	run_until(2 * RL_PS_PER_S);
	assert_true(w->vcpu[1].st.blocks < 2 * 1000 / 20 + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_share),
		cmocka_unit_test(a_sleeper_preempts),
		cmocka_unit_test(a_waker_inside_the_rate_limit_waits),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
