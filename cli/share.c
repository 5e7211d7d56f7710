/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See share.h. */
#include "cli/share.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Cuts the last component; false when there is none left. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return false;
	*slash = '\0';
	return true;
}

static bool is_below(const char *dir, const char *sub, const char *relative, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s%s", dir, sub, relative);
	return access(buf, R_OK) == 0;
}

const char *rl_share_path(const char *relative, char *buf, size_t size)
{
	char self[1024];
	ssize_t n;

	snprintf(buf, size, "%s", relative);
	if (access(buf, R_OK) == 0)
		return buf;
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[n > 0 ? n : 0] = '\0';
	while (go_up(self))
		if (is_below(self, "", relative, buf, size) ||
			is_below(self, "share/ringlab/", relative, buf, size))
			return buf;
	snprintf(buf, size, "%s", relative);
	return buf;
}

int rl_share_fail(int code, const struct rl_err *err)
{
	rl_err_print(err);
	switch (code) {
	case -EDEADLK: /* the model stands still */
	case -ENOMEM:
	case -EIO:
		return RL_EXIT_RUN;
	default:
		return RL_EXIT_INPUT;
	}
}
