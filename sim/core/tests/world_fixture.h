/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One world a test program: group setup and teardown. */
#ifndef RL_SIM_CORE_TESTS_WORLD_FIXTURE_H
#define RL_SIM_CORE_TESTS_WORLD_FIXTURE_H

#include "sim/core/world.h"

#include <stdlib.h>
#include <string.h>

static struct rl_world *w;

static int create(void **state)
{
	(void)state;
	w = rl_world_create();
	return w ? 0 : -1;
}

static int destroy(void **state)
{
	(void)state;
	rl_world_destroy(w);
	return 0;
}

/* A scheduler of the registry by its name; null when there is none. */
static inline const struct rl_sched *sched_named(const char *name)
{
	const struct rl_sched *const *it = rl_scheds;

	while (*it && strcmp((*it)->name, name) != 0)
		it++;
	return *it;
}

#endif
