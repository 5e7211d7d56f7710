/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the search for a solution and the look at it. */
#ifndef RL_CALIBRATE_LSQ_PRIVATE_H
#define RL_CALIBRATE_LSQ_PRIVATE_H

#include "calibrate/lsq.h"

/* How the slopes in a rl_linear were made. */
struct rl_lsq_slopes {
	bool known;
	double at[RL_LSQ_MAX_PARAMS];	/* around this place */
	double step[RL_LSQ_MAX_PARAMS]; /* either way of it */
};

/** rl_lsq_clamp - a parameter within its bounds. */
double rl_lsq_clamp(const struct rl_lsq_problem *p, size_t j, double x);

/** rl_lsq_step - of a parameter's finite differences. */
double rl_lsq_step(const struct rl_lsq_problem *p, size_t j);

/**
 * rl_lsq_search - from anywhere to near where the parameters belong.
 * @x:      in and out.
 * @frozen: these stay; out: those too that changed nothing, which go back to their priors.
 * @idle:   out, of the others: changed nothing, wherever the search came by.
 * @spread: start not at @x alone but at the best of a set of points spread over the priors as well.
 * @out:    iterations and converged are set.
 * Returns: 0; what the model returned; -ENOMEM.
 */
int rl_lsq_search(const struct rl_lsq_problem *p, double *x, bool *frozen, bool *idle, bool spread,
	struct rl_lsq_result *out, struct rl_err *err);

/**
 * rl_lsq_polish - go on from where a search by trial points ended, and look there.
 * @x:      in and out.
 * @frozen: these stay.
 * @idle:   these, of them, change nothing at all.
 * @s:      in and out: the slopes that @l holds; those of a call before will do for the first
 *          steps, and for good where this one ends near.
 * @l:      out: the fit at @x, with the slopes of all parameters.
 * Returns: 0; what forward() returned; -ENOMEM.
 */
int rl_lsq_polish(const struct rl_lsq_problem *p, double *x, const bool *frozen, const bool *idle,
	struct rl_lsq_slopes *s, struct rl_linear *l, struct rl_err *err);

#endif
