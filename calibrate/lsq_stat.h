/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sure a fit is of its parameters: covariance, bootstrap, identifiability. */
#ifndef RL_CALIBRATE_LSQ_STAT_H
#define RL_CALIBRATE_LSQ_STAT_H

#include "calibrate/lsq.h"

/**
 * rl_lsq_shrink - fill shrink of the active parameters, those that the fit left being right.
 * What the fit freezes is chosen by it: of two that only their sum determines one is enough.
 */
void rl_lsq_shrink(const struct rl_linear *l, struct rl_lsq_result *out);

/**
 * rl_lsq_judge - fill covariance, draws, and every parameter's sensitivity, correlation, shrink
 * and intervals; those that the fit left at their priors are as open as their priors say.
 * @out: linear and x are set; kept says which are at their priors.
 * Returns: 0; -ENOMEM.
 */
int rl_lsq_judge(struct rl_lsq_result *out);

#endif
