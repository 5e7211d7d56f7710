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
	struct rl_timer timer;
	struct rl_ctx *thread;
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
	rl_timer_set(&l->timer, c->v->w->now + draw(l));
	rl_ctx_sleep(c, rests);
}

static void works(struct rl_ctx *c)
{
	const struct rl_load *l = c->arg;

	rl_ctx_run(c, RL_CPU_WORK, l->work, rests);
}

static void wakes(struct rl_ctx *c)
{
	const struct rl_load *l = c->arg;

	rl_ctx_wake(l->thread);
	l->thread->done = works;
	rl_irq_end(c->v);
}

void rl_load_init(struct rl_vcpu *v, rl_ps work, rl_ps rest, struct rl_rng rng)
{
	struct rl_load *l = rl_world_alloc(v->w, sizeof(*l));

	*l = (struct rl_load){.work = work, .rest = rest, .rng = rng};
	l->thread = rl_vcpu_thread(v, NULL, l);
	rl_timer_init(&l->timer, v, wakes, l);
	rl_timer_set(&l->timer, draw(l));
}
