/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A machine with its domains as a scenario says, all at rest. */
#include "sim/core/world.h"

#define DOM0_WEIGHT 256

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

static struct rl_dom *domain(struct rl_world *w, const struct rl_domain *d, rl_ps set)
{
	struct rl_dom *dom = &w->dom[w->ndoms];

	*dom = (struct rl_dom){.weight = d->weight, .cap = d->cap, .id = w->ndoms++};
	dom->cost = w->typed[d->type];
	dom->set_bytes = set / RL_PS_PER_NS;
	return dom;
}

static struct rl_vcpu *vcpu(struct rl_world *w, struct rl_dom *dom, int32_t pin)
{
	struct rl_vcpu *v = &w->vcpu[w->nvcpus];

	rl_vcpu_init(v, w, w->nvcpus++, dom, pin);
	return v;
}

/* What else runs on the machine. */
static void others(struct rl_world *w, const struct rl_scenario *s)
{
	const struct rl_load_domain *l = &s->load;
	const struct rl_domain dom0 = {.weight = DOM0_WEIGHT};
	const struct rl_domain load = {.weight = l->weight, .cap = l->cap};
	struct rl_dom *dom;

	if (rl_cost(w, dom0_period_ns)) {
		dom = domain(w, &dom0, rl_cost(w, other_set_bytes));
		rl_load_init(vcpu(w, dom, s->guest.pcpu), rl_cost(w, dom0_run_ns),
			rl_cost(w, dom0_period_ns), w->dom0_rng);
	}
	if (!l->vcpus)
		return;
	dom = domain(w, &load, rl_cost(w, other_set_bytes));
	for (uint32_t i = 0; i < l->vcpus; i++) {
		struct rl_rng rng = w->load_rng;

		rng.ctr[3] = i; /* a stream each */
		rl_load_init(vcpu(w, dom, l->pcpu), l->busy_ns * RL_PS_PER_NS,
			l->idle_ns * RL_PS_PER_NS, rng);
	}
}

uint32_t rl_xen_slots(const struct rl_scenario *s, const struct rl_sched *sched)
{
	uint32_t vcpus = 2 + (s->costs.v[RL_PARAM_dom0_period_ns] > 0) + s->load.vcpus;
	uint32_t caps = !!s->guest.cap + !!s->driver.cap + !!s->load.cap;

	return vcpus * RL_VCPU_SLOTS + s->machine.pcpus * (1 + sched->pcpu_slots) +
	       caps * sched->cap_slots + sched->slots;
}

void rl_xen_init(struct rl_world *w, const struct rl_scenario *s, struct rl_rng *rng)
{
	struct rl_dom *dom;

	rl_types_init(w);
	w->npcpus = s->machine.pcpus;
	w->sockets = s->machine.sockets;
	w->threads = s->machine.threads;
	for (uint32_t i = 0; i < w->npcpus; i++)
		rl_pcpu_init(&w->pcpu[i], w, (int32_t)i);
	dom = domain(w, &s->guest, rl_cost(w, guest_set_bytes));
	vcpu(w, dom, s->guest.pcpu);
	dom = domain(w, &s->driver, rl_cost(w, driver_set_bytes));
	vcpu(w, dom, s->driver.pcpu);
	others(w, s);
	for (uint32_t i = 0; i < w->nvcpus && rl_cost(w, tick_period_ns); i++) {
		w->vcpu[i].ticks = i <= RL_DRIVER; /* others' ticks are within their work */
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
