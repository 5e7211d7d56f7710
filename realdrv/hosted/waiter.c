/* SPDX-License-Identifier: MIT */
/* Asking the policy and carrying out its plans; see waiter.h. */
#include "hosted/waiter.h"

#include "hosted/clock.h"
#include "hosted/evtchn.h"

#include <poll.h>
#include <sched.h>

#define IDLE_WINDOW_NS 10000000u /* as the modules': 10 ms */
#define NAP_MAX_NS     50000000u /* attention is looked for at least so often */
#define LOOKS_A_CLOCK  16u	 /* looks between two of the caller's clock */

/* How the carrying of a plan ended: enum rl_result, or one of these. */
enum { ATTENTION = -1, TIMEOUT = -2 };

/* What this thread did not use of its CPU lately: what is idle, or somebody else's. */
static rl_u32 idle_permille(struct rl_hwaiter *w, rl_u64 now)
{
	rl_u64 spent = now - w->idle_from_ns;

	if (spent < IDLE_WINDOW_NS)
		return w->idle_permille;
	w->idle_permille = (rl_u32)(w->idle_ns >= spent ? 1000 : w->idle_ns * 1000 / spent);
	w->idle_from_ns = now;
	w->idle_ns = 0;
	return w->idle_permille;
}

static void stamp(const struct rl_hwaiter *w, enum rl_trace_stage stage, rl_u32 count)
{
	if (w->trace)
		rl_htrace_stamp(w->trace, stage, 0, 0, count);
}

static void ask(struct rl_hwaiter *w)
{
	rl_u64 now = rl_hclock_ns();
	struct rl_idle in = {
		.now_ns = now,
		.mean_completion_ns = w->mean_completion_ns,
		.in_flight = w->ops->in_flight(w),
		.cpu_idle_permille = idle_permille(w, now),
	};

	w->start_ns = now;
	w->stats->episodes++;
	rl_policy_idle(&w->inst, &in, &w->plan);
}

/* ---- polling ------------------------------------------------------------------------------- */

static void pause_for(struct rl_hwaiter *w, rl_u64 gap_ns, rl_u64 deadline_ns)
{
	rl_u64 until = rl_hclock_ns() + gap_ns;

	if (until > deadline_ns)
		until = deadline_ns;
	while (rl_hclock_ns() < until && !rl_hwaiter_wanted(w))
		rl_hcpu_relax();
}

static rl_u64 next_gap(const struct rl_plan *plan, rl_u64 gap_ns)
{
	rl_u64 next = gap_ns * plan->gap_growth / 1000;
	rl_u64 most = plan->gap_max_ns > plan->gap_ns ? plan->gap_max_ns : plan->gap_ns;

	return plan->gap_max_ns && next > most ? most : next;
}

static int spin(struct rl_hwaiter *w, rl_u64 until_ns, rl_u64 *polls)
{
	const struct rl_plan *plan = &w->plan;
	rl_bool yield = plan->action == RL_YIELD;
	rl_u64 gap = plan->action == RL_MONITOR ? 0 : plan->gap_ns, looks = 0;
	int how;

	for (;;) {
		looks++;
		if (w->ops->pending(w)) {
			how = RL_HIT;
			break;
		}
		how = ATTENTION;
		if (rl_hwaiter_wanted(w))
			break;
		if (w->ops->service)
			w->ops->service(w);
		how = RL_EXPIRED;
		if (plan->deadline_ns != RL_NEVER && rl_hclock_ns() >= plan->deadline_ns)
			break;
		how = TIMEOUT;
		if (until_ns != RL_NEVER && looks % LOOKS_A_CLOCK == 0 &&
			rl_hclock_ns() >= until_ns)
			break;
		if (yield) {
			w->stats->yields++;
			sched_yield();
		} else {
			rl_hcpu_relax();
		}
		if (gap) {
			pause_for(w, gap, plan->deadline_ns);
			gap = next_gap(plan, gap);
		}
	}
	w->stats->polls += looks;
	w->stats->monitors += plan->action == RL_MONITOR;
	*polls = looks;
	return how;
}

/* ---- blocking ------------------------------------------------------------------------------ */

enum woken { BY_EVENT, BY_SERVICE, BY_TIME };

/* Blocks until the event, a completion or the time. @event: whether the event may wake us. */
static enum woken block(struct rl_hwaiter *w, rl_bool event, rl_u64 until_ns)
{
	struct pollfd fds[2] = {{w->evtchn, POLLIN, 0}, {w->service_fd, POLLIN, 0}};
	rl_u64 left = 0;
	struct timespec t;

	if (event && w->service_fd < 0 && until_ns == RL_NEVER) {
		rl_evtchn_wait(w->evtchn);
		return BY_EVENT;
	}
	if (until_ns != RL_NEVER) {
		rl_u64 now = rl_hclock_ns();

		left = until_ns > now ? until_ns - now : 0;
	}
	t = (struct timespec){(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
	if (!event)
		fds[0].fd = -1;
	if (ppoll(fds, 2, until_ns == RL_NEVER ? NULL : &t, NULL) <= 0)
		return BY_TIME; /* interrupted by a signal counts as that: the clock is read again
				 */
	if (fds[0].revents) {
		rl_evtchn_wait(w->evtchn);
		return BY_EVENT;
	}
	rl_evtchn_wait(w->service_fd); /* before the look at what completed, not after */
	return BY_SERVICE;
}

static rl_u64 sooner(rl_u64 a, rl_u64 b)
{
	return a < b ? a : b;
}

/* Sleeps unarmed, in naps, so that attention is seen. */
static int nap(struct rl_hwaiter *w, rl_u64 until_ns)
{
	rl_u64 end = sooner(w->plan.deadline_ns, until_ns);

	w->stats->blocks++;
	for (;;) {
		rl_u64 now = rl_hclock_ns();

		if (rl_hwaiter_wanted(w))
			return ATTENTION;
		if (now >= end)
			break;
		if (block(w, 0, sooner(end, now + NAP_MAX_NS)) == BY_SERVICE)
			w->ops->service(w);
	}
	if (w->ops->pending(w))
		return RL_HIT;
	return w->plan.deadline_ns <= until_ns ? RL_EXPIRED : TIMEOUT;
}

/* Armed, or with a completion to come that wakes: blocks. */
static int halt(struct rl_hwaiter *w, rl_u64 until_ns)
{
	rl_bool no_arm = w->plan.no_arm && w->ops->service;
	rl_bool port = w->plan.action == RL_POLL_PORT;
	rl_u64 timer = port ? w->plan.deadline_ns : w->plan.timer_ns;
	rl_u64 end = sooner(timer, until_ns);

	if (!no_arm && w->ops->arm(w, w->plan.event_offset)) {
		w->stats->recheck_hits++;
		return RL_HIT;
	}
	w->stats->blocks++;
	for (;;) {
		enum woken by = block(w, 1, end);

		if (rl_hwaiter_wanted(w))
			return ATTENTION;
		if (by == BY_EVENT) {
			if (port && !w->ops->pending(w))
				continue;
			w->stats->upcalls += !port;
			if (!port && !w->ops->pending(w))
				w->stats->upcalls_spurious++;
			return port ? RL_HIT : RL_UPCALL;
		}
		if (by == BY_SERVICE && w->ops->service(w) && no_arm)
			return w->ops->pending(w) ? RL_HIT : RL_TIMER;
		if (rl_hclock_ns() < end)
			continue;
		if (w->ops->pending(w))
			return RL_HIT;
		return timer > until_ns ? TIMEOUT : port ? RL_EXPIRED : RL_TIMER;
	}
}

/* ---- the wait ------------------------------------------------------------------------------ */

static int carry(struct rl_hwaiter *w, rl_u64 until_ns, rl_u64 *polls)
{
	*polls = 1;
	switch (w->plan.action) {
	case RL_POLL:
	case RL_YIELD:
	case RL_MONITOR:
		return spin(w, until_ns, polls);
	case RL_SLEEP:
		return nap(w, until_ns);
	default:
		return halt(w, until_ns);
	}
}

static rl_bool spins(const struct rl_plan *plan)
{
	return plan->action == RL_POLL || plan->action == RL_YIELD || plan->action == RL_MONITOR;
}

enum rl_hwait rl_hwaiter_wait(struct rl_hwaiter *w, rl_u64 until_ns)
{
	for (;;) {
		rl_u64 polls, elapsed;
		int how;

		ask(w);
		how = carry(w, until_ns, &polls);
		elapsed = rl_hclock_ns() - w->start_ns;
		if (spins(&w->plan)) {
			w->stats->spin_ns += elapsed;
		} else {
			w->stats->block_ns += elapsed;
			w->idle_ns += elapsed;
		}
		if (how == ATTENTION)
			return RL_HWAIT_ATTENTION;
		if (how == TIMEOUT)
			return RL_HWAIT_TIMEOUT;
		rl_policy_result(&w->inst, (enum rl_result)how, polls, elapsed);
		if (how == RL_HIT || how == RL_UPCALL) {
			stamp(w, RL_TRACE_WAKE, (rl_u32)how);
			return RL_HWAIT_WORK;
		}
		if (until_ns != RL_NEVER && rl_hclock_ns() >= until_ns)
			return RL_HWAIT_TIMEOUT;
	}
}

void rl_hwaiter_listen(struct rl_hwaiter *w, int evtchn)
{
	__atomic_store_n(&w->evtchn, evtchn, __ATOMIC_SEQ_CST);
}

void rl_hwaiter_attract(struct rl_hwaiter *w)
{
	__atomic_store_n(&w->attention, 1, __ATOMIC_SEQ_CST);
	rl_evtchn_send(__atomic_load_n(&w->evtchn, __ATOMIC_SEQ_CST));
}

void rl_hwaiter_calm(struct rl_hwaiter *w)
{
	__atomic_store_n(&w->attention, 0, __ATOMIC_SEQ_CST);
}

void rl_hwaiter_notify(struct rl_hwaiter *w, int peer_evtchn, rl_bool due)
{
	if (due) {
		w->stats->notifications_sent++;
		stamp(w, RL_TRACE_NOTIFY, 0);
		rl_evtchn_send(peer_evtchn);
	} else {
		w->stats->notifications_held_off++;
	}
}

int rl_hwaiter_init(struct rl_hwaiter *w, const struct rl_hwaiter_ops *ops, const char *policy,
	int evtchn, struct rl_hstats *stats, struct rl_policy_err *err)
{
	int rc;

	*w = (struct rl_hwaiter){.ops = ops,
		.evtchn = evtchn,
		.service_fd = -1,
		.stats = stats,
		.idle_permille = 1000};
	rc = rl_policy_select(&w->inst, policy, err);
	if (rc)
		return rc;
	rl_hclock_init();
	w->coarse = !w->inst.ops->state_bytes && !w->inst.ops->on_result;
	w->idle_from_ns = rl_hclock_ns();
	return 0;
}
