/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means over replications with their 95 % intervals. */
#ifndef RL_MODEL_STAT_H
#define RL_MODEL_STAT_H

#include <stdint.h>

#include "model/metrics.h"

/**
 * rl_stat_mean95 - mean and Student's 95 % interval of independent values.
 * @x, @n: the values, summed in their order. A NaN among them: all NaN. One value: no interval.
 */
struct rl_estimate rl_stat_mean95(const double *x, uint32_t n);

/** rl_stat_t975 - 97.5 % quantile of Student's t with @df degrees of freedom, @df >= 1. */
double rl_stat_t975(uint32_t df);

#endif
