/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs of the source tree that a verb runs: where the tree is, and running them. */
#ifndef RL_CLI_CHILD_H
#define RL_CLI_CHILD_H

#include "model/base/err.h"

#include <stddef.h>

/**
 * rl_child_tree - find the source tree that holds @program.
 * Looks in $RINGLAB_SOURCE, else above the program's own file, else above the current folder.
 * @program: a path in the tree, such as "realdrv/rig/run".
 * @dir:     out, absolute.
 * Returns: 0; -ENOENT with @err.
 */
int rl_child_tree(const char *program, char *dir, size_t size, struct rl_err *err);

/**
 * rl_child_run - run a program to its end; its output goes to stderr, stdin is empty.
 * @argv: ended by a null pointer; argv[0] is a path.
 * Returns: its exit code, 128 + signal when one killed it; -errno when it could not be started.
 */
int rl_child_run(char *const *argv);

#endif
