/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Means of independent normal values, judged while they come: what is said of them holds at all
 * numbers of values at once, so that one may look after each and stop when it pleases.
 *
 * For values with mean m the t-statistic of x - m has a mixture likelihood ratio against all
 * other means (effect sizes normal with variance g) that is a nonnegative martingale of mean 1,
 * whatever the variance is. By Ville's inequality it ever reaches 1/alpha with a probability of at
 * most alpha. The means that it does not refuse are an interval, of which the truth is, at all
 * n at once, with a probability of at least 1 - alpha. Exact for normal values; neither the
 * variance nor the number of values has to be known.
 *
 * Source: T. L. Lai, On confidence sequences, Annals of Statistics 4(2), 1976;
 *         M. Gönen, W. O. Johnson, Y. Lu, P. H. Westfall, The Bayesian two-sample t test, The
 *         American Statistician 59(3), 2005 (the ratio);
 *         H. Wang, A. Ramdas, Anytime-valid t-tests and confidence sequences for Gaussian means
 *         with unknown variance, Sequential Analysis 44(1), 2025.
 */
#ifndef RL_CALIBRATE_ANYTIME_H
#define RL_CALIBRATE_ANYTIME_H

#include "model/metrics.h"

#include <stdint.h>

/*
 * g. Any value is right; this one needs few values where means are some standard deviations apart,
 * as those of replications are, and costs a tenth where they are near.
 */
#define RL_ANYTIME_SPREAD 10

/**
 * rl_anytime_bound - what n times the squared mean must exceed, as a multiple of the sum of squared
 * deviations, for a mean of zero to be refused.
 * @n: values, at least 1.  @alpha: in (0, 1).
 * Returns: infinity where so few values can tell nothing.
 */
double rl_anytime_bound(uint32_t n, double alpha);

/**
 * rl_anytime_sign - is the mean of what was drawn below or above zero?
 * @bound: of @n. Values that are all the same are taken for the mean itself.
 * Returns: -1, 1; 0: not known.
 */
int rl_anytime_sign(const double *x, uint32_t n, double bound);

/** rl_anytime_mean - mean and interval; less than two values: no interval. */
struct rl_estimate rl_anytime_mean(const double *x, uint32_t n, double alpha);

#endif
