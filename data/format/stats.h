/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The drivers' statistics, `key value` lines, and CPU times of domains: a run's counters. */
#ifndef RL_DATA_FORMAT_STATS_H
#define RL_DATA_FORMAT_STATS_H

#include "data/store.h"

/**
 * rl_stats_parse - add a side's counters to a run.
 * @side:   "front" or "back".
 * @before: the same file at the run's start; null: counters began at 0.
 * A counter becomes what it grew by; what a driver knows only as a level is kept as it is.
 * Returns: 0; -EINVAL with line and column; a counter that shrank, or that @before has and the
 *          other has not: the driver was reloaded in between.
 */
int rl_stats_parse(struct rl_run *run, const char *side, const struct rl_document *after,
	const struct rl_document *before, const char *dir, struct rl_err *err);

/** rl_stats_cpu - add the numbers of cpu.json to a run, as side "cpu": "cpu_ns.guest", ... */
int rl_stats_cpu(
	struct rl_run *run, const struct rl_document *doc, const char *dir, struct rl_err *err);

/** rl_stats_metrics - the metrics that the counters tell. */
void rl_stats_metrics(struct rl_run *run);

#endif
