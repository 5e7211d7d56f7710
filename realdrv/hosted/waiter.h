/* SPDX-License-Identifier: MIT */
/*
 * A policy at work on one side of a ring, in a process: the hosted counterpart of the kernel
 * modules' waiter. The policy (core/policy.h) says what to do when the ring is empty; this does
 * it and tells how it ended. One thread uses a waiter; rl_hwaiter_attract() alone is for others.
 *
 * Ways of waiting that need words here: YIELD is sched_yield(). POLL_PORT blocks on the event
 * channel without counting an upcall: there is no handler that could be left out. MONITOR
 * polls without a pause; user space is offered no monitor instruction on every CPU.
 */
#ifndef RL_HOSTED_WAITER_H
#define RL_HOSTED_WAITER_H

#include "core/policy.h"
#include "hosted/stats.h"
#include "hosted/trace.h"

struct rl_hwaiter;

struct rl_hwaiter_ops {
	rl_bool (*pending)(struct rl_hwaiter *w);
	rl_bool (*arm)(struct rl_hwaiter *w, rl_u32 offset);
	rl_u32 (*in_flight)(struct rl_hwaiter *w);
	/* Null unless requests complete by themselves: carries such completions on. Returns
	 * whether there were any. */
	rl_bool (*service)(struct rl_hwaiter *w);
};

/* How a wait ended, for the one who waited. */
enum rl_hwait {
	RL_HWAIT_WORK,	    /* the ring has messages, or may have: drain it */
	RL_HWAIT_ATTENTION, /* rl_hwaiter_attract() was called */
	RL_HWAIT_TIMEOUT,   /* the caller's time is over */
};

struct rl_hwaiter {
	const struct rl_hwaiter_ops *ops;
	int evtchn;	/* our event channel */
	int service_fd; /* readable when service() has something to do; -1 */
	rl_u32 attention;
	rl_bool coarse; /* the policy keeps no state: it cannot tell what time it is */
	rl_u32 asked;	/* by rl_hwaiter_sample() */
	rl_u64 start_ns, mean_completion_ns;
	rl_u64 idle_from_ns, idle_ns;
	rl_u32 idle_permille;
	struct rl_policy_inst inst;
	struct rl_plan plan;
	struct rl_hstats *stats;
	struct rl_htrace *trace; /* of the user, set after init; null: none */
};

/**
 * rl_hwaiter_init - make a waiter.
 * @policy: its specification. @evtchn: stays the caller's. @stats: of the caller, written here.
 * @err:    out on error; may be null.
 * Returns: 0; what rl_policy_select() says of a bad specification.
 */
int rl_hwaiter_init(struct rl_hwaiter *w, const struct rl_hwaiter_ops *ops, const char *policy,
	int evtchn, struct rl_hstats *stats, struct rl_policy_err *err);

/**
 * rl_hwaiter_wait - wait as the policy says until the ring may have work.
 * @until_ns: of rl_hclock_ns(), at most so long; RL_NEVER: no limit.
 * Context: the ring was found empty.
 */
enum rl_hwait rl_hwaiter_wait(struct rl_hwaiter *w, rl_u64 until_ns);

/** rl_hwaiter_listen - another event channel from now on. The waiter's thread. */
void rl_hwaiter_listen(struct rl_hwaiter *w, int evtchn);

/** rl_hwaiter_attract - make a wait end, now and until rl_hwaiter_calm(). Any thread. */
void rl_hwaiter_attract(struct rl_hwaiter *w);
void rl_hwaiter_calm(struct rl_hwaiter *w);

static inline rl_bool rl_hwaiter_wanted(const struct rl_hwaiter *w)
{
	return __atomic_load_n(&w->attention, __ATOMIC_RELAXED) != 0;
}

/** rl_hwaiter_sample - whether the completion of a message should be timed: few need be. */
static inline rl_bool rl_hwaiter_sample(struct rl_hwaiter *w)
{
	return !(++w->asked & (w->coarse ? 255u : 15u));
}

/** rl_hwaiter_completed - a sample for mean_completion_ns (weight one eighth). */
static inline void rl_hwaiter_completed(struct rl_hwaiter *w, rl_u64 ns)
{
	rl_u64 mean = w->mean_completion_ns;

	w->mean_completion_ns = mean ? mean - mean / 8 + ns / 8 : ns;
}

/** rl_hwaiter_notify - send the notification that rl_*_publish() asked for, or count it. */
void rl_hwaiter_notify(struct rl_hwaiter *w, int peer_evtchn, rl_bool due);

#endif
