/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of a job that the model uses, one row each, and the names of all others. */
#include "data/format/fio_job.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum kind { SIZE, TIME, COUNT, BOOL, RW, MIXWRITE, IGNORE_NAME, DIRECT, ENGINE, KB_BASE };

struct option {
	const char *name;
	enum kind kind;
	size_t offset; /* in struct rl_job */
	uint64_t unit; /* TIME: ns of a bare number, as in fio */
	uint64_t min, max;
};

#define AT(field) offsetof(struct rl_job, field)
#define S	  1000000000ull
#define US	  1000ull
#define BS_MAX	  (1ull << 30)

static const struct option options[] = {
	{"bs", SIZE, AT(bs_bytes), 0, 1, BS_MAX},
	{"blocksize", SIZE, AT(bs_bytes), 0, 1, BS_MAX},
	{"size", SIZE, AT(size_bytes), 0, 1, INT64_MAX},
	{"io_size", SIZE, AT(io_size_bytes), 0, 1, INT64_MAX},
	{"io_limit", SIZE, AT(io_size_bytes), 0, 1, INT64_MAX},
	{"iodepth", COUNT, AT(iodepth), 0, 1, 65536},
	{"numjobs", COUNT, AT(numjobs), 0, 1, 65536},
	{"rwmixread", COUNT, AT(rwmixread), 0, 0, 100},
	{"rwmixwrite", MIXWRITE, AT(rwmixread), 0, 0, 100},
	{"rw", RW, AT(rw), 0, 0, 0},
	{"readwrite", RW, AT(rw), 0, 0, 0},
	{"runtime", TIME, AT(runtime_ns), S, 0, INT64_MAX},
	{"timeout", TIME, AT(runtime_ns), S, 0, INT64_MAX},
	{"ramp_time", TIME, AT(ramp_ns), S, 0, INT64_MAX},
	{"thinktime", TIME, AT(thinktime_ns), US, 0, INT64_MAX},
	{"time_based", BOOL, AT(time_based), 0, 0, 1},
	{"randseed", COUNT, AT(seed), 0, 0, INT64_MAX},
	{"name", IGNORE_NAME, 0, 0, 0, 0},
	{"direct", DIRECT, 0, 0, 0, 1},
	{"ioengine", ENGINE, 0, 0, 0, 0},
	{"kb_base", KB_BASE, 0, 0, 1024, 1024},
};

#define NOPTIONS (sizeof(options) / sizeof(options[0]))

static const struct other {
	const char *name;
	bool fine;
} others[] = {
#define RL_FIO_FINE(name)    {#name, true},
#define RL_FIO_IGNORED(name) {#name, false},
#include "data/format/fio_known.def"
};

#define NOTHERS (sizeof(others) / sizeof(others[0]))

static const char *const rw_names[] = {"read", "write", "randread", "randwrite", "rw", "randrw"};

const char *rl_fio_rw_name(enum rl_rw rw)
{
	return rw_names[rw];
}

static int bad(const struct rl_fio_place *at, struct rl_err *err, const char *key,
	const char *value, const char *expected)
{
	return rl_err_set(err, -EINVAL, at->file, at->line, at->value_col, "%s=%s (expected %s)",
		key, value, expected);
}

/* fio's kib is 1000 or 1024 with its kb_base: nobody means the former. */
static int size(const char *text, uint64_t *n, const char **what)
{
	size_t digits = strspn(text, "0123456789");

	if (text[0] != '\0' && text[digits] != '\0' && strcasestr(text + digits, "i")) {
		*what = "a size with k, m, g or t, which is 1024 each; fio takes ki as 1000";
		return -EINVAL;
	}
	return rl_units_size(text, n, what);
}

/* A bare number has the option's own unit; a day and fio's long names are taken too. */
static int time(const char *text, uint64_t unit, uint64_t *ns, const char **what)
{
	size_t digits = strspn(text, "0123456789");
	const char *suffix = text + digits;
	uint64_t mult = 0;

	*what = "a time such as 10s, 500ms or 20us";
	if (digits == 0)
		return -EINVAL;
	if (*suffix == '\0')
		mult = unit;
	else if (strcasecmp(suffix, "d") == 0)
		mult = 86400 * S;
	else if (strcasecmp(suffix, "sec") == 0)
		mult = S;
	else if (strcasecmp(suffix, "msec") == 0)
		mult = 1000 * US;
	else if (strcasecmp(suffix, "usec") == 0)
		mult = US;
	else if (strcasecmp(suffix, "ns") == 0)
		return -EINVAL; /* fio has none */
	if (mult) {
		char number[24];

		if (digits >= sizeof(number))
			return -ERANGE;
		snprintf(number, sizeof(number), "%.*s", (int)digits, text);
		if (rl_units_count(number, ns, what) || *ns > INT64_MAX / mult)
			return -ERANGE;
		*ns *= mult;
		return 0;
	}
	return rl_units_time(text, ns, what);
}

static int find_rw(const char *value)
{
	for (size_t i = 0; i < sizeof(rw_names) / sizeof(rw_names[0]); i++)
		if (strcmp(rw_names[i], value) == 0)
			return (int)i;
	return strcmp(value, "readwrite") == 0 ? RL_RW_RW : -1;
}

static int set_rw(struct rl_job *job, const char *key, const char *value,
	const struct rl_fio_place *at, struct rl_err *err)
{
	struct rl_suggest s;
	char hint[80];
	int rw = find_rw(value);

	if (rw >= 0) {
		job->rw = (enum rl_rw)rw;
		return 0;
	}
	rl_suggest_init(&s, value, strlen(value));
	for (size_t i = 0; i < sizeof(rw_names) / sizeof(rw_names[0]); i++)
		rl_suggest_offer(&s, rw_names[i]);
	return rl_err_set(err, -EINVAL, at->file, at->line, at->value_col,
		"%s=%s (expected read, write, randread, randwrite, rw or randrw%s)", key, value,
		rl_suggest_text(&s, hint, sizeof(hint)));
}

static void store(struct rl_job *job, const struct option *o, uint64_t n)
{
	char *to = (char *)job + o->offset;

	if (o->kind == BOOL)
		*(bool *)to = n != 0;
	else if (o->kind == MIXWRITE)
		*(uint32_t *)to = (uint32_t)(100 - n);
	else if (o->kind == COUNT && o->max <= UINT32_MAX)
		*(uint32_t *)to = (uint32_t)n;
	else
		*(uint64_t *)to = n;
}

static int number(struct rl_job *job, const struct option *o, const char *value,
	const struct rl_fio_place *at, struct rl_err *err)
{
	const char *what = "a number";
	char range[64];
	uint64_t n = 0;
	int rc;

	if (o->kind == SIZE)
		rc = size(value, &n, &what);
	else if (o->kind == TIME)
		rc = time(value, o->unit, &n, &what);
	else
		rc = rl_units_count(value, &n, &what);
	if (rc)
		return bad(at, err, o->name, value, what);
	if (n < o->min || n > o->max) {
		snprintf(range, sizeof(range), "%llu to %llu", (unsigned long long)o->min,
			(unsigned long long)o->max);
		return bad(at, err, o->name, value, range);
	}
	if (o->kind == DIRECT && n == 0)
		rl_warn(at->warn, at->arg, at->file, at->line, at->col,
			"direct=0 is ignored: the model knows no page cache");
	if (o->kind != DIRECT && o->kind != KB_BASE)
		store(job, o, n);
	return 0;
}

static int known(struct rl_job *job, const struct option *o, const char *value,
	const struct rl_fio_place *at, struct rl_err *err)
{
	if (!value && (o->kind == BOOL || o->kind == DIRECT))
		value = "1";
	if (!value || !*value)
		return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
			"%s without a value (expected %s=VALUE)", o->name, o->name);
	switch (o->kind) {
	case IGNORE_NAME:
		return 0;
	case RW:
		return set_rw(job, o->name, value, at, err);
	case ENGINE:
		/* One from outside of fio is the hosted pair's, which does as libaio does. */
		if (strcmp(value, "libaio") != 0 && strcmp(value, "io_uring") != 0 &&
			strncmp(value, "external:", 9) != 0)
			rl_warn(at->warn, at->arg, at->file, at->line, at->col,
				"ioengine=%s is ignored: the model keeps iodepth requests in "
				"flight, "
				"as libaio does",
				value);
		return 0;
	default:
		return number(job, o, value, at, err);
	}
}

static int unknown(const char *key, const struct rl_fio_place *at, struct rl_err *err)
{
	struct rl_suggest s;
	char hint[80];

	rl_suggest_init(&s, key, strlen(key));
	for (size_t i = 0; i < NOPTIONS; i++)
		rl_suggest_offer(&s, options[i].name);
	for (size_t i = 0; i < NOTHERS; i++)
		rl_suggest_offer(&s, others[i].name);
	return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
		"unknown option '%s' (expected one of fio's%s)", key,
		rl_suggest_text(&s, hint, sizeof(hint)));
}

int rl_fio_job_option(struct rl_job *job, const char *key, const char *value,
	const struct rl_fio_place *at, struct rl_err *err)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		if (strcmp(options[i].name, key) == 0)
			return known(job, &options[i], value, at, err);
	for (size_t i = 0; i < NOTHERS; i++) {
		if (strcmp(others[i].name, key) != 0)
			continue;
		if (!others[i].fine)
			rl_warn(at->warn, at->arg, at->file, at->line, at->col,
				"option '%s' is ignored: the model does not have it", key);
		return 0;
	}
	return unknown(key, at, err);
}
