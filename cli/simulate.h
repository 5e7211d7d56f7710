/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab simulate`: what it was asked, and how it tells the result. */
#ifndef RL_CLI_SIMULATE_H
#define RL_CLI_SIMULATE_H

#include "cli/args.h"
#include "sim/sim.h"

#define RL_SIMULATE_SETS 256

struct rl_simulate {
	struct rl_args args;
	const char *scenario, *job, *params;
	char *set[RL_SIMULATE_SETS];
	int nset;
	struct rl_sim_options sim;
};

/**
 * rl_simulate_print - the result on stdout as in->args.format says, warnings on stderr.
 * Returns: 0; -ENOMEM, -EIO.
 */
int rl_simulate_print(
	const struct rl_simulate *in, const struct rl_scenario *s, const struct rl_sim_result *r);

#endif
