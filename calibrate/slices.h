/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Held-out cells by what calibration never saw of them. */
#ifndef RL_CALIBRATE_SLICES_H
#define RL_CALIBRATE_SLICES_H

#include "calibrate/validate.h"

/**
 * rl_slices_make - fill @v->slices from its rows, and add a verdict a quantity on whether the
 * simulator beats interpolation where something was never seen.
 * What is unseen is found by comparing the cells, not by a list.
 * Returns: 0; -ENOMEM.
 */
int rl_slices_make(struct rl_validation *v, const struct rl_cells *calibration, struct rl_err *err);

#endif
