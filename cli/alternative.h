/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What another choice would do where a small step has no meaning: each other policy of either side,
 * twice and half the depth, each other way to reach pages, twice the rings.
 */
#ifndef RL_CLI_ALTERNATIVE_H
#define RL_CLI_ALTERNATIVE_H

#include "cli/elasticity.h"

#define RL_ALTERNATIVES 128u

struct rl_alternative {
	char path[32], value[RL_SPEC_BYTES]; /* "back_policy", "spin": with its default options */
	/* Relative change of rl_elasticity_metric[]; NaN: the model stands still with it. */
	struct rl_estimate e[RL_ELASTICITY_METRICS];
};

/**
 * rl_alternatives - simulate each with the random numbers of @s as it is.
 * @out: RL_ALTERNATIVES of them; of a path the one that moves a metric most first. What makes no
 *       sense in @s is left out.
 * Returns: 0; what rl_sim_run() said; -ENOMEM; with @err.
 */
int rl_alternatives(const struct rl_scenario *s, const struct rl_sim_options *o,
	struct rl_alternative *out, size_t *n, struct rl_err *err);

#endif
