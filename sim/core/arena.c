/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row of chunks, each twice as large as the last; see the header. */
#include "sim/core/arena.h"

#include "sim/core/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES (1u << 18)
#define LINE	    64u
#define RUN_FAILED  4 /* the exit code of a run that failed */

struct rl_chunk {
	struct rl_chunk *next;
	size_t size, used;
	_Alignas(LINE) unsigned char mem[];
};

static struct rl_chunk *more(const struct rl_chunk *last, size_t bytes)
{
	size_t size = last ? 2 * last->size : FIRST_BYTES;
	struct rl_chunk *c;

	while (size < bytes)
		size *= 2;
	c = rl_pages_alloc(sizeof(*c) + size);
	if (!c) {
		fprintf(stderr, "ringlab: error: out of memory for a model of this size\n");
		exit(RUN_FAILED);
	}
	c->next = NULL;
	c->size = size;
	c->used = 0;
	return c;
}

void *rl_arena_alloc(struct rl_arena *a, size_t bytes)
{
	void *p;

	bytes = (bytes + LINE - 1) / LINE * LINE;
	if (!a->first)
		a->first = a->cur = more(NULL, bytes);
	while (a->cur->size - a->cur->used < bytes) {
		if (!a->cur->next)
			a->cur->next = more(a->cur, bytes);
		a->cur = a->cur->next;
	}
	p = a->cur->mem + a->cur->used;
	a->cur->used += bytes;
	return memset(p, 0, bytes);
}

void rl_arena_reset(struct rl_arena *a)
{
	for (struct rl_chunk *c = a->first; c; c = c->next)
		c->used = 0;
	a->cur = a->first;
}

void rl_arena_fini(struct rl_arena *a)
{
	while (a->first) {
		struct rl_chunk *next = a->first->next;

		free(a->first);
		a->first = next;
	}
	a->cur = NULL;
}
