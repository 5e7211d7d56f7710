/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a job file; its options are in fio_option.c. */
#include "data/format/fio_job.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct parser {
	struct rl_job *job;
	struct rl_fio_place at;
	int job_line; /* of the job's section, 0: none yet */
	bool in_section;
};

void rl_fio_job_default(struct rl_job *job)
{
	memset(job, 0, sizeof(*job));
	job->rw = RL_RW_READ;
	job->rwmixread = 50;
	job->bs_bytes = 4096;
	job->iodepth = 1;
	job->numjobs = 1;
}

static int section(struct parser *p, const struct rl_lines *l, const char *s, struct rl_err *err)
{
	const char *end = l->at + l->size, *close = memchr(s, ']', (size_t)(end - s));
	int col = (int)(s - l->at) + 1;
	size_t n;

	if (!close || close == s + 1)
		return rl_err_set(err, -EINVAL, p->at.file, l->line, col,
			"malformed section (expected [NAME])");
	for (const char *t = close + 1; t < end; t++)
		if (!isspace((unsigned char)*t))
			return rl_err_set(err, -EINVAL, p->at.file, l->line, (int)(t - l->at) + 1,
				"text after a section's name");
	n = (size_t)(close - s - 1);
	p->in_section = true;
	if (n == 6 && memcmp(s + 1, "global", 6) == 0) {
		if (p->job_line)
			return rl_err_set(err, -EINVAL, p->at.file, l->line, col,
				"[global] after the job (expected before it)");
		return 0;
	}
	if (p->job_line)
		return rl_err_set(err, -EINVAL, p->at.file, l->line, col,
			"a second job; several are not supported yet (expected one, the first is "
			"in line %d)",
			p->job_line);
	p->job_line = l->line;
	snprintf(p->job->name, sizeof(p->job->name), "%.*s", (int)n, s + 1);
	return 0;
}

/* "key = value", or "key" alone. */
static int option(struct parser *p, const struct rl_lines *l, const char *s, struct rl_err *err)
{
	const char *end = l->at + l->size, *eq = memchr(s, '=', (size_t)(end - s));
	const char *key_end = eq ? eq : end, *v = eq ? eq + 1 : end;
	char key[64], value[256];

	p->at.line = l->line;
	p->at.col = (int)(s - l->at) + 1;
	while (key_end > s && isspace((unsigned char)key_end[-1]))
		key_end--;
	while (v < end && isspace((unsigned char)*v))
		v++;
	while (end > v && isspace((unsigned char)end[-1]))
		end--;
	p->at.value_col = (int)(v - l->at) + 1;
	if (!p->in_section)
		return rl_err_set(err, -EINVAL, p->at.file, l->line, p->at.col,
			"an option outside of a section (expected [NAME] first)");
	if (key_end == s)
		return rl_err_set(err, -EINVAL, p->at.file, l->line, p->at.col,
			"no name before '=' (expected OPTION=VALUE)");
	if ((size_t)(key_end - s) >= sizeof(key) || (size_t)(end - v) >= sizeof(value))
		return rl_err_set(err, -EINVAL, p->at.file, l->line, p->at.col,
			"an option that is too long (expected OPTION=VALUE)");
	snprintf(key, sizeof(key), "%.*s", (int)(key_end - s), s);
	snprintf(value, sizeof(value), "%.*s", (int)(end - v), v);
	return rl_fio_job_option(p->job, key, eq ? value : NULL, &p->at, err);
}

static int line(struct parser *p, const struct rl_lines *l, struct rl_err *err)
{
	const char *s = l->at, *end = l->at + l->size;

	while (s < end && isspace((unsigned char)*s))
		s++;
	if (s == end || *s == '#' || *s == ';')
		return 0;
	if (*s == '[')
		return section(p, l, s, err);
	return option(p, l, s, err);
}

/* What no single option can tell. */
static int whole(const struct parser *p, struct rl_err *err)
{
	const struct rl_job *job = p->job;

	if (!p->job_line)
		return rl_err_set(
			err, -EINVAL, p->at.file, 0, 0, "no job (expected a section [NAME])");
	if (job->time_based && job->runtime_ns == 0)
		return rl_err_set(err, -EINVAL, p->at.file, p->job_line, 0,
			"time_based without a runtime (expected runtime=TIME)");
	if (job->runtime_ns == 0 && job->size_bytes == 0 && job->io_size_bytes == 0)
		return rl_err_set(err, -EINVAL, p->at.file, p->job_line, 0,
			"a job without an end (expected size or runtime)");
	return 0;
}

int rl_fio_job_parse(const char *text, size_t size, const char *file, struct rl_job *job,
	rl_warn_fn *warn, void *arg, struct rl_err *err)
{
	struct parser p = {.job = job, .at = {.file = file, .warn = warn, .arg = arg}};
	size_t bad = rl_text_utf8(text, size);
	struct rl_lines l;
	int rc, ln, col;

	if (bad < size) {
		rl_text_place(text, size, bad, &ln, &col);
		return rl_err_set(
			err, -EINVAL, file, ln, col, "not a text (expected a fio job file)");
	}
	rl_fio_job_default(job);
	rl_lines_init(&l, text, size);
	while (rl_lines_next(&l)) {
		rc = line(&p, &l, err);
		if (rc)
			return rc;
	}
	return whole(&p, err);
}
