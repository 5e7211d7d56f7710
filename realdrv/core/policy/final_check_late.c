/* SPDX-License-Identifier: MIT */
/*
 * final_check_late - event, with the rule of backends before Linux 3.1.
 *
 * While requests are in flight the ring is not armed and not looked at again: each
 * completion looks instead, and only the last one arms. Requests that come meanwhile
 * send no notification and wait for the next completion. It was meant to make batches;
 * it made throughput depend on the slowest request. On a frontend, whose completions
 * come from its peer, it is event.
 */
#include "core/policy.h"

static void final_check_late_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)state;
	plan->action = RL_ARM_HALT;
	plan->no_arm = in->in_flight > 0;
}

RL_POLICY(final_check_late) = {
	.name = "final_check_late",
	.summary = "event, without a final check while requests are in flight (old backends)",
	.source =
		"Linux 3.0: drivers/block/xen-blkback/blkback.c (make_response), changed by commit "
		"b4726a9df270, 2011",
	.on_idle = final_check_late_on_idle,
};
