/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a step of work takes this time: its mean cost, longer beside a poller, and its spread. */
#include "sim/core/world.h"

/* Does any pCPU but this one poll right now? */
static bool others_poll(const struct rl_world *w, int32_t cpu)
{
	for (uint32_t i = 0; i < w->npcpus; i++) {
		const struct rl_vcpu *v = w->pcpu[i].cur;

		if ((int32_t)i != cpu && v && v->on && v->active && v->active->spin &&
			!v->active->spin->watch)
			return true;
	}
	return false;
}

/* What a step of mean @cost takes this time. */
static rl_ps takes(struct rl_world *w, int32_t cpu, rl_ps cost)
{
	rl_ps drag = rl_cost(w, poll_drag_frac), jitter = rl_cost(w, jitter_frac);

	if (drag && others_poll(w, cpu))
		cost += cost * drag / RL_PS_PER_NS;
	if (jitter) {
		rl_ps varies = cost * jitter / RL_PS_PER_NS;

		cost += (rl_ps)((double)varies * rl_rng_exp(&w->cost_rng)) - varies;
	}
	return cost;
}

#define RL_CPU_NAME(id, name) #name,
const char *const rl_purpose_name[RL_CPU_COUNT] = {RL_CPU_PURPOSES(RL_CPU_NAME)};

void rl_ctx_run(
	struct rl_ctx *c, enum rl_purpose purpose, rl_ps cost, void (*done)(struct rl_ctx *))
{
	c->left = cost ? takes(c->v->w, c->v->cpu, cost) : 0;
	if (c->v->owed) {
		c->left += c->v->owed;
		c->v->owed = 0;
	}
	c->switch_left = c->part_left = 0;
	c->purpose = purpose;
	c->done = done;
}

void rl_ctx_run_part(struct rl_ctx *c, enum rl_purpose purpose, rl_ps cost, enum rl_purpose part,
	rl_ps part_cost, void (*done)(struct rl_ctx *))
{
	rl_ctx_run(c, purpose, cost, done);
	c->part = part;
	/* In proportion, when the whole takes longer or shorter than in the mean. */
	if (cost)
		c->part_left = c->left == cost
				       ? part_cost
				       : (rl_ps)((unsigned __int128)c->left * part_cost / cost);
}

void rl_ctx_return(struct rl_ctx *c, void (*done)(struct rl_ctx *))
{
	rl_ps cost = rl_cost(c->v->w, evtchn_return_ns);

	if (cost)
		rl_ctx_run(c, RL_CPU_NOTIFY, cost, done);
	else
		done(c);
}
