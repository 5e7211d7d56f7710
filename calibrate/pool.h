/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Validations of several platforms judged as one: whether predictive intervals hold what they
 * promise shows only over more cells than one platform has.
 */
#ifndef RL_CALIBRATE_POOL_H
#define RL_CALIBRATE_POOL_H

#include "calibrate/validate.h"

/* Whose rows of the tolerances' file bind a pool. */
#define RL_POOL_PLATFORM "pooled"

/**
 * rl_pool_judge - the rows of @n validations against the bounds of platform "pooled".
 * A cell counts once, whatever its platform has of them.
 * @out: rows (their cells are those of no one), verdicts and pass; free with rl_validation_fini().
 * Returns: 0 (whatever the verdict); -ENOENT when no bound is set for a pool; -EINVAL for a bound
 *          that is not on intervals (coverage, coverage_off, median_width); -ENOMEM.
 */
int rl_pool_judge(const struct rl_validation *v, size_t n, const struct rl_tolerance *tolerances,
	size_t ntolerances, struct rl_validation *out, struct rl_err *err);

#endif
