/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What devices have in common: requests in service and the interrupt when one completes. */
#include "sim/core/world.h"

static void fire(void *arg)
{
	struct rl_world *w = arg;

	rl_vcpu_raise(&w->vcpu[RL_DRIVER], RL_IRQ_DEVICE, -1);
}

void rl_device_init(struct rl_world *w, const struct rl_device *ops, struct rl_rng rng)
{
	w->device.ops = ops;
	w->device.rng = rng;
	w->device.slot = rl_world_slot(w, fire, w);
}

bool rl_device_submit(struct rl_world *w, uint64_t id, uint32_t bytes)
{
	struct rl_device_state *d = &w->device;
	rl_ps service = d->ops->service(w, d, bytes), at = w->now + service;
	uint32_t i = d->n;

	if (!service)
		return true;
	d->n++;
	for (; i && d->q[i - 1].at > at; i--)
		d->q[i] = d->q[i - 1];
	d->q[i].at = at;
	d->q[i].id = id;
	rl_world_arm(w, d->slot, d->q[0].at);
	return false;
}

bool rl_device_completed(struct rl_world *w, uint64_t *id)
{
	struct rl_device_state *d = &w->device;

	if (!d->n || d->q[0].at > w->now) {
		if (d->n)
			rl_world_arm(w, d->slot, d->q[0].at);
		return false;
	}
	*id = d->q[0].id;
	d->n--;
	for (uint32_t i = 0; i < d->n; i++)
		d->q[i] = d->q[i + 1];
	return true;
}
