/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forward model: the simulator run on many cells and parameter vectors at once. */
#ifndef RL_CALIBRATE_FORWARD_H
#define RL_CALIBRATE_FORWARD_H

#include "calibrate/cells.h"
#include "sim/sim.h"

struct rl_forward_options {
	unsigned threads;	   /* 0: as many as there are CPUs */
	struct rl_sim_options sim; /* one seed for all: common random numbers */
	bool as_long; /* a replication is no longer than the run that was measured; there are more
		       */
	const unsigned *stream; /* of a set of costs: other random numbers; null: 0 for all */
	const double *part;	/* of a cell: of the length of its run; 0: none; null: whole */
	/**
	 * told - may be null: all that was simulated of a cell with a set of costs. Called once for
	 * each that did not fail, by any of the threads, for several at once.
	 */
	void (*told)(void *arg, size_t set, size_t cell, const struct rl_sim_result *r);
	void *arg;
};

/** rl_forward_default - one seed, and runs long enough for steps of a few percent. */
void rl_forward_default(struct rl_forward_options *o);

/** rl_forward_precise - the same with more and longer runs: for predictions, which are made once.
 */
void rl_forward_precise(struct rl_forward_options *o);

/** rl_forward_length - how many times longer a cell's run is than a simple one's. */
uint32_t rl_forward_length(const struct rl_scenario *s);

/**
 * rl_forward_options_of - how rl_forward_run() simulates a cell, in whole.
 * @cell: its scenario, and its IOPS where o->as_long.
 */
void rl_forward_options_of(const struct rl_measured_cell *cell, const struct rl_forward_options *o,
	struct rl_sim_options *sim);

/**
 * rl_forward_run - simulate each cell with each set of costs.
 * @out: of set i, cell c at [i * ncells + c]; of a cell that is not run, as it was.
 * Returns: 0; what rl_sim_run() said of the first cell that failed (in order, not in time), with
 *          its name in @err.
 * Context: starts and joins its own threads; the result does not depend on how many.
 */
int rl_forward_run(const struct rl_measured_cell *cells, size_t ncells, const struct rl_costs *sets,
	size_t nsets, const struct rl_forward_options *o, struct rl_metrics *out,
	struct rl_err *err);

#endif
