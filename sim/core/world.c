/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock and its events. */
#include "sim/core/world.h"

#include <assert.h>

uint32_t rl_world_slot(struct rl_world *w, void (*fire)(void *), void *arg)
{
	assert(w->slots < RL_SLOTS);
	w->slot[w->slots] = (struct rl_slot){fire, arg};
	return w->slots++;
}

bool rl_world_step(struct rl_world *w)
{
	uint32_t slot;
	rl_ps at;

	if (!rl_pending_pop(&w->pending, &slot, &at))
		return false;
	w->now = at;
	w->events++;
	w->slot[slot].fire(w->slot[slot].arg);
	return true;
}
