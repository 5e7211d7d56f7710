/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of `ringlab calibrate`. Each returns an exit code unless it says otherwise. */
#ifndef RL_CLI_CALIBRATE_OUT_H
#define RL_CLI_CALIBRATE_OUT_H

#include "calibrate/groups.h"
#include "cli/out.h"

/** rl_calibrate_params - the fitted parameters. @fit: after rl_fit_examine(), as in all of these.
 */
int rl_calibrate_params(const struct rl_fit *fit, enum rl_out_format format);

/** rl_calibrate_groups - every cost that is a time, and what is charged together. */
int rl_calibrate_groups(const struct rl_fit *fit, enum rl_out_format format);

/** rl_calibrate_residuals - every cell's quantities, measured and fitted. */
int rl_calibrate_residuals(
	const struct rl_fit *fit, const struct rl_cells *cells, enum rl_out_format format);

/**
 * rl_calibrate_estimates - costs read off traced runs, beside those fitted.
 * Returns: 0; what rl_extract_all() says; -EIO.
 */
int rl_calibrate_estimates(struct rl_store *store, const char *platform, const struct rl_fit *fit,
	enum rl_out_format format, struct rl_err *err);

#endif
