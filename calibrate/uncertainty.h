/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How unsure a stored parameter set is, all its parameters together: read back from its manifest,
 * for predictions that carry their intervals.
 */
#ifndef RL_CALIBRATE_UNCERTAINTY_H
#define RL_CALIBRATE_UNCERTAINTY_H

#include "calibrate/fit.h"

#define RL_UNCERTAINTY_REPLICATES 50 /* of the bootstrap, kept with the set */

struct rl_uncertainty {
	size_t n;			  /* fitted parameters */
	char name[RL_LSQ_MAX_PARAMS][48]; /* a parameter's, or time_scale */
	/* Which costs a fitted parameter changes: its own; of time_scale many. */
	bool moves[RL_LSQ_MAX_PARAMS][RL_PARAM_COUNT + 1];
	double x[RL_LSQ_MAX_PARAMS];		/* log of its value */
	struct rl_square covariance;		/* of the logs */
	struct rl_square root;			/* lower triangle: root root' = covariance */
	struct rl_costs costs;			/* of the set itself */
	double (*replicate)[RL_LSQ_MAX_PARAMS]; /* logs; of the bootstrap */
	size_t nreplicates;
	struct rl_cv_residual *cv;
	size_t ncv;
};

/**
 * rl_uncertainty_read - what a set's manifest says.
 * @out: free with rl_uncertainty_fini().
 * Returns: 0; -ENOENT when the manifest says nothing of it (a set of an older program);
 *          -EINVAL when it says something that cannot be: sizes that differ, an unknown parameter
 *          or quantity, a covariance that is none; -ENOMEM.
 */
int rl_uncertainty_read(
	const struct rl_param_set *set, struct rl_uncertainty *out, struct rl_err *err);
void rl_uncertainty_fini(struct rl_uncertainty *u);

/**
 * rl_uncertainty_draw - the set's costs, moved by a normal draw of the joint covariance.
 * @i: which draw; the same number, the same draw. Values stay within what a parameter may be.
 */
void rl_uncertainty_draw(const struct rl_uncertainty *u, size_t i, struct rl_costs *out);

/** rl_uncertainty_replicate - the costs of a replicate of the bootstrap. @i: below nreplicates. */
void rl_uncertainty_replicate(const struct rl_uncertainty *u, size_t i, struct rl_costs *out);

#endif
