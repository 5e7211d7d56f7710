/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs LaTeX over the chapters; see article.h. */
#include "paper/article.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

struct press {
	const char *dir;
	char tex[PATH_MAX + 32], bib[PATH_MAX + 32];
};

/* Its output is in its log; a question is answered by the end of input. */
static int spawn_quietly(char *const argv[])
{
	posix_spawn_file_actions_t files;
	int status, code;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	code = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	if (code)
		return code == ENOENT ? 127 : 126;
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return 126;
	return WEXITSTATUS(status);
}

/* What is written depends on the sources alone, not on the day; no source runs a program. */
static int print(const struct press *p, const char *program, const char *option, const char *file,
	struct rl_err *err)
{
	char *argv[] = {"env", "-C", (char *)p->dir, (char *)p->tex, (char *)p->bib,
		"SOURCE_DATE_EPOCH=0", "FORCE_SOURCE_DATE=1", "shell_escape=f", (char *)program,
		(char *)option, (char *)file, NULL};
	int status = spawn_quietly(argv);

	if (status == 127)
		return rl_err_set(err, -ENOENT, NULL, 0, 0,
			"%s is not installed (expected the packages texlive-latex-recommended and "
			"lmodern)",
			program);
	if (status)
		return rl_err_set(err, -EIO, p->dir, 0, 0,
			"%s failed with status %d (paper.log says why; --sources DIR keeps it)",
			program, status);
	return 0;
}

int rl_article_typeset(const char *tex, const char *dir, struct rl_err *err)
{
	static const char *const latex[] = {
		"pdflatex", "-interaction=nonstopmode", "paper.tex", "bibtex", "-terse", "paper"};
	static const int order[] = {0, 3, 0, 0}; /* references settle in the third run */
	struct press p = {.dir = dir};
	char path[PATH_MAX];
	int code = 0;

	if (!realpath(tex, path))
		return rl_err_set(err, -errno, tex, 0, 0, "cannot read: %s", strerror(errno));
	snprintf(p.tex, sizeof(p.tex), "TEXINPUTS=.:%s:", path);
	snprintf(p.bib, sizeof(p.bib), "BIBINPUTS=%s:", path);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]) && !code; i++)
		code = print(&p, latex[order[i]], latex[order[i] + 1], latex[order[i] + 2], err);
	return code;
}
