/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab sensitivity`: what it was asked, how it runs, and how it tells the result. */
#ifndef RL_CLI_SENSITIVITY_H
#define RL_CLI_SENSITIVITY_H

#include "cli/args.h"
#include "cli/configure.h"
#include "data/sweep.h"
#include "model/sensitivity/sensitivity.h"
#include "sim/sim.h"

#define RL_SENSITIVITY_OVER "--over" /* what errors name */

struct rl_sensitivity_input {
	struct rl_args args;
	struct rl_configure conf;
	struct rl_sim_options sim; /* threads: configurations at a time */
	const char *over[RL_SWEEP_AXES];
	uint32_t nover; /* 0: the costs */
	double factor;	/* costs without an interval: from value / factor to value x factor */
	enum rl_sens method;
	uint32_t samples;
	int metric[RL_METRIC_COUNT];
	uint32_t nmetrics;
	bool quiet;
	struct rl_sweep w; /* the axes, and the points of the method */
};

/* What came out of one metric; the one of effect and index that the method has, of each axis. */
struct rl_sensitivity_metric {
	double mean, sd; /* over all configurations */
	struct rl_sens_effect effect[RL_SWEEP_AXES];
	struct rl_sens_index index[RL_SWEEP_AXES];
};

/**
 * rl_sensitivity_axes - read what is varied: --over, or the costs.
 * Without --over: with --params the fitted costs over their 95 % intervals, unless --set says what
 * they are; else each cost that is not 0 by the factor either way, within its range.
 * Returns: 0; -EINVAL with the place of what is wrong; what the store says; -ENOMEM.
 */
int rl_sensitivity_axes(struct rl_sensitivity_input *in, struct rl_err *err);

/**
 * rl_sensitivity_run - simulate all configurations.
 * @y: out, y[metric * npoints + point] of in->metric[]; NaN: not known.
 * Returns: 0; what rl_sim_run() said of the first configuration that failed (in order, not in
 *          time), with its values in @err; -ENOMEM.
 */
int rl_sensitivity_run(const struct rl_sensitivity_input *in, double *y, struct rl_err *err);

/**
 * rl_sensitivity_print - the result on stdout as in->args.format says.
 * @m: of each of in->metric[].
 * Returns: 0; -ENOMEM, -EIO.
 */
int rl_sensitivity_print(
	const struct rl_sensitivity_input *in, const struct rl_sensitivity_metric *m);

#endif
