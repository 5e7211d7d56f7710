/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding and running the tree's own programs. */
#include "cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool holds(const char *dir, const char *program)
{
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, program);
	return access(path, X_OK) == 0;
}

/* Goes up from @dir, which is changed, until the program is below it. */
static bool above(char *dir, const char *program)
{
	char *slash;

	while (!holds(dir, program)) {
		slash = strrchr(dir, '/');
		if (!slash || slash == dir)
			return false;
		*slash = '\0';
	}
	return true;
}

static bool from_link(char *dir, const char *link, const char *program)
{
	ssize_t n = readlink(link, dir, PATH_MAX - 1);

	if (n <= 0)
		return false;
	dir[n] = '\0';
	return above(dir, program);
}

int rl_child_tree(const char *program, char *dir, size_t size, struct rl_err *err)
{
	const char *env = getenv("RINGLAB_SOURCE");
	char found[PATH_MAX];
	bool ok;

	if (env)
		ok = realpath(env, found) && holds(found, program);
	else
		ok = from_link(found, "/proc/self/exe", program) ||
		     (getcwd(found, sizeof(found)) && above(found, program));
	if (!ok || strlen(found) >= size)
		return rl_err_set(err, -ENOENT, NULL, 0, 0,
			"no %s (expected a source tree around this program, or RINGLAB_SOURCE=DIR)",
			program);
	strcpy(dir, found);
	return 0;
}

int rl_child_run(char *const *argv)
{
	posix_spawn_file_actions_t files;
	pid_t pid;
	int rc, status;

	rc = posix_spawn_file_actions_init(&files);
	if (rc)
		return -rc;
	rc = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	rc = rc ? rc : posix_spawn_file_actions_adddup2(&files, 2, 1);
	rc = rc ? rc : posix_spawn(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	if (rc)
		return -rc;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
