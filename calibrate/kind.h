/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sort of job a cell runs, beside size, depth and direction: the slices that workloads make.
 */
#ifndef RL_CALIBRATE_KIND_H
#define RL_CALIBRATE_KIND_H

#include "model/scenario.h"

#include <stddef.h>

/**
 * rl_kind_name - "closed loop", or what makes it another: "split", "poisson", "2 jobs",
 * "load 256:20" (a third domain, weight and cap), joined by a space.
 * Returns: @out.
 */
const char *rl_kind_name(const struct rl_scenario *s, char *out, size_t size);

/** rl_kind_same - are two scenarios of one kind? */
bool rl_kind_same(const struct rl_scenario *a, const struct rl_scenario *b);

#endif
