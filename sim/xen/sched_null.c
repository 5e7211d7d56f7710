/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * null - every vCPU has a pCPU to itself: no slice, no preemption.
 *
 * A vCPU without a free pCPU of its own waits until the other one blocks, which is more than
 * Xen does for it: there it never runs.
 *
 * Source: xen 4.17 common/sched/null.c (behaviour).
 */
#include "sim/core/world.h"

/* Who waits, in the order of waking. */
struct queue {
	struct rl_vcpu *first;
};

struct waiting {
	struct rl_vcpu *next;
};

static struct rl_vcpu **next_of(struct rl_vcpu *v)
{
	return &((struct waiting *)v->own)->next;
}

static struct rl_vcpu **first_of(const struct rl_world *w)
{
	return &((struct queue *)w->sched_own)->first;
}

static void null_wake(struct rl_world *w, struct rl_vcpu *v)
{
	struct rl_vcpu **at = first_of(w);

	while (*at)
		at = next_of(*at);
	*at = v;
	*next_of(v) = NULL;
	for (uint32_t i = 0; i < w->npcpus; i++) {
		struct rl_pcpu *p = &w->pcpu[i];

		if (rl_vcpu_allowed(v, p) && !p->cur && !p->tickled) {
			rl_pcpu_tickle(p, w->waker);
			return;
		}
	}
}

/* Where the first one hangs that may run on @p; it hangs on nothing when there is none. */
static struct rl_vcpu **first_for(const struct rl_world *w, const struct rl_pcpu *p)
{
	struct rl_vcpu **at = first_of(w);

	while (*at && !rl_vcpu_allowed(*at, p))
		at = next_of(*at);
	return at;
}

static struct rl_vcpu *null_pick(struct rl_world *w, struct rl_pcpu *p, bool yield, rl_ps *slice)
{
	struct rl_vcpu **at, *v;

	(void)yield;
	*slice = RL_PS_NEVER;
	if (p->cur && p->cur->state == RL_V_RUNNING)
		return p->cur;
	at = first_for(w, p);
	v = *at;
	if (v)
		*at = *next_of(v);
	return v;
}

static bool null_waits(const struct rl_world *w, const struct rl_pcpu *p)
{
	return *first_for(w, p) != NULL;
}

static void null_init(struct rl_world *w, struct rl_rng *rng)
{
	(void)w;
	(void)rng;
}

RL_SCHED(null) = {
	.name = "null",
	.summary = "a pCPU for every vCPU, no preemption",
	.bytes = sizeof(struct queue),
	.vcpu_bytes = sizeof(struct waiting),
	.init = null_init,
	.wake = null_wake,
	.pick = null_pick,
	.waits = null_waits,
};
