/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Carrying out a plan in the waiter's thread: the ways to wait of core/policy.h, each as
 * realdrv/kern/carry.c does it, and what each step of them costs.
 */
#include "sim/blk/wait.h"

#include "sim/core/world.h"
#include "sim/xen/tick.h"

static struct rl_waiter *of(struct rl_ctx *c)
{
	return c->arg;
}

static rl_ps ps_of(rl_u64 ns)
{
	return ns > RL_PS_NEVER / RL_PS_PER_NS ? RL_PS_NEVER : ns * RL_PS_PER_NS;
}

static void spun(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	if (wt->ops->seen && wt->spin.visible <= wt->w->now)
		wt->ops->seen(wt, wt->spin.line);
	c->v->st.looks += wt->spin.looks;
	if (wt->spin.yield && wt->spin.looks) /* after every look but the last */
		c->v->st.hypercalls += wt->spin.looks - 1;
	rl_wait_finish(wt, c, wt->ops->pending(wt) ? RL_HIT : RL_EXPIRED, wt->spin.looks);
}

/* One look, and the looks at the clock that go with it. */
static rl_ps look(const struct rl_waiter *wt)
{
	const struct rl_plan *plan = &wt->plan;
	uint32_t clocks = (plan->deadline_ns != RL_NEVER) + (plan->gap_ns != 0);

	return wt->rings * rl_cost(wt->w, poll_ns) + clocks * rl_cost(wt->w, clock_ns);
}

static void spin(struct rl_waiter *wt, struct rl_ctx *c)
{
	const struct rl_plan *plan = &wt->plan;
	bool monitor = plan->action == RL_MONITOR, yield = plan->action == RL_YIELD;

	wt->spin = (struct rl_spin){
		.look_ps = look(wt),
		.pause_ps = yield ? rl_vcost(wt->thread->v, hypercall_ns) : 0,
		.gap_ps = monitor ? 0 : plan->gap_ns * RL_PS_PER_NS,
		.gap_max_ps = plan->gap_max_ns * RL_PS_PER_NS,
		.growth = plan->gap_growth,
		.yield = yield,
		.watch = monitor && wt->w->mwait && wt->rings == 1, /* it watches one line */
		.wake_ps = rl_cost(wt->w, mwait_wake_ns),
		.deadline = ps_of(plan->deadline_ns),
		.visible = wt->ops->pending(wt) ? wt->w->now : RL_PS_NEVER,
	};
	if (wt->rings > 1)
		wt->ops->look(wt, &wt->spin);
	rl_ctx_spin(c, &wt->spin, spun);
}

/* The sleeping thread was woken, or need not sleep: by whom stands in wt->how. */
static void woken(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);
	enum rl_result how = wt->how;

	if (how != RL_UPCALL && wt->ops->pending(wt))
		how = RL_HIT;
	rl_wait_finish(wt, c, how, 1);
}

static rl_u64 until(const struct rl_waiter *wt)
{
	return wt->plan.action == RL_ARM_HALT ? wt->plan.timer_ns : wt->plan.deadline_ns;
}

static rl_u64 now_ns(const struct rl_waiter *wt)
{
	return wt->w->now / RL_PS_PER_NS;
}

/* From the moment that a policy was told as now to the next look at the clock. */
static rl_u64 ask_ns(const struct rl_waiter *wt)
{
	return 2 * rl_cost(wt->w, clock_ns) / RL_PS_PER_NS;
}

/* What comes while a timer is set is not lost: who sleeps looks for it first. */
static void with_timer(struct rl_waiter *wt, struct rl_ctx *c, void (*then)(struct rl_ctx *))
{
	wt->came = false;
	if (until(wt) == RL_NEVER)
		then(c);
	else
		rl_ctx_run(c, RL_CPU_WAIT, rl_tick_set_cost(c->v), then);
}

static void set_timer(struct rl_waiter *wt)
{
	rl_ps at = rl_tick_timer(wt->thread->v, ps_of(until(wt)));

	rl_timer_set(&wt->timer, at + rl_cost(wt->w, timer_slack_ns));
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
		set_timer(wt);
	}
	rl_ctx_sleep(c, woken);
}

/* The port is masked: its event stays pending until it is cleared here. */
static void ported(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	for (uint32_t i = 0; i < wt->rings; i++)
		rl_port_clear(&wt->evtchn[i]);
	if (wt->ops->pending(wt))
		rl_wait_finish(wt, c, RL_HIT, 1);
	else if (until(wt) != RL_NEVER && wt->w->now >= ps_of(until(wt)))
		rl_wait_finish(wt, c, RL_EXPIRED, 1);
	else
		rl_vcpu_poll_ports(c, wt->evtchn, wt->rings, ported);
}

static void port_now(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	wt->st.blocks++;
	if (until(wt) != RL_NEVER)
		set_timer(wt);
	ported(c);
}

/* Arms and looks once more. Returns: whether there was work; then the episode is over. */
static bool hit_on_arming(struct rl_waiter *wt, struct rl_ctx *c)
{
	if (!wt->ops->arm(wt, wt->plan.event_offset))
		return false;
	wt->st.recheck_hits++;
	rl_wait_finish(wt, c, RL_HIT, 1);
	return true;
}

/*
 * Of several rings, each is armed and looked at. What one takes is within the cost of blocking; a
 * process that finds something then does not block, and pays for the line that it wrote to.
 */
static rl_ps arm_cost(const struct rl_waiter *wt)
{
	const struct rl_world *w = wt->w;

	if (w->hosted)
		return rl_cost(w, poll_ns) + (w->npcpus > 1 ? rl_cost(w, line_ns) : 0);
	return (wt->rings - 1) * rl_cost(w, poll_ns);
}

static void arm_halt(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);
	/* Only a backend has completions of its own that wake it: a frontend always arms. */
	bool own = !wt->ops->in_irq && !wt->ops->wanted;
	bool no_arm = wt->plan.no_arm && own && wt->ops->in_flight(wt);

	if (!no_arm && hit_on_arming(wt, c))
		return;
	if (rl_wait_suits_irq(wt)) {
		wt->irq_charge = true;
		rl_ctx_sleep(c, rl_wait_next);
		return;
	}
	wt->how = wt->plan.action == RL_ARM_HALT ? RL_TIMER : RL_EXPIRED;
	wt->for_event = true;
	wt->for_kick = no_arm;
	with_timer(wt, c, sleep_now);
}

static void arm_poll(struct rl_ctx *c)
{
	struct rl_waiter *wt = of(c);

	if (!hit_on_arming(wt, c))
		with_timer(wt, c, port_now);
}

void rl_wait_carry(struct rl_waiter *wt, struct rl_ctx *c)
{
	switch (wt->plan.action) {
	case RL_POLL:
	case RL_YIELD:
	case RL_MONITOR:
		spin(wt, c);
		break;
	case RL_SLEEP:
		wt->how = RL_EXPIRED;
		if (wt->w->hosted && until(wt) <= now_ns(wt) + ask_ns(wt))
			woken(c); /* over before a process could lie down */
		else
			with_timer(wt, c, sleep_now);
		break;
	case RL_POLL_PORT:
		/* A process blocks on its descriptor: there is no handler to do without. */
		rl_wait_after(c, arm_cost(wt), wt->w->hosted ? arm_halt : arm_poll);
		break;
	default:
		rl_wait_after(c, arm_cost(wt), arm_halt);
	}
}
