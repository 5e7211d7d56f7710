/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far a prediction may be off, and why: in the manner of ASME V&V 20 (2009). The comparison
 * error is E = predicted / measured - 1; u_val puts together what it could come from without the
 * model being wrong: the simulation's own noise, the parameters, the measurement. What is left of E
 * is the model's.
 *
 * A predictive interval says where a measurement is to be expected: it adds how far the model was
 * off on cells whose like had been left out of its fit, and takes its width from how often such
 * residuals were outside (split conformal: Papadopoulos et al. 2002; Lei et al. 2018; of fewer than
 * nineteen residuals Student's t of their size, for the conformal rank would be the largest). Which
 * residuals stand for a cell follows from what the calibration had nothing of: a block size, a
 * depth, a policy, a kind of job (Vovk's Mondrian taxonomy); of several the widest, of none the
 * narrowest.
 */
#ifndef RL_CALIBRATE_INTERVAL_H
#define RL_CALIBRATE_INTERVAL_H

#include "calibrate/forward.h"
#include "calibrate/uncertainty.h"

/* Relative standard uncertainties of one cell and quantity. */
struct rl_cell_u {
	double numerical, parameter, measurement;
};

struct rl_intervals {
	struct rl_cell_u *u; /* [cell * RL_QUANTITY_COUNT + quantity] */
	/* Which folds stand for a cell: what calibration had nothing of. */
	bool (*unseen)[RL_FOLD_COUNT];
	/* A fold's and quantity's: the model's own deviation, and how many of the whole one an
	 * interval reaches to either side; NaN where no residual tells. */
	double discrepancy[RL_FOLD_COUNT][RL_QUANTITY_COUNT];
	double reach[RL_FOLD_COUNT][RL_QUANTITY_COUNT];
};

/**
 * rl_intervals_make - uncertainties of all cells and the reach of their predictive intervals.
 * @set:     its manifest says what the fit left open; one of an older program: parameters count as
 *           known, and its calibration residuals stand for those of the cross-validation.
 * @metrics: predictions by cell, with the simulator's intervals.
 * @share:   of measurements that an interval shall hold.
 * @out:     free with rl_intervals_fini().
 * Returns: 0; what the simulator says; -ENOMEM.
 */
int rl_intervals_make(const struct rl_param_set *set, const struct rl_cells *cells,
	const struct rl_metrics *metrics, const struct rl_forward_options *forward, double share,
	struct rl_intervals *out, struct rl_err *err);
void rl_intervals_fini(struct rl_intervals *v);

/**
 * rl_interval_reach - how many units absolute residuals reach to either side with @share of them.
 * @scaled: each divided by what it should be, ascending, @n of them and at least one.
 *
 * The finite-sample rank of split conformal intervals. Where that rank is the largest, the chance
 * of one cell would set the width of all: there it is Student's t of their root mean square.
 */
double rl_interval_reach(const double *scaled, size_t n, double share);

/** rl_interval_half - half width in log of a cell's predictive interval; NaN: not known. */
double rl_interval_half(const struct rl_intervals *v, size_t cell, int quantity);

/** rl_interval_val - u_val of a held-out cell: relative standard uncertainty of its comparison
 * error. */
double rl_interval_val(const struct rl_intervals *v, size_t cell, int quantity);

#endif
