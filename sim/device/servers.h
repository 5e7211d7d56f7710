/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Servers in parallel with one queue, first come first served: who comes is served by the one that
 * is free first. Because nobody overtakes, its end is known when it comes.
 */
#ifndef RL_SIM_DEVICE_SERVERS_H
#define RL_SIM_DEVICE_SERVERS_H

#include <stdint.h>

#include "model/base/units.h"

#define RL_SERVERS_MAX 64u

struct rl_servers {
	uint32_t n;
	rl_ps free_at[RL_SERVERS_MAX]; /* a heap: the first is free first */
};

/** rl_servers_take - a service of @ps, asked for at @now. Returns: how long until it ends. */
static inline rl_ps rl_servers_take(struct rl_servers *s, rl_ps now, rl_ps ps)
{
	rl_ps *f = s->free_at, end = (f[0] > now ? f[0] : now) + ps;
	uint32_t i = 0, child;

	while ((child = 2 * i + 1) < s->n) {
		if (child + 1 < s->n && f[child + 1] < f[child])
			child++;
		if (f[child] >= end)
			break;
		f[i] = f[child];
		i = child;
	}
	f[i] = end;
	return end - now;
}

#endif
