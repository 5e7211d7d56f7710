/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How short a simulated run may be, and still tell what a fit asks of it. */
#ifndef RL_CALIBRATE_LENGTH_H
#define RL_CALIBRATE_LENGTH_H

#include "calibrate/forward.h"

/**
 * rl_length_choose - the shortest runs whose rows are those of whole ones.
 * @costs:     where.
 * @tolerance: so many standard deviations of a row may be between a short run and the whole one.
 * @part:      out, of each cell.
 * Returns: 0; what rl_forward_run() says; -ENOMEM. Context: as rl_forward_run().
 */
int rl_length_choose(const struct rl_forward_options *o, const struct rl_cells *cells,
	const struct rl_costs *costs, double tolerance, double *part, struct rl_err *err);

/** rl_length_passes - what a simulation of all cells with @part costs, of one with whole runs
 * (null). */
double rl_length_passes(const struct rl_cells *cells, const double *part);

#endif
