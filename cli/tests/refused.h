/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs `ringlab simulate` on something that it must refuse, and holds how it says so: exit 3, one
 * line that begins with the place and names what is wrong, nothing on stdout, no file written.
 * The run that is asked for would take hours: that it is not begun shows in that it ends at all.
 */
#ifndef RL_CLI_TESTS_REFUSED_H
#define RL_CLI_TESTS_REFUSED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/cli.h"

#define HANGS_S 120

extern const struct rl_verb rl_verb_simulate;

struct refusal {
	int status;
	char out[512], err[4096];
};

/* No number of anything. */
__attribute__((unused)) static const char *const no_number[] = {"NaN", "nan", "-nan", ".nan", "Inf",
	"-Inf", "infinity", ".inf", "-1", "-9223372036854775808", "1e400", "-1e400",
	"18446744073709551615", "18446744073709551616", "99999999999999999999999999999999999999",
	"", " ", " 1", "1 ", "1 2", "1x", "0x10", "1e", "1;", "--1", "1/2", "no_such_word"};

#define NO_NUMBER (sizeof(no_number) / sizeof(no_number[0]))

static unsigned cases; /* refused so far */

static inline void put(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static inline void get(const char *name, char *to, size_t size)
{
	FILE *f = fopen(name, "r");

	assert_non_null(f);
	to[fread(to, 1, size - 1, f)] = '\0';
	fclose(f);
}

static inline int files_here(void)
{
	DIR *d = opendir(".");
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static inline void to_file(const char *name, int fd)
{
	int to = open(name, O_WRONLY | O_TRUNC | O_CREAT, 0600);

	if (to < 0 || dup2(to, fd) < 0)
		_exit(126);
}

/* @argv: of the verb, ends with a null pointer. */
static inline void simulate(char **argv, struct refusal *r)
{
	int argc = 0, status;
	pid_t child;

	while (argv[argc])
		argc++;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		alarm(HANGS_S);
		to_file("out", 1);
		to_file("err", 2);
		exit(rl_verb_simulate.run(argc, argv));
	}
	assert_true(child > 0);
	assert_true(waitpid(child, &status, 0) == child);
	r->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	get("out", r->out, sizeof(r->out));
	get("err", r->err, sizeof(r->err));
}

/* "FILE:LINE:COL: error: ", all of it. */
static inline bool has_place(const char *text, const char *file)
{
	size_t n = strlen(file);
	int line, col, end = 0;

	return strncmp(text, file, n) == 0 &&
	       sscanf(text + n, ":%d:%d: error: %n", &line, &col, &end) == 2 && end && line > 0 &&
	       col > 0;
}

/* A process each: under a sanitizer some of them are enough, for the readers are the same. */
#ifdef __SANITIZE_ADDRESS__
#define ONE_OF 11u
#else
#define ONE_OF 1u
#endif

/* @setting: what was tried, for the message.  @name: must be in the line. */
static inline void must_refuse(char **argv, const char *file, const char *name, const char *setting)
{
	int before = files_here();
	struct refusal r;
	const char *nl;

	if (cases++ % ONE_OF)
		return;
	simulate(argv, &r);
	nl = strchr(r.err, '\n');
	if (r.status != 3 || *r.out || !nl || nl[1] || !has_place(r.err, file) ||
		!strstr(r.err, name) || files_here() != before)
		fail_msg("%s: exit %d, stdout '%.40s', %d files more, stderr '%s' (expected exit "
			 "3 and one line %s:LINE:COL: error: ... %s ...)",
			setting, r.status, r.out, files_here() - before, r.err, file, name);
}

/* Begins in an empty directory; "out" and "err" are there from the start. */
static inline void begin(void)
{
	static char dir[] = "/tmp/refused.XXXXXX";

	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	put("out", "");
	put("err", "");
	put("base.yaml", "name: base\njob: {rw: randread}\n");
	put("case.yaml", "");
	put("case.fio", "");
}

static inline void end(void)
{
	char dir[64];

	assert_non_null(getcwd(dir, sizeof(dir)));
	for (const char *const *f = (const char *const[]){"out", "err", "base.yaml", "case.yaml",
		     "case.fio", NULL};
		*f; f++)
		unlink(*f);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* A group's setup and teardown; so many values at least, or the registries were not there. */
#ifndef LEAST_REFUSED
#define LEAST_REFUSED 0
#endif

static inline int set_up(void **state)
{
	(void)state;
	begin();
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	end();
	printf("%u values refused\n", cases);
	return cases >= LEAST_REFUSED ? 0 : -1;
}

#define HOURS_ (char *)"--requests=1000000000", (char *)"--reps=5"

/* PATH=VALUE must be refused from the command line and in a file. */
__attribute__((unused)) static inline void refuse_field(
	const char *path, const char *value, const char *name)
{
	char set[4096], yaml[4096];
	const char *dot = strchr(path, '.');
	char *by_option[] = {
		(char *)"simulate", (char *)"base.yaml", (char *)"--set", set, HOURS_, NULL};
	char *by_file[] = {(char *)"simulate", (char *)"case.yaml", HOURS_, NULL};

	snprintf(set, sizeof(set), "%s=%s", path, value);
	must_refuse(by_option, "--set", name, set);
	if (dot)
		snprintf(yaml, sizeof(yaml), "# a field\n%.*s:\n  %s: '%s'\n", (int)(dot - path),
			path, dot + 1, value);
	else
		snprintf(yaml, sizeof(yaml), "# a field\n%s: '%s'\n", path, value);
	put("case.yaml", yaml);
	must_refuse(by_file, "case.yaml", name, yaml);
}

/* OPTION=VALUE must be refused in a job file. */
__attribute__((unused)) static inline void refuse_option(
	const char *option, const char *value, const char *name)
{
	char text[4096];
	char *argv[] = {
		(char *)"simulate", (char *)"base.yaml", (char *)"--job=case.fio", HOURS_, NULL};

	snprintf(text, sizeof(text),
		"[global]\nioengine=libaio\n[j]\nrw=randread\nsize=1m\n%s=%s\n", option, value);
	put("case.fio", text);
	must_refuse(argv, "case.fio", name, text);
}

#endif
