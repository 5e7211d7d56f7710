/* SPDX-License-Identifier: MIT */
/*
 * mwait - watch the ring's cache line and wait for it to be written.
 *
 * The write wakes the vCPU by itself: no notification, no interrupt, and no loop that
 * takes a sibling thread's share meanwhile. The vCPU keeps its pCPU. Where the guest may
 * not use MONITOR and MWAIT (Xen's PV domains, CPUs without it) the carrier polls.
 */
#include "core/policy.h"

static void mwait_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)state;
	(void)in;
	plan->action = RL_MONITOR;
}

RL_POLICY(mwait) = {
	.name = "mwait",
	.summary = "monitor the ring's cache line: its write wakes, no interrupt; never arm",
	.source =
		"Intel SDM vol. 2, MONITOR and MWAIT, UMONITOR and UMWAIT; AMD APM vol. 3, MWAITX",
	.on_idle = mwait_on_idle,
};
