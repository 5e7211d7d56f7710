/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who waits in vain: a side that was promised no event, a vCPU without a pCPU, a thread without its
 * vCPU; looked for in this order, as each may be what the next follows from. */
#include "sim/core/still.h"

#include <stdio.h>

/* Asleep until an event that is further ahead than messages come. */
static bool sleeps(const struct rl_waiter *wt)
{
	const struct rl_plan *p = &wt->plan;
	bool armed = p->action == RL_ARM_HALT || p->action == RL_POLL_PORT;
	bool timer =
		p->action == RL_ARM_HALT ? p->timer_ns != RL_NEVER : p->deadline_ns != RL_NEVER;
	bool asleep = p->action == RL_POLL_PORT ? wt->thread->v->port_wait : !wt->thread->ready;

	return armed && !timer && asleep && p->event_offset > 1;
}

static bool side(const char *name, const char *spec, const struct rl_waiter *wt, uint32_t have,
	char *why, size_t size)
{
	if (!have || !sleeps(wt))
		return false;
	snprintf(why, size,
		": %s '%s' sleeps without a timer until %u %s are there, and %u %s all that come",
		name, spec, wt->plan.event_offset, wt->ops->in_irq ? "responses" : "requests", have,
		have == 1 ? "is" : "are");
	return true;
}

static bool a_side(const struct rl_world *w, const struct rl_scenario *s, char *why, size_t size)
{
	for (uint32_t i = 0; i < w->nblk; i++) {
		const struct rl_blk *b = &w->blk[i];
		uint32_t requests = b->front.shared->req_prod - b->back.req_cons,
			 responses = b->front.shared->rsp_prod - b->front.rsp_cons;

		if (side("back_policy", s->back_policy, &b->server->wt, requests, why, size) ||
			side("front_policy", s->front_policy, &b->fw, responses, why, size))
			return true;
	}
	return false;
}

void rl_still_why(const struct rl_world *w, const struct rl_scenario *s, char *why, size_t size)
{
	static const char *const role[] = {[RL_GUEST] = "the guest",
		[RL_DRIVER] = "the driver domain",
		[RL_DOM0] = "dom0",
		[RL_LOAD] = "the noisy neighbour"};

	why[0] = '\0';
	if (a_side(w, s, why, size))
		return;
	for (uint32_t i = 0; i < w->nvcpus; i++) {
		const struct rl_vcpu *v = &w->vcpu[i];

		if (v->state != RL_V_RUNNABLE && !v->ready.head)
			continue;
		snprintf(why, size,
			v->state == RL_V_RUNNABLE
				? ": a vCPU of %s waits for a pCPU that another one never gives up"
				: ": a thread of %s waits for its vCPU, on which another one polls",
			role[v->dom->role]);
		return;
	}
}
