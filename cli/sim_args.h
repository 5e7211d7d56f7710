/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of every verb that simulates: replications, requests, precision, warm-up, seed,
 * threads. */
#ifndef RL_CLI_SIM_ARGS_H
#define RL_CLI_SIM_ARGS_H

#include "sim/sim.h"

#include <argp.h>

/* A child parser; hand it the struct rl_sim_options in state->child_inputs[]. */
extern const struct argp rl_sim_argp;

#endif
