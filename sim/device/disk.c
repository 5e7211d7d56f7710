/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk - one server, first come first served, exponential service with mean device_ns. */
#include "sim/core/world.h"

static rl_ps disk_service(struct rl_world *w, struct rl_device_state *d, uint32_t bytes)
{
	rl_ps begin = d->free_at > w->now ? d->free_at : w->now;
	rl_ps service = (rl_ps)(rl_rng_exp(&d->rng) * (double)rl_cost(w, device_ns));

	(void)bytes;
	d->busy_ps += service;
	d->free_at = begin + service;
	return d->free_at - w->now;
}

RL_DEVICE(disk) = {
	.name = "disk",
	.summary = "one server, FCFS, exponential service of mean device_ns",
	.service = disk_service,
};
