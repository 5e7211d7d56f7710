/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random draws beyond uniform and exponential, with the same bits on every machine: plain IEEE
 * operations, the square root (which IEEE defines to the last bit) and real.h.
 */
#ifndef RL_MODEL_BASE_DRAW_H
#define RL_MODEL_BASE_DRAW_H

#include "model/base/rng.h"

#define RL_POINTS_MAX 64u

/* A histogram: intervals (or single values, where lo is hi), each with its weight. */
struct rl_points {
	uint32_t n;
	struct rl_point {
		double lo, hi, weight;
	} p[RL_POINTS_MAX];
};

enum rl_dist_kind { RL_DIST_EXPONENTIAL, RL_DIST_LOGNORMAL, RL_DIST_GAMMA, RL_DIST_EMPIRICAL };

/* A distribution, its constants worked out once. */
struct rl_dist {
	enum rl_dist_kind kind;
	double mean;
	double mu, sigma;    /* lognormal */
	double shape, scale; /* gamma */
	double d, c;	     /* gamma: of Marsaglia and Tsang, for a shape of at least 1 */
	const struct rl_points *points;
	double upto[RL_POINTS_MAX]; /* empirical: sums of the weights */
};

/** rl_draw_normal - normal with mean 0 and variance 1. Source: Marsaglia and Bray 1964. */
double rl_draw_normal(struct rl_rng *r);

/**
 * rl_dist_init - a distribution of positive numbers.
 * @mean:   its mean, positive; empirical: not used, it follows from the points.
 * @cv:     its coefficient of variation, positive; exponential: not used, it is 1.
 * @points: empirical only: at least one with a weight; the caller keeps it.
 */
void rl_dist_init(struct rl_dist *d, enum rl_dist_kind kind, double mean, double cv,
	const struct rl_points *points);

/**
 * rl_dist_draw - one number.
 * Source: gamma: Marsaglia and Tsang, A simple method for generating gamma variables, ACM TOMS
 *         26(3), 2000; below shape 1 by their rule of the power.
 */
double rl_dist_draw(const struct rl_dist *d, struct rl_rng *r);

#endif
