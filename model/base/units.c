/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strict readers of numbers with units: the whole text must be understood, or it is an error. */
#include "model/base/units.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct suffix {
	const char *name;
	uint64_t mult;
};

static const struct suffix size_suffix[] = {
	{"", 1},
	{"b", 1},
	{"k", 1ull << 10},
	{"kb", 1ull << 10},
	{"kib", 1ull << 10},
	{"m", 1ull << 20},
	{"mb", 1ull << 20},
	{"mib", 1ull << 20},
	{"g", 1ull << 30},
	{"gb", 1ull << 30},
	{"gib", 1ull << 30},
	{"t", 1ull << 40},
	{"tb", 1ull << 40},
	{"tib", 1ull << 40},
	{NULL, 0},
};

static const struct suffix time_suffix[] = {
	{"ns", 1},
	{"us", 1000},
	{"ms", 1000000},
	{"s", 1000000000},
	{"m", 60000000000ull},
	{"h", 3600000000000ull},
	{NULL, 0},
};

static int fail(const char **what, const char *text, int code)
{
	if (what)
		*what = text;
	return code;
}

static const struct suffix *find(const struct suffix *table, const char *name)
{
	for (; table->name; table++)
		if (strcasecmp(table->name, name) == 0)
			return table;
	return NULL;
}

/* Digits to a number below 2^63; *end is the first character after them. */
static int digits(const char *text, const char **end, uint64_t *n)
{
	uint64_t x = 0;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text); text++) {
		unsigned d = (unsigned)(*text - '0');

		if (x > ((uint64_t)INT64_MAX - d) / 10)
			return -ERANGE;
		x = x * 10 + d;
	}
	*end = text;
	*n = x;
	return 0;
}

int rl_units_size(const char *text, uint64_t *bytes, const char **what)
{
	const struct suffix *s;
	const char *end;
	uint64_t n;
	int rc = digits(text, &end, &n);

	if (rc == -EINVAL)
		return fail(what, "a size such as 4k, 64KiB or 1m", rc);
	if (rc)
		return fail(what, "a size below 2^63 bytes", rc);
	s = find(size_suffix, end);
	if (!s)
		return fail(what, "a size with k, m, g, t or no suffix", -EINVAL);
	if (n > (uint64_t)INT64_MAX / s->mult)
		return fail(what, "a size below 2^63 bytes", -ERANGE);
	*bytes = n * s->mult;
	return 0;
}

/* Decimals are exact: "0.1us" is 100 ns; what would be lost below 1 ns is an error. */
static int decimals(const char *text, const char **end, uint64_t *num, uint64_t *den)
{
	*num = 0;
	*den = 1;
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text); text++) {
		if (*den > 1000000000000ull)
			return -ERANGE;
		*num = *num * 10 + (unsigned)(*text - '0');
		*den *= 10;
	}
	*end = text;
	return 0;
}

int rl_units_time(const char *text, uint64_t *ns, const char **what)
{
	const char *expect = "a time with ns, us, ms, s, m or h, such as 20us";
	const struct suffix *s;
	const char *end;
	uint64_t n, num = 0, den = 1;
	__uint128_t total;

	switch (digits(text, &end, &n)) {
	case 0:
		break;
	case -ERANGE:
		return fail(what, "a time below 2^63 ns", -ERANGE);
	default:
		return fail(what, expect, -EINVAL);
	}
	if (*end == '.' && decimals(end + 1, &end, &num, &den))
		return fail(what, expect, -EINVAL);
	s = find(time_suffix, end);
	if (!s)
		return fail(what, expect, -EINVAL);
	total = (__uint128_t)num * s->mult;
	if (total % den)
		return fail(what, "a whole number of nanoseconds", -EINVAL);
	total = total / den + (__uint128_t)n * s->mult;
	if (total > INT64_MAX)
		return fail(what, "a time below 2^63 ns", -ERANGE);
	*ns = (uint64_t)total;
	return 0;
}

int rl_units_count(const char *text, uint64_t *n, const char **what)
{
	const char *end;
	int rc = digits(text, &end, n);

	if (rc == -ERANGE)
		return fail(what, "a number below 2^63", rc);
	if (rc || *end)
		return fail(what, "a whole number", -EINVAL);
	return 0;
}

int rl_units_real(const char *text, double *x, const char **what)
{
	const char *ok = "0123456789+-.eE";
	char *end;
	double v;

	if (!*text || text[strspn(text, ok)])
		return fail(what, "a finite decimal number", -EINVAL);
	errno = 0;
	v = strtod(text, &end);
	if (end == text || *end)
		return fail(what, "a finite decimal number", -EINVAL);
	if (!isfinite(v))
		return fail(what, "a finite decimal number", -ERANGE);
	*x = v;
	return 0;
}
