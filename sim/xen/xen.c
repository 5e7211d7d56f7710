/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A machine with its domains as a scenario says, all at rest; and dom0, which wakes now and then.
 */
#include "sim/core/world.h"

bool rl_runq_waits(const struct rl_world *w, int32_t cpu)
{
	for (uint32_t i = 0; i < w->runq.n; i++)
		if (w->runq.q[i]->pin < 0 || w->runq.q[i]->pin == cpu)
			return true;
	return false;
}

static void dom0_rest(struct rl_ctx *c)
{
	struct rl_world *w = c->v->w;
	double period = (double)rl_cost(w, dom0_period_ns);

	rl_vcpu_timer(c->v, w->now + (rl_ps)(rl_rng_exp(&w->dom0_rng) * period));
	rl_ctx_sleep(c, dom0_rest);
}

static void dom0_work(struct rl_ctx *c)
{
	rl_ctx_run(c, RL_CPU_WORK, rl_cost(c->v->w, dom0_run_ns), dom0_rest);
}

static void dom0_timer(struct rl_ctx *c)
{
	struct rl_ctx *thread = &c->v->threads[0];

	rl_ctx_wake(thread);
	thread->done = dom0_work;
	rl_irq_end(c->v);
}

static void dom0_init(struct rl_world *w)
{
	struct rl_vcpu *v = &w->vcpu[RL_DOM0];

	v->handler[RL_IRQ_TIMER] = dom0_timer;
	rl_vcpu_timer(v, (rl_ps)(rl_rng_exp(&w->dom0_rng) * (double)rl_cost(w, dom0_period_ns)));
}

void rl_xen_init(struct rl_world *w, const struct rl_scenario *s, struct rl_rng *rng)
{
	const struct rl_domain dom0 = {.pcpu = s->guest.pcpu, .weight = 256};

	w->npcpus = s->machine.pcpus;
	for (uint32_t i = 0; i < w->npcpus; i++)
		rl_pcpu_init(&w->pcpu[i], w, (int32_t)i);
	rl_vcpu_init(&w->vcpu[RL_GUEST], w, RL_GUEST, &s->guest);
	rl_vcpu_init(&w->vcpu[RL_DRIVER], w, RL_DRIVER, &s->driver);
	w->nvcpus = 2;
	if (rl_cost(w, dom0_period_ns)) {
		w->nvcpus = 3;
		rl_vcpu_init(&w->vcpu[RL_DOM0], w, RL_DOM0, &dom0);
		dom0_init(w);
	}
	for (uint32_t i = 0; i < w->nvcpus && rl_cost(w, tick_period_ns); i++) {
		w->vcpu[i].ticks = i != RL_DOM0;
		w->vcpu[i].tick_phase =
			(rl_ps)(rl_rng_unit(rng) * (double)rl_cost(w, tick_period_ns));
	}
	w->sched->init(w, rng);
}

void rl_xen_settle(struct rl_world *w)
{
	for (uint32_t i = 0; i < w->npcpus; i++)
		rl_pcpu_settle(&w->pcpu[i]);
	for (uint32_t i = 0; i < w->nvcpus; i++)
		rl_vcpu_settle(&w->vcpu[i]);
}
