/* SPDX-License-Identifier: MIT */
/*
 * event - block at once; every step from empty to busy notifies.
 *
 * The classic event channel: arm for the next message, look once more, give up the
 * vCPU until the upcall. Costs nothing while there is nothing to do, and a
 * notification, an interrupt and a context switch when there is.
 */
#include "core/policy.h"

static void event_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)state;
	(void)in;
	plan->action = RL_ARM_HALT;
}

RL_POLICY(event) = {
	.name = "event",
	.summary = "block at once; an event wakes (hold-off of the ring protocol)",
	.source = "xen public/io/ring.h",
	.on_idle = event_on_idle,
};
