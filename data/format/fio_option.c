/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of a job that the model uses, one row each, and the names of all others. */
#include "data/format/fio_job.h"

#include "data/format/fio_other.h"
#include "data/format/fio_value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum kind {
	SIZE,
	TIME,
	COUNT,
	BOOL,
	RW,
	MIXWRITE,
	IGNORE_NAME,
	DIRECT,
	ENGINE,
	KB_BASE,
	SIZE_PAIR,
	COUNT_PAIR,
	SPLIT,
	SPREAD,
	WORD,
	BATCH,
	FLAG,
	PATH,
};

struct option {
	const char *name;
	enum kind kind;
	size_t offset; /* in struct rl_job */
	uint64_t unit; /* TIME: ns of a bare number, as in fio */
	uint64_t min, max;
	const char *no, *yes; /* WORD: what sets a bool to false and to true */
	const char *what;
};

#define AT(field) offsetof(struct rl_job, field)
#define S	  1000000000ull
#define US	  1000ull
#define BS_MAX	  (1ull << 30)

static const struct option options[] = {
#include "data/format/fio_model.def"
};

#define NOPTIONS (sizeof(options) / sizeof(options[0]))

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
	else if (o->kind == BATCH) /* 0: as many as iodepth */
		*(uint32_t *)to = n ? (uint32_t)n : RL_JOB_DEPTH;
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
		rc = rl_fio_size(value, &n, &what);
	else if (o->kind == TIME)
		rc = rl_fio_time(value, o->unit, &n, &what);
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

/* One of two words. */
static int word(struct rl_job *job, const struct option *o, const char *value,
	const struct rl_fio_place *at, struct rl_err *err)
{
	char expected[64];
	bool yes = strcmp(value, o->yes) == 0;

	if (!yes && strcmp(value, o->no) != 0) {
		snprintf(expected, sizeof(expected), "%s or %s", o->no, o->yes);
		return bad(at, err, o->name, value, expected);
	}
	*(bool *)((char *)job + o->offset) = yes;
	return 0;
}

static int path(struct rl_job *job, const struct option *o, const char *value,
	const struct rl_fio_place *at, struct rl_err *err)
{
	if (strlen(value) >= RL_PATH_BYTES || strchr(value, ':'))
		return bad(at, err, o->name, value, "the name of one file, up to 255 characters");
	strcpy((char *)job + o->offset, value);
	return 0;
}

/* What is written in a way of its own. */
static int list(struct rl_job *job, const struct option *o, const char *value,
	const struct rl_fio_place *at, struct rl_err *err)
{
	uint64_t *pair = (uint64_t *)((char *)job + o->offset);
	const char *what = "a list";
	int rc;

	if (o->kind == SPLIT)
		rc = rl_fio_split(value, job, &what);
	else if (o->kind == SPREAD)
		rc = rl_fio_spread(value, job, &what);
	else
		rc = rl_fio_pair(value, o->kind == SIZE_PAIR, pair, &what);
	return rc ? bad(at, err, o->name, value, what) : 0;
}

static int known(struct rl_job *job, const struct option *o, const char *value,
	const struct rl_fio_place *at, struct rl_err *err)
{
	if (!value && (o->kind == BOOL || o->kind == DIRECT || o->kind == FLAG))
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
		return rl_fio_engine(value, at, err);
	case SIZE_PAIR:
	case COUNT_PAIR:
	case SPLIT:
	case SPREAD:
		return list(job, o, value, at, err);
	case WORD:
		return word(job, o, value, at, err);
	case PATH:
		return path(job, o, value, at, err);
	case FLAG: /* whatever its value, fio takes it as set: one that says no is meant otherwise
		    */
		if (strcmp(value, "1") != 0)
			return bad(at, err, o->name, value, "no value");
		*(bool *)((char *)job + o->offset) = true;
		return 0;
	default:
		return number(job, o, value, at, err);
	}
}

/* What a value looks like, for a person. */
static void write_value(const struct option *o, char *buf, size_t size)
{
	static const char *const kinds[] = {[SIZE] = "SIZE",
		[TIME] = "TIME",
		[BOOL] = "0|1",
		[RW] = "read|write|randread|randwrite|rw|randrw",
		[SIZE_PAIR] = "SIZE[,SIZE]",
		[COUNT_PAIR] = "N[,N]",
		[SPLIT] = "SIZE/PERCENT:...",
		[SPREAD] = "NAME[:NUMBER]",
		[BATCH] = "N",
		[FLAG] = "",
		[PATH] = "FILE",
		[IGNORE_NAME] = "NAME",
		[DIRECT] = "1",
		[ENGINE] = "NAME",
		[KB_BASE] = "1024"};

	if (o->kind == WORD)
		snprintf(buf, size, "%s|%s", o->no, o->yes);
	else if (o->kind == COUNT || o->kind == MIXWRITE)
		snprintf(buf, size, "%llu to %llu", (unsigned long long)o->min,
			(unsigned long long)o->max);
	else
		snprintf(buf, size, "%s", kinds[o->kind]);
}

static bool is_number(enum kind kind)
{
	return kind == SIZE || kind == TIME || kind == COUNT || kind == BATCH || kind == MIXWRITE ||
	       kind == BOOL || kind == DIRECT || kind == KB_BASE;
}

bool rl_fio_option_info(size_t i, struct rl_fio_option_info *info)
{
	if (i >= NOPTIONS)
		return false;
	info->name = options[i].name;
	info->what = options[i].what;
	info->number = is_number(options[i].kind);
	info->min = options[i].kind == TIME ? 0 : options[i].min;
	info->max = options[i].max;
	write_value(&options[i], info->value, sizeof(info->value));
	return true;
}

static const struct option *find_option(const char *key, size_t size)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		if (strlen(options[i].name) == size && memcmp(options[i].name, key, size) == 0)
			return &options[i];
	return NULL;
}

bool rl_fio_option_same(const char *name, const char *key, size_t size)
{
	const struct option *a = find_option(name, strlen(name)), *b = find_option(key, size);

	return a && b && (a == b || (a->offset && a->offset == b->offset));
}

static int unknown(const char *key, const struct rl_fio_place *at, struct rl_err *err)
{
	struct rl_suggest s;
	char hint[80];

	rl_suggest_init(&s, key, strlen(key));
	for (size_t i = 0; i < NOPTIONS; i++)
		rl_suggest_offer(&s, options[i].name);
	for (size_t i = 0; rl_fio_other_at(i); i++)
		rl_suggest_offer(&s, rl_fio_other_at(i)->name);
	return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
		"unknown option '%s' (expected one of fio's%s)", key,
		rl_suggest_text(&s, hint, sizeof(hint)));
}

/* What the model does not have. */
static int other(const struct rl_fio_other *o, const char *value, const struct rl_fio_place *at,
	struct rl_err *err)
{
	char expected[256];

	if (rl_fio_other_read(o, value, expected, sizeof(expected)))
		return bad(at, err, o->name, value ? value : "", expected);
	if (!o->fine)
		rl_warn(at->warn, at->arg, at->file, at->line, at->col,
			"option '%s' is ignored: the model does not have it", o->name);
	return 0;
}

int rl_fio_job_option(struct rl_job *job, const char *key, const char *value,
	const struct rl_fio_place *at, struct rl_err *err)
{
	const struct option *o = find_option(key, strlen(key));
	const struct rl_fio_other *also = o ? NULL : rl_fio_other_find(key);

	if (o)
		return known(job, o, value, at, err);
	return also ? other(also, value, at, err) : unknown(key, at, err);
}
