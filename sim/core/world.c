/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A world's memory and its clock. */
#include "sim/core/world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LINE 64u

struct rl_world *rl_world_create(void)
{
	struct rl_world *w = aligned_alloc(LINE, (sizeof(*w) + LINE - 1) / LINE * LINE);

	if (w)
		w->engine = (struct rl_engine){0};
	return w;
}

void rl_world_destroy(struct rl_world *w)
{
	if (w)
		rl_engine_fini(&w->engine);
	free(w);
}

int rl_world_reset(struct rl_world *w, uint32_t slots)
{
	struct rl_engine engine = w->engine;

	memset(w, 0, sizeof(*w));
	w->engine = engine;
	return rl_engine_init(&w->engine, slots);
}

void *rl_world_own(struct rl_world *w, size_t bytes)
{
	void *at = w->arena + w->arena_used;

	w->arena_used += (uint32_t)((bytes + LINE - 1) / LINE * LINE);
	assert(w->arena_used <= RL_ARENA_BYTES);
	return at;
}

bool rl_world_step(struct rl_world *w)
{
	uint32_t slot;

	if (!rl_engine_next(&w->engine, &slot))
		return false;
	w->now = w->engine.now;
	rl_engine_fire(&w->engine, slot);
	return true;
}
