/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator's face: a scenario in, metrics with intervals out. */
#ifndef RL_SIM_SIM_H
#define RL_SIM_SIM_H

#include "model/base/hist.h"
#include "model/metrics.h"
#include "model/scenario.h"

/* What is left out at the start of each replication. */
enum rl_warmup {
	RL_WARMUP_MSER5, /* a tenth, or more where the first replications show it (model/mser.h) */
	RL_WARMUP_TENTH, /* a tenth, but many times the depth: the same whatever the costs are */
	RL_WARMUP_GIVEN, /* so many I/Os: what an earlier run of the same scenario found */
};

#define RL_SIM_MAX_REPS	   10000u
#define RL_SIM_MAX_TARGETS 8u
#define RL_SIM_MAX_LIMITS  8u

struct rl_sim_result;

struct rl_sim_options {
	uint32_t reps;	  /* replications; 0: default. With a precision: at the first look */
	uint32_t first;	  /* the number of the first, so that a run goes on where one ended */
	uint32_t threads; /* results do not depend on it; 0: 1 */
	uint64_t seed;
	uint64_t requests; /* a replication, about; 0: default */
	enum rl_warmup warmup;
	uint64_t leave_out; /* RL_WARMUP_GIVEN: how many; not above what rl_sim_run() may find */
	/* Adds replications until the half widths of the targets are at most this share of their
	 * values; 0: as many as asked for. */
	double precision;
	uint32_t max_reps; /* then at most so many; 0: default */
	uint32_t ntargets; /* 0: iops and clat_mean_ns */
	int target[RL_SIM_MAX_TARGETS];
	struct rl_hist *latency; /* out, of all measured I/Os in ns; null: not asked for */
	/**
	 * each - may be null: what a replication brought home, in the order of their numbers, when
	 * all are done. One thread, that which runs.
	 * @one: values without intervals, percentiles its own, within their bin; no sections.
	 */
	void (*each)(void *arg, uint32_t rep, const struct rl_sim_result *one);
	void *arg;
};

/* How busy a resource is; at 1 nothing goes faster. */
struct rl_sim_limit {
	char what[64]; /* as a person says it */
	double busy_frac;
};

/* Where the time of the pCPUs went; all cells together are all pCPUs. */
#define RL_SIM_MAX_CELLS 256u

struct rl_sim_cell {
	const char *domain, *purpose; /* "", "idle": nobody's */
	struct rl_estimate cores;     /* how many pCPUs are busy with it in the mean */
	struct rl_estimate ns; /* of a request: guest's and driver's add up to cpu_ns_per_request */
};

/* One of several jobs, over all replications. */
struct rl_sim_section {
	uint64_t requests;	       /* I/Os that its metrics are about */
	uint64_t left_out;	       /* and those of its ramp_time, which the whole counts */
	struct rl_estimate runtime_ns; /* from the end of its ramp_time to its own end */
	struct rl_metrics metrics;     /* those of I/Os and fsync; the others are the whole's */
};

struct rl_sim_result {
	struct rl_metrics metrics;
	uint32_t nsections; /* in the order of the job file; 0: one job, of which metrics tells */
	struct rl_sim_section section[RL_JOBS];
	uint32_t reps;
	uint64_t events, requests; /* over all replications, for speed and honesty */
	uint64_t warmup;	   /* I/Os left out at the start of each replication */
	uint64_t length;	   /* I/Os that were asked of each, the warm-up not counted */
	bool explored;		   /* the first replications found the warm-up */
	bool warm;		   /* false: replications are too short to tell where it ends */
	bool precise;		   /* the precision was reached, or none was asked for */
	uint32_t nlimits;
	struct rl_sim_limit limit[RL_SIM_MAX_LIMITS]; /* the busiest first */
	uint32_t ncells;			      /* those that are not empty */
	struct rl_sim_cell cell[RL_SIM_MAX_CELLS];
};

/**
 * rl_sim_run - simulate a scenario.
 * @s: a scenario that rl_scenario_check() accepts.  @o: may be null: defaults.
 * Returns: 0; -EINVAL with @err; -EDEADLK when the model stands still (nothing can ever happen
 *          again), -EPROTO when something was not conserved (a bug of the simulator), which @err
 *          describes.
 * Context: any thread; no shared state. Bit-identical for equal arguments, whatever @o->threads.
 */
int rl_sim_run(const struct rl_scenario *s, const struct rl_sim_options *o,
	struct rl_sim_result *out, struct rl_err *err);

/**
 * rl_sim_target - of the metrics whose precision @o asks for, the one with the widest interval.
 * @half: out, its relative half width; NaN when it is not known.
 */
int rl_sim_target(const struct rl_sim_options *o, const struct rl_metrics *m, double *half);

/**
 * rl_sim_digest - a hash over all that a result says: values and intervals to the last bit, those
 * of jobs and of pCPUs included. A NaN counts as a NaN, whatever its bits.
 * Source: FNV-1a, 64 bits, over the bytes of numbers from the least.
 */
uint64_t rl_sim_digest(const struct rl_sim_result *r);

#endif
