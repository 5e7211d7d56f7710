/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `ringlab import` took, by platform: runs and deaths apart. For cmd_import.c. */
#ifndef RL_CLI_IMPORT_COUNTS_H
#define RL_CLI_IMPORT_COUNTS_H

#include "cli/out.h"
#include "data/store.h"

struct rl_import_count {
	char platform[sizeof(((struct rl_run *)0)->platform)];
	bool deaths; /* not runs */
	int64_t added, known, roles[RL_ROLE_ANY];
};

struct rl_import_counts {
	struct rl_import_count *v;
	size_t n;
};

/** rl_import_count - that of a platform, made when there is none. Null when out of memory. */
struct rl_import_count *rl_import_count(
	struct rl_import_counts *c, const char *platform, bool deaths);

/** rl_import_counts_print - a row each. Returns: 0; -EIO; -ENOMEM. */
int rl_import_counts_print(const struct rl_import_counts *c, enum rl_out_format format);

#endif
