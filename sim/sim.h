/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator's face: a scenario in, metrics with intervals out. */
#ifndef RL_SIM_SIM_H
#define RL_SIM_SIM_H

#include "model/metrics.h"
#include "model/scenario.h"

struct rl_sim_options {
	uint32_t reps;	  /* replications; 0: default */
	uint32_t threads; /* results do not depend on it; 0: 1 */
	uint64_t seed;
	uint64_t requests; /* a replication, after warm-up; 0: default */
};

struct rl_sim_result {
	struct rl_metrics metrics;
	uint32_t reps;
	uint64_t events, requests; /* over all replications, for speed and honesty */
	char limit[64];		   /* the resource that limits, as a person says it */
	double limit_frac;	   /* how busy it is */
};

/**
 * rl_sim_run - simulate a scenario.
 * @s: a scenario that rl_scenario_check() accepts.  @o: may be null: defaults.
 * Returns: 0; -EINVAL with @err; -EDEADLK when the model stands still (nothing can ever happen
 *          again), which @err describes.
 * Context: any thread; no shared state. Bit-identical for equal arguments, whatever @o->threads.
 */
int rl_sim_run(const struct rl_scenario *s, const struct rl_sim_options *o,
	struct rl_sim_result *out, struct rl_err *err);

#endif
