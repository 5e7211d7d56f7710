/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replications on several threads. Each depends on its number alone, sums over them are of
 * integers or made in the order of the numbers: threads change how long it takes and nothing else.
 */
#ifndef RL_SIM_CORE_POOL_H
#define RL_SIM_CORE_POOL_H

#include <pthread.h>
#include <stdatomic.h>

#include "sim/core/rep.h"

struct rl_pool {
	struct rl_rep_args args;
	uint32_t threads;
	uint32_t first;	    /* number of the first: a replication's index is its number less this */
	struct rl_rep *rep; /* by index */
	/* while the warm-up is looked for, by index: RL_REP_MARKS marks and a series; else null */
	struct rl_mark *mark;
	struct rl_mser *series;
	struct rl_hist hist[RL_CLASSES]; /* latencies of all replications that were filled */
	/* Of several jobs, else null: nsections a replication, and of each the latencies. */
	uint32_t nsections;
	struct rl_section_rep *section;
	struct rl_hist (*section_hist)[RL_CLASSES];
	uint32_t to;
	atomic_uint next;
	atomic_int failed;
	pthread_mutex_t lock; /* guards hist while threads run */
};

/**
 * rl_pool_run - replications @from to @to by index, without @to.
 * Returns: 0; -ENOMEM, or what went wrong in the first of them, as rl_sim_run() says it.
 */
int rl_pool_run(struct rl_pool *p, uint32_t from, uint32_t to, struct rl_err *err);

#endif
