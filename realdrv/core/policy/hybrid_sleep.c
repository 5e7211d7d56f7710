/* SPDX-License-Identifier: MIT */
/*
 * hybrid_sleep - sleep for a part of the expected wait, then poll.
 *
 * What is expected is the mean completion time: on a frontend, that of the very messages
 * it waits for. The sleep ends before the work is likely to be there, so its wake-up
 * passes beside it. As long as nothing is known it polls. Never arms, never blocks
 * without an end.
 */
#include "core/policy.h"

enum { DELAY };

static const struct rl_policy_opt hybrid_sleep_opts[] = {
	[DELAY] = {"delay", "ns", 0, 0, 1000000000,
		"how long to sleep; 0: half the mean completion time",
		"Linux 6.1 Documentation/ABI/stable/sysfs-block: queue/io_poll_delay"},
};

struct hybrid_sleep {
	rl_u64 delay_ns;
	rl_bool slept;
};

_Static_assert(sizeof(struct hybrid_sleep) <= RL_POLICY_STATE_BYTES, "state fits");

static void hybrid_sleep_init(void *state, const rl_u64 *opts)
{
	struct hybrid_sleep *s = state;

	s->delay_ns = opts[DELAY];
}

static void hybrid_sleep_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	const struct hybrid_sleep *s = state;
	rl_u64 delay_ns = s->delay_ns ? s->delay_ns : in->mean_completion_ns / 2;

	if (s->slept || delay_ns == 0) {
		plan->action = RL_POLL;
		return;
	}
	plan->action = RL_SLEEP;
	plan->deadline_ns = in->now_ns + delay_ns;
}

static void hybrid_sleep_on_result(void *state, enum rl_result how, rl_u64 polls, rl_u64 elapsed_ns)
{
	struct hybrid_sleep *s = state;

	(void)polls;
	(void)elapsed_ns;
	s->slept = how == RL_EXPIRED;
}

RL_POLICY(hybrid_sleep) = {
	.name = "hybrid_sleep",
	.summary = "sleep half the mean completion time, then poll",
	.source = "Linux 6.1: block/blk-mq.c (blk_mq_poll_hybrid, blk_mq_poll_nsecs)",
	.opts = hybrid_sleep_opts,
	.nopts = RL_ARRAY_LEN(hybrid_sleep_opts),
	.state_bytes = sizeof(struct hybrid_sleep),
	.init = hybrid_sleep_init,
	.on_idle = hybrid_sleep_on_idle,
	.on_result = hybrid_sleep_on_result,
};
