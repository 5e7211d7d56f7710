// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is in charge of a ring's consuming side: the thread and the event's handler.
 * See waiter.h for the rules; carry.c holds the ways of waiting.
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/tick.h>

#include <xen/events.h>

#include "kern/internal.h"
#include "kern/trace.h"

#define RLK_IDLE_WINDOW_NS (10 * NSEC_PER_MSEC)
#define RLK_ROUNDS_IN_IRQ  64 /* a peer that never stops must not keep a handler for ever */
#define RLK_CREDIT_MAX	   2
#define RLK_LENT	   (-2)

/* Recent idleness of this vCPU, in permille; the kernel's own account, read once a window. */
static u32 rlk_idle_permille(struct rlk_waiter *w, u64 now_ns)
{
	u64 us, spent_us = (now_ns - w->idle_at_ns) / NSEC_PER_USEC;

	if (spent_us < RLK_IDLE_WINDOW_NS / NSEC_PER_USEC)
		return w->idle_permille;
	us = get_cpu_idle_time_us(raw_smp_processor_id(), NULL);
	if (us == (u64)-1 || !w->idle_at_ns)
		w->idle_permille = 1000;
	else
		w->idle_permille = min_t(u64, 1000, (us - min(us, w->idle_us)) * 1000 / spent_us);
	w->idle_at_ns = now_ns;
	w->idle_us = us;
	return w->idle_permille;
}

/* Blocks with nothing but the event to wake us. */
static bool rlk_just_blocks(const struct rl_plan *plan)
{
	return plan->action == RL_ARM_HALT && plan->timer_ns == RL_NEVER;
}

/* Ends by an event, whatever the clock says. */
static bool rlk_untimed(const struct rl_plan *plan)
{
	return rlk_just_blocks(plan) ||
	       (plan->action == RL_POLL_PORT && plan->deadline_ns == RL_NEVER);
}

static void rlk_ask(struct rlk_waiter *w)
{
	const struct rl_policy *ops = w->inst.ops;
	struct rl_idle in = {
		.mean_completion_ns = READ_ONCE(w->mean_completion_ns),
		.in_flight = w->ops->in_flight(w),
	};

	w->coarse = !ops->state_bytes && !ops->on_result;
	in.now_ns = w->coarse ? ktime_get_coarse_ns() : rlk_now_ns();
	in.cpu_idle_permille = rlk_idle_permille(w, in.now_ns);
	rl_policy_idle(&w->inst, &in, &w->plan);
	if (w->coarse && !rlk_untimed(&w->plan)) {
		/* Its times matter after all; asking a function twice does no harm. */
		w->coarse = false;
		in.now_ns = rlk_now_ns();
		rl_policy_idle(&w->inst, &in, &w->plan);
	}
	WRITE_ONCE(w->start_ns, in.now_ns);
	w->stats.episodes++;
	if (unlikely(w->want_log))
		rlk_log_idle(w->log, &in, &w->plan);
}

static void rlk_result(struct rlk_waiter *w, enum rl_result how, u64 polls, u64 elapsed_ns)
{
	rl_policy_result(&w->inst, how, polls, elapsed_ns);
	if (unlikely(w->want_log))
		rlk_log_result(w->log, how, polls, elapsed_ns);
}

static int rlk_drain(struct rlk_waiter *w)
{
	int n = w->ops->drain(w);

	if (unlikely(n < 0)) {
		w->dead = true; /* the event stays unacknowledged: masked until the ring is gone */
		return n;
	}
	if (w->armed && n) {
		w->since_arm += n;
		if (w->since_arm >= w->armed_offset) {
			w->armed = false;
			w->credit = min(w->credit + 1, RLK_CREDIT_MAX);
		}
	}
	if (w->eoi_owed)
		rlk_acknowledge(w, n > 0);
	return n;
}

/* A plan that the handler can carry out: armed, with nothing else to wake us. */
static bool rlk_suits_irq(const struct rlk_waiter *w)
{
	return w->ops->in_irq && rlk_just_blocks(&w->plan);
}

static void rlk_to_thread(struct rlk_waiter *w)
{
	w->charge = RLK_THREAD;
	wake_up_process(w->thread);
}

/* In the handler, lock held: drain, ask, arm, until armed with nothing left or not for us. */
static void rlk_run_in_irq(struct rlk_waiter *w)
{
	u64 elapsed_ns = rlk_elapsed_ns(w);
	enum rl_result how = RL_UPCALL;
	int round;

	w->stats.upcalls++;
	rlk_trace(w, RL_TRACE_WAKE, 0, 0, RL_UPCALL);
	w->stats.block_ns += elapsed_ns;
	w->stats.blocks++;
	w->eoi_owed = true;
	for (round = 0; round < RLK_ROUNDS_IN_IRQ; round++) {
		rlk_result(w, how, 1, elapsed_ns);
		if (rlk_drain(w) < 0)
			return;
		rlk_ask(w);
		if (!rlk_suits_irq(w)) {
			w->have_plan = true;
			break;
		}
		if (!rlk_arm(w))
			return;
		w->stats.recheck_hits++;
		rlk_trace(w, RL_TRACE_WAKE, 0, 0, RL_HIT);
		elapsed_ns = rlk_elapsed_ns(w);
		how = RL_HIT;
	}
	if (!w->have_plan)
		rlk_result(w, how, 1, elapsed_ns);
	rlk_to_thread(w);
}

irqreturn_t rlk_waiter_irq(int irq, void *dev)
{
	struct rlk_waiter *w = dev;
	struct task_struct *thread;

	if (!w->ops->in_irq) {
		set_bit(RLK_ATTN_EVENT, &w->attn);
		thread = READ_ONCE(w->thread);
		if (thread)
			wake_up_process(thread);
		return IRQ_HANDLED;
	}
	spin_lock(&w->lock);
	if (w->charge == RLK_IRQ) {
		rlk_run_in_irq(w);
	} else {
		set_bit(RLK_ATTN_EVENT, &w->attn);
		if (w->thread)
			wake_up_process(w->thread);
	}
	spin_unlock(&w->lock);
	return IRQ_HANDLED;
}

/*
 * Arm and leave the ring to the handler. Returns RLK_LENT when the thread is in charge again,
 * RL_HIT when there is work already, RLK_INTERRUPTED when somebody wants attention.
 */
static int rlk_lend(struct rlk_waiter *w)
{
	spin_lock_irq(&w->lock);
	if (READ_ONCE(w->attn)) {
		spin_unlock_irq(&w->lock);
		return RLK_INTERRUPTED;
	}
	if (rlk_arm(w)) {
		spin_unlock_irq(&w->lock);
		w->stats.recheck_hits++;
		w->elapsed_ns = rlk_elapsed_ns(w);
		return RL_HIT;
	}
	w->charge = RLK_IRQ;
	spin_unlock_irq(&w->lock);
	for (;;) {
		set_current_state(TASK_IDLE);
		if (READ_ONCE(w->charge) == RLK_THREAD || kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	/* What the handler wrote under the lock is ours to see. */
	spin_lock_irq(&w->lock);
	spin_unlock_irq(&w->lock);
	return RLK_LENT;
}

static void rlk_apply_policy(struct rlk_waiter *w)
{
	spin_lock_irq(&w->lock);
	w->inst = w->next;
	clear_bit(RLK_ATTN_POLICY, &w->attn);
	spin_unlock_irq(&w->lock);
	w->have_plan = false;
	rlk_log_restart(w);
}

/* Somebody wants something, or the handler gave the ring back: begin afresh. */
static void rlk_begin(struct rlk_waiter *w)
{
	if (test_bit(RLK_ATTN_POLICY, &w->attn))
		rlk_apply_policy(w);
	clear_bit(RLK_ATTN_KICK, &w->attn);
	if (w->have_plan)
		return;
	rlk_take_event(w);
	rlk_drain(w);
}

static void rlk_wait_for_stop(void)
{
	for (;;) {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static int rlk_thread(void *arg)
{
	struct rlk_waiter *w = arg;
	u64 polls;
	int how;

	rlk_begin(w);
	while (!kthread_should_stop()) {
		if (unlikely(w->dead)) {
			rlk_wait_for_stop();
			break;
		}
		if (!w->have_plan)
			rlk_ask(w);
		w->have_plan = false;
		polls = 1;
		how = rlk_suits_irq(w) ? rlk_lend(w) : rlk_carry(w, &polls);
		if (how < 0) {
			rlk_begin(w);
			continue;
		}
		if (how == RL_HIT)
			rlk_trace(w, RL_TRACE_WAKE, 0, 0, RL_HIT);
		rlk_result(w, how, polls, w->elapsed_ns);
		if (how == RL_HIT || how == RL_UPCALL)
			rlk_drain(w);
		cond_resched();
	}
	return 0;
}

int rlk_waiter_start(struct rlk_waiter *w, int irq)
{
	struct rlk_device *d = w->device;
	struct task_struct *thread;
	int rc, cpu;

	mutex_lock(&d->conf_mutex);
	rc = rl_policy_select(&w->inst, d->spec, NULL);
	if (rc)
		goto out;
	w->irq = irq;
	w->eoi_owed = w->armed = w->have_plan = w->dead = false;
	w->credit = 1; /* binding a port makes an event pending */
	w->mean_completion_ns = 0;
	rlk_log_restart(w);
	if (w->queue)
		thread = kthread_create(rlk_thread, w, "%s.%u/%s", RLK_MODULE, w->queue, d->name);
	else
		thread = kthread_create(rlk_thread, w, "%s/%s", RLK_MODULE, d->name);
	rc = PTR_ERR_OR_ZERO(thread);
	if (rc)
		goto out;
	cpu = d->cpu[w->queue % d->ncpus];
	if (cpu >= 0 && set_cpus_allowed_ptr(thread, cpumask_of(cpu)))
		pr_warn(RLK_MODULE ": %s: cannot run on CPU %d\n", d->name, cpu);
	spin_lock_irq(&w->lock);
	w->charge = RLK_THREAD;
	WRITE_ONCE(w->thread, thread);
	spin_unlock_irq(&w->lock);
	wake_up_process(thread);
out:
	mutex_unlock(&d->conf_mutex);
	return rc;
}

void rlk_waiter_stop(struct rlk_waiter *w)
{
	mutex_lock(&w->device->conf_mutex);
	if (w->thread) {
		disable_irq(w->irq); /* waits for a handler that runs */
		set_bit(RLK_ATTN_STOP, &w->attn);
		kthread_stop(w->thread);
		w->thread = NULL;
		w->charge = RLK_NOBODY;
		w->attn = 0;
	}
	mutex_unlock(&w->device->conf_mutex);
}

void rlk_waiter_kick(struct rlk_waiter *w)
{
	unsigned long flags;

	spin_lock_irqsave(&w->lock, flags);
	if (w->thread) {
		set_bit(RLK_ATTN_KICK, &w->attn);
		rlk_to_thread(w);
	}
	spin_unlock_irqrestore(&w->lock, flags);
}

bool rlk_waiter_wanted(const struct rlk_waiter *w)
{
	return unlikely(READ_ONCE(w->attn) & (BIT(RLK_ATTN_STOP) | BIT(RLK_ATTN_POLICY)));
}

int rlk_policy_apply(struct rlk_waiter *w)
{
	struct rl_policy_inst made;
	int rc = rl_policy_select(&made, w->device->spec, NULL);

	lockdep_assert_held(&w->device->conf_mutex);
	if (rc || !w->thread)
		return rc;
	spin_lock_irq(&w->lock);
	w->next = made;
	set_bit(RLK_ATTN_POLICY, &w->attn);
	rlk_to_thread(w);
	spin_unlock_irq(&w->lock);
	return 0;
}

void rlk_waiter_notify(struct rlk_waiter *w, bool due)
{
	if (due) {
		w->stats.notifications_sent++;
		rlk_trace(w, RL_TRACE_NOTIFY, 0, 0, 0);
		notify_remote_via_irq(w->irq);
	} else {
		w->stats.notifications_held_off++;
	}
}
