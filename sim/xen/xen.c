/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A machine with its domains as a scenario says, all at rest. */
#include "sim/core/world.h"

#include <string.h>

#define DOM0_WEIGHT 256

const struct rl_sched *rl_sched_find(const char *name)
{
	for (const struct rl_sched *const *it = rl_scheds; *it; it++)
		if (strcmp((*it)->name, name) == 0)
			return *it;
	return NULL;
}

void rl_sched_init(struct rl_world *w, struct rl_rng *rng)
{
	const struct rl_sched *sched = w->sched;

	w->sched_own = rl_world_alloc(w, sched->bytes);
	for (uint32_t i = 0; i < w->ndoms; i++)
		w->dom[i].own = rl_world_alloc(w, sched->dom_bytes);
	for (uint32_t i = 0; i < w->nvcpus; i++)
		w->vcpu[i].own = rl_world_alloc(w, sched->vcpu_bytes);
	for (uint32_t i = 0; i < w->npcpus; i++)
		w->pcpu[i].own = rl_world_alloc(w, sched->pcpu_bytes);
	sched->init(w, rng);
}

/* The next domain, as one of its role. */
static struct rl_dom *domain(
	struct rl_world *w, enum rl_domain_role role, const struct rl_domain *d, rl_ps set)
{
	struct rl_dom *dom = &w->dom[w->ndoms];

	*dom = (struct rl_dom){.role = role, .weight = d->weight, .cap = d->cap, .id = w->ndoms++};
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

/* All domains of a role; their vCPUs go round the pCPUs that they may use. */
static void domains(
	struct rl_world *w, enum rl_domain_role role, const struct rl_domain *d, rl_ps set)
{
	for (uint32_t i = 0; i < d->count; i++) {
		struct rl_dom *dom = domain(w, role, d, set);

		for (uint32_t k = 0; k < d->vcpus; k++) {
			int32_t nth = (int32_t)((i * d->vcpus + k) % (d->pcpus ? d->pcpus : 1));

			vcpu(w, dom, d->pcpu < 0 ? -1 : d->pcpu + nth);
		}
	}
}

/* What else runs on the machine. */
static void others(struct rl_world *w, const struct rl_scenario *s)
{
	const struct rl_load_domain *l = &s->load;
	const struct rl_domain dom0 = {.weight = DOM0_WEIGHT};
	const struct rl_domain load = {.weight = l->weight, .cap = l->cap};
	struct rl_dom *dom;

	if (rl_cost(w, dom0_period_ns)) {
		dom = domain(w, RL_DOM0, &dom0, rl_cost(w, other_set_bytes));
		rl_load_init(vcpu(w, dom, s->guest.pcpu), rl_cost(w, dom0_run_ns),
			rl_cost(w, dom0_period_ns), w->dom0_rng);
	}
	if (!l->vcpus)
		return;
	dom = domain(w, RL_LOAD, &load, rl_cost(w, other_set_bytes));
	for (uint32_t i = 0; i < l->vcpus; i++) {
		struct rl_rng rng = w->load_rng;

		rng.ctr[3] = i; /* a stream each */
		rl_load_init(vcpu(w, dom, l->pcpu), l->busy_ns * RL_PS_PER_NS,
			l->idle_ns * RL_PS_PER_NS, rng);
	}
}

static uint32_t vcpus_of(const struct rl_scenario *s)
{
	return s->guest.count * s->guest.vcpus + s->driver.count * s->driver.vcpus + 1 +
	       s->load.vcpus;
}

uint32_t rl_pcpu_slots(const struct rl_scenario *s)
{
	return s->machine.pcpus * RL_PCPU_SLOTS;
}

uint32_t rl_xen_slots(const struct rl_scenario *s, const struct rl_sched *sched)
{
	uint32_t caps = (s->guest.cap ? s->guest.count : 0) +
			(s->driver.cap ? s->driver.count : 0) + !!s->load.cap;

	return rl_pcpu_slots(s) + vcpus_of(s) * RL_VCPU_SLOTS + 1 + s->load.vcpus +
	       s->machine.pcpus * sched->pcpu_slots + caps * sched->cap_slots + sched->slots;
}

void rl_xen_create(struct rl_world *w, uint32_t pcpus, uint32_t doms, uint32_t vcpus)
{
	w->npcpus = pcpus;
	w->pcpu = rl_world_alloc(w, pcpus * sizeof(*w->pcpu));
	w->dom = rl_world_alloc(w, doms * sizeof(*w->dom));
	w->vcpu = rl_world_alloc(w, vcpus * sizeof(*w->vcpu));
	for (uint32_t i = 0; i < w->npcpus; i++)
		rl_pcpu_init(&w->pcpu[i], w, (int32_t)i);
}

void rl_xen_init(struct rl_world *w, const struct rl_scenario *s, struct rl_rng *rng)
{
	double period = (double)rl_cost(w, tick_period_ns);

	rl_types_init(w);
	w->sockets = s->machine.sockets;
	w->threads = s->machine.threads;
	w->plain = w->threads == 1 && !rl_cost(w, refill_ns_per_byte);
	rl_xen_create(w, s->machine.pcpus, s->guest.count + s->driver.count + 2, vcpus_of(s));
	w->nguests = s->guest.count;
	w->guest_vcpus = s->guest.vcpus;
	w->ndrivers = s->driver.count;
	w->driver_vcpus = s->driver.vcpus;
	domains(w, RL_GUEST, &s->guest, rl_cost(w, guest_set_bytes));
	domains(w, RL_DRIVER, &s->driver, rl_cost(w, driver_set_bytes));
	others(w, s);
	for (uint32_t i = 0; i < w->nvcpus && period > 0; i++) {
		w->vcpu[i].ticks =
			w->vcpu[i].dom->role <= RL_DRIVER; /* others': within their work */
		w->vcpu[i].tick_phase = (rl_ps)(rl_rng_unit(rng) * period);
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
