/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a small change of a cost changes, in percent of percent: d log metric / d log cost, by
 * simulating both sides of it with the same random numbers.
 */
#ifndef RL_CLI_ELASTICITY_H
#define RL_CLI_ELASTICITY_H

#include "sim/sim.h"

#define RL_ELASTICITY_METRICS 4u

/* By place in struct rl_elasticity: iops, clat_mean_ns, clat_p99_ns, cpu_ns_per_request. */
extern const int rl_elasticity_metric[RL_ELASTICITY_METRICS];

struct rl_elasticity {
	int param;
	struct rl_estimate e[RL_ELASTICITY_METRICS]; /* NaN: not known */
};

/**
 * rl_elasticities - of every cost that is not 0.
 * Each replication is a pair of its own: that is what intervals are over.
 * @out: RL_PARAM_COUNT of them; what moves one of them most first.
 * @n: out, how many; a cost that changes none of the metrics is left out.
 * Returns: 0; what rl_sim_run() said of the first run that failed; -ENOMEM; with @err.
 */
int rl_elasticities(const struct rl_scenario *s, const struct rl_sim_options *o,
	struct rl_elasticity *out, size_t *n, struct rl_err *err);

#endif
