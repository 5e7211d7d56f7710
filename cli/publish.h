/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a verb makes for people to open: a file, and a directory with what it was made of. */
#ifndef RL_CLI_PUBLISH_H
#define RL_CLI_PUBLISH_H

#include "model/base/err.h"

#include <stdio.h>

/**
 * rl_publish_file - write a file beside its place, then put it there: a reader never sees half of
 * one, and what was there stays when it fails.
 * @write: returns 0 or -errno with @err set; what it leaves in @out's error flag is seen to here.
 * Returns: 0; what @write says; -EINVAL when @path is there and no regular file; -errno.
 */
int rl_publish_file(const char *path, int (*write)(void *arg, FILE *out, struct rl_err *err),
	void *arg, struct rl_err *err);

#define RL_PUBLISH_TEMP 64

/**
 * rl_publish_open - a directory to work in.
 * @wanted: made if it is not there; null: one in /tmp.
 * @temp: holds the name of the latter.
 * @dir: out; give it back by rl_publish_close(), which removes it with all in it unless it was
 * wanted. Returns: 0; -errno.
 */
int rl_publish_open(
	const char *wanted, char temp[RL_PUBLISH_TEMP], const char **dir, struct rl_err *err);
void rl_publish_close(const char *wanted, const char *dir);

#endif
