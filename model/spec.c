/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a choice with options; see the header. */
#include "model/spec.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/base/units.h"

#define VALUE_BYTES 2048 /* a histogram written out */
#define SHOWN	    60

__attribute__((format(printf, 4, 5))) static int fail(
	struct rl_spec_err *err, int code, size_t at, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return code;
	*err = (struct rl_spec_err){.at = (uint32_t)at};
	va_start(args, fmt);
	vsnprintf(err->what, sizeof(err->what), fmt, args);
	va_end(args);
	return code;
}

static int unknown(struct rl_spec_err *err, size_t at, const struct rl_spec_type *type,
	const char *what, const char *name, size_t len)
{
	int rc;

	if (type)
		rc = fail(err, -EINVAL, at, "unknown option '%.*s' of %s '%s'", (int)len, name,
			what, type->name);
	else
		rc = fail(err, -EINVAL, at, "unknown %s '%.*s'", what, (int)len, name);
	if (err) {
		err->unknown = true;
		err->type = type;
	}
	return rc;
}

static bool same(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && memcmp(name, text, len) == 0;
}

static int read_whole(int (*read)(const char *, uint64_t *, const char **), const char *text,
	double *v, const char **what)
{
	uint64_t n;
	int rc = read(text, &n, what);

	if (!rc)
		*v = (double)n;
	return rc;
}

static int read_rate(const char *text, double *v, const char **what)
{
	char size[VALUE_BYTES];
	size_t len = strlen(text);

	*what = "a rate such as 500m/s or 2GB/s (k = 1024)";
	if (len < 3 || len >= sizeof(size) || strcmp(text + len - 2, "/s") != 0)
		return -EINVAL;
	memcpy(size, text, len - 2);
	size[len - 2] = '\0';
	return read_whole(rl_units_size, size, v, &(const char *){NULL});
}

static int read_word(
	const struct rl_opt *o, const char *text, double *v, char *expected, size_t size)
{
	size_t n = 0;

	for (uint32_t i = 0; o->words[i]; i++) {
		if (strcmp(text, o->words[i]) == 0) {
			*v = i;
			return 0;
		}
		if (n < size)
			n += (size_t)snprintf(
				expected + n, size - n, "%s%s", i ? ", " : "", o->words[i]);
	}
	return -EINVAL;
}

int rl_spec_point(const char *point, struct rl_point *p)
{
	char text[96], *star, *dots;
	uint64_t weight = 1;

	if (strlen(point) >= sizeof(text))
		return -EINVAL;
	strcpy(text, point);
	star = strchr(text, '*');
	if (star) {
		*star = '\0';
		if (rl_units_count(star + 1, &weight, NULL))
			return -EINVAL;
	}
	dots = strstr(text, "..");
	if (dots)
		*dots = '\0';
	if (read_whole(rl_units_time, text, &p->lo, NULL) ||
		read_whole(rl_units_time, dots ? dots + 2 : text, &p->hi, NULL))
		return -EINVAL;
	p->weight = (double)weight;
	return p->hi < p->lo || weight > UINT32_MAX ? -EINVAL : 0;
}

static int read_points(
	const struct rl_opt *o, const char *text, struct rl_points *to, double *worst)
{
	char copy[VALUE_BYTES], *next = copy, *one;
	double sum = 0;

	memcpy(copy, text, strlen(text) + 1);
	to->n = 0;
	while ((one = strsep(&next, "+"))) {
		struct rl_point *p = &to->p[to->n];

		if (to->n == RL_POINTS_MAX || rl_spec_point(one, p))
			return -EINVAL;
		*worst = p->lo < o->min ? p->lo : p->hi;
		if (*worst < o->min || *worst > o->max)
			return 0;
		sum += p->weight;
		to->n++;
	}
	return sum > 0 ? 0 : -EINVAL;
}

/* Reads a terminated value. */
static int read_value(const struct rl_opt *o, const char *text, double *v, struct rl_points *points,
	struct rl_spec_err *err, size_t at)
{
	const char *what = NULL;
	char words[128], lo[32], hi[32];
	int rc = 0;

	switch (o->kind) {
	case RL_OPT_COUNT:
		rc = read_whole(rl_units_count, text, v, &what);
		break;
	case RL_OPT_REAL:
		rc = rl_units_real(text, v, &what);
		break;
	case RL_OPT_TIME:
		rc = read_whole(rl_units_time, text, v, &what);
		break;
	case RL_OPT_SIZE:
		rc = read_whole(rl_units_size, text, v, &what);
		break;
	case RL_OPT_RATE:
		rc = read_rate(text, v, &what);
		break;
	case RL_OPT_WORD:
		rc = read_word(o, text, v, words, sizeof(words));
		what = words;
		break;
	case RL_OPT_POINTS:
		what = "times with weights such as 80us*90+1ms..2ms*10";
		rc = read_points(o, text, points, v);
	}
	if (rc && rc != -ERANGE)
		return fail(err, rc, at, "%s='%.*s' (expected %s)", o->name, SHOWN, text, what);
	if (rc || (o->kind != RL_OPT_WORD && !(*v >= o->min && *v <= o->max)))
		return fail(err, -ERANGE, at, "%s='%.*s' out of range (expected %s to %s)", o->name,
			SHOWN, text, rl_opt_text(o, o->min, lo, sizeof(lo)),
			rl_opt_text(o, o->max, hi, sizeof(hi)));
	return 0;
}

static const struct rl_opt *find(
	const struct rl_opt *opts, uint32_t n, const char *name, size_t len)
{
	for (uint32_t i = 0; i < n; i++)
		if (same(opts[i].name, name, len))
			return &opts[i];
	return NULL;
}

/* Reads the "option=value" at text[at..end). */
static int read_option(const struct rl_spec_set *set, const char *text, size_t at, size_t end,
	struct rl_spec *s, struct rl_spec_err *err)
{
	const char *eq = memchr(text + at, '=', end - at);
	size_t len = eq ? (size_t)(eq - text) - at : 0;
	const struct rl_opt *o = find(s->type->opts, s->type->nopts, text + at, len);
	bool own = o;
	uint32_t i, *given = own ? &s->given : &s->shared_given;
	char value[VALUE_BYTES];

	if (!eq)
		return fail(err, -EINVAL, at, "malformed option '%.*s' (expected name=value)",
			(int)(end - at), text + at);
	if (!own)
		o = find(set->shared, set->nshared, text + at, len);
	if (!o)
		return unknown(err, at, s->type, set->what, text + at, len);
	i = (uint32_t)(o - (own ? s->type->opts : set->shared));
	if (*given & 1u << i)
		return fail(err, -EINVAL, at, "option '%s' twice (expected once)", o->name);
	*given |= 1u << i;
	at += len + 1;
	if (end - at >= sizeof(value))
		return fail(err, -EINVAL, at, "%s: too long a value", o->name);
	memcpy(value, text + at, end - at);
	value[end - at] = '\0';
	return read_value(o, value, own ? &s->v[i] : &s->shared[i], &s->points, err, at);
}

static const struct rl_spec_type *choose(
	const struct rl_spec_set *set, const char *name, size_t len)
{
	const struct rl_spec_type *type;

	for (uint32_t i = 0; (type = set->at(i)); i++)
		if (same(type->name, name, len))
			return type;
	return NULL;
}

static int check_whole(const char *text, const struct rl_spec *s, struct rl_spec_err *err)
{
	uint32_t i = 0;
	const char *expected = s->type->check ? s->type->check(s, &i) : NULL;
	const char *at;
	char name[64];

	if (!expected)
		return 0;
	/* Point at the option, or at the whole when it is missing. */
	snprintf(name, sizeof(name), "%s=", s->type->opts[i].name);
	at = strstr(text, name);
	return fail(err, -EINVAL, at ? (size_t)(at - text) : 0, "%s (expected %s)",
		s->type->opts[i].name, expected);
}

int rl_spec_read(const struct rl_spec_set *set, const char *text, struct rl_spec *out,
	struct rl_spec_err *err)
{
	size_t len = strlen(text), colon = strcspn(text, ":"), at, end;
	struct rl_spec s = {.type = choose(set, text, colon)};

	if (!s.type)
		return unknown(err, 0, NULL, set->what, text, colon);
	for (uint32_t i = 0; i < s.type->nopts; i++)
		s.v[i] = s.type->opts[i].dflt;
	for (uint32_t i = 0; i < set->nshared; i++)
		s.shared[i] = set->shared[i].dflt;
	for (at = colon; at < len; at = end) {
		int rc;

		at++;
		end = at + strcspn(text + at, ",");
		rc = read_option(set, text, at, end, &s, err);
		if (rc)
			return rc;
	}
	if (check_whole(text, &s, err))
		return -EINVAL;
	*out = s;
	return 0;
}

struct scale {
	double by;
	const char *unit;
};

/* The largest unit that needs no fraction. */
static const char *scaled(
	double v, const struct scale *units, const char *tail, char *buf, size_t size)
{
	while (units->by > 1 && (v == 0 || v / units->by != (double)(uint64_t)(v / units->by)))
		units++;
	snprintf(buf, size, "%.15g%s%s", v / units->by, units->unit, tail);
	return buf;
}

const char *rl_opt_text(const struct rl_opt *o, double v, char *buf, size_t size)
{
	static const struct scale times[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}};
	static const struct scale sizes[] = {
		{0x1p40, "t"}, {0x1p30, "g"}, {0x1p20, "m"}, {0x1p10, "k"}, {1, ""}};

	switch (o->kind) {
	case RL_OPT_TIME:
	case RL_OPT_POINTS:
		return scaled(v, times, "", buf, size);
	case RL_OPT_SIZE:
		return scaled(v, sizes, "", buf, size);
	case RL_OPT_RATE:
		return scaled(v, sizes, "/s", buf, size);
	case RL_OPT_WORD:
		return o->words[(uint32_t)v];
	default:
		snprintf(buf, size, "%.15g", v);
		return buf;
	}
}
