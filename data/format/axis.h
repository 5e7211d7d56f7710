/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An axis of a sweep, as a command line says it: a path of a scenario, and the values that it
 * takes.
 *
 *	job.iodepth=1,4,32              a list
 *	job.iodepth=1:32:*2             a range by factors: 1, 2, 4, 8, 16, 32
 *	costs.poll_ns=0:100:10          a range by steps, its end included
 *	load.idle=1ms:10ms:1ms,20ms     times and sizes with their units; ranges in a list
 *	back_policy=spin_block:tau=1us:64us:*2   a range of an option, the others as they are
 *	costs.poll_ns=10:1000           any value between, for designs that sample
 *	costs.poll_ns=10:1000:log       the same, each factor as likely as the next
 *	back_policy=spin_block:tau=1us:64us:log  the same of an option
 *
 * A comma before OPTION=VALUE goes on with the options of the value before.
 */
#ifndef RL_DATA_FORMAT_AXIS_H
#define RL_DATA_FORMAT_AXIS_H

#include "model/base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define RL_AXIS_PATH   64
#define RL_AXIS_LEVELS 1000000u

enum rl_axis_kind { RL_AXIS_WORD, RL_AXIS_COUNT, RL_AXIS_REAL, RL_AXIS_TIME, RL_AXIS_SIZE };

struct rl_axis_level {
	char *text;
	int col; /* where it was said, from 1 */
};

struct rl_axis {
	char path[RL_AXIS_PATH];
	int col; /* of the first value */
	/* In the order in which they were said; none: any value from lo to hi. */
	struct rl_axis_level *level;
	uint32_t nlevels;
	enum rl_axis_kind kind; /* of lo and hi, or of all levels */
	double lo, hi;
	bool log;
	char *before, *after; /* what stands around a value from lo to hi: null: nothing */
};

/**
 * rl_axis_parse - read PATH=VALUES.
 * @name: the option that it stands in, which errors name.
 * @a: out; free with rl_axis_fini(), on error too.
 * Returns: 0; -EINVAL; -ENOMEM. Whether a scenario has the path is not asked here.
 */
int rl_axis_parse(const char *text, const char *name, struct rl_axis *a, struct rl_err *err);
void rl_axis_fini(struct rl_axis *a);

/**
 * rl_axis_value - the value at @u in [0, 1): a level, or a place between lo and hi.
 * Returns: the level's own text, or @buf.
 */
const char *rl_axis_value(const struct rl_axis *a, double u, char *buf, size_t size);

/**
 * rl_axis_number - a value as a number, in ns or bytes where it has a unit; NaN: it is a word. Of a
 * range of an option that option's.
 */
double rl_axis_number(const struct rl_axis *a, const char *text);

#endif
