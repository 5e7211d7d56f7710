/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one could predict without a model of anything: an interpolation of the calibration
 * cells in log(depth) and log(block size), a setting of policies at a time. A simulator that
 * cannot beat it on slices that were never measured has not earned its parameters.
 */
#ifndef RL_CALIBRATE_BASELINE_H
#define RL_CALIBRATE_BASELINE_H

#include "calibrate/cells.h"

enum rl_baseline {
	RL_BASELINE_BILINEAR, /* between the four nearest cells of the grid; the edges go on */
	RL_BASELINE_OLS,      /* least squares: 1, log depth, log bs and their product */
	RL_BASELINE_COUNT
};

/** rl_baseline_name - "bilinear", "regression". */
const char *rl_baseline_name(enum rl_baseline kind);

/**
 * rl_baseline_predict - a quantity of a cell from others of the same machine and policies.
 * @from: calibration cells; those of the same machine, policies and direction when there are two,
 *        else of the same machine and policies, else all.
 * Returns: the prediction; NaN when the cells do not suffice.
 */
double rl_baseline_predict(enum rl_baseline kind, const struct rl_cells *from,
	const struct rl_measured_cell *at, int quantity);

/** rl_cell_same_setting - equal machine, disk and policies: the workload alone may differ. */
bool rl_cell_same_setting(const struct rl_measured_cell *a, const struct rl_measured_cell *b);

#endif
