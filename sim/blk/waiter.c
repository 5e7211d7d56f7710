/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is in charge of a ring's consuming side in simulated time: the thread or the event's handler.
 * The order of asking, waiting, telling and draining is that of realdrv/kern; each step is a
 * segment of one of the two. carry.c holds the ways of waiting.
 */
#include "sim/blk/wait.h"

#include "sim/core/world.h"
#include "sim/xen/tick.h"

#define IDLE_WINDOW (10000000ull * RL_PS_PER_NS) /* as the modules': 10 ms */

static struct rl_waiter *of(struct rl_ctx *c)
{
	return c->arg;
}

/* Recent idleness as the domain's kernel sees it, refreshed once a window. */
static uint32_t idle_permille(struct rl_waiter *wt)
{
	rl_ps now = wt->w->now, spent = now - wt->idle_at, idle = wt->thread->v->idle_ps;

	if (spent < IDLE_WINDOW)
		return wt->idle_permille;
	wt->idle_permille = (uint32_t)((idle - wt->idle_then) * 1000 / spent);
	if (wt->idle_permille > 1000) /* a rest that began before the window */
		wt->idle_permille = 1000;
	wt->idle_at = now;
	wt->idle_then = idle;
	return wt->idle_permille;
}

static void ask(struct rl_waiter *wt)
{
	struct rl_idle in = {
		.now_ns = wt->w->now / RL_PS_PER_NS,
		.mean_completion_ns = wt->mean_completion / RL_PS_PER_NS,
		.in_flight = wt->ops->in_flight(wt),
		.cpu_idle_permille = idle_permille(wt),
	};

	wt->start = wt->w->now;
	wt->st.episodes++;
	rl_policy_idle(&wt->inst, &in, &wt->plan);
}

static void tell(struct rl_waiter *wt, enum rl_result how, uint64_t polls)
{
	wt->woke = wt->w->now;
	rl_policy_result(&wt->inst, how, polls, (wt->w->now - wt->start) / RL_PS_PER_NS);
}

/* A plan that the handler can carry out: armed, with nothing else to wake it. */
bool rl_wait_suits_irq(const struct rl_waiter *wt)
{
	return wt->ops->in_irq && wt->plan.action == RL_ARM_HALT && wt->plan.timer_ns == RL_NEVER;
}

/*
 * A look at the clock, where the modules take one: before a policy is asked that keeps a state or
 * hears results, and when its wait is over.
 */
static rl_ps knows_time(const struct rl_waiter *wt)
{
	return wt->inst.ops->state_bytes || wt->inst.ops->on_result ? rl_cost(wt->w, clock_ns) : 0;
}

/*
 * At the end: another policy's plan needs both looks if the time matters to it. What plain polling
 * pays for them is within the costs of its work, which were fitted to it.
 */
static rl_ps clocks_at_end(const struct rl_waiter *wt)
{
	const struct rl_plan *p = &wt->plan;
	bool timed = p->action == RL_YIELD || p->gap_ns || p->deadline_ns != RL_NEVER ||
		     p->timer_ns != RL_NEVER;
	rl_ps one = knows_time(wt);

	return one || !timed ? one : 2 * rl_cost(wt->w, clock_ns);
}

void rl_wait_after(struct rl_ctx *c, rl_ps cost, void (*then)(struct rl_ctx *))
{
	if (cost)
		rl_ctx_run(c, RL_CPU_WAIT, cost, then);
	else
		then(c);
}

/* ---- the thread ---------------------------------------------------------------------------- */

static void asked(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	ask(wt);
	rl_wait_carry(wt, c);
}

void rl_wait_next(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	if (!wt->have_plan) {
		rl_wait_after(c, knows_time(wt), asked);
		return;
	}
	wt->have_plan = false;
	rl_wait_carry(wt, c);
}

static void drain(struct rl_ctx *c)
{
	of(c)->ops->drain(of(c), c);
}

/* An episode of the thread is over. A timer that did not fire is taken back. */
void rl_wait_finish(struct rl_waiter *wt, struct rl_ctx *c, enum rl_result how, uint64_t polls)
{
	bool found = how == RL_HIT || how == RL_UPCALL;
	rl_ps cost = clocks_at_end(wt);

	wt->for_event = wt->for_timer = wt->for_kick = false;
	for (uint32_t i = 0; i < wt->rings; i++)
		rl_port_unmask(&wt->evtchn[i]);
	tell(wt, how, polls);
	if (rl_timer_cancel(&wt->timer))
		cost += rl_tick_set_cost(wt->thread->v);
	if (found)
		rl_wait_after(c, cost, drain);
	else
		rl_ctx_run(c, RL_CPU_WAIT, cost, rl_wait_next);
}

static void wake(struct rl_waiter *wt, enum rl_result how)
{
	wt->how = how;
	wt->came = true;
	rl_ctx_wake(wt->thread);
}

/* ---- interrupts ---------------------------------------------------------------------------- */

/* In the handler, the ring drained: ask, and arm until armed with nothing left. */
static void irq_asked(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	ask(wt);
	if (!rl_wait_suits_irq(wt)) {
		wt->have_plan = true;
		wt->irq_charge = false;
		rl_ctx_wake(wt->thread);
		rl_irq_end(c->v);
	} else if (wt->ops->arm(wt, wt->plan.event_offset)) {
		wt->st.recheck_hits++;
		tell(wt, RL_HIT, 1);
		rl_wait_after(c, knows_time(wt), drain);
	} else {
		rl_irq_end(c->v);
	}
}

static void on_event(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	wt->st.spurious += !wt->ops->pending(wt);
	if (wt->irq_charge) {
		wt->st.blocks++;
		tell(wt, RL_UPCALL, 1);
		rl_wait_after(c, knows_time(wt), drain);
		return;
	}
	/* A late end of interrupt: it comes no second time before the thread has looked. */
	if (wt->for_event) {
		c->v->upcall_of->masked = true;
		wake(wt, RL_UPCALL);
	}
	rl_irq_end(c->v);
}

static void timer_end(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	if (wt->for_timer)
		rl_ctx_wake(wt->thread);
	rl_irq_end(c->v);
}

/* Which timers are due is seen from the clock, and the next one is set. */
static void on_timer(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	c->v->st.hypercalls++;
	rl_ctx_run(c, RL_CPU_WAIT, rl_cost(wt->w, clock_ns) + rl_tick_set_cost(wt->thread->v),
		timer_end);
}

void rl_waiter_kick(struct rl_waiter *wt)
{
	if (wt->for_kick)
		wake(wt, RL_TIMER);
}

/* ---- both ---------------------------------------------------------------------------------- */

static void demanded(struct rl_ctx *c)
{
	if (of(c)->ops->pending(of(c)))
		drain(c);
	else
		rl_wait_next(c);
}

void rl_waiter_demand(struct rl_waiter *wt)
{
	if (wt->thread->ready || wt->asked_for)
		return;
	wt->asked_for = true;
	wt->thread->done = demanded;
	rl_ctx_wake(wt->thread);
}

void rl_waiter_drained(struct rl_waiter *wt, struct rl_ctx *c)
{
	if (wt->ops->wanted && !wt->ops->wanted(wt)) {
		wt->asked_for = false;
		rl_ctx_sleep(c, demanded);
	} else if (c == wt->thread)
		rl_ctx_run(c, RL_CPU_WAIT, 0, rl_wait_next);
	else
		rl_wait_after(c, knows_time(wt), irq_asked);
}

void rl_waiter_completed(struct rl_waiter *wt, rl_ps time)
{
	rl_ps mean = wt->mean_completion;

	wt->mean_completion = mean ? mean - mean / 8 + time / 8 : time;
}

void rl_waiter_init(struct rl_waiter *wt, struct rl_world *w, const struct rl_waiter_ops *ops,
	struct rl_vcpu *v, const char *spec, uint32_t rings)
{
	wt->ops = ops;
	wt->w = w;
	wt->idle_permille = 1000;
	rl_policy_select(&wt->inst, spec, NULL); /* the scenario's check did so before */
	wt->thread = rl_vcpu_thread(v, ops->wanted ? NULL : rl_wait_next, wt);
	wt->rings = rings;
	wt->evtchn = rl_world_alloc(w, rings * sizeof(*wt->evtchn));
	for (uint32_t i = 0; i < rings; i++)
		rl_port_init(&wt->evtchn[i], v, RL_IRQ_EVTCHN, on_event, wt);
	rl_timer_init(&wt->timer, v, on_timer, wt);
}
