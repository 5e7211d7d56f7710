/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Validation turned round: a build of the drivers, measured, against what the calibrated model says
 * that it should reach, stage by stage.
 */
#ifndef RL_CALIBRATE_DRIVER_H
#define RL_CALIBRATE_DRIVER_H

#include "calibrate/cells.h"
#include "calibrate/forward.h"

/* One quantity of one cell. */
struct rl_driver_row {
	size_t cell; /* index into rl_driver_check.cells */
	const char *stage;
	int quantity;
	double measured, expected; /* expected: of a stage's time with the offset of its stamps */
	double tolerance;	   /* in the quantity's unit */
	bool pass;
};

struct rl_driver_check {
	struct rl_cells cells;
	struct rl_driver_row *rows;
	size_t nrows;
	bool pass;
	const char *stage; /* the one that is furthest outside, in tolerances; null: none */
};

/**
 * rl_driver_judge - judge runs of a build.
 * @set:  the calibrated parameters.
 * @runs: measured with the build, sorted by cell; roles are not looked at.
 * @reference: traced runs of the driver that the parameters were fitted to: where stamps lie.
 * Without any, times of stages are not judged.
 * @out:  free with rl_driver_fini().
 * Returns: 0 (whatever the verdict); -EINVAL when no cell can be judged; what the simulator says;
 *          -ENOMEM.
 */
int rl_driver_judge(const struct rl_param_set *set, const struct rl_run *runs, size_t n,
	const struct rl_run *reference, size_t nreference, const struct rl_forward_options *forward,
	struct rl_driver_check *out, struct rl_err *err);
void rl_driver_fini(struct rl_driver_check *c);

#endif
