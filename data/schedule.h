/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the machine below a run did: who had its CPUs (xenalyze), and what it counted (perf stat).
 */
#ifndef RL_DATA_SCHEDULE_H
#define RL_DATA_SCHEDULE_H

#include "data/store.h"

/**
 * rl_schedule_read - fill a run's schedule and waits from its trace.txt or xenalyze.txt, if any.
 * The speed of the trace's clock is the cpu_mhz among the facts of its manifest.
 * Returns: 0; -EINVAL; -ENOMEM.
 */
int rl_schedule_read(struct rl_run *run, const char *dir, struct rl_err *err);

/** rl_schedule_perf - add the counters of perf.txt or perf.csv to its statistics, as side "perf".
 */
int rl_schedule_perf(struct rl_run *run, const char *dir, struct rl_err *err);

/** rl_schedule_hz - cpu_mhz of a manifest, in Hz; 0 when it does not say it. */
double rl_schedule_hz(const char *manifest);

/** rl_schedule_is - is a file of this name one of those above? */
bool rl_schedule_is(const char *name);

#endif
