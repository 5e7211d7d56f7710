/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists and ranges; see the header. */
#include "data/format/axis_private.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_BYTES 2048
#define NEAR	    1e-9 /* a step that ends so near the end, relative to it, ends there */

struct parser {
	const char *name;
	struct rl_axis *to;
	struct rl_err *err;
	uint32_t room;
};

static int fail(const struct parser *p, int col, const char *what, const char *expected)
{
	return rl_err_set(p->err, -EINVAL, p->name, 1, col, "%s: %s (expected %s)", p->to->path,
		what, expected);
}

/* ---- ranges -------------------------------------------------------------------------------- */

struct range {
	enum rl_axis_kind kind;
	double lo, hi, step;
	bool stepped, factor, log;
};

/* All of a range as numbers of one kind. */
static bool read_range(const char *lo, const char *hi, const char *step, struct range *r)
{
	double factor;

	r->log = step && strcmp(step, "log") == 0;
	r->stepped = step && !r->log;
	r->factor = step && step[0] == '*';
	if (r->factor && !rl_axis_reads_as(RL_AXIS_REAL, step + 1, &factor))
		return false;
	for (size_t i = 0; i < RL_AXIS_KINDS; i++) {
		r->kind = rl_axis_kinds[i];
		if (!rl_axis_reads_as(rl_axis_kinds[i], lo, &r->lo) ||
			!rl_axis_reads_as(rl_axis_kinds[i], hi, &r->hi))
			continue;
		if (!step || r->log || r->factor) {
			r->step = r->factor ? factor : 0;
			return true;
		}
		if (rl_axis_reads_as(rl_axis_kinds[i], step, &r->step))
			return true;
	}
	return false;
}

/* Is it one? What begins with two numbers and a colon between was meant to be. */
static bool looks_like_range(const char *text, struct range *r, bool *good)
{
	char copy[VALUE_BYTES], *hi, *step;

	*r = (struct range){0};
	snprintf(copy, sizeof(copy), "%s", text);
	hi = strchr(copy, ':');
	if (!hi)
		return false;
	*hi++ = '\0';
	step = strchr(hi, ':');
	if (step)
		*step++ = '\0';
	if (!rl_axis_is_number(copy) || !rl_axis_is_number(hi))
		return false;
	*good = read_range(copy, hi, step, r);
	return true;
}

/* What is wrong with it; null: nothing. */
static const char *range_wrong(const struct range *r)
{
	if (!(r->hi >= r->lo))
		return "its end is not below its begin";
	if (r->factor && !(r->step > 1))
		return "a factor above 1";
	if ((r->factor || r->log) && !(r->lo > 0))
		return "a begin above 0";
	if (r->stepped && !r->factor && !(r->step > 0))
		return "a step above 0";
	return NULL;
}

/* ---- lists --------------------------------------------------------------------------------- */

static int add(struct parser *p, const char *text, int col)
{
	struct rl_axis *a = p->to;

	if (a->nlevels == RL_AXIS_LEVELS)
		return fail(p, col, "too many values", "at most a million");
	if (a->nlevels == p->room) {
		uint32_t room = p->room ? 2 * p->room : 16;
		void *more = realloc(a->level, room * sizeof(*a->level));

		if (!more)
			return -ENOMEM;
		a->level = more;
		p->room = room;
	}
	a->level[a->nlevels] = (struct rl_axis_level){strdup(text), col};
	return a->level[a->nlevels++].text ? 0 : -ENOMEM;
}

static int add_piece(struct parser *p, const char *text, int col);

/* Each value of a range, between what stands before and behind it. */
static int add_range(struct parser *p, const char *before, int nbefore, const struct range *r,
	const char *after, int col)
{
	char text[VALUE_BYTES], value[64], last[64] = "";
	double grown = 1;
	int rc = 0;

	for (uint32_t i = 0; !rc && i <= RL_AXIS_LEVELS; i++) {
		double x = r->factor ? r->lo * grown : r->lo + i * r->step;

		if (fabs(x - r->hi) <= NEAR * fabs(r->hi))
			x = r->hi;
		if (x > r->hi)
			break;
		grown *= r->step;
		/* A factor that is not whole leads off whole numbers: those are the nearest. */
		rl_axis_text(r->kind, r->kind == RL_AXIS_REAL ? x : round(x), value, sizeof(value));
		if (strcmp(value, last) == 0)
			continue;
		strcpy(last, value);
		snprintf(text, sizeof(text), "%.*s%s%s", nbefore, before, value, after);
		rc = nbefore || *after ? add_piece(p, text, col) : add(p, text, col);
	}
	return rc;
}

static void between(struct rl_axis *a, const struct range *r)
{
	a->lo = r->lo;
	a->hi = r->hi;
	a->log = r->log;
	a->kind = r->kind;
}

/* Any value of an option, between what stands before and behind it. */
static int add_between(
	struct parser *p, const char *before, int nbefore, const struct range *r, const char *after)
{
	struct rl_axis *a = p->to;

	between(a, r);
	a->before = strndup(before, (size_t)nbefore);
	a->after = strdup(after);
	return a->before && a->after ? 0 : -ENOMEM;
}

/* One value, or the first range among its options; those behind it are found in their turn. */
static int add_piece(struct parser *p, const char *text, int col)
{
	const char *at = strchr(text, '=');
	struct range r;
	bool good;

	for (; at; at = strchr(at + 1, '=')) {
		size_t n = strcspn(at + 1, ",");
		char value[VALUE_BYTES];
		const char *wrong;

		snprintf(value, sizeof(value), "%.*s", (int)n, at + 1);
		if (!looks_like_range(value, &r, &good) || !good || !r.stepped)
			continue;
		wrong = range_wrong(&r);
		if (wrong)
			return fail(p, col, value, wrong);
		return add_range(p, text, (int)(at + 1 - text), &r, at + 1 + n, col);
	}
	return add(p, text, col);
}

/* The next option of a value that is a range. Returns: null, or where its '=' stands. */
static const char *next_range(const char *at, struct range *r, size_t *length)
{
	char value[VALUE_BYTES];
	bool good;

	for (; at; at = strchr(at + 1, '=')) {
		*length = strcspn(at + 1, ",");
		snprintf(value, sizeof(value), "%.*s", (int)*length, at + 1);
		if (looks_like_range(value, r, &good) && good)
			return at;
	}
	return NULL;
}

/* A range of an option without a step is the only one, and of the only value. */
static int read_options(struct parser *p, const char *text, int col, bool alone)
{
	const char *wrong, *first = NULL, *at = strchr(text, '=');
	struct range r, open = {0};
	uint32_t ranges = 0;
	size_t n, length = 0;

	for (; (at = next_range(at, &r, &n)); at = strchr(at + 1, '=')) {
		ranges++;
		if (r.stepped)
			continue;
		open = r;
		first = at;
		length = n;
	}
	if (!first)
		return add_piece(p, text, col);
	wrong = range_wrong(&open);
	if (wrong)
		return fail(p, col, text, wrong);
	if (!alone || ranges > 1)
		return fail(p, col, text, "a step, LOW:HIGH:STEP, beside other values");
	return add_between(p, text, (int)(first + 1 - text), &open, first + 1 + length);
}

static int read_value(struct parser *p, const char *text, int col, bool alone)
{
	struct rl_axis *a = p->to;
	const char *wrong;
	struct range r;
	bool good;

	if (!*text)
		return fail(p, col, "nothing between two commas", "a value");
	if (!looks_like_range(text, &r, &good))
		return read_options(p, text, col, alone);
	wrong = good ? range_wrong(&r) : "LOW:HIGH:STEP, LOW:HIGH:*FACTOR or LOW:HIGH[:log]";
	if (wrong)
		return fail(p, col, text, wrong);
	if (r.stepped)
		return add_range(p, "", 0, &r, "", col);
	if (!alone)
		return fail(p, col, text, "a step, LOW:HIGH:STEP, within a list");
	between(a, &r);
	/* Costs are no whole numbers, however they are said. */
	if (r.kind == RL_AXIS_COUNT && strncmp(a->path, "costs.", 6) == 0)
		a->kind = RL_AXIS_REAL;
	return 0;
}

/* Does "name=value" stand here: an option of the value before? */
static bool is_option(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '_')
		n++;
	return n && text[n] == '=';
}

static size_t value_length(const char *text)
{
	size_t n = strcspn(text, ",");

	while (text[n] == ',' && memchr(text, ':', n) && is_option(text + n + 1))
		n += 1 + strcspn(text + n + 1, ",");
	return n;
}

/* The kind that all levels are of. */
static enum rl_axis_kind kind_of_all(const struct rl_axis *a)
{
	double x;

	for (size_t k = 0; k < RL_AXIS_KINDS; k++) {
		uint32_t i = 0;

		while (i < a->nlevels && rl_axis_reads_as(rl_axis_kinds[k], a->level[i].text, &x))
			i++;
		if (i == a->nlevels)
			return rl_axis_kinds[k];
	}
	return RL_AXIS_WORD;
}

int rl_axis_parse(const char *text, const char *name, struct rl_axis *a, struct rl_err *err)
{
	struct parser p = {.name = name, .to = a, .err = err};
	const char *eq = strchr(text, '='), *at = eq ? eq + 1 : NULL;
	char value[VALUE_BYTES];
	int rc = 0;

	memset(a, 0, sizeof(*a));
	if (!eq || eq == text || eq - text >= RL_AXIS_PATH)
		return rl_err_set(
			err, -EINVAL, name, 1, 1, "'%s' (expected PATH=VALUE,... )", text);
	memcpy(a->path, text, (size_t)(eq - text));
	a->col = (int)(at - text) + 1;
	while (!rc && at) {
		size_t n = value_length(at);
		bool alone = at == eq + 1 && !at[n];

		if (n >= sizeof(value))
			return fail(&p, (int)(at - text) + 1, "too long", "a value");
		memcpy(value, at, n);
		value[n] = '\0';
		rc = read_value(&p, value, (int)(at - text) + 1, alone);
		at = at[n] ? at + n + 1 : NULL;
	}
	if (!rc && a->nlevels)
		a->kind = kind_of_all(a);
	return rc;
}

void rl_axis_fini(struct rl_axis *a)
{
	for (uint32_t i = 0; i < a->nlevels; i++)
		free(a->level[i].text);
	free(a->level);
	free(a->before);
	free(a->after);
	a->before = a->after = NULL;
	a->level = NULL;
	a->nlevels = 0;
}
