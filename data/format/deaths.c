/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only reader of kills.csv; see deaths.h. */
#include "data/format/deaths.h"

#include "data/format/text.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COLUMNS 64
#define MAX_LINES   100000
#define MAX_VALUE   1000 /* bytes */
#define MAX_DIGITS  18
#define OTHER	    (-1)

#define COUNT true
#define WORD  false
const struct rl_death_info rl_death_info[RL_DEATH_COLUMNS] = {
#define RL_DEATH(name, kind) {#name, kind},
#include "data/format/death.def"
#undef RL_DEATH
};
#undef COUNT
#undef WORD

/* What a file must have: all of them, and those of its kind. */
static const enum rl_death_column of_all[] = {RL_DEATH_job, RL_DEATH_grants, RL_DEATH_depth,
	RL_DEATH_fsync, RL_DEATH_ended},
				  of_own[] = {RL_DEATH_in_flight, RL_DEATH_served_us,
					  RL_DEATH_failed, RL_DEATH_fio, RL_DEATH_judged,
					  RL_DEATH_wrong},
				  of_deaths[] = {RL_DEATH_how, RL_DEATH_moment},
				  of_faults[] = {RL_DEATH_fault};

struct header {
	const char *path;
	int known[MAX_COLUMNS]; /* enum rl_death_column, or OTHER */
	char *name[MAX_COLUMNS];
	bool has[RL_DEATH_COLUMNS];
	int n;
};

static int wrong(const struct header *h, int line, const char *at, const char *from,
	const char *what, struct rl_err *err)
{
	return rl_err_set(err, -EINVAL, h->path, line, (int)(at - from) + 1, "%s", what);
}

/* ---- the header ---------------------------------------------------------------------------- */

static int find_column(const char *name)
{
	if (strcmp(name, "kill") == 0)
		return RL_DEATH_job;
	for (int c = 0; c < RL_DEATH_COLUMNS; c++)
		if (strcmp(rl_death_info[c].name, name) == 0)
			return c;
	return OTHER;
}

static int add_column(struct header *h, char *name, const char *from, struct rl_err *err)
{
	int c = find_column(name);
	bool twice = c != OTHER && h->has[c];

	if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
		return wrong(
			h, 1, name, from, "no name of a column (expected a-z, 0-9 and _)", err);
	if (h->n == MAX_COLUMNS)
		return wrong(h, 1, name, from, "too many columns (expected at most 64)", err);
	for (int i = 0; i < h->n && !twice; i++)
		twice = strcmp(h->name[i], name) == 0;
	if (twice)
		return wrong(h, 1, name, from, "a column that was there before", err);
	if (c != OTHER)
		h->has[c] = true;
	h->known[h->n] = c;
	h->name[h->n++] = name;
	return 0;
}

static int need(
	const struct header *h, const enum rl_death_column *columns, size_t n, struct rl_err *err)
{
	char buf[80];

	for (size_t i = 0; i < n; i++) {
		const char *name = rl_death_info[columns[i]].name;
		struct rl_suggest s;

		if (h->has[columns[i]])
			continue;
		rl_suggest_init(&s, name, strlen(name));
		for (int k = 0; k < h->n; k++)
			if (h->known[k] == OTHER)
				rl_suggest_offer(&s, h->name[k]);
		return rl_err_set(err, -EINVAL, h->path, 1, 1,
			"no column '%s' (expected the header of `realdrv/rig/kills --csv`%s)", name,
			rl_suggest_text(&s, buf, sizeof(buf)));
	}
	return 0;
}

#define NEED(h, list, err) need(h, list, sizeof(list) / sizeof((list)[0]), err)

static int check_header(const struct header *h, struct rl_deaths *out, struct rl_err *err)
{
	int rc = NEED(h, of_all, err);

	out->stock = h->has[RL_DEATH_offered];
	out->faults = h->has[RL_DEATH_fault];
	if (!rc)
		rc = out->faults ? NEED(h, of_faults, err) : NEED(h, of_deaths, err);
	return rc || out->stock ? rc : NEED(h, of_own, err);
}

/* ---- a line -------------------------------------------------------------------------------- */

/* Ends the value that begins at @at. Returns: the one after it; null: it was the last. */
static char *cut(char *at)
{
	char *comma = strchr(at, ',');

	if (!comma)
		return NULL;
	*comma = '\0';
	return comma + 1;
}

static int check_value(const struct header *h, const struct rl_death *d, const char *value,
	const char *from, struct rl_err *err)
{
	size_t n = strlen(value);

	if (!n)
		return wrong(
			h, d->line, value, from, "empty (expected a value, or - for none)", err);
	if (n > MAX_VALUE)
		return wrong(h, d->line, value, from, "more than 1000 bytes", err);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			return wrong(h, d->line, value + i, from,
				"a control character (expected printable text)", err);
	return 0;
}

static int take_count(
	const struct header *h, struct rl_death *d, int c, const char *from, struct rl_err *err)
{
	const char *value = d->text[c];
	size_t digits = strspn(value, "0123456789");

	if (value[digits] || digits > MAX_DIGITS)
		return rl_err_set(err, -EINVAL, h->path, d->line, (int)(value - from) + 1,
			"%s '%.40s' (expected a count of at most 18 digits, or -)",
			rl_death_info[c].name, value);
	d->number[c] = strtoll(value, NULL, 10);
	return 0;
}

static int keep_other(json_t *more, const char *name, const char *value)
{
	bool none = strcmp(value, "-") == 0;

	return json_object_set_new(more, name, none ? json_null() : json_string(value));
}

static int take_value(const struct header *h, struct rl_death *d, int i, const char *value,
	const char *from, json_t *more, struct rl_err *err)
{
	int c, rc = check_value(h, d, value, from, err);

	if (rc)
		return rc;
	if (i >= h->n)
		return rl_err_set(err, -EINVAL, h->path, d->line, (int)(value - from) + 1,
			"more values than columns (expected %d)", h->n);
	c = h->known[i];
	if (c == OTHER)
		return keep_other(more, h->name[i], value) ? -ENOMEM : 0;
	if (strcmp(value, "-") == 0)
		return 0;
	d->text[c] = value;
	return rl_death_info[c].count ? take_count(h, d, c, from, err) : 0;
}

/* SEED/NAME, and what every death has. */
static int check_line(const struct header *h, struct rl_death *d, struct rl_err *err)
{
	const char *job = d->text[RL_DEATH_job];
	size_t digits = job ? strspn(job, "0123456789") : 0;

	if (!digits || digits > 5 || job[digits] != '/' || !job[digits + 1])
		return rl_err_set(err, -EINVAL, h->path, d->line, 1,
			"job '%.40s' (expected SEED/NAME)", job ? job : "-");
	d->seed = (unsigned)strtoul(job, NULL, 10);
	if (!d->text[RL_DEATH_ended])
		return rl_err_set(err, -EINVAL, h->path, d->line, 1,
			"nothing in column 'ended' (expected whole, or why the machine was lost)");
	if (!d->text[RL_DEATH_death])
		d->number[RL_DEATH_death] = 1; /* the only one of its job */
	if (d->number[RL_DEATH_death] < 1)
		return rl_err_set(
			err, -EINVAL, h->path, d->line, 1, "death 0 of a job (expected 1, 2, ...)");
	return 0;
}

static int read_line(const struct header *h, struct rl_death *d, char *at, struct rl_err *err)
{
	json_t *more = json_object();
	const char *from = at;
	int i = 0, rc = more ? 0 : -ENOMEM;

	for (char *next; at && !rc; at = next, i++) {
		next = cut(at);
		rc = take_value(h, d, i, at, from, more, err);
	}
	if (!rc && i < h->n)
		rc = rl_err_set(
			err, -EINVAL, h->path, d->line, 1, "%d values (expected %d)", i, h->n);
	if (!rc && json_object_size(more)) {
		d->more = json_dumps(more, JSON_COMPACT | JSON_SORT_KEYS);
		rc = d->more ? 0 : -ENOMEM;
	}
	json_decref(more);
	return rc ? rc : check_line(h, d, err);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static int by_job(const void *a, const void *b)
{
	const struct rl_death *x = *(const struct rl_death *const *)a;
	const struct rl_death *y = *(const struct rl_death *const *)b;
	int c = strcmp(x->text[RL_DEATH_job], y->text[RL_DEATH_job]);

	if (!c)
		c = (x->number[RL_DEATH_death] > y->number[RL_DEATH_death]) -
		    (x->number[RL_DEATH_death] < y->number[RL_DEATH_death]);
	return c ? c : (x->line > y->line) - (x->line < y->line);
}

/* A death that is told twice would be counted twice. */
static int check_twice(const struct rl_deaths *d, const char *path, struct rl_err *err)
{
	const struct rl_death **order = calloc(d->n + 1, sizeof(*order));
	int rc = order ? 0 : -ENOMEM;

	for (size_t i = 0; i < d->n && !rc; i++)
		order[i] = &d->rows[i];
	if (!rc && d->n)
		qsort(order, d->n, sizeof(*order), by_job);
	for (size_t i = 1; i < d->n && !rc; i++)
		if (strcmp(order[i]->text[RL_DEATH_job], order[i - 1]->text[RL_DEATH_job]) == 0 &&
			order[i]->number[RL_DEATH_death] == order[i - 1]->number[RL_DEATH_death])
			rc = rl_err_set(err, -EINVAL, path, order[i]->line, 1,
				"death %lld of %.60s is told in line %d, too",
				(long long)order[i]->number[RL_DEATH_death],
				order[i]->text[RL_DEATH_job], order[i - 1]->line);
	free(order);
	return rc;
}

static int read_header(struct header *h, char *at, struct rl_err *err)
{
	const char *from = at;
	int rc = 0;

	for (char *next; at && !rc; at = next) {
		next = cut(at);
		rc = add_column(h, at, from, err);
	}
	return rc;
}

static int read_all(struct rl_deaths *out, struct header *h, struct rl_lines *l, const char *text,
	struct rl_err *err)
{
	int rc;

	if (!rl_lines_next(l) || !l->size)
		return rl_err_set(err, -EINVAL, h->path, 1, 1,
			"no header (expected that of `realdrv/rig/kills --csv`)");
	out->text[l->at - text + (ptrdiff_t)l->size] = '\0';
	rc = read_header(h, out->text, err);
	rc = rc ? rc : check_header(h, out, err);
	while (!rc && rl_lines_next(l)) {
		struct rl_death *d = &out->rows[out->n];
		char *at = out->text + (l->at - text);

		if (out->n == MAX_LINES)
			return rl_err_set(err, -EINVAL, h->path, l->line, 1, "more than %d deaths",
				MAX_LINES);
		at[l->size] = '\0';
		d->line = l->line;
		d->at = l->at;
		d->size = l->size;
		out->n++;
		rc = read_line(h, d, at, err);
	}
	if (!rc && !out->n)
		rc = rl_err_set(err, -EINVAL, h->path, 1, 1, "no death (expected a line each)");
	return rc ? rc : check_twice(out, h->path, err);
}

static size_t count_lines(const char *text, size_t size)
{
	struct rl_lines l;
	size_t n = 0;

	rl_lines_init(&l, text, size);
	while (n <= MAX_LINES && rl_lines_next(&l))
		n++;
	return n;
}

int rl_deaths_parse(
	const char *text, size_t size, const char *path, struct rl_deaths *out, struct rl_err *err)
{
	struct header h = {.path = path};
	size_t odd = rl_text_utf8(text, size);
	struct rl_lines l;
	int line, col;

	memset(out, 0, sizeof(*out));
	if (odd < size) {
		rl_text_place(text, size, odd, &line, &col);
		return rl_err_set(err, -EINVAL, path, line, col, "no text (expected UTF-8)");
	}
	out->text = malloc(size + 1);
	out->rows = calloc(count_lines(text, size) + 1, sizeof(*out->rows));
	if (!out->text || !out->rows)
		return rl_err_set(err, -ENOMEM, path, 0, 0, "out of memory");
	memcpy(out->text, text, size);
	out->text[size] = '\0';
	rl_lines_init(&l, text, size);
	return read_all(out, &h, &l, text, err);
}

void rl_deaths_fini(struct rl_deaths *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->rows[i].more);
	free(d->rows);
	free(d->text);
	memset(d, 0, sizeof(*d));
}
