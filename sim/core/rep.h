/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One replication from start to end, and the metrics over many. */
#ifndef RL_SIM_CORE_REP_H
#define RL_SIM_CORE_REP_H

#include "model/base/hist.h"
#include "sim/core/world.h"
#include "sim/sim.h"

/* What a replication brings home. */
struct rl_rep {
	double m[RL_METRIC_COUNT];
	uint64_t events, requests;
	double busy[RL_VCPUS]; /* share of time that a vCPU worked, polling excluded */
	double pcpu, device;   /* the busiest pCPU (polling included), and the device */
	int failed;	       /* -EDEADLK: it stood still; -ENOMEM; or 0 */
	struct rl_hist clat_ns;
};

struct rl_rep_args {
	const struct rl_scenario *s;
	const struct rl_sched *sched;
	const struct rl_device *device;
	uint64_t seed, requests;
};

/**
 * rl_rep_run - replication number @rep.
 * @w:   made by rl_world_create(); what it held is lost.
 * @out: @out->failed says how it went.
 */
void rl_rep_run(struct rl_world *w, const struct rl_rep_args *a, uint32_t rep, struct rl_rep *out);

/**
 * rl_rep_start - a world at time zero, for tests that step it themselves.
 * Returns: 0; -ENOMEM.
 */
int rl_rep_start(struct rl_world *w, const struct rl_rep_args *a, uint32_t rep);

#endif
