/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Domains that do nothing for the disk but want a pCPU: dom0, which wakes now and then, and the
 * noisy neighbour. Each vCPU works for a fixed time and rests for a random one, exponential; who
 * never rests is a hog.
 */
#include "sim/core/world.h"

struct rl_load {
	rl_ps work, rest; /* rest: the mean */
	struct rl_rng rng;
};

static rl_ps draw(struct rl_load *l)
{
	return (rl_ps)(rl_rng_exp(&l->rng) * (double)l->rest);
}

static void rests(struct rl_ctx *c)
{
	struct rl_load *l = c->arg;

	if (!l->rest) {
		rl_ctx_run(c, RL_CPU_WORK, l->work, rests);
		return;
	}
	rl_vcpu_timer(c->v, c->v->w->now + draw(l));
	rl_ctx_sleep(c, rests);
}

static void works(struct rl_ctx *c)
{
	const struct rl_load *l = c->arg;

	rl_ctx_run(c, RL_CPU_WORK, l->work, rests);
}

static void wakes(struct rl_ctx *c)
{
	struct rl_ctx *thread = &c->v->threads[0];

	rl_ctx_wake(thread);
	thread->done = works;
	rl_irq_end(c->v);
}

void rl_load_init(struct rl_vcpu *v, rl_ps work, rl_ps rest, struct rl_rng rng)
{
	struct rl_load *l = rl_world_own(v->w, sizeof(*l));

	*l = (struct rl_load){work, rest, rng};
	v->threads[0].arg = l;
	v->handler[RL_IRQ_TIMER] = wakes;
	rl_vcpu_timer(v, draw(l));
}
