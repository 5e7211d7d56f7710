/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that polls as `spin` says and never finds anything. Include after machine.h. */
#ifndef RL_SIM_XEN_TESTS_POLLER_H
#define RL_SIM_XEN_TESTS_POLLER_H

static struct rl_spin spin;

static void never(struct rl_ctx *c)
{
	(void)c;
	fail();
}

static void polls(struct rl_ctx *c)
{
	rl_ctx_spin(c, &spin, never);
}

#endif
