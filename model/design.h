/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Designs: which points of a space are tried. A design knows nothing of what its axes mean: a point
 * is a number in [0, 1) an axis.
 */
#ifndef RL_MODEL_DESIGN_H
#define RL_MODEL_DESIGN_H

#include <stdint.h>

enum rl_design {
	RL_DESIGN_GRID,	 /* every combination of levels: no coordinates are made of it */
	RL_DESIGN_LHS,	 /* Latin hypercube: each n-th part of each axis once */
	RL_DESIGN_SOBOL, /* a sequence of low discrepancy: each beginning of it fills the space */
	RL_DESIGNS
};

/* By enum rl_design: "grid", "lhs", "sobol". */
extern const char *const rl_design_name[RL_DESIGNS];

#define RL_DESIGN_AXES 40u /* the dimensions that GSL knows of Sobol's sequence */

/** rl_design_find - the design of a name; -1 when there is none. */
int rl_design_find(const char *name);

/**
 * rl_design_fill - the coordinates of @n points on @axes axes.
 * @seed: of a Latin hypercube; Sobol's sequence has none.
 * @u:    out, u[point * axes + axis] in [0, 1).
 * Returns: 0; -EINVAL for a grid or too many axes; -ENOMEM.
 * Source: M. D. McKay, R. J. Beckman, W. J. Conover, A comparison of three methods for selecting
 *         values of input variables, Technometrics 21(2), 1979; GSL's gsl_qrng_sobol.
 */
int rl_design_fill(enum rl_design design, uint32_t n, uint32_t axes, uint64_t seed, double *u);

#endif
