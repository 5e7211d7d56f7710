/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Carrying out plans in simulated time. The order of asking, waiting, telling and draining is
 * that of realdrv/kern; each step is a segment of the waiter's thread or of its event handler.
 */
#include "sim/core/world.h"

#define IDLE_WINDOW (10000000ull * RL_PS_PER_NS) /* as the modules': 10 ms */

static void carry(struct rl_waiter *wt, struct rl_ctx *c);

static struct rl_waiter *of(struct rl_ctx *c)
{
	return c->arg;
}

static rl_ps ps_of(rl_u64 ns)
{
	return ns > RL_PS_NEVER / RL_PS_PER_NS ? RL_PS_NEVER : ns * RL_PS_PER_NS;
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
	rl_policy_result(&wt->inst, how, polls, (wt->w->now - wt->start) / RL_PS_PER_NS);
}

/* A plan that the handler can carry out: armed, with nothing else to wake it. */
static bool suits_irq(const struct rl_waiter *wt)
{
	return wt->ops->in_irq && wt->plan.action == RL_ARM_HALT && wt->plan.timer_ns == RL_NEVER;
}

/* ---- the thread ---------------------------------------------------------------------------- */

static void next_plan(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	if (!wt->have_plan)
		ask(wt);
	wt->have_plan = false;
	carry(wt, c);
}

static void drain(struct rl_ctx *c)
{
	of(c)->ops->drain(of(c), c);
}

/* An episode of the thread is over. A timer that did not fire is taken back by a hypercall. */
static void finish(struct rl_waiter *wt, struct rl_ctx *c, enum rl_result how, uint64_t polls)
{
	bool found = how == RL_HIT || how == RL_UPCALL;

	wt->for_event = wt->for_timer = wt->for_kick = false;
	rl_vcpu_unmask_port(c->v);
	tell(wt, how, polls);
	if (rl_vcpu_cancel_timer(c->v))
		rl_ctx_run(c, rl_cost(wt->w, hypercall_ns), found ? drain : next_plan);
	else if (found)
		drain(c);
	else
		rl_ctx_run(c, 0, next_plan);
}

static void spun(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	c->v->st.looks += wt->spin.looks;
	if (wt->spin.yield && wt->spin.looks) /* after every look but the last */
		c->v->st.hypercalls += wt->spin.looks - 1;
	finish(wt, c, wt->ops->pending(wt) ? RL_HIT : RL_EXPIRED, wt->spin.looks);
}

static void spin(struct rl_waiter *wt, struct rl_ctx *c)
{
	const struct rl_plan *plan = &wt->plan;
	bool watch = plan->action == RL_MONITOR, yield = plan->action == RL_YIELD;

	wt->spin = (struct rl_spin){
		.look_ps = rl_cost(wt->w, poll_ns),
		.pause_ps = yield ? rl_cost(wt->w, hypercall_ns) : 0,
		.gap_ps = watch ? 0 : plan->gap_ns * RL_PS_PER_NS,
		.gap_max_ps = plan->gap_max_ns * RL_PS_PER_NS,
		.growth = plan->gap_growth,
		.yield = yield,
		.deadline = ps_of(plan->deadline_ns),
		.visible = wt->ops->pending(wt) ? wt->w->now : RL_PS_NEVER,
	};
	rl_ctx_spin(c, &wt->spin, spun);
}

/* The sleeping thread was woken, or need not sleep: by whom stands in wt->how. */
static void woken(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);
	enum rl_result how = wt->how;

	if (how != RL_UPCALL && wt->ops->pending(wt))
		how = RL_HIT;
	finish(wt, c, how, 1);
}

static rl_u64 until(const struct rl_waiter *wt)
{
	return wt->plan.action == RL_ARM_HALT ? wt->plan.timer_ns : wt->plan.deadline_ns;
}

/* A timer costs a hypercall. What comes meanwhile is not lost: who sleeps looks for it first. */
static void with_timer(struct rl_waiter *wt, struct rl_ctx *c, void (*then)(struct rl_ctx *))
{
	wt->came = false;
	if (until(wt) == RL_NEVER)
		then(c);
	else
		rl_ctx_run(c, rl_cost(wt->w, hypercall_ns), then);
}

static void sleep_now(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	wt->st.blocks++;
	if (wt->came) {
		woken(c);
		return;
	}
	if (until(wt) != RL_NEVER) {
		wt->for_timer = true;
		rl_vcpu_timer(c->v, ps_of(until(wt)));
	}
	rl_ctx_sleep(c, woken);
}

/* The port is masked: its event stays pending until it is cleared here. */
static void ported(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	rl_vcpu_clear_port(c->v);
	if (wt->ops->pending(wt))
		finish(wt, c, RL_HIT, 1);
	else if (until(wt) != RL_NEVER && wt->w->now >= ps_of(until(wt)))
		finish(wt, c, RL_EXPIRED, 1);
	else
		rl_vcpu_poll_port(c, ported);
}

static void port_now(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	wt->st.blocks++;
	if (until(wt) != RL_NEVER)
		rl_vcpu_timer(c->v, ps_of(until(wt)));
	ported(c);
}

/* Arms and looks once more. Returns: whether there was work; then the episode is over. */
static bool hit_on_arming(struct rl_waiter *wt, struct rl_ctx *c)
{
	if (!wt->ops->arm(wt, wt->plan.event_offset))
		return false;
	wt->st.recheck_hits++;
	finish(wt, c, RL_HIT, 1);
	return true;
}

static void arm_halt(struct rl_waiter *wt, struct rl_ctx *c)
{
	/* Only a backend has completions of its own that wake it: a frontend always arms. */
	bool no_arm = wt->plan.no_arm && !wt->ops->in_irq && wt->ops->in_flight(wt);

	if (!no_arm && hit_on_arming(wt, c))
		return;
	if (suits_irq(wt)) {
		wt->irq_charge = true;
		rl_ctx_sleep(c, next_plan);
		return;
	}
	wt->how = RL_TIMER;
	wt->for_event = true;
	wt->for_kick = no_arm;
	with_timer(wt, c, sleep_now);
}

static void carry(struct rl_waiter *wt, struct rl_ctx *c)
{
	switch (wt->plan.action) {
	case RL_POLL:
	case RL_YIELD:
	case RL_MONITOR:
		spin(wt, c);
		break;
	case RL_SLEEP:
		wt->how = RL_EXPIRED;
		with_timer(wt, c, sleep_now);
		break;
	case RL_POLL_PORT:
		if (!hit_on_arming(wt, c))
			with_timer(wt, c, port_now);
		break;
	default:
		arm_halt(wt, c);
	}
}

static void wake(struct rl_waiter *wt, enum rl_result how)
{
	wt->how = how;
	wt->came = true;
	rl_ctx_wake(wt->thread);
}

/* ---- interrupts ---------------------------------------------------------------------------- */

/* In the handler, the ring drained: ask, and arm until armed with nothing left. */
static void irq_idle(struct rl_waiter *wt, struct rl_ctx *c)
{
	ask(wt);
	if (!suits_irq(wt)) {
		wt->have_plan = true;
		wt->irq_charge = false;
		rl_ctx_wake(wt->thread);
		rl_irq_end(c->v);
	} else if (wt->ops->arm(wt, wt->plan.event_offset)) {
		wt->st.recheck_hits++;
		tell(wt, RL_HIT, 1);
		wt->ops->drain(wt, c);
	} else {
		rl_irq_end(c->v);
	}
}

void rl_waiter_event(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	wt->st.spurious += !wt->ops->pending(wt);
	if (wt->irq_charge) {
		wt->st.blocks++;
		tell(wt, RL_UPCALL, 1);
		wt->ops->drain(wt, c);
		return;
	}
	if (wt->for_event)
		wake(wt, RL_UPCALL);
	rl_irq_end(c->v);
}

void rl_waiter_timer(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	if (wt->for_timer)
		rl_ctx_wake(wt->thread);
	rl_irq_end(c->v);
}

void rl_waiter_kick(struct rl_waiter *wt)
{
	if (wt->for_kick)
		wake(wt, RL_TIMER);
}

/* ---- both ---------------------------------------------------------------------------------- */

void rl_waiter_drained(struct rl_waiter *wt, struct rl_ctx *c)
{
	if (c == wt->thread)
		rl_ctx_run(c, 0, next_plan);
	else
		irq_idle(wt, c);
}

void rl_waiter_completed(struct rl_waiter *wt, rl_ps time)
{
	rl_ps mean = wt->mean_completion;

	wt->mean_completion = mean ? mean - mean / 8 + time / 8 : time;
}

void rl_waiter_begin(struct rl_ctx *c)
{
	next_plan(c);
}

void rl_waiter_init(struct rl_waiter *wt, struct rl_world *w, const struct rl_waiter_ops *ops,
	struct rl_ctx *thread, const char *spec)
{
	struct rl_vcpu *v = thread->v;

	wt->ops = ops;
	wt->w = w;
	wt->thread = thread;
	wt->idle_permille = 1000;
	rl_policy_select(&wt->inst, spec, NULL); /* the scenario's check did so before */
	thread->arg = wt;
	thread->done = rl_waiter_begin;
	v->irqs[RL_IRQ_EVTCHN].arg = wt;
	v->irqs[RL_IRQ_TIMER].arg = wt;
	v->handler[RL_IRQ_EVTCHN] = rl_waiter_event;
	v->handler[RL_IRQ_TIMER] = rl_waiter_timer;
}
