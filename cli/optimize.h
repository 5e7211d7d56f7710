/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab optimize`: what it was asked, how the configurations race, and how it is told. */
#ifndef RL_CLI_OPTIMIZE_H
#define RL_CLI_OPTIMIZE_H

#include "calibrate/select.h"
#include "cli/args.h"
#include "cli/configure.h"
#include "data/sweep.h"
#include "sim/sim.h"

#define RL_OPTIMIZE_OVER   "--over" /* what errors name */
#define RL_OPTIMIZE_POINTS 100000u
#define RL_OPTIMIZE_FIRST  10u	 /* replications of each at the first look, unless told */
#define RL_OPTIMIZE_LEAST  5u	 /* so many find the warm-up */
#define RL_OPTIMIZE_BUDGET 1000u /* replications a configuration, in the mean, unless told */

/* METRIC < X, as it was said. */
struct rl_optimize_bound {
	const char *text;
	int metric;
};

struct rl_optimize_input {
	struct rl_args args;
	struct rl_configure conf;
	struct rl_sim_options sim; /* threads: configurations at a time; reps: at the first look */
	const char *over[RL_SWEEP_AXES];
	uint32_t nover;
	const char *goal, *objective; /* the option, and the metric's name */
	int metric;
	struct rl_optimize_bound bound[RL_SELECT_BOUNDS]; /* rule.nbounds of them */
	struct rl_select_rule rule;
	uint64_t budget; /* replications of all; 0: the default */
	bool quiet;
	struct rl_sweep w; /* read from over */
};

/* What a configuration took. */
struct rl_optimize_spent {
	uint64_t requests, leave_out, length; /* as in struct rl_sim_result */
	char failed[256];		      /* why it stands still */
};

struct rl_optimize {
	struct rl_select select;
	struct rl_optimize_spent *spent; /* by configuration */
	uint64_t reps, requests;	 /* of all */
	uint32_t rounds;
	bool broke; /* the budget is used up, and nothing is decided */
};

/**
 * rl_optimize_ask - read metrics and constraints: in->metric, in->bound, in->rule.
 * Returns: 0; -EINVAL with @err, which names the option and the place in its text.
 */
int rl_optimize_ask(struct rl_optimize_input *in, struct rl_err *err);

/**
 * rl_optimize_run - let the configurations race.
 * @out: free with rl_optimize_fini(), on error too. The same for any number of threads.
 * Returns: 0; -EINVAL: a metric that is not known there; what rl_sim_run() says but -EDEADLK: a
 *          configuration that stands still is out.
 */
int rl_optimize_run(
	const struct rl_optimize_input *in, struct rl_optimize *out, struct rl_err *err);
void rl_optimize_fini(struct rl_optimize *o);

/**
 * rl_optimize_print - what was tried, and the answer.
 * Returns: 0; -ENOMEM, -EIO.
 */
int rl_optimize_print(const struct rl_optimize_input *in, struct rl_optimize *o);

/** rl_optimize_point - "back_policy=spin job.iodepth=8"; free() it; null when out of memory. */
char *rl_optimize_point(const struct rl_sweep *w, uint32_t point);

/** rl_optimize_answer - what came out, as sentences; free() it; null when out of memory. */
char *rl_optimize_answer(const struct rl_optimize_input *in, struct rl_optimize *o);

#endif
