/* SPDX-License-Identifier: MIT */
/*
 * poll_port - arm, and block the vCPU in the hypervisor until the port is pending.
 *
 * The pCPU is given away as by blocking, but the event comes back as the return of a
 * hypercall: no upcall, no interrupt handler, no wake-up of a thread. What it costs is
 * that the whole vCPU stands still, so it suits a domain that has nothing else to do.
 */
#include "core/policy.h"

static void poll_port_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)state;
	(void)in;
	plan->action = RL_POLL_PORT;
}

RL_POLICY(poll_port) = {
	.name = "poll_port",
	.summary = "block the vCPU on the port: woken by the event, without an upcall",
	.source = "xen public/sched.h, SCHEDOP_poll; Linux xen_poll_irq",
	.on_idle = poll_port_on_idle,
};
