/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which bounds a verb judges by: those that a user names, or those that come with the program. */
#ifndef RL_CLI_TOLERANCES_H
#define RL_CLI_TOLERANCES_H

#include "data/format/tolerance.h"

#define RL_TOLERANCES	   "data/params/tolerances.csv"
#define RL_TOLERANCES_HELP "the bounds (default " RL_TOLERANCES ")"

/** rl_tolerances_load - @path: null: the program's own. Returns: as rl_tolerance_read(). */
int rl_tolerances_load(const char *path, struct rl_tolerance **out, size_t *n, struct rl_err *err);

#endif
