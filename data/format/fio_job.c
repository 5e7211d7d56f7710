/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a job file; its options are in fio_option.c. */
#include "data/format/fio_job.h"

#include "data/format/iolog.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct parser {
	struct rl_job *jobs, global;
	uint32_t n, max;
	struct rl_job *to; /* where options go; null: no section yet */
	int line[RL_JOBS]; /* of the jobs' sections */
	int global_line;
	struct rl_fio_place at;
	const char *text;
	size_t size;
};

static int add_job(
	struct parser *p, const struct rl_lines *l, const char *name, size_t n, struct rl_err *err)
{
	int col = (int)(name - l->at);

	if (p->n == p->max && p->max == 1)
		return rl_err_set(err, -EINVAL, p->at.file, l->line, col,
			"a second job (expected one, the first is in line %d)", p->line[0]);
	if (p->n == p->max)
		return rl_err_set(err, -EINVAL, p->at.file, l->line, col,
			"too many jobs (expected at most %u)", p->max);
	p->line[p->n] = l->line;
	p->to = &p->jobs[p->n++];
	*p->to = p->global;
	snprintf(p->to->name, sizeof(p->to->name), "%.*s", (int)n, name);
	return 0;
}

static bool is_global(const char *name, size_t n)
{
	return n == 6 && memcmp(name, "global", 6) == 0;
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
	if (!is_global(s + 1, n))
		return add_job(p, l, s + 1, n, err);
	p->to = &p->global;
	p->global_line = l->line;
	return 0;
}

/* "key = value", or "key" alone. */
struct pair {
	const char *key, *value; /* value: null when there is none */
	size_t key_size, value_size;
	int col, value_col;
};

static struct pair cut(const struct rl_lines *l, const char *s)
{
	const char *end = l->at + l->size, *eq = memchr(s, '=', (size_t)(end - s));
	const char *key_end = eq ? eq : end, *v = eq ? eq + 1 : end;

	while (key_end > s && isspace((unsigned char)key_end[-1]))
		key_end--;
	while (v < end && isspace((unsigned char)*v))
		v++;
	while (end > v && isspace((unsigned char)end[-1]))
		end--;
	return (struct pair){
		.key = s,
		.value = eq ? v : NULL,
		.key_size = (size_t)(key_end - s),
		.value_size = (size_t)(end - v),
		.col = (int)(s - l->at) + 1,
		.value_col = (int)(v - l->at) + 1,
	};
}

static int option(struct parser *p, const struct rl_lines *l, const char *s, struct rl_err *err)
{
	struct pair o = cut(l, s);
	char key[64], value[256];

	p->at.line = l->line;
	p->at.col = o.col;
	p->at.value_col = o.value_col;
	if (!p->to)
		return rl_err_set(err, -EINVAL, p->at.file, l->line, o.col,
			"an option outside of a section (expected [NAME] first)");
	if (!o.key_size)
		return rl_err_set(err, -EINVAL, p->at.file, l->line, o.col,
			"no name before '=' (expected OPTION=VALUE)");
	if (o.key_size >= sizeof(key) || o.value_size >= sizeof(value))
		return rl_err_set(err, -EINVAL, p->at.file, l->line, o.col,
			"%.*s...: an option that is too long (expected OPTION=VALUE)",
			(int)(o.key_size < 40 ? o.key_size : 40), o.key);
	snprintf(key, sizeof(key), "%.*s", (int)o.key_size, o.key);
	snprintf(value, sizeof(value), "%.*s", (int)o.value_size, o.value ? o.value : "");
	return rl_fio_job_option(p->to, key, o.value ? value : NULL, &p->at, err);
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

/* Where the option was set last that a job in line @section has; its own line when nowhere. */
static void find_option(const struct parser *p, int section, const char *name, int *line, int *col)
{
	struct rl_lines l;
	bool applies = false;

	*line = section;
	*col = 0;
	rl_lines_init(&l, p->text, p->size);
	while (rl_lines_next(&l)) {
		const char *s = l.at, *end = l.at + l.size;
		struct pair o;

		while (s < end && isspace((unsigned char)*s))
			s++;
		if (s < end && *s == '[')
			applies = l.line == section ||
				  (l.line < section && end - s > 7 && is_global(s + 1, 6));
		o = cut(&l, s);
		if (!applies || !rl_fio_option_same(name, o.key, o.key_size))
			continue;
		*line = l.line;
		*col = o.value_col;
	}
}

static int check_job(
	const struct parser *p, const struct rl_job *job, int section, struct rl_err *err)
{
	struct rl_err why = {0};
	int line, col, rc = rl_job_check(job, &why);
	char name[64];

	if (!rc)
		return 0;
	/* "job.NAME ..." */
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(why.what + 4, " :"), why.what + 4);
	find_option(p, section, name, &line, &col);
	return rl_err_set(err, rc, p->at.file, line, col, "%s", why.what);
}

/* What no single option can tell. */
static int whole_job(const struct parser *p, struct rl_job *job, int line, struct rl_err *err)
{
	int rc, at, col;

	if (*job->read_iolog) {
		find_option(p, line, "read_iolog", &at, &col);
		rc = rl_fio_job_load(job, p->at.file, at, col, p->at.warn, p->at.arg, err);
		return rc ? rc : check_job(p, job, line, err);
	}
	if (job->time_based && job->runtime_ns == 0)
		return rl_err_set(err, -EINVAL, p->at.file, line, 0,
			"time_based without a runtime (expected runtime=TIME)");
	if (job->runtime_ns == 0 && job->size_bytes == 0 && job->io_size_bytes == 0)
		return rl_err_set(err, -EINVAL, p->at.file, line, 0,
			"a job without an end (expected size or runtime)");
	return check_job(p, job, line, err);
}

static int whole(const struct parser *p, struct rl_err *err)
{
	int rc = 0;

	if (p->n == 0)
		return rl_err_set(
			err, -EINVAL, p->at.file, 0, 0, "no job (expected a section [NAME])");
	if (p->global_line > p->line[p->n - 1])
		return rl_err_set(err, -EINVAL, p->at.file, p->global_line, 1,
			"[global] after the last job (expected before a job)");
	for (uint32_t i = 0; !rc && i < p->n; i++)
		rc = whole_job(p, &p->jobs[i], p->line[i], err);
	return rc;
}

int rl_fio_jobs_parse(const char *text, size_t size, const char *file, struct rl_job *jobs,
	uint32_t max, uint32_t *n, rl_warn_fn *warn, void *arg, struct rl_err *err)
{
	struct parser p = {
		.jobs = jobs,
		.max = max < RL_JOBS ? max : RL_JOBS,
		.at = {.file = file, .warn = warn, .arg = arg},
		.text = text,
		.size = size,
	};
	size_t bad = rl_text_utf8(text, size);
	struct rl_lines l;
	int rc, ln, col;

	*n = 0;
	if (bad < size) {
		rl_text_place(text, size, bad, &ln, &col);
		return rl_err_set(
			err, -EINVAL, file, ln, col, "not a text (expected a fio job file)");
	}
	rl_job_default(&p.global);
	rl_lines_init(&l, text, size);
	while (rl_lines_next(&l)) {
		rc = line(&p, &l, err);
		if (rc)
			return rc;
	}
	*n = p.n;
	return whole(&p, err);
}

int rl_fio_job_parse(const char *text, size_t size, const char *file, struct rl_job *job,
	rl_warn_fn *warn, void *arg, struct rl_err *err)
{
	uint32_t n;

	rl_job_default(job);
	return rl_fio_jobs_parse(text, size, file, job, 1, &n, warn, arg, err);
}

int rl_fio_job_load(struct rl_job *job, const char *file, int line, int col, rl_warn_fn *warn,
	void *arg, struct rl_err *err)
{
	const char *slash = file ? strrchr(file, '/') : NULL;
	char path[RL_PATH_BYTES + 1024];
	struct rl_err why = {0};
	int rc;

	if (strcmp(job->read_iolog, "-") == 0)
		return rl_err_set(err, -EINVAL, file, line, col,
			"read_iolog=- is not supported (expected a file)");
	if (job->read_iolog[0] == '/' || !slash)
		snprintf(path, sizeof(path), "%s", job->read_iolog);
	else
		snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - file), file, job->read_iolog);
	rc = rl_iolog_read(path, &job->replay, warn, arg, &why);
	if (rc && !why.line) /* it cannot even be opened */
		return rl_err_set(err, rc, file, line, col, "read_iolog: '%s': %s", path, why.what);
	return rc ? rl_err_set(err, rc, why.file, why.line, why.col, "%s", why.what) : 0;
}
