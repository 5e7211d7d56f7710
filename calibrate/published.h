/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Published tables against the simulator. A table of many rows is judged row by row: each is
 * predicted by a fit that has not seen it (one Gauss-Newton step from the fit of all, then a
 * simulation), of fewer parameters than half the rows, and the ratio of predicted to published must
 * be within a tolerance. A table of few rows is judged by direction
 * and order only, with the priors as they stand.
 */
#ifndef RL_CALIBRATE_PUBLISHED_H
#define RL_CALIBRATE_PUBLISHED_H

#include "data/format/published.h"
#include "model/metrics.h"
#include "sim/sim.h"

#define RL_PUBLISHED_TOLERANCE 0.15

struct rl_published_verdict {
	size_t nrows, nfits;
	bool ratios;
	double predicted[RL_PUBLISHED_ROWS]; /* IOPS; of ratios: by the fit without the row */
	double lo[RL_PUBLISHED_ROWS], hi[RL_PUBLISHED_ROWS]; /* 95 % of the simulation */
	bool pass[RL_PUBLISHED_ROWS]; /* of order: right against each row that differs from it */
	double fitted[RL_PUBLISHED_FITS];		      /* by all rows */
	double without[RL_PUBLISHED_ROWS][RL_PUBLISHED_FITS]; /* by all but one */
	double worst;					      /* of |ratio - 1| */
	size_t passed, pairs, pairs_right; /* pairs: of rows that the source tells apart */
};

/**
 * rl_published_judge - predict every row and compare.
 * @o: of each simulation; null: enough for a percent.
 * Returns: 0; what the simulator says; -ENOMEM. The verdict is in @out, not in what is returned.
 * Context: deterministic; two threads.
 */
int rl_published_judge(const struct rl_published *p, const struct rl_sim_options *o,
	struct rl_published_verdict *out, struct rl_err *err);

#endif
