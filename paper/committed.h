/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which results are of code that anybody can look up. A run is when its manifest names a commit and
 * says that nothing was changed since, or when modules or programs with the very same hashes made
 * another run that is: then what was changed was not the code.
 */
#ifndef RL_PAPER_COMMITTED_H
#define RL_PAPER_COMMITTED_H

#include "data/store.h"

#include <jansson.h>

/**
 * rl_committed_load - runs with a role, and those of uncommitted code among them, by platform.
 * @out: [[PLATFORM, RUNS, UNCOMMITTED]...]; free with json_decref().
 * Returns: as rl_store_ask().
 */
int rl_committed_load(struct rl_store *store, json_t **out, struct rl_err *err);

/** rl_committed - all of a platform's runs are; @table as from rl_committed_load(). */
bool rl_committed(const json_t *table, const char *platform);

#endif
