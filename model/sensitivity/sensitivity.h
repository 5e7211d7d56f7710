/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which inputs of a model matter: designs that tell it, and the estimators that read it out of what
 * the model says at their points. Nothing here knows what the model is.
 *
 * A sample is a group of points: of Morris a walk on which each input moves once, of Sobol two
 * places and what is between them. Intervals are bootstrapped over samples.
 */
#ifndef RL_MODEL_SENSITIVITY_H
#define RL_MODEL_SENSITIVITY_H

#include "model/metrics.h"

#include <stdint.h>

enum rl_sens {
	RL_SENS_MORRIS, /* elementary effects: a few dozen runs an input, for screening */
	RL_SENS_SOBOL,	/* shares of the variance: hundreds of runs an input */
	RL_SENS_METHODS
};

/* By enum rl_sens: "morris", "sobol". */
extern const char *const rl_sens_name[RL_SENS_METHODS];

/** rl_sens_find - the method of a name; -1 when there is none. */
int rl_sens_find(const char *name);

/* Two coordinates an axis, of the dimensions that GSL knows of Sobol's sequence. */
#define RL_SENS_SOBOL_AXES 20u

/** rl_sens_group - points of a sample: axes + 1 of Morris, axes + 2 of Sobol. */
uint32_t rl_sens_group(enum rl_sens method, uint32_t axes);

/**
 * rl_sens_fill - the points of @n samples on @axes axes.
 * @u: out, u[(sample * group + point) * axes + axis] in [0, 1).
 * Morris: walks on a grid of four levels, each step two thirds of an axis long. Sobol: points of
 * Sobol's sequence and its first one, shifted digit by digit; first A, then B, then A with one
 * coordinate of B, an axis after the other.
 * Returns: 0; -EINVAL: no axis, or too many for Sobol; -ENOMEM.
 * Source: M. D. Morris, Factorial sampling plans for preliminary computational experiments,
 *         Technometrics 33(2), 1991; A. Saltelli et al., Variance based sensitivity analysis of
 *         model output, Computer Physics Communications 181(2), 2010; A. B. Owen, On dropping the
 *         first Sobol' point, 2020.
 */
int rl_sens_fill(enum rl_sens method, uint32_t n, uint32_t axes, uint64_t seed, double *u);

/* Of one input. Units: those of the model, for all of an axis. */
struct rl_sens_effect {
	struct rl_estimate mu_star; /* mean of the absolute effects: how much it matters */
	double mu;		    /* mean of the effects: which way */
	double sigma; /* their standard deviation: how much it depends on where; NaN: one sample */
};

/**
 * rl_sens_morris - elementary effects.
 * @u: as rl_sens_fill() made it.  @y: what the model says at each point.
 * @out: @axes of them. All NaN when a value is. Without an interval when there is one sample.
 * Returns: 0; -ENOMEM.
 * Source: Morris 1991; F. Campolongo, J. Cariboni, A. Saltelli, An effective screening design for
 *         sensitivity analysis of large models, Environmental Modelling & Software 22(10), 2007.
 */
int rl_sens_morris(const double *u, const double *y, uint32_t n, uint32_t axes, uint64_t seed,
	struct rl_sens_effect *out);

/* Of one input; shares of the variance of what the model says. */
struct rl_sens_index {
	struct rl_estimate first; /* what knowing the input alone would take off */
	struct rl_estimate total; /* what would be left if all but the input were known */
};

/**
 * rl_sens_sobol - first-order and total indices.
 * @y: what the model says at each point of rl_sens_fill().
 * @out: @axes of them. All NaN when a value is, or when all values are the same.
 * An estimate of a small index may be below 0: it is told as it is.
 * Returns: 0; -ENOMEM.
 * Source: first order: Saltelli et al. 2010, table 2 (b), of values without their mean; total:
 *         M. J. W. Jansen, Analysis of variance designs for model output, Computer Physics
 *         Communications 117, 1999.
 */
int rl_sens_sobol(
	const double *y, uint32_t n, uint32_t axes, uint64_t seed, struct rl_sens_index *out);

#endif
