/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab explain`: what it was asked, and how it tells the result. */
#ifndef RL_CLI_EXPLAIN_H
#define RL_CLI_EXPLAIN_H

#include "cli/alternative.h"
#include "cli/args.h"
#include "cli/elasticity.h"
#include "cli/subject.h"

struct rl_explain {
	struct rl_args args;
	struct rl_configure conf;
	struct rl_sim_options sim;
	bool no_change;
};

struct rl_explained {
	struct rl_subject subject;
	struct rl_sim_options sim; /* how it was simulated */
	struct rl_account account; /* of what was asked about */
	struct rl_account model;   /* of a measured run: what the model says; n 0: there is none */
	struct rl_elasticity change[RL_PARAM_COUNT];
	size_t nchanges;
	struct rl_alternative instead[RL_ALTERNATIVES];
	size_t ninstead;
};

/**
 * rl_explain_print - the result on stdout as in->args.format says.
 * Returns: 0; -ENOMEM, -EIO.
 */
int rl_explain_print(const struct rl_explain *in, const struct rl_explained *x);

#endif
