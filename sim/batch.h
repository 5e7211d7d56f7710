/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Many scenarios on several threads, each scenario by one of them. What comes out of one does not
 * depend on which thread ran it, nor on the others.
 */
#ifndef RL_SIM_BATCH_H
#define RL_SIM_BATCH_H

#include "sim/sim.h"

struct rl_batch {
	uint32_t threads;		      /* 0: 1 */
	const struct rl_sim_options *options; /* of every scenario; its threads are not used */
	/**
	 * next - the scenario that is to be run next. One thread at a time.
	 * @id: out, handed to done().  Returns: false: there is none any more.
	 */
	bool (*next)(void *arg, uint32_t *id, struct rl_scenario *s);
	/**
	 * tune - may be null: change the options of this scenario alone. As next(), after it.
	 * @o: as @options say.
	 */
	void (*tune)(void *arg, uint32_t id, struct rl_sim_options *o);
	/**
	 * done - it has run. One thread at a time, in any order; never while next() runs.
	 * @rc, @err: as rl_sim_run() returned them.  @r: the caller's again when done() returns.
	 */
	void (*done)(void *arg, uint32_t id, int rc, const struct rl_sim_result *r,
		const struct rl_err *err);
	void *arg;
};

/**
 * rl_batch_run - run until next() has no more.
 * Returns: 0; -ENOMEM. A scenario that fails is told to done() and stops nothing.
 */
int rl_batch_run(const struct rl_batch *b);

#endif
