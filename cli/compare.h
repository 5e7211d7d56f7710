/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab compare`: what it was asked, and how it tells the result. */
#ifndef RL_CLI_COMPARE_H
#define RL_CLI_COMPARE_H

#include "cli/args.h"
#include "cli/parts.h"
#include "cli/series.h"
#include "cli/subject.h"

struct rl_compare {
	struct rl_args args;
	struct rl_configure conf[2];
	struct rl_configure b; /* what is said of the second alone */
	struct rl_sim_options sim;
	bool no_parts;
};

struct rl_compared {
	struct rl_subject subject[2];
	struct rl_sim_options sim; /* how both were simulated */
	struct rl_series told[2];  /* of what was asked about */
	struct rl_series model[2]; /* of two that were measured; n 0: not both can be simulated */
	bool paired;		   /* told is of the same random numbers */
	struct rl_part part[RL_PARTS];
	size_t nparts;
	bool parted;	       /* else part is not known: */
	struct rl_err unknown; /* why, when it was asked for */
};

/**
 * rl_compare_print - the result on stdout as in->args.format says.
 * Returns: 0; -ENOMEM, -EIO.
 */
int rl_compare_print(const struct rl_compare *in, const struct rl_compared *x);

#endif
