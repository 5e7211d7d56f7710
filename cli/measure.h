/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the real pair can be measured: what each platform can do, and how it is made to.
 */
#ifndef RL_CLI_MEASURE_H
#define RL_CLI_MEASURE_H

#include <stdbool.h>

struct rl_measure;

struct rl_platform {
	const char *name;
	const char *program; /* in the source tree: takes cells, brings results home */
	const char *devices; /* separated by '|' */
	const char *cell;    /* what its cells say beside what was asked for */
	bool modes, cpus;    /* whether --mode, --cpus say something here */

	/* Builds what is needed and runs the cells in @dir; an exit code, the complaint said. */
	int (*run)(const struct rl_measure *m, const char *tree, const char *dir);
};

/* Ends with a null name; the first one is the default. */
extern const struct rl_platform rl_platforms[];

/* What is to be measured, in the words of the command line; null: not given. */
struct rl_measure {
	const struct rl_platform *platform;
	const char *mode, *back, *front, *device, *grants, *cpus;
};

#endif
