/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of fitted.def; see rows.h. */
#include "calibrate/rows.h"

#include <math.h>

const struct rl_row_kind rl_row_kinds[] = {
#define RL_FIT_ROW(quantity, floor, offset, absolute) {quantity, floor, offset, absolute},
#include "calibrate/fitted.def"
};

const size_t rl_row_kinds_n = sizeof(rl_row_kinds) / sizeof(rl_row_kinds[0]);

double rl_row_log(const struct rl_row_kind *k, double value)
{
	return log(value + k->offset);
}

double rl_row_sd(const struct rl_row_kind *k, const struct rl_measured *m)
{
	return hypot(hypot(k->floor, m->spread), k->absolute / m->value);
}
