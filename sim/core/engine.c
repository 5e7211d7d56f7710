/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's slots: taken before time passes. */
#include "sim/core/engine.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int rl_engine_init(struct rl_engine *e, uint32_t slots, uint32_t near)
{
	assert(slots);
	if (slots > e->room) {
		free(e->slot);
		e->room = 0;
		e->slot = malloc(slots * sizeof(*e->slot));
		if (!e->slot)
			return -ENOMEM;
		e->room = slots;
	}
	e->now = 0;
	e->events = 0;
	e->slots = 0;
	return rl_pending_init(&e->pending, slots, near);
}

void rl_engine_fini(struct rl_engine *e)
{
	rl_pending_fini(&e->pending);
	free(e->slot);
	*e = (struct rl_engine){0};
}

uint32_t rl_engine_slot(struct rl_engine *e, void (*fire)(void *arg), void *arg)
{
	assert(e->slots < e->room && e->slots < e->pending.slots);
	e->slot[e->slots] = (struct rl_slot){fire, arg};
	return e->slots++;
}
