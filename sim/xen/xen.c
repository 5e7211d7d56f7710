/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A machine with its domains as a scenario says, all at rest; and dom0, which wakes now and then.
 */
#include "sim/core/world.h"

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

void rl_sched_init(struct rl_world *w, struct rl_rng *rng)
{
	const struct rl_sched *sched = w->sched;

	w->sched_own = rl_world_own(w, sched->bytes);
	for (uint32_t i = 0; i < w->ndoms; i++)
		w->dom[i].own = rl_world_own(w, sched->dom_bytes);
	for (uint32_t i = 0; i < w->nvcpus; i++)
		w->vcpu[i].own = rl_world_own(w, sched->vcpu_bytes);
	for (uint32_t i = 0; i < w->npcpus; i++)
		w->pcpu[i].own = rl_world_own(w, sched->pcpu_bytes);
	sched->init(w, rng);
}

/* A domain with one vCPU. */
static void domain(struct rl_world *w, const struct rl_domain *d)
{
	struct rl_dom *dom = &w->dom[w->ndoms];

	*dom = (struct rl_dom){.weight = d->weight, .id = w->ndoms++};
	rl_vcpu_init(&w->vcpu[w->nvcpus], w, w->nvcpus, dom, d->pcpu);
	w->nvcpus++;
}

uint32_t rl_xen_slots(const struct rl_scenario *s, const struct rl_sched *sched)
{
	uint32_t vcpus = 2 + (s->costs.v[RL_PARAM_dom0_period_ns] > 0);

	return vcpus * RL_VCPU_SLOTS + s->machine.pcpus * (1 + sched->pcpu_slots) + sched->slots;
}

void rl_xen_init(struct rl_world *w, const struct rl_scenario *s, struct rl_rng *rng)
{
	const struct rl_domain dom0 = {.pcpu = s->guest.pcpu, .weight = 256};

	w->npcpus = s->machine.pcpus;
	w->sockets = s->machine.sockets;
	w->threads = s->machine.threads;
	for (uint32_t i = 0; i < w->npcpus; i++)
		rl_pcpu_init(&w->pcpu[i], w, (int32_t)i);
	domain(w, &s->guest);
	domain(w, &s->driver);
	if (rl_cost(w, dom0_period_ns)) {
		domain(w, &dom0);
		dom0_init(w);
	}
	for (uint32_t i = 0; i < w->nvcpus && rl_cost(w, tick_period_ns); i++) {
		w->vcpu[i].ticks = i != RL_DOM0;
		w->vcpu[i].tick_phase =
			(rl_ps)(rl_rng_unit(rng) * (double)rl_cost(w, tick_period_ns));
	}
	rl_sched_init(w, rng);
}

void rl_xen_settle(struct rl_world *w)
{
	for (uint32_t i = 0; i < w->npcpus; i++)
		rl_pcpu_settle(&w->pcpu[i]);
	for (uint32_t i = 0; i < w->nvcpus; i++)
		rl_vcpu_settle(&w->vcpu[i]);
}
