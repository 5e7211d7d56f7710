/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the estimators share: samples drawn again, and intervals of what comes out. */
#ifndef RL_MODEL_SENSITIVITY_PRIVATE_H
#define RL_MODEL_SENSITIVITY_PRIVATE_H

#include "model/base/rng.h"
#include "model/metrics.h"

#include <stdbool.h>
#include <stddef.h>

#define RL_SENS_DRAWS 1000u

/* Who draws: none of the simulator's streams. */
enum { RL_SENS_STREAM_WALK = 0x73656e73, RL_SENS_STREAM_SHIFT, RL_SENS_STREAM_DRAW };

/** rl_sens_known - are all of @n values numbers? */
bool rl_sens_known(const double *y, size_t n);

/** rl_sens_draw - @n samples out of @n, with replacement. */
void rl_sens_draw(struct rl_rng *rng, uint32_t *pick, uint32_t n);

/**
 * rl_sens_interval - the 95 % interval of RL_SENS_DRAWS bootstrapped values, which are sorted.
 * Source: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993: percentiles.
 */
void rl_sens_interval(double *x, struct rl_estimate *e);

#endif
