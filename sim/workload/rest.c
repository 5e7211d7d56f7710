/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sleeping until a time. The guest's timer takes its while, and fio knows: it sleeps a little
 * less and polls the clock for the rest, so that it comes neither early nor late while it has the
 * CPU. Source: fio 3.33, usec_sleep().
 */
#include "sim/workload/private.h"
#include "sim/xen/tick.h"

/* What the shortest sleep takes: fio measures it when it starts. */
static rl_ps shortest(const struct rl_fio *f)
{
	const struct rl_vcpu *v = f->ctx->v;

	return rl_cost(f->w, timer_min_ns) + rl_cost(f->w, timer_slack_ns) +
	       2 * rl_tick_set_cost(v) + rl_vcost(v, upcall_ns) + rl_cost(f->w, clock_ns) +
	       rl_vcost(v, thread_switch_ns) + rl_cost(f->w, block_ns);
}

/* Reads the clock until the time has come, or what it attends to. */
static void watch_clock(struct rl_ctx *c, void (*then)(struct rl_ctx *))
{
	struct rl_fio *f = c->arg;
	rl_ps look = rl_cost(f->w, clock_ns);

	f->spin = (struct rl_spin){
		.look_ps = look ? look : RL_PS_PER_NS,
		.growth = 1000,
		.clock = true,
		.deadline = f->rest_until,
		.visible = RL_PS_NEVER,
	};
	rl_ctx_spin(c, &f->spin, then);
}

static void the_rest(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	if (f->w->now < f->rest_until)
		watch_clock(c, f->rested);
	else
		f->rested(c);
}

static void set_timer(struct rl_fio *f)
{
	rl_ps at = rl_tick_timer(f->v, f->rest_until - shortest(f));

	f->waits_time = true;
	rl_world_arm(f->w, f->alarm.slot, at + rl_cost(f->w, timer_slack_ns));
}

static void lie_down(struct rl_ctx *c)
{
	set_timer(c->arg);
	rl_ctx_sleep(c, the_rest);
}

void rl_fio_sleep(struct rl_ctx *c, rl_ps at, void (*then)(struct rl_ctx *))
{
	struct rl_fio *f = c->arg;

	f->rest_until = at;
	f->rested = then;
	if (at <= f->w->now + shortest(f))
		the_rest(c);
	else
		rl_ctx_run(c, RL_CPU_FIO, rl_tick_set_cost(c->v), lie_down);
}

/* ---- with an eye on completions ------------------------------------------------------------ */

/* Woken by whatever it was: the caller looks. */
static void risen(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	f->waits_done = f->waits_tag = f->waits_time = false;
	rl_world_cancel(f->w, f->alarm.slot);
	f->rested(c);
}

/* From now on what comes wakes. Returns: true when something came before. */
static bool attend(struct rl_fio *f)
{
	if (f->done.n || (f->queued.n && f->blk->nfree > f->blk->reserved))
		return true;
	f->want = 1;
	f->waits_done = f->in_flight != 0;
	if (f->queued.n)
		rl_fio_wait_tag(f);
	return false;
}

static void doze_off(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	if (attend(f)) {
		risen(c);
		return;
	}
	if (f->rest_until != RL_PS_NEVER)
		set_timer(f);
	rl_fio_await(c, risen);
}

void rl_fio_doze(struct rl_ctx *c, rl_ps at, void (*then)(struct rl_ctx *))
{
	struct rl_fio *f = c->arg;

	f->rest_until = at;
	f->rested = then;
	if (at == RL_PS_NEVER)
		doze_off(c);
	else if (at > f->w->now + shortest(f))
		rl_ctx_run(c, RL_CPU_FIO, rl_tick_set_cost(c->v), doze_off);
	else if (at <= f->w->now || attend(f))
		risen(c);
	else
		watch_clock(c, risen);
}

/* ---- the timer of the guest ---------------------------------------------------------------- */

static void ring(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	if (!f->started) {
		f->started = true;
		f->ctx->done = rl_fio_begin;
		rl_ctx_wake(f->ctx);
	} else if (f->waits_time) {
		f->waits_time = false;
		rl_ctx_wake(f->ctx);
	}
	rl_irq_end(c->v);
}

void rl_fio_alarm(struct rl_ctx *c)
{
	struct rl_world *w = c->v->w;

	c->v->st.hypercalls++;
	rl_ctx_run(c, RL_CPU_FIO, rl_cost(w, clock_ns) + rl_tick_set_cost(c->v), ring);
}
