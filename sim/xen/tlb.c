/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flushing the TLBs of a domain's other pCPUs. As Xen's flush_area_mask() does it: one initiator at
 * a time, which interrupts all pCPUs that have the domain's context loaded, idle ones among them,
 * and waits for the last of them. An idle one gives the context up with that and is asked no
 * more. The victims lose the time at once, although the lock may let the flush begin a little
 * later.
 */
#include "sim/core/world.h"

/* A pCPU that went idle after a domain keeps its address space until somebody else comes. */
static bool holds(const struct rl_pcpu *p, const struct rl_dom *dom)
{
	return p->last && p->last->dom == dom;
}

struct rl_tlb_flush rl_tlb_flush(struct rl_vcpu *v, rl_ps in)
{
	struct rl_world *w = v->w;
	rl_ps hold = 0, far = 0, begin = w->now + in;

	for (uint32_t i = 0; i < w->npcpus; i++) {
		struct rl_pcpu *p = &w->pcpu[i];

		if (p->id == v->cpu || !holds(p, v->dom))
			continue;
		hold += rl_cost(w, tlb_send_ns);
		if (rl_ipi(w, v->cpu, p->id) > far)
			far = rl_ipi(w, v->cpu, p->id);
		if (p->cur)
			rl_vcpu_stall(p->cur, rl_cost(w, tlb_flush_ns));
		else
			p->last = NULL;
	}
	if (!hold)
		return (struct rl_tlb_flush){0};
	hold += far + rl_cost(w, tlb_flush_ns);
	return (struct rl_tlb_flush){rl_lock_take(&w->flush, begin, hold), hold};
}
