// SPDX-License-Identifier: GPL-2.0-only
/*
 * Carrying out a plan in the waiter's thread: the ways to wait of core/policy.h.
 *
 * In a Xen PV domain two of them need words. MONITOR: MONITOR/MWAIT fault there, so
 * it polls without a gap. POLL_PORT: the event is masked and SCHEDOP_poll blocks the
 * vCPU until it is pending, or until any other event of this vCPU is delivered (the
 * timer's, most of all); the pending bit is then cleared without an upcall.
 *
 * Polling keeps the kernel's watchdogs quiet by giving way whenever the scheduler
 * asks, and reports quiescent states to RCU even when it never asks.
 */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/sched.h>

#include <asm/xen/hypercall.h>
#include <xen/events.h>
#include <xen/interface/sched.h>

#include "kern/internal.h"
#include "kern/trace.h"

#define RLK_LOOKS_PER_QS 1024 /* looks between two reports to RCU */

bool rlk_arm(struct rlk_waiter *w)
{
	w->armed = true;
	w->since_arm = 0;
	w->armed_offset = w->plan.event_offset;
	return w->ops->arm(w, w->plan.event_offset);
}

bool rlk_take_event(struct rlk_waiter *w)
{
	if (!test_bit(RLK_ATTN_EVENT, &w->attn))
		return false;
	clear_bit(RLK_ATTN_EVENT, &w->attn);
	smp_mb__after_atomic(); /* the flag goes down before the ring is looked at */
	w->stats.upcalls++;
	rlk_trace(w, RL_TRACE_WAKE, 0, 0, RL_UPCALL);
	w->eoi_owed = true;
	return true;
}

void rlk_acknowledge(struct rlk_waiter *w, bool found)
{
	bool rogue = !w->credit;

	w->eoi_owed = false;
	if (!found)
		w->stats.upcalls_spurious++;
	if (rogue && !found)
		w->stats.upcalls_rogue++;
	if (w->credit)
		w->credit--;
	xen_irq_lateeoi(w->irq, rogue && !found ? XEN_EOI_FLAG_SPURIOUS : 0);
}

/* Looks at what others want while we poll. Returns true when the episode is over. */
static bool rlk_interrupted(struct rlk_waiter *w)
{
	if (rlk_take_event(w) && !w->ops->pending(w))
		rlk_acknowledge(w, false);
	return READ_ONCE(w->attn);
}

/* The episode is over: the clock is read once, for the policy and the statistics alike. */
static u64 rlk_end(struct rlk_waiter *w)
{
	w->elapsed_ns = rlk_elapsed_ns(w);
	return w->elapsed_ns;
}

/* Work came before we waited at all. */
static int rlk_hit_at_once(struct rlk_waiter *w)
{
	w->stats.recheck_hits++;
	rlk_end(w);
	return RL_HIT;
}

static bool rlk_due(u64 deadline_ns)
{
	return deadline_ns != RL_NEVER && rlk_now_ns() >= deadline_ns;
}

/* Leaves the ring's line alone for a while. */
static void rlk_gap(struct rlk_waiter *w, u64 gap_ns, u64 deadline_ns)
{
	u64 until = min(rlk_now_ns() + gap_ns, deadline_ns);

	while (rlk_now_ns() < until && !READ_ONCE(w->attn) && !need_resched())
		cpu_relax();
}

static u64 rlk_next_gap(const struct rl_plan *plan, u64 gap_ns)
{
	u64 next = gap_ns * plan->gap_growth / 1000;

	return plan->gap_max_ns ? min_t(u64, next, max(plan->gap_max_ns, plan->gap_ns)) : next;
}

static int rlk_poll(struct rlk_waiter *w, u64 *polls, bool yield)
{
	const struct rl_plan *plan = &w->plan;
	u64 gap_ns = plan->action == RL_MONITOR ? 0 : plan->gap_ns;
	u64 looks = 0;
	int how = RLK_INTERRUPTED;

	for (;;) {
		looks++;
		if (w->ops->pending(w)) {
			how = RL_HIT;
			break;
		}
		if (unlikely(READ_ONCE(w->attn)) && rlk_interrupted(w))
			break;
		if (rlk_due(plan->deadline_ns)) {
			how = RL_EXPIRED;
			break;
		}
		if (need_resched() || looks % RLK_LOOKS_PER_QS == 0)
			cond_resched_tasks_rcu_qs();
		if (yield)
			HYPERVISOR_sched_op(SCHEDOP_yield, NULL);
		cpu_relax();
		if (gap_ns) {
			rlk_gap(w, gap_ns, plan->deadline_ns);
			gap_ns = rlk_next_gap(plan, gap_ns);
		}
	}
	w->stats.spin_ns += rlk_end(w);
	w->stats.polls += looks;
	*polls = looks;
	return how;
}

/* Blocks until somebody wants attention or the time has come; false: it was the time. */
static bool rlk_block(struct rlk_waiter *w, u64 until_ns)
{
	ktime_t expires = ns_to_ktime(until_ns);
	bool called = true;

	for (;;) {
		set_current_state(TASK_IDLE);
		if (READ_ONCE(w->attn) || kthread_should_stop())
			break;
		if (until_ns == RL_NEVER) {
			schedule();
		} else if (!schedule_hrtimeout_range(&expires, 0, HRTIMER_MODE_ABS)) {
			called = READ_ONCE(w->attn);
			break;
		}
	}
	__set_current_state(TASK_RUNNING);
	w->stats.blocks++;
	return called;
}

/* The first look after blocking without being armed. */
static int rlk_look(struct rlk_waiter *w, int otherwise)
{
	return w->ops->pending(w) ? RL_HIT : otherwise;
}

static int rlk_sleep(struct rlk_waiter *w)
{
	int how = RLK_INTERRUPTED;

	while (rlk_block(w, w->plan.deadline_ns))
		if (rlk_interrupted(w))
			goto out;
	how = rlk_look(w, RL_EXPIRED);
out:
	w->stats.block_ns += rlk_end(w);
	return how;
}

/*
 * A plan without arming waits for a completion. Only a backend has those; and the last of them
 * may have come since the policy was asked, before it could see that we want to be kicked.
 */
static bool rlk_may_skip_arming(struct rlk_waiter *w)
{
	if (!w->plan.no_arm || w->ops->in_irq)
		return false;
	smp_mb(); /* plan before in_flight; a completion answers, then looks at the plan */
	return w->ops->in_flight(w) > 0;
}

static int rlk_arm_halt(struct rlk_waiter *w)
{
	bool no_arm = rlk_may_skip_arming(w);
	bool called;

	if (!no_arm && rlk_arm(w))
		return rlk_hit_at_once(w);
	called = rlk_block(w, w->plan.timer_ns);
	w->stats.block_ns += rlk_end(w);
	if (!called)
		return rlk_look(w, RL_TIMER);
	if (rlk_take_event(w))
		return RL_UPCALL;
	if (no_arm && test_and_clear_bit(RLK_ATTN_KICK, &w->attn))
		return rlk_look(w, RL_TIMER);
	return RLK_INTERRUPTED;
}

static enum hrtimer_restart rlk_alarm(struct hrtimer *timer)
{
	return HRTIMER_NORESTART; /* that it came is all: SCHEDOP_poll returns */
}

/* The event is masked: its pending bit is what we wait for and what we clear. */
static int rlk_poll_port_masked(struct rlk_waiter *w, u64 *polls)
{
	for (*polls = 1;; ++*polls) {
		if (w->ops->pending(w))
			return RL_HIT;
		if (READ_ONCE(w->attn))
			return RLK_INTERRUPTED;
		if (rlk_due(w->plan.deadline_ns))
			return RL_EXPIRED;
		cond_resched();
		xen_poll_irq_timeout(w->irq, 0);
		xen_clear_irq_pending(w->irq);
	}
}

static int rlk_poll_port(struct rlk_waiter *w, u64 *polls)
{
	struct hrtimer timer;
	int how;

	if (rlk_arm(w))
		return rlk_hit_at_once(w);
	hrtimer_init_on_stack(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	timer.function = rlk_alarm;
	if (w->plan.deadline_ns != RL_NEVER)
		hrtimer_start(&timer, ns_to_ktime(w->plan.deadline_ns), HRTIMER_MODE_ABS);
	disable_irq(w->irq);
	how = rlk_poll_port_masked(w, polls);
	enable_irq(w->irq);
	hrtimer_cancel(&timer);
	destroy_hrtimer_on_stack(&timer);
	w->stats.blocks++;
	w->stats.polls += *polls;
	w->stats.block_ns += rlk_end(w);
	return how;
}

int rlk_carry(struct rlk_waiter *w, u64 *polls)
{
	switch (w->plan.action) {
	case RL_POLL:
	case RL_MONITOR:
		return rlk_poll(w, polls, false);
	case RL_YIELD:
		return rlk_poll(w, polls, true);
	case RL_SLEEP:
		return rlk_sleep(w);
	case RL_POLL_PORT:
		return rlk_poll_port(w, polls);
	default:
		return rlk_arm_halt(w);
	}
}
