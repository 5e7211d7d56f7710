/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fio's other threads. While jobs run the main one wakes every few milliseconds to see whether one
 * has ended, and a helper now and then to read what the disk did: next to nothing, but they wake a
 * vCPU that would have slept on, and so decide when others have theirs. Source: fio 3.33,
 * run_threads(), helper_thread_main().
 */
#include "sim/workload/private.h"
#include "sim/xen/tick.h"

struct rl_fio_watch {
	struct rl_ctx *thread;
	struct rl_timer timer;
	rl_ps period, work;
};

static void looks(struct rl_ctx *c);

static void sleeps(struct rl_ctx *c)
{
	struct rl_fio_watch *m = c->arg;

	rl_timer_set(&m->timer, c->v->w->now + m->period);
	rl_ctx_sleep(c, looks);
}

static void looks(struct rl_ctx *c)
{
	const struct rl_fio_watch *m = c->arg;

	rl_ctx_run(c, RL_CPU_FIO, m->work, sleeps);
}

static void fired(struct rl_ctx *c)
{
	const struct rl_fio_watch *m = c->arg;

	rl_ctx_wake(m->thread);
	rl_irq_end(c->v);
}

static void alarm(struct rl_ctx *c)
{
	c->v->st.hypercalls++;
	rl_ctx_run(c, RL_CPU_FIO, rl_cost(c->v->w, clock_ns) + rl_tick_set_cost(c->v), fired);
}

/* Where between two looks a run begins is chance. */
static void watch(struct rl_vcpu *v, rl_ps period, rl_ps work, struct rl_rng *rng)
{
	struct rl_fio_watch *m;

	if (!period)
		return;
	m = rl_world_alloc(v->w, sizeof(*m));
	m->period = period;
	m->work = work;
	m->thread = rl_vcpu_thread(v, NULL, m);
	m->thread->done = looks;
	rl_timer_init(&m->timer, v, alarm, m);
	rl_timer_set(&m->timer, (rl_ps)(rl_rng_unit(rng) * (double)period));
}

uint32_t rl_fio_watch_slots(const struct rl_scenario *s)
{
	return (s->costs.v[RL_PARAM_fio_period_ns] > 0) +
	       (s->costs.v[RL_PARAM_fio_util_period_ns] > 0);
}

void rl_fio_watch_init(struct rl_vcpu *v, struct rl_rng *rng)
{
	watch(v, rl_cost(v->w, fio_period_ns), rl_cost(v->w, fio_look_ns), rng);
	watch(v, rl_cost(v->w, fio_util_period_ns), rl_cost(v->w, fio_util_ns), rng);
}
