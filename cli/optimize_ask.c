/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question: metrics by name, and constraints as `METRIC < X`. */
#include "cli/optimize.h"

#include "data/format/text.h"
#include "model/base/units.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SUBJECT_TO "--subject-to"

/* A metric of which only the beginning of @text is the name. Returns: it, or -EINVAL. */
static int metric(const char *option, const char *text, size_t len, int col, struct rl_err *err)
{
	struct rl_suggest near;
	char buf[128];

	rl_suggest_init(&near, text, len);
	for (int m = 0; m < RL_METRIC_COUNT; m++) {
		const char *name = rl_metric_info[m].name;

		if (strlen(name) == len && memcmp(name, text, len) == 0)
			return m;
		rl_suggest_offer(&near, name);
	}
	return rl_err_set(err, -EINVAL, option, 1, col,
		"unknown metric '%.*s' (expected one of `ringlab list metrics`%s)", (int)len, text,
		rl_suggest_text(&near, buf, sizeof(buf)));
}

/* ---- METRIC < X ---------------------------------------------------------------------------- */

struct cursor {
	const char *text;
	size_t at;
	struct rl_err *err;
};

static int column(const struct cursor *c)
{
	return (int)c->at + 1;
}

static void skip_space(struct cursor *c)
{
	while (c->text[c->at] == ' ' || c->text[c->at] == '\t')
		c->at++;
}

static int read_metric(struct cursor *c, int *m)
{
	size_t len = 0;

	skip_space(c);
	while (isalnum((unsigned char)c->text[c->at + len]) || c->text[c->at + len] == '_')
		len++;
	if (!len)
		return rl_err_set(c->err, -EINVAL, SUBJECT_TO, 1, column(c),
			"'%s': no metric (expected METRIC < X or METRIC > X)", c->text);
	*m = metric(SUBJECT_TO, c->text + c->at, len, column(c), c->err);
	c->at += len;
	return *m < 0 ? *m : 0;
}

/* A mean is never exactly a number: < and <= are the same. */
static int read_relation(struct cursor *c, bool *least)
{
	skip_space(c);
	if (c->text[c->at] != '<' && c->text[c->at] != '>')
		return rl_err_set(c->err, -EINVAL, SUBJECT_TO, 1, column(c),
			"'%s': no relation (expected METRIC < X or METRIC > X)", c->text);
	*least = c->text[c->at++] == '>';
	c->at += c->text[c->at] == '=';
	return 0;
}

static int read_number(const char *unit, const char *text, double *x, const char **what)
{
	uint64_t n = 0;
	int rc;

	if (strcmp(unit, "ns") != 0 && *unit != 'B')
		return rl_units_real(text, x, what);
	rc = *unit == 'B' ? rl_units_size(text, &n, what) : rl_units_time(text, &n, what);
	*x = (double)n;
	return rc;
}

static int read_value(struct cursor *c, int m, double *x)
{
	const char *what = NULL;
	char text[64];
	size_t len;

	skip_space(c);
	len = strcspn(c->text + c->at, " \t");
	if (c->text[c->at + len + strspn(c->text + c->at + len, " \t")])
		return rl_err_set(c->err, -EINVAL, SUBJECT_TO, 1, column(c) + (int)len,
			"'%s': more than METRIC < X (expected another " SUBJECT_TO " for it)",
			c->text);
	snprintf(text, sizeof(text), "%.*s", (int)len, c->text + c->at);
	if (len >= sizeof(text) || read_number(rl_metric_info[m].unit, text, x, &what))
		return rl_err_set(c->err, -EINVAL, SUBJECT_TO, 1, column(c),
			"%s: '%s' (expected %s)", rl_metric_info[m].name, text,
			what ? what : "a number");
	if (!(*x > 0))
		return rl_err_set(c->err, -EINVAL, SUBJECT_TO, 1, column(c),
			"%s: '%s' (expected more than 0)", rl_metric_info[m].name, text);
	return 0;
}

static int read_bound(struct rl_optimize_bound *b, struct rl_select_bound *to, struct rl_err *err)
{
	struct cursor c = {.text = b->text, .err = err};
	int rc = read_metric(&c, &b->metric);

	rc = rc ? rc : read_relation(&c, &to->least);
	return rc ? rc : read_value(&c, b->metric, &to->value);
}

int rl_optimize_ask(struct rl_optimize_input *in, struct rl_err *err)
{
	int rc = 0;

	in->metric = metric(in->goal, in->objective, strlen(in->objective), 1, err);
	if (in->metric < 0)
		return in->metric;
	for (uint32_t i = 0; !rc && i < in->rule.nbounds; i++)
		rc = read_bound(&in->bound[i], &in->rule.bound[i], err);
	return rc;
}
