/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ringlab validate prints: rows of one platform, verdicts of one or several. */
#ifndef RL_CLI_VALIDATE_OUT_H
#define RL_CLI_VALIDATE_OUT_H

#include "calibrate/validate.h"
#include "cli/out.h"

#define RL_VALIDATE_VERDICTS "verdicts"

struct rl_validated {
	const char *platform; /* or what stands for several */
	struct rl_validation result;
};

#define RL_VALIDATE_SHOWS "cells|slices|winners|verdicts|metrics|uses"

/** rl_validate_out_knows - whether --show has such rows; @what: a list `a,b`. */
bool rl_validate_out_knows(const char *what);

/**
 * rl_validate_out_one - the rows of one platform.
 * @what: a list that rl_validate_out_knows(): one behind the other; null: cells, and in a table for
 *        people slices and verdicts below.
 * Returns: 0; not 0 when something could not be written.
 */
int rl_validate_out_one(const struct rl_validated *v, const char *what, enum rl_out_format format);

/** rl_validate_out_verdicts - the verdicts of @n of them in one table; returns as above. */
int rl_validate_out_verdicts(const struct rl_validated *v, size_t n, enum rl_out_format format);

#endif
