/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory of a replication: taken piece by piece at its start, given back all at once, and kept for
 * the next one, so that a thousand replications ask the system once.
 */
#ifndef RL_SIM_CORE_ARENA_H
#define RL_SIM_CORE_ARENA_H

#include <stddef.h>

struct rl_chunk;

/* All zero: empty. */
struct rl_arena {
	struct rl_chunk *first, *cur;
};

/**
 * rl_arena_alloc - zeroed memory, aligned to a cache line.
 * Returns: never null: who runs out of memory while a model is built ends with a message.
 */
void *rl_arena_alloc(struct rl_arena *a, size_t bytes);

/** rl_arena_reset - all that was taken is free again; the memory stays. */
void rl_arena_reset(struct rl_arena *a);

/** rl_arena_fini - give the memory back. */
void rl_arena_fini(struct rl_arena *a);

#endif
