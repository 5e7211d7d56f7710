/* SPDX-License-Identifier: MIT */
/*
 * spin - never block, never arm.
 *
 * The peer's event index stays behind, so its notifications are held off: no
 * hypercall, no interrupt, no switch. The vCPU is busy all the time; on a core
 * that it shares, that is time its peer cannot use.
 */
#include "core/policy.h"

static void spin_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)state;
	(void)in;
	plan->action = RL_POLL;
}

RL_POLICY(spin) = {
	.name = "spin",
	.summary = "poll the ring for ever; never arm, never block",
	.source = "Shirole, Performance analysis of driver domain, 2013",
	.on_idle = spin_on_idle,
};
