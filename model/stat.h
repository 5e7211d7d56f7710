/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means over replications with their 95 % intervals. */
#ifndef RL_MODEL_STAT_H
#define RL_MODEL_STAT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/metrics.h"

/**
 * rl_stat_mean95 - mean and Student's 95 % interval of independent values.
 * @x, @n: the values, summed in their order. A NaN among them: all NaN. One value: no interval.
 */
struct rl_estimate rl_stat_mean95(const double *x, uint32_t n);

/** rl_stat_t975 - 97.5 % quantile of Student's t with @df degrees of freedom, @df >= 1. */
double rl_stat_t975(uint32_t df);

/** rl_stat_half - half width of an interval relative to its value; 0: exact, NaN: not known. */
double rl_stat_half(const struct rl_estimate *e);

/*
 * When to stop adding replications: at looks that are fixed beforehand, so that neither the number
 * of threads nor luck decides where. A look that finds an interval narrow enough may have met a
 * spread that is small by chance, so the next one has to confirm it.
 *
 * Source: K. Hoad, S. Robinson, R. Davies, Automated selection of the number of replications for a
 *         discrete-event simulation, JORS 61(11), 2010: looking ahead before stopping.
 */

/** rl_stat_look - replications at look @k, from 0: @first, then about a quarter more each time. */
uint32_t rl_stat_look(uint32_t first, uint32_t k);

/** rl_stat_precise - is a relative half width at most @frac of the value that is estimated? */
bool rl_stat_precise(double half, double frac);

#endif
