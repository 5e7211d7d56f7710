/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A world's memory and its clock. */
#include "sim/core/world.h"

#include <stdlib.h>
#include <string.h>

struct rl_world *rl_world_create(void)
{
	return calloc(1, sizeof(struct rl_world));
}

void rl_world_destroy(struct rl_world *w)
{
	if (w) {
		rl_engine_fini(&w->engine);
		rl_arena_fini(&w->arena);
	}
	free(w);
}

int rl_world_reset(struct rl_world *w, uint32_t slots, uint32_t near)
{
	struct rl_engine engine = w->engine;
	struct rl_arena arena = w->arena;

	memset(w, 0, sizeof(*w));
	rl_arena_reset(&arena);
	w->engine = engine;
	w->arena = arena;
	return rl_engine_init(&w->engine, slots, near);
}

void *rl_world_alloc(struct rl_world *w, size_t bytes)
{
	return rl_arena_alloc(&w->arena, bytes);
}
