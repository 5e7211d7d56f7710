/* SPDX-License-Identifier: MIT */
/*
 * Notification policies: what a side of the ring does when it finds nothing to do.
 *
 * A policy decides; it never acts, waits or reads a clock. The driver asks
 * on_idle() whenever the ring is empty and carries out the plan that comes back;
 * it tells on_result() how that plan ended. Kernel modules, the hosted pair and the
 * simulator are three carriers of the same plans: a prediction and a measurement
 * are never about two different policies.
 *
 * The life of an idle episode, the same in every carrier:
 *
 *	    the ring is found empty
 *	             |
 *	+---> on_idle(state, in) -> plan ---> carried out ---> on_result(state, how)
 *	|                                                          |
 *	+--- EXPIRED, TIMER: still empty ---<----------------------+
 *	                                     HIT, UPCALL: drain the ring, then again
 *
 * An UPCALL is reported before the ring is drained, whether it finds work or not.
 * Preemption is invisible to the policy: a carrier that lost its CPU while it
 * polled, on resuming looks at the ring first (work: HIT), then at the deadline
 * (passed: EXPIRED), and else goes on.
 *
 * A new policy is one file in policy/, named as the policy, that ends with
 * RL_POLICY(name). The build finds it: no other file is edited. Integer
 * arithmetic only; state lives in memory of the caller, zeroed before init().
 */
#ifndef RL_CORE_POLICY_H
#define RL_CORE_POLICY_H

#include "core/types.h"

#define RL_POLICY_MAX_OPTS    8u
#define RL_POLICY_STATE_BYTES 128u
#define RL_POLICY_NAME_BYTES  32u

/* What a side does unless it is told otherwise: the one place that says so. */
#define RL_POLICY_DEFAULT "event"

/* How to wait. */
enum rl_action {
	RL_POLL,      /* keep the vCPU and look again and again, gap_ns apart */
	RL_YIELD,     /* the same, offering the pCPU to others between two looks */
	RL_SLEEP,     /* give up the vCPU until deadline_ns; do not arm; look once on waking */
	RL_MONITOR,   /* watch the ring's cache line; wake without an interrupt */
	RL_POLL_PORT, /* arm, look again, block the vCPU on the port without an upcall */
	RL_ARM_HALT,  /* arm, look again, block until the upcall or timer_ns */
};

/*
 * A plan is data: the simulator computes from it the first look that sees a
 * publication, so an idle episode costs it O(1) events whatever its length.
 */
struct rl_plan {
	rl_u64 deadline_ns;  /* absolute; POLL, YIELD, SLEEP, MONITOR, POLL_PORT; RL_NEVER: none */
	rl_u64 timer_ns;     /* absolute; ARM_HALT: wake at the latest then; RL_NEVER: no timer */
	rl_u32 gap_ns;	     /* POLL, YIELD: pause before the next look */
	rl_u32 gap_growth;   /* permille: each gap is the last one times gap_growth / 1000 */
	rl_u32 gap_max_ns;   /* a gap grows no further than this */
	rl_u32 event_offset; /* ARM_HALT, POLL_PORT: event at the n-th message from here, >= 1 */
	rl_u8 action;	     /* enum rl_action */
	rl_bool no_arm;	     /* ARM_HALT: block without arming or looking again (the rule of old
			      * backends); allowed only while in_flight > 0, whose completion wakes */
};

/* What a policy may know when it decides. */
struct rl_idle {
	rl_u64 now_ns;		   /* the carrier's clock; differences only */
	rl_u64 mean_completion_ns; /* running mean of consume-to-respond (backend) or
				    * publish-to-response (frontend); 0 before the first */
	rl_u32 in_flight;	   /* messages taken and not yet answered (backend), or awaited
				    * (frontend) */
	rl_u32 cpu_idle_permille;  /* recent idleness of the vCPU's host, 1000 when unknown */
};

/* How a plan ended. */
enum rl_result {
	RL_HIT,	    /* a look found work (the re-check after arming included) */
	RL_EXPIRED, /* deadline_ns passed, nothing found */
	RL_TIMER,   /* timer_ns passed, or no_arm's completion came; nothing found */
	RL_UPCALL,  /* an event woke us */
};

/* One option of a policy. Values are unsigned integers; times are in ns. */
struct rl_policy_opt {
	const char *name; /* as in "spin_block:tau=20us" */
	const char *unit; /* "ns" for a time, "" for a number */
	rl_u64 dflt, min, max;
	const char *help;
	const char *source;
};

struct rl_policy {
	const char *name;
	const char *summary; /* one line for `ringlab list policies` */
	const char *source;
	const struct rl_policy_opt *opts;
	rl_u32 nopts;
	rl_u32 state_bytes;
	/* opts are in range; state is zeroed. */
	void (*init)(void *state, const rl_u64 *opts);
	/* The carrier passes a zeroed plan with event_offset 1, gap_growth 1000, no deadline and
	 * no timer. */
	void (*on_idle)(void *state, const struct rl_idle *in, struct rl_plan *plan);
	void (*on_result)(void *state, enum rl_result how, rl_u64 polls, rl_u64 elapsed_ns);
};

/* Ends a policy's file; the registry is generated from the names of the files. */
#define RL_POLICY(id)                                                                              \
	extern const struct rl_policy rl_policy_##id;                                              \
	const struct rl_policy rl_policy_##id

/* A policy with its options, at work on one side of one ring. */
struct rl_policy_inst {
	const struct rl_policy *ops;
	rl_u64 opts[RL_POLICY_MAX_OPTS];
	rl_u64 state[RL_POLICY_STATE_BYTES / sizeof(rl_u64)];
};

/* Generated: every policy of policy/, sorted by name; ends with a null pointer. */
extern const struct rl_policy *const rl_policies[];

/* Walks the registry: const struct rl_policy *const *it. */
#define rl_for_each_policy(it) for ((it) = rl_policies; *(it); (it)++)

/**
 * rl_policy_find - look up a policy.
 * @name, @len: its name, not necessarily terminated.
 * Returns: the policy or null.
 */
const struct rl_policy *rl_policy_find(const char *name, rl_u32 len);

/* What was wrong with a specification, for a message that names the place. */
struct rl_policy_err {
	rl_u32 at;			 /* offset of the offending character */
	const char *what;		 /* "unknown policy", "value out of range", ... */
	const struct rl_policy_opt *opt; /* whose value it is, or null */
};

/**
 * rl_policy_select - make an instance from "name" or "name:opt=value,opt=value".
 * @inst: out, ready to use (state initialised); unchanged on error.
 * @spec: the text; a trailing newline is ignored. A time needs a unit: ns, us, ms or s.
 * @err:  out on error; may be null.
 * Returns: 0; -EINVAL unknown policy, option, or malformed value, or an option given twice;
 *          -ERANGE value out of range.
 * Context: any.
 */
int rl_policy_select(struct rl_policy_inst *inst, const char *spec, struct rl_policy_err *err);

/** rl_policy_reset - forget what the policy has learnt; options stay. */
void rl_policy_reset(struct rl_policy_inst *inst);

/**
 * rl_policy_idle - ask what to do now that there is nothing to do.
 * @plan: out; its defaults are set here and what a policy may not ask for is mended (an event
 *        offset of 0 counts as 1; no_arm without a request in flight would sleep for ever).
 */
void rl_policy_idle(struct rl_policy_inst *inst, const struct rl_idle *in, struct rl_plan *plan);

/** rl_policy_result - tell how the plan ended; @polls looks were made in @elapsed_ns. */
void rl_policy_result(
	struct rl_policy_inst *inst, enum rl_result how, rl_u64 polls, rl_u64 elapsed_ns);

#endif
