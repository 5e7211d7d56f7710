/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sure a fit is of its parameters: covariance, bootstrap, identifiability. */
#ifndef RL_CALIBRATE_LSQ_STAT_H
#define RL_CALIBRATE_LSQ_STAT_H

#include "calibrate/lsq.h"

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>

/**
 * rl_lsq_judge - fill shrink, sensitivity, corr and the interval of the active parameters.
 * @jac, @res: at the solution, in units of the rows' sds; prior rows follow the data rows.
 * @noise: by active parameter, what the model's own steps add to a column's sum of squares; taken
 *         off again, or two parameters that only their sum determines would seem to be known.
 * @active, @n: which parameters the columns are.
 * @out: rms is set; p[active].lo and .hi become offsets from the estimate, below and above 0.
 *
 * The rows' sds are only the measurements' own noise; what the model's form misses is added by
 * scaling them up to the residuals that remain. The bootstrap draws whole cells and takes one
 * Gauss-Newton step from the solution, which needs no further simulation.
 */
void rl_lsq_judge(const struct rl_lsq_problem *p, const gsl_matrix *jac, const gsl_vector *res,
	const double *noise, const size_t *active, size_t n, struct rl_lsq_result *out);

#endif
