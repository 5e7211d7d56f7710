/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * null - every vCPU has a pCPU to itself: no queue, no slice, no preemption.
 *
 * A vCPU without a free pCPU of its own waits until the other one blocks, which is more than
 * Xen does for it: there it never runs.
 *
 * Source: xen 4.17 common/sched/null.c (behaviour).
 */
#include "sim/core/world.h"

static bool may_run(const struct rl_vcpu *v, const struct rl_pcpu *p)
{
	return v->pin < 0 || v->pin == p->id;
}

static void null_wake(struct rl_world *w, struct rl_vcpu *v)
{
	w->runq.q[w->runq.n++] = v;
	for (uint32_t i = 0; i < w->npcpus; i++) {
		struct rl_pcpu *p = &w->pcpu[i];

		if (may_run(v, p) && !p->cur && !p->tickled) {
			rl_pcpu_tickle(p, w->waker);
			return;
		}
	}
}

static struct rl_vcpu *null_pick(struct rl_world *w, struct rl_pcpu *p, bool yield, rl_ps *slice)
{
	struct rl_runq *r = &w->runq;

	(void)yield;
	*slice = RL_PS_NEVER;
	if (p->cur && p->cur->state == RL_V_RUNNING)
		return p->cur;
	for (uint32_t i = 0; i < r->n; i++) {
		struct rl_vcpu *v = r->q[i];

		if (!may_run(v, p))
			continue;
		for (r->n--; i < r->n; i++)
			r->q[i] = r->q[i + 1];
		return v;
	}
	return NULL;
}

static void null_init(struct rl_world *w, struct rl_rng *rng)
{
	(void)w;
	(void)rng;
}

RL_SCHED(null) = {
	.name = "null",
	.summary = "a pCPU for every vCPU, no preemption",
	.init = null_init,
	.wake = null_wake,
	.pick = null_pick,
};
