/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of a job file's options; see the header. */
#include "data/format/fio_value.h"

#include "model/base/units.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define US 1000ull
#define S  1000000000ull

#define PART_BYTES 128

static int fail(const char **what, const char *expected)
{
	*what = expected;
	return -EINVAL;
}

/* fio's kib is 1000 or 1024 with its kb_base: nobody means the former. */
int rl_fio_size(const char *text, uint64_t *n, const char **what)
{
	size_t digits = strspn(text, "0123456789");

	if (text[0] != '\0' && text[digits] != '\0' && strcasestr(text + digits, "i"))
		return fail(
			what, "a size with k, m, g or t, which is 1024 each; fio takes ki as 1000");
	return rl_units_size(text, n, what);
}

/* ns in a unit that only fio has, 0: none of those. */
static uint64_t fios_unit(const char *suffix, uint64_t bare)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {{"d", 86400 * S}, {"sec", S}, {"msec", 1000 * US}, {"usec", US}};

	if (*suffix == '\0')
		return bare;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcasecmp(suffix, units[i].name) == 0)
			return units[i].ns;
	return 0;
}

int rl_fio_time(const char *text, uint64_t unit, uint64_t *ns, const char **what)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t mult = fios_unit(text + digits, unit);
	char number[24];

	*what = "a time such as 10s, 500ms or 20us";
	if (digits == 0 || strcasecmp(text + digits, "ns") == 0) /* fio has no ns */
		return -EINVAL;
	if (!mult)
		return rl_units_time(text, ns, what);
	if (digits >= sizeof(number))
		return -ERANGE;
	snprintf(number, sizeof(number), "%.*s", (int)digits, text);
	if (rl_units_count(number, ns, what) || *ns > INT64_MAX / mult)
		return -ERANGE;
	*ns *= mult;
	return 0;
}

/* The next part of a list, up to one of @ends. Returns: false when it does not fit. */
static bool take(const char **text, const char *ends, char part[PART_BYTES])
{
	size_t n = strcspn(*text, ends);

	if (n >= PART_BYTES)
		return false;
	memcpy(part, *text, n);
	part[n] = '\0';
	*text += n;
	return true;
}

int rl_fio_pair(const char *text, bool size, uint64_t n[RL_DIRS], const char **what)
{
	char part[PART_BYTES];
	int i;

	for (i = 0; i < 3; i++) { /* the third is trim's, which is read and not used */
		uint64_t x = 0;
		int rc;

		if (!take(&text, ",", part))
			return fail(what, "a value, or two: READ,WRITE");
		rc = !*part ? 0
		     : size ? rl_fio_size(part, &x, what)
			    : rl_units_count(part, &x, what);
		if (rc)
			return rc;
		if (*part && x == 0)
			return fail(what, "1 or more; without a value there is no limit");
		if (i < RL_DIRS)
			n[i] = x;
		if (*text != ',')
			break;
		text++;
	}
	if (*text || i == 3)
		return fail(what, "at most three values: READ,WRITE,TRIM");
	if (i == 0)
		n[RL_DIR_WRITE] = n[RL_DIR_READ];
	return 0;
}

/* ---- bssplit ------------------------------------------------------------------------------- */

#define BLANK UINT32_MAX

/* "4k/60", "4k/" or "4k": what has no percentage gets its share of the rest. */
static int one_split(const char *part, struct rl_job_split *to, const char **what)
{
	const char *slash = strchr(part, '/');
	char number[PART_BYTES];
	uint64_t bytes, percent = 0;
	int rc;

	snprintf(
		number, sizeof(number), "%.*s", (int)(slash ? slash - part : PART_BYTES - 1), part);
	rc = rl_fio_size(number, &bytes, what);
	if (!rc && slash && slash[1])
		rc = rl_units_count(slash + 1, &percent, what);
	if (rc)
		return rc;
	if (bytes == 0 || bytes > UINT32_MAX || percent > 100)
		return fail(what, "block sizes, each with a percentage: 4k/60:8k/40");
	to->bytes = (uint32_t)bytes;
	to->percent = slash && slash[1] ? (uint32_t)percent : BLANK;
	return 0;
}

static int by_size(const void *a, const void *b)
{
	const struct rl_job_split *x = a, *y = b;

	return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

/* The rest is spread evenly over the blank ones; as fio does it, in whole percent. */
static int fill_blanks(struct rl_job_split *s, uint32_t n, const char **what)
{
	uint32_t sum = 0, blanks = 0;

	for (uint32_t i = 0; i < n; i++) {
		blanks += s[i].percent == BLANK;
		sum += s[i].percent == BLANK ? 0 : s[i].percent;
	}
	if (sum > 100 || (!blanks && sum != 100) || (blanks && (100 - sum) % blanks))
		return fail(what, "percentages that add up to 100");
	for (uint32_t i = 0; i < n; i++)
		if (s[i].percent == BLANK)
			s[i].percent = (100 - sum) / blanks;
	return 0;
}

static int one_list(const char *list, struct rl_job *job, int dir, const char **what)
{
	struct rl_job_split s[RL_SPLITS];
	char part[PART_BYTES];
	uint32_t n = 0;
	int rc;

	for (;; list++) {
		if (n == RL_SPLITS || !take(&list, ":", part))
			return fail(what, "at most 16 block sizes: 4k/60:8k/40");
		rc = one_split(part, &s[n++], what);
		if (rc)
			return rc;
		if (*list != ':')
			break;
	}
	rc = fill_blanks(s, n, what);
	if (rc)
		return rc;
	qsort(s, n, sizeof(s[0]), by_size);
	memcpy(job->split[dir], s, n * sizeof(s[0]));
	job->nsplit[dir] = n;
	return 0;
}

int rl_fio_split(const char *text, struct rl_job *job, const char **what)
{
	char list[256];
	int i, rc;

	for (i = 0; i < 3; i++, text++) {
		size_t n = strcspn(text, ",");

		if (n >= sizeof(list))
			return fail(what, "a shorter list of block sizes");
		snprintf(list, sizeof(list), "%.*s", (int)n, text);
		text += n;
		rc = i < RL_DIRS ? one_list(list, job, i, what) : 0;
		if (rc)
			return rc;
		if (!*text)
			break;
	}
	if (i == 3)
		return fail(what, "at most three lists: READ,WRITE,TRIM");
	if (i == 0) {
		memcpy(job->split[RL_DIR_WRITE], job->split[RL_DIR_READ], sizeof(job->split[0]));
		job->nsplit[RL_DIR_WRITE] = job->nsplit[RL_DIR_READ];
	}
	return 0;
}

/* ---- random_distribution ------------------------------------------------------------------- */

int rl_fio_spread(const char *text, struct rl_job *job, const char **what)
{
	static const struct {
		const char *name;
		enum rl_spread spread;
		double arg; /* fio's, when none is given */
	} names[] = {
		{"random", RL_SPREAD_RANDOM, 0},
		{"zipf", RL_SPREAD_ZIPF, 1.1},
		{"pareto", RL_SPREAD_PARETO, 0.2},
		{"normal", RL_SPREAD_NORMAL, 0},
	};
	size_t n = strcspn(text, ":");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		double arg = names[i].arg;

		if (strlen(names[i].name) != n || memcmp(names[i].name, text, n) != 0)
			continue;
		if (text[n] && (names[i].spread == RL_SPREAD_RANDOM ||
				       rl_units_real(text + n + 1, &arg, what)))
			break;
		job->spread = names[i].spread;
		job->spread_arg = arg;
		return 0;
	}
	return fail(what, "random, zipf:THETA, pareto:POWER or normal:DEVIATION");
}
