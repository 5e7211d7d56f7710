/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a cell enters a fit: the rows of fitted.def. */
#ifndef RL_CALIBRATE_ROWS_H
#define RL_CALIBRATE_ROWS_H

#include "calibrate/cells.h"

struct rl_row_kind {
	int quantity;
	double floor, offset, absolute;
};

extern const struct rl_row_kind rl_row_kinds[];
extern const size_t rl_row_kinds_n;

/** rl_row_log - the row that a value of the quantity makes; not finite: none. */
double rl_row_log(const struct rl_row_kind *k, double value);

/** rl_row_sd - its standard deviation, of how @m was measured and at least what fitted.def says. */
double rl_row_sd(const struct rl_row_kind *k, const struct rl_measured *m);

#endif
