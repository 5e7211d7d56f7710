/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `ringlab check` knows of the files of a run; for cmd_check.c. */
#ifndef RL_CLI_CHECK_H
#define RL_CLI_CHECK_H

#include "model/base/err.h"

#include <stddef.h>

/* A file in memory, and the name that errors give it. */
struct rl_check_file {
	const char *path, *name;
	char *text;
	size_t size;
};

/* Each says what the file is, on stdout. Returns: 0; -errno with @err set. */
int rl_check_decisions(const struct rl_check_file *f, struct rl_err *err);
int rl_check_trace(const struct rl_check_file *f, struct rl_err *err);
int rl_check_log(const struct rl_check_file *f, struct rl_err *err);
int rl_check_xenalyze(const struct rl_check_file *f, struct rl_err *err);
int rl_check_perf(const struct rl_check_file *f, struct rl_err *err);
int rl_check_cell(const struct rl_check_file *f, struct rl_err *err);
int rl_check_counters(const struct rl_check_file *f, struct rl_err *err);
int rl_check_manifest(const struct rl_check_file *f, struct rl_err *err);

#endif
