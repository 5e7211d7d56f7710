/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The space of a sweep: a scenario, the axes along which it is varied, and the points that are
 * tried. A point is a number from 0; what it is depends on nothing else.
 */
#ifndef RL_DATA_SWEEP_H
#define RL_DATA_SWEEP_H

#include "data/format/axis.h"
#include "data/format/text.h"
#include "model/design.h"
#include "model/metrics.h"
#include "model/scenario.h"

#define RL_SWEEP_AXES	128u /* more than there are costs */
#define RL_SWEEP_POINTS 10000000u
#define RL_SWEEP_VALUE	(RL_DEVICE_SPEC_BYTES + 64) /* of a value between two ends, as text */

struct rl_sweep {
	struct rl_scenario base;
	uint32_t naxes;
	struct rl_axis axis[RL_SWEEP_AXES];
	enum rl_design design;
	uint32_t npoints;
	double *u; /* npoints x naxes; null: a grid */
};

/**
 * rl_sweep_add - read one more axis; errors name the option @name.
 * Returns: 0; -EINVAL with @err: malformed, a path or a value twice, too many.
 */
int rl_sweep_add(struct rl_sweep *w, const char *text, const char *name, struct rl_err *err);

/**
 * rl_sweep_design - choose the points, when all axes are there.
 * @n: of a grid 0; of other designs how many.  @seed: of a Latin hypercube.
 * Returns: 0; -EINVAL with @err; -ENOMEM.
 */
int rl_sweep_design(struct rl_sweep *w, enum rl_design design, uint32_t n, uint64_t seed,
	const char *name, struct rl_err *err);

/**
 * rl_sweep_points - the points are the caller's, when all axes are there.
 * @u: @n x naxes in [0, 1); malloc()ed, the sweep's from now on.
 */
void rl_sweep_points(struct rl_sweep *w, uint32_t n, double *u);

/** rl_sweep_value - the value of a point on an axis; valid as long as @w and @buf. */
const char *rl_sweep_value(
	const struct rl_sweep *w, uint32_t point, uint32_t axis, char buf[RL_SWEEP_VALUE]);

/**
 * rl_sweep_scenario - the scenario of a point, not checked as a whole.
 * Returns: 0; -EINVAL with @err, which names @name and the place of the value.
 */
int rl_sweep_scenario(const struct rl_sweep *w, uint32_t point, const char *name,
	struct rl_scenario *s, struct rl_err *err);

/**
 * rl_sweep_check - does every point make sense?
 * Returns: 0; -EINVAL with the first that does not.
 */
int rl_sweep_check(const struct rl_sweep *w, const char *name, struct rl_err *err);

void rl_sweep_fini(struct rl_sweep *w);

#endif
