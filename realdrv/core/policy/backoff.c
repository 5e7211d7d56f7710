/* SPDX-License-Identifier: MIT */
/*
 * backoff - poll with growing pauses.
 *
 * Each look that finds nothing makes the next pause longer, up to a bound: the ring's
 * cache line is left to the peer that writes it, and work is seen at most one pause late.
 * The vCPU is as busy as a spinner's.
 */
#include "core/policy.h"

enum { GAP, GROWTH, MAX };

static const struct rl_policy_opt backoff_opts[] = {
	[GAP] = {"gap", "ns", 100, 1, 1000000000, "the first pause",
		"about a cache line's way there and back"},
	[GROWTH] = {"growth", "", 2000, 1000, 100000,
		"each pause is the last one times so many thousandths",
		"Anderson 1990: binary exponential backoff"},
	[MAX] = {"max", "ns", 20000, 1, 1000000000, "the longest pause",
		"the default tau of spin_block: no later than a wake-up would be"},
};

struct backoff {
	rl_u32 gap_ns, growth, max_ns;
};

_Static_assert(sizeof(struct backoff) <= RL_POLICY_STATE_BYTES, "state fits");

static void backoff_init(void *state, const rl_u64 *opts)
{
	struct backoff *s = state;

	s->gap_ns = (rl_u32)(opts[GAP] < opts[MAX] ? opts[GAP] : opts[MAX]);
	s->growth = (rl_u32)opts[GROWTH];
	s->max_ns = (rl_u32)opts[MAX];
}

static void backoff_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	const struct backoff *s = state;

	(void)in;
	plan->action = RL_POLL;
	plan->gap_ns = s->gap_ns;
	plan->gap_growth = s->growth;
	plan->gap_max_ns = s->max_ns;
}

RL_POLICY(backoff) = {
	.name = "backoff",
	.summary = "poll for ever with growing pauses between the looks",
	.source = "Anderson, The performance of spin lock alternatives for shared-memory "
		  "multiprocessors, IEEE TPDS 1990",
	.opts = backoff_opts,
	.nopts = RL_ARRAY_LEN(backoff_opts),
	.state_bytes = sizeof(struct backoff),
	.init = backoff_init,
	.on_idle = backoff_on_idle,
};
