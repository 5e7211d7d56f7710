/* SPDX-License-Identifier: MIT */
/*
 * event_batch - ask for the event of the n-th message, not of the next.
 *
 * One notification, interrupt and switch stand for n messages; the price is that the
 * first waits for the last. A timer bounds it, and gets a loop going that never has n
 * in flight. A timer that finds nothing says that the peer rests: then the next message
 * alone wakes, and an idle ring costs no timer either.
 */
#include "core/policy.h"

enum { N, TIMER };

static const struct rl_policy_opt event_batch_opts[] = {
	[N] = {"n", "", 8, 1, 512, "messages to an event",
		"a quarter of the 32 slots of a ring of one page; xen public/io/ring.h"},
	[TIMER] = {"timer", "ns", 50000, 1000, 1000000000, "longest wait for the rest of a batch",
		"Linux ixgbe: an interrupt every 50 us at most (IXGBE_20K_ITR)"},
};

struct event_batch {
	rl_u64 timer_ns;
	rl_u32 n;
	rl_bool quiet; /* the last timer found nothing */
};

_Static_assert(sizeof(struct event_batch) <= RL_POLICY_STATE_BYTES, "state fits");

static void event_batch_init(void *state, const rl_u64 *opts)
{
	struct event_batch *s = state;

	s->n = (rl_u32)opts[N];
	s->timer_ns = opts[TIMER];
}

static void event_batch_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	const struct event_batch *s = state;

	plan->action = RL_ARM_HALT;
	if (s->quiet)
		return;
	plan->event_offset = s->n;
	plan->timer_ns = in->now_ns + s->timer_ns;
}

static void event_batch_on_result(void *state, enum rl_result how, rl_u64 polls, rl_u64 elapsed_ns)
{
	struct event_batch *s = state;

	(void)polls;
	(void)elapsed_ns;
	s->quiet = how == RL_TIMER;
}

RL_POLICY(event_batch) = {
	.name = "event_batch",
	.summary = "one event for n messages, or when a timer ends",
	.source = "xen public/io/ring.h (an event index further ahead makes batches); Yadin and "
		  "Naor, Queueing systems with a removable service station, 1963",
	.opts = event_batch_opts,
	.nopts = RL_ARRAY_LEN(event_batch_opts),
	.state_bytes = sizeof(struct event_batch),
	.init = event_batch_init,
	.on_idle = event_batch_on_idle,
	.on_result = event_batch_on_result,
};
