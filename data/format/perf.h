/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `perf stat` counted, as it prints it to people and with -x, to programs.
 *
 * An event's counter is named after it, with the unit behind a point where perf gives one:
 * "context-switches", "task-clock.msec", "elapsed.s". Events that were not counted are left out.
 *
 * Source: perf-stat(1), CSV FORMAT.
 */
#ifndef RL_DATA_FORMAT_PERF_H
#define RL_DATA_FORMAT_PERF_H

#include "model/base/err.h"

#include <stddef.h>

struct rl_perf {
	struct rl_perf_counter {
		char name[48];
		double value;
	} * counter;
	size_t n;
};

/**
 * rl_perf_parse - read either form; free with rl_perf_free().
 * Returns: 0; -EINVAL with line and column: cut short, an event twice, no number, counts of
 *          intervals or of single CPUs (-I, -A), no event at all; -ENOMEM.
 */
int rl_perf_parse(
	const char *text, size_t size, const char *file, struct rl_perf *out, struct rl_err *err);
void rl_perf_free(struct rl_perf *p);

#endif
