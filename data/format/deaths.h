/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kills.csv: a line a death of a driver domain, or a fault in one, as realdrv/rig/kills tells them.
 * Columns are known by their names (death.def), in any order; others are kept as they are. A value
 * that is not known is "-". Commas within a value were made semicolons by who wrote it.
 */
#ifndef RL_DATA_FORMAT_DEATHS_H
#define RL_DATA_FORMAT_DEATHS_H

#include "model/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rl_death_column {
#define RL_DEATH(name, kind) RL_DEATH_##name,
#include "data/format/death.def"
#undef RL_DEATH
	RL_DEATH_COLUMNS
};

struct rl_death_info {
	const char *name;
	bool count; /* else a word */
};

extern const struct rl_death_info rl_death_info[RL_DEATH_COLUMNS];

struct rl_death {
	int line;
	unsigned seed;			    /* of its job's name */
	const char *at;			    /* the line in the text that was read */
	size_t size;			    /* of it, without its end */
	const char *text[RL_DEATH_COLUMNS]; /* null: not known, or not a column of the file */
	int64_t number[RL_DEATH_COLUMNS];   /* of counts that are known */
	char *more;			    /* other columns as a JSON object; null: none */
};

struct rl_deaths {
	bool stock;  /* of the stock pair: what the guest was offered is told */
	bool faults; /* a fault a line, not a death */
	char *text;  /* all values lie in it */
	struct rl_death *rows;
	size_t n;
};

/**
 * rl_deaths_parse - read and check the lines.
 * @path: for errors.  @out: free with rl_deaths_fini(), also after an error.
 * Returns: 0; -EINVAL with file, line and column; -ENOMEM.
 */
int rl_deaths_parse(
	const char *text, size_t size, const char *path, struct rl_deaths *out, struct rl_err *err);
void rl_deaths_fini(struct rl_deaths *d);

#endif
