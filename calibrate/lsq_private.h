/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the search for a solution and the look at it. */
#ifndef RL_CALIBRATE_LSQ_PRIVATE_H
#define RL_CALIBRATE_LSQ_PRIVATE_H

#include "calibrate/lsq.h"

/** rl_lsq_clamp - a parameter within its bounds. */
double rl_lsq_clamp(const struct rl_lsq_problem *p, size_t j, double x);

/** rl_lsq_step - of a parameter's finite differences. */
double rl_lsq_step(const struct rl_lsq_problem *p, size_t j);

/**
 * rl_lsq_polish - go on from where a search by trial points ended, and look there.
 * @x:      in and out.
 * @frozen: these stay.
 * @idle:   these, of them, change nothing at all.
 * @l:      out: the fit at @x, with the slopes of all parameters.
 * @again:  @l is from a call before, with fewer frozen: its slopes will do for the first steps.
 * Returns: 0; what forward() returned; -ENOMEM.
 */
int rl_lsq_polish(const struct rl_lsq_problem *p, double *x, const bool *frozen, const bool *idle,
	struct rl_linear *l, bool again, struct rl_err *err);

#endif
