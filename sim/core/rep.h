/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One replication from start to end, and the metrics over many. */
#ifndef RL_SIM_CORE_REP_H
#define RL_SIM_CORE_REP_H

#include "sim/core/mark.h"

/* Where the measured part may begin while the warm-up is looked for: 0 to a half, in steps. */
#define RL_REP_STARTS 32u
#define RL_REP_MARKS  (RL_REP_STARTS + 2) /* and the end */

struct rl_rep_args {
	const struct rl_scenario *s;
	const struct rl_sched *sched;
	uint64_t seed, requests;
	uint64_t warm;		  /* completions left out at the start */
	struct rl_tracer *tracer; /* who watches, or null */
};

/** rl_rep_depth - I/Os that the jobs may have in flight. */
uint64_t rl_rep_depth(const struct rl_rep_args *a);

/** rl_rep_tenth - the rule of thumb for the warm-up: a tenth, but many times the depth. */
uint64_t rl_rep_tenth(const struct rl_rep_args *a);

/** rl_rep_total - completions of a replication, the warm-up among them. */
uint64_t rl_rep_total(const struct rl_rep_args *a);

/** rl_rep_mark - completions before the measured part if it begins at mark @k. */
uint64_t rl_rep_mark(const struct rl_rep_args *a, uint32_t k);

/**
 * rl_rep_run - replication number @rep, with @a->warm left out.
 * @w: made by rl_world_create(); what it held is lost. @mark: two, the same.
 * @out: @out->failed and @out->broken say how it went.
 * @hist: RL_CLASSES of them; this replication's latencies are added.
 */
void rl_rep_run(struct rl_world *w, const struct rl_rep_args *a, uint32_t rep, struct rl_rep *out,
	struct rl_mark *mark, struct rl_hist *hist);

/**
 * rl_rep_explore - the same while the warm-up is not known.
 * @out: only what went wrong; rl_mark_fill(&mark[k], &mark[RL_REP_STARTS + 1], ...) is for later.
 * @mark: RL_REP_MARKS of them.  @series: out, all completion latencies.
 */
void rl_rep_explore(struct rl_world *w, const struct rl_rep_args *a, uint32_t rep,
	struct rl_rep *out, struct rl_mark *mark, struct rl_mser *series);

/**
 * rl_rep_start - a world at time zero, for tests that step it themselves.
 * Returns: 0; -ENOMEM.
 */
int rl_rep_start(struct rl_world *w, const struct rl_rep_args *a, uint32_t rep);

#endif
