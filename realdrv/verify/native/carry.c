// SPDX-License-Identifier: GPL-3.0-or-later
/* Waiting as a plan says, on Linux: a thread that polls, sleeps, or blocks in a futex or an
 * eventfd. */
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "verify/native/stress.h"

#define NS_PER_S      1000000000ull
#define LOOKS_A_YIELD 512

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#else
	__asm__ volatile("" ::: "memory");
#endif
}

uint64_t rl_stress_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

void rl_stress_jitter(struct rl_stress_worker *w)
{
	uint32_t n;

	if (!w->round.jitter)
		return;
	n = (uint32_t)(rl_stress_draw(&w->rng) >> 20) % w->round.jitter;
	while (n--)
		relax();
}

static void die(const char *what)
{
	perror(what);
	exit(4);
}

void rl_stress_notify(struct rl_stress_worker *w, bool due)
{
	uint64_t one = 1;

	if (!due) {
		w->self->count.held_off++;
		return;
	}
	w->self->count.sent++;
	if (w->round.event == RL_STRESS_EVENTFD) {
		if (write(w->peer->eventfd, &one, sizeof(one)) != sizeof(one))
			die("stress: write to an eventfd");
	} else if (!__atomic_exchange_n(&w->peer->word, 1, __ATOMIC_SEQ_CST)) {
		syscall(SYS_futex, &w->peer->word, FUTEX_WAKE, 1, NULL, NULL, 0);
	}
}

static struct timespec until(uint64_t ns)
{
	return (struct timespec){
		.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};
}

/* What is left of the time until then; for calls that take a duration. */
static struct timespec left(uint64_t then_ns)
{
	uint64_t now = rl_stress_now_ns();

	return until(then_ns > now ? then_ns - now : 0);
}

/* Blocks until an event came (true) or the time has come. */
static bool wait_futex(struct rl_stress_worker *w, uint64_t until_ns)
{
	while (!__atomic_exchange_n(&w->self->word, 0, __ATOMIC_SEQ_CST)) {
		struct timespec t = left(until_ns == RL_NEVER ? 0 : until_ns);

		if (syscall(SYS_futex, &w->self->word, FUTEX_WAIT, 0,
			    until_ns == RL_NEVER ? NULL : &t, NULL, 0) &&
			errno == ETIMEDOUT)
			return __atomic_exchange_n(&w->self->word, 0, __ATOMIC_SEQ_CST);
	}
	return true;
}

static bool wait_eventfd(struct rl_stress_worker *w, uint64_t until_ns)
{
	struct pollfd p = {.fd = w->self->eventfd, .events = POLLIN};
	uint64_t n;

	if (until_ns != RL_NEVER) {
		struct timespec t = left(until_ns);

		if (ppoll(&p, 1, &t, NULL) == 0)
			return false;
	}
	while (read(w->self->eventfd, &n, sizeof(n)) != sizeof(n))
		if (errno != EINTR)
			die("stress: read of an eventfd");
	return true;
}

static bool block(struct rl_stress_worker *w, uint64_t until_ns)
{
	bool called;

	w->self->count.blocks++;
	rl_stress_mark(w, until_ns == RL_NEVER ? RL_STRESS_BLOCKED : RL_STRESS_TIMED);
	called = w->round.event == RL_STRESS_EVENTFD ? wait_eventfd(w, until_ns)
						     : wait_futex(w, until_ns);
	if (called)
		w->self->count.upcalls++;
	else
		w->self->count.timers++;
	return called;
}

static bool arm(struct rl_stress_worker *w, uint32_t offset)
{
	bool work;

	rl_stress_jitter(w);
	w->self->count.arms++;
	work = w->role == RL_STRESS_FRONT ? rl_front_arm(&w->front, offset)
					  : rl_back_arm(&w->back, offset);
	if (work)
		w->self->count.recheck_hits++;
	return work;
}

static bool due(uint64_t deadline_ns)
{
	return deadline_ns != RL_NEVER && rl_stress_now_ns() >= deadline_ns;
}

static void gap(uint64_t gap_ns, uint64_t deadline_ns)
{
	uint64_t then = rl_stress_now_ns() + gap_ns;

	if (deadline_ns < then)
		then = deadline_ns;
	while (rl_stress_now_ns() < then)
		relax();
}

static enum rl_result poll_ring(
	struct rl_stress_worker *w, const struct rl_plan *plan, uint64_t *polls)
{
	uint64_t gap_ns = plan->gap_ns;

	for (*polls = 1;; ++*polls) {
		if (rl_stress_pending(w))
			return RL_HIT;
		if (due(plan->deadline_ns))
			return RL_EXPIRED;
		/* The peer may wait for this very CPU: a spinner that never looks up from its
		 * ring would test the scheduler. */
		if (plan->action == RL_YIELD || *polls % LOOKS_A_YIELD == 0)
			sched_yield();
		relax();
		if (gap_ns) {
			gap(gap_ns, plan->deadline_ns);
			gap_ns = gap_ns * plan->gap_growth / 1000;
			if (plan->gap_max_ns && gap_ns > plan->gap_max_ns)
				gap_ns = plan->gap_max_ns;
		}
	}
}

static enum rl_result sleep_until(struct rl_stress_worker *w, uint64_t deadline_ns)
{
	struct timespec t = until(deadline_ns);

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
	return rl_stress_pending(w) ? RL_HIT : RL_EXPIRED;
}

static enum rl_result carry(struct rl_stress_worker *w, const struct rl_plan *plan, uint64_t *polls)
{
	bool called;

	*polls = 1;
	switch (plan->action) {
	case RL_POLL:
	case RL_YIELD:
	case RL_MONITOR:
		return poll_ring(w, plan, polls);
	case RL_SLEEP:
		return sleep_until(w, plan->deadline_ns);
	case RL_POLL_PORT:
		if (arm(w, plan->event_offset))
			return RL_HIT;
		block(w, plan->deadline_ns);
		return rl_stress_pending(w) ? RL_HIT : RL_EXPIRED;
	default:
		if (arm(w, plan->event_offset))
			return RL_HIT;
		called = block(w, plan->timer_ns);
		if (called)
			return RL_UPCALL;
		return rl_stress_pending(w) ? RL_HIT : RL_TIMER;
	}
}

void rl_stress_idle(struct rl_stress_worker *w)
{
	struct rl_idle in = {
		.now_ns = rl_stress_now_ns(),
		.mean_completion_ns = w->mean_completion_ns,
		.in_flight = w->in_flight,
		.cpu_idle_permille = 1000,
	};
	struct rl_plan plan;
	enum rl_result how;
	uint64_t polls;

	rl_policy_idle(&w->policy, &in, &plan);
	if (w->nheld) {
		/* The device answers meanwhile; without arming that is what wakes. */
		rl_stress_release(w);
		if (plan.action == RL_ARM_HALT && plan.no_arm) {
			rl_policy_result(&w->policy, rl_stress_pending(w) ? RL_HIT : RL_TIMER, 0,
				rl_stress_now_ns() - in.now_ns);
			return;
		}
	}
	rl_stress_mark(w, RL_STRESS_LOOK);
	how = carry(w, &plan, &polls);
	rl_stress_mark(w, RL_STRESS_RUN);
	w->self->count.polls += polls;
	rl_policy_result(&w->policy, how, polls, rl_stress_now_ns() - in.now_ns);
}
