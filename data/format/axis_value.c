/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of an axis as numbers and as text; see the header. */
#include "data/format/axis_private.h"

#include "model/base/real.h"
#include "model/base/units.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

bool rl_axis_reads_as(enum rl_axis_kind kind, const char *text, double *x)
{
	uint64_t n;
	int rc;

	if (!isdigit((unsigned char)text[0]) && text[0] != '.' && text[0] != '-')
		return false;
	if (kind == RL_AXIS_REAL)
		return rl_units_real(text, x, NULL) == 0;
	rc = kind == RL_AXIS_COUNT  ? rl_units_count(text, &n, NULL)
	     : kind == RL_AXIS_SIZE ? rl_units_size(text, &n, NULL)
				    : rl_units_time(text, &n, NULL);
	*x = (double)n;
	return rc == 0;
}

const enum rl_axis_kind rl_axis_kinds[RL_AXIS_KINDS] = {
	RL_AXIS_COUNT, RL_AXIS_REAL, RL_AXIS_SIZE, RL_AXIS_TIME};

bool rl_axis_is_number(const char *text)
{
	double x;

	for (size_t i = 0; i < RL_AXIS_KINDS; i++)
		if (rl_axis_reads_as(rl_axis_kinds[i], text, &x))
			return true;
	return false;
}

double rl_axis_number(const struct rl_axis *a, const char *text)
{
	char number[64];
	double x;

	if (a->before) {
		size_t n = strlen(text), around = strlen(a->before) + strlen(a->after);

		snprintf(number, sizeof(number), "%.*s", (int)(n > around ? n - around : 0),
			text + (n > around ? strlen(a->before) : n));
		text = number;
	}
	return a->kind != RL_AXIS_WORD && rl_axis_reads_as(a->kind, text, &x) ? x : NAN;
}

struct scale {
	double by;
	const char *unit;
};

/* The largest unit that needs no fraction: 20us, 4k. */
static void scaled(double x, const struct scale *s, char *buf, size_t size)
{
	while (s->by > 1 && (x == 0 || fmod(x, s->by) != 0))
		s++;
	snprintf(buf, size, "%.0f%s", x / s->by, s->unit);
}

const char *rl_axis_text(enum rl_axis_kind kind, double x, char *buf, size_t size)
{
	static const struct scale times[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}};
	static const struct scale sizes[] = {{0x1p30, "g"}, {0x1p20, "m"}, {0x1p10, "k"}, {1, ""}};

	if (kind == RL_AXIS_TIME || kind == RL_AXIS_SIZE) {
		scaled(round(x), kind == RL_AXIS_TIME ? times : sizes, buf, size);
		return buf;
	}
	if (kind == RL_AXIS_COUNT) {
		snprintf(buf, size, "%.0f", x);
		return buf;
	}
	/* The text is the value: 0.3, not what three times 0.1 is. */
	snprintf(buf, size, "%.12g", x);
	return buf;
}

const char *rl_axis_value(const struct rl_axis *a, double u, char *buf, size_t size)
{
	char number[64];
	double x;

	if (a->nlevels)
		return a->level[(uint32_t)(u * a->nlevels)].text;
	if (a->log)
		x = a->lo * rl_real_exp(u * rl_real_log(a->hi / a->lo));
	else
		x = a->lo + u * (a->hi - a->lo);
	/* Each whole number is as likely as the next, its end as well. */
	if (a->kind != RL_AXIS_REAL && !a->log)
		x = floor(a->lo + u * (a->hi - a->lo + 1));
	else if (a->kind != RL_AXIS_REAL)
		x = round(x);
	x = x < a->hi ? x : a->hi;
	if (!a->before)
		return rl_axis_text(a->kind, x, buf, size);
	snprintf(buf, size, "%s%s%s", a->before, rl_axis_text(a->kind, x, number, sizeof(number)),
		a->after);
	return buf;
}
