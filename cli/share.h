/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several verbs need: files that come with the program, exit codes of failures. */
#ifndef RL_CLI_SHARE_H
#define RL_CLI_SHARE_H

#include "model/base/err.h"

#include <stddef.h>

/**
 * rl_share_path - a file that comes with the program, as "data/params/tolerances.csv".
 * Looked for here, then in the folders above the program and their share/ringlab: it runs from its
 * build tree and from where it is installed.
 * Returns: @buf; where nothing is found the path as given, so that an error names it.
 */
const char *rl_share_path(const char *relative, char *buf, size_t size);

/** rl_share_fail - print the error and turn a negative errno into the program's exit code. */
int rl_share_fail(int code, const struct rl_err *err);

#endif
