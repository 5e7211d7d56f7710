/* SPDX-License-Identifier: GPL-3.0-or-later */
/* perf stat; see perf.h. */
#include "data/format/perf.h"

#include "data/format/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TITLE	     "Performance counter stats for"
#define FIELDS_MIN   4 /* of -x,: value, unit, event, time it ran, share, ... */
#define VALUE_BYTES  40
#define COUNTERS_MAX 256

struct reader {
	const char *file;
	struct rl_lines l;
	struct rl_perf *out;
	bool title, elapsed;
};

static int bad(const struct reader *r, size_t at, const char *expected, struct rl_err *err)
{
	return rl_err_set(err, -EINVAL, r->file, r->l.line, (int)at + 1,
		"malformed line of perf stat (expected %s)", expected);
}

/* A number that is not negative, `1,234.56` or `0.5`; commas only where people read it. */
static int read_value(
	const struct reader *r, size_t at, size_t n, bool commas, double *value, struct rl_err *err)
{
	char digits[VALUE_BYTES];
	size_t k = 0, points = 0, i;

	for (i = at; i < at + n; i++) {
		char c = r->l.at[i];

		points += c == '.';
		if (c == ',' && commas && k)
			continue;
		if ((!isdigit((unsigned char)c) && c != '.') || points > 1 ||
			k + 1 == sizeof(digits))
			return bad(r, i, "a number of 0 or more", err);
		digits[k++] = c;
	}
	digits[k] = '\0';
	if (!k || digits[0] == '.' || digits[k - 1] == '.')
		return bad(r, at, "a number of 0 or more", err);
	*value = strtod(digits, NULL);
	return *value < 0x1p63 ? 0 : bad(r, at, "a number below 2^63", err);
}

static bool event_name(const char *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)at[i]) && !strchr("_:./=-", at[i]))
			return false;
	return n > 0 && isalpha((unsigned char)at[0]);
}

static int add(struct reader *r, const char *event, size_t n, const char *unit, size_t nunit,
	double value, struct rl_err *err)
{
	struct rl_perf_counter *more;
	char name[sizeof(more->name)];
	size_t at = (size_t)(event - r->l.at);

	if (!event_name(event, n) || (nunit && !event_name(unit, nunit)) ||
		n + nunit + 2 > sizeof(name))
		return bad(r, at, "the name of an event", err);
	snprintf(name, sizeof(name), "%.*s%s%.*s", (int)n, event, nunit ? "." : "", (int)nunit,
		nunit ? unit : "");
	for (size_t i = 0; i < r->out->n; i++)
		if (strcmp(r->out->counter[i].name, name) == 0)
			return rl_err_set(err, -EINVAL, r->file, r->l.line, (int)at + 1,
				"%s given twice (expected one sum: neither -I nor -A)", name);
	if (r->out->n == COUNTERS_MAX)
		return bad(r, at, "at most 256 events", err);
	more = realloc(r->out->counter, (r->out->n + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	r->out->counter = more;
	more += r->out->n++;
	memcpy(more->name, name, sizeof(more->name));
	more->value = value;
	return 0;
}

/* value,unit,event,time,share[,...] */
static int read_csv(struct reader *r, struct rl_err *err)
{
	const char *field[FIELDS_MIN + 1];
	size_t n = 1;
	double value;
	int rc;

	field[0] = r->l.at;
	for (size_t i = 0; i < r->l.size && n <= FIELDS_MIN; i++)
		if (r->l.at[i] == ',')
			field[n++] = r->l.at + i + 1;
	if (n <= FIELDS_MIN)
		return bad(r, r->l.size, "value,unit,event,time,share", err);
	if (*field[0] == '<')
		return 0; /* <not counted>, <not supported> */
	rc = read_value(r, 0, (size_t)(field[1] - field[0] - 1), false, &value, err);
	return rc ? rc
		  : add(r, field[2], (size_t)(field[3] - field[2] - 1), field[1],
			    (size_t)(field[2] - field[1] - 1), value, err);
}

struct word {
	const char *at;
	size_t n;
};

static bool is(const struct word *w, const char *text)
{
	return w->n == strlen(text) && memcmp(w->at, text, w->n) == 0;
}

/* 0.134882847 seconds time elapsed; 0.001858000 seconds user */
static int read_seconds(
	struct reader *r, const struct word *w, int n, double value, struct rl_err *err)
{
	if (n == 4 && is(&w[2], "time") && is(&w[3], "elapsed")) {
		r->elapsed = true;
		return add(r, w[3].at, w[3].n, "s", 1, value, err);
	}
	if (n == 3 && (is(&w[2], "user") || is(&w[2], "sys")))
		return add(r, w[2].at, w[2].n, "s", 1, value, err);
	return bad(r, (size_t)(w[1].at - r->l.at), "seconds time elapsed, user or sys", err);
}

/* `  1,234.56 msec task-clock  # 0.007 CPUs utilized`: up to four words before the remark. */
static int read_words(struct reader *r, struct rl_err *err)
{
	struct word w[5];
	size_t i = 0;
	double value;
	int n = 0, rc;

	while (n < 5) {
		while (i < r->l.size && isspace((unsigned char)r->l.at[i]))
			i++;
		if (i == r->l.size || r->l.at[i] == '#' || r->l.at[i] == '(')
			break;
		w[n].at = r->l.at + i;
		while (i < r->l.size && !isspace((unsigned char)r->l.at[i]))
			i++;
		w[n].n = (size_t)(r->l.at + i - w[n].at);
		n++;
	}
	if (!n || *w[0].at == '<')
		return 0;
	rc = read_value(r, (size_t)(w[0].at - r->l.at), w[0].n, true, &value, err);
	if (rc)
		return rc;
	if (n >= 2 && is(&w[1], "seconds"))
		return read_seconds(r, w, n, value, err);
	if (n == 2)
		return add(r, w[1].at, w[1].n, NULL, 0, value, err);
	if (n == 3)
		return add(r, w[2].at, w[2].n, w[1].at, w[1].n, value, err);
	return bad(r, 0, "a count, its unit and the event", err);
}

static int read_line(struct reader *r, bool csv, struct rl_err *err)
{
	size_t i = 0;

	while (i < r->l.size && isspace((unsigned char)r->l.at[i]))
		i++;
	if (i == r->l.size || r->l.at[i] == '#')
		return 0;
	if (csv)
		return read_csv(r, err);
	if (r->l.size - i >= strlen(TITLE) && memcmp(r->l.at + i, TITLE, strlen(TITLE)) == 0) {
		if (r->title)
			return bad(r, i, "one report", err);
		r->title = true;
		return 0;
	}
	return r->title ? read_words(r, err) : 0; /* before it: what the program printed */
}

static int whole(
	const struct reader *r, const char *text, size_t size, bool csv, struct rl_err *err)
{
	if (size && text[size - 1] != '\n')
		return rl_err_set(err, -EINVAL, r->file, r->l.line, (int)r->l.size + 1,
			"the last line has no end (expected all that perf wrote)");
	if (!csv && !r->elapsed)
		return rl_err_set(err, -EINVAL, r->file, r->l.line, 0,
			"no time elapsed (expected all that perf stat wrote)");
	if (!r->out->n)
		return rl_err_set(err, -EINVAL, r->file, r->l.line, 0,
			"no event was counted (expected the output of perf stat)");
	return 0;
}

int rl_perf_parse(
	const char *text, size_t size, const char *file, struct rl_perf *out, struct rl_err *err)
{
	struct reader r = {.file = file, .out = out};
	bool csv = !memmem(text, size, TITLE, strlen(TITLE));
	int rc = 0;

	memset(out, 0, sizeof(*out));
	rl_lines_init(&r.l, text, size);
	while (!rc && rl_lines_next(&r.l))
		rc = read_line(&r, csv, err);
	rc = rc ? rc : whole(&r, text, size, csv, err);
	if (rc)
		rl_perf_free(out);
	return rc;
}

void rl_perf_free(struct rl_perf *p)
{
	free(p->counter);
	memset(p, 0, sizeof(*p));
}
