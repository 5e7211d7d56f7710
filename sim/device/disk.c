/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk - one server, first come first served, exponential service with mean device_ns. */
#include "sim/core/world.h"

static rl_ps disk_begin(struct rl_device_state *d, uint32_t item)
{
	rl_ps now = d->w->now, begin = d->free_at > now ? d->free_at : now;
	rl_ps service = (rl_ps)(rl_rng_exp(&d->rng) * (double)rl_cost(d->w, device_ns));

	(void)item;
	d->busy_ps += service;
	d->free_at = begin + service;
	return d->free_at - now;
}

RL_DEVICE(disk) = {
	.name = "disk",
	.summary = "one server, FCFS, exponential service of mean device_ns",
	.begin = disk_begin,
};
