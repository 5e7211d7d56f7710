/* SPDX-License-Identifier: MIT */
/*
 * spin_yield - poll, and offer the pCPU to others between two looks.
 *
 * Alone on its core it is a slower spinner; on a shared one the peer gets the time in
 * which it makes the next message, at the price of a hypercall a look.
 */
#include "core/policy.h"

static void spin_yield_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)state;
	(void)in;
	plan->action = RL_YIELD;
}

RL_POLICY(spin_yield) = {
	.name = "spin_yield",
	.summary = "poll for ever, yielding the pCPU between the looks; never arm, never block",
	.source = "xen public/sched.h, SCHEDOP_yield",
	.on_idle = spin_yield_on_idle,
};
