/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters: read, subtract, and what they say about a run. */
#include "data/format/stats.h"

#include "data/format/json.h"
#include "data/format/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Levels, not counters: a difference of them says nothing. */
static const char *const levels[] = {"mean_completion_ns", "persistent_grants", "in_flight"};

static bool is_level(const char *key)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(levels[i], key) == 0)
			return true;
	return false;
}

struct counter {
	char key[48];
	uint64_t value;
};

/* "key value": one line. */
static int parse_line(
	const struct rl_lines *l, const char *file, struct counter *c, struct rl_err *err)
{
	const char *space = memchr(l->at, ' ', l->size), *what = "";
	size_t n = space ? (size_t)(space - l->at) : 0;
	char value[32];

	if (n == 0 || n >= sizeof(c->key))
		return rl_err_set(
			err, -EINVAL, file, l->line, 1, "malformed line (expected `key value`)");
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)l->at[i]) && l->at[i] != '_')
			return rl_err_set(err, -EINVAL, file, l->line, (int)i + 1,
				"malformed key (expected letters, digits and _)");
	snprintf(c->key, sizeof(c->key), "%.*s", (int)n, l->at);
	if (l->size - n - 1 >= sizeof(value))
		return rl_err_set(err, -EINVAL, file, l->line, (int)n + 2,
			"%s: too long (expected a whole number)", c->key);
	snprintf(value, sizeof(value), "%.*s", (int)(l->size - n - 1), space + 1);
	if (strlen(value) != l->size - n - 1 || rl_units_count(value, &c->value, &what))
		return rl_err_set(err, -EINVAL, file, l->line, (int)n + 2,
			"%s: '%s' (expected a whole number)", c->key, value);
	return 0;
}

static const struct counter *find(const struct counter *list, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].key, key) == 0)
			return &list[i];
	return NULL;
}

#define COUNTERS_MAX 128

static int parse(const struct rl_document *doc, const char *file, struct counter *list, size_t *n,
	struct rl_err *err)
{
	struct rl_lines l;
	int rc;

	*n = 0;
	rl_lines_init(&l, doc->bytes, doc->size);
	while (rl_lines_next(&l)) {
		if (*n == COUNTERS_MAX)
			return rl_err_set(err, -EINVAL, file, l.line, 0,
				"too many counters (expected at most %d)", COUNTERS_MAX);
		rc = parse_line(&l, file, &list[*n], err);
		if (rc)
			return rc;
		if (find(list, *n, list[*n].key))
			return rl_err_set(err, -EINVAL, file, l.line, 1,
				"%s given twice (expected once)", list[*n].key);
		*n += 1;
	}
	if (doc->size && doc->bytes[doc->size - 1] != '\n')
		return rl_err_set(err, -EINVAL, file, l.line, (int)l.size + 1,
			"the last line has no end (expected the whole file)");
	return 0;
}

static int add(struct rl_run *run, const char *side, const char *key, double value)
{
	struct rl_stat *more = realloc(run->stats, (run->nstats + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	run->stats = more;
	more += run->nstats++;
	memset(more, 0, sizeof(*more));
	snprintf(more->side, sizeof(more->side), "%s", side);
	snprintf(more->key, sizeof(more->key), "%.*s", (int)sizeof(more->key) - 1, key);
	more->value = value;
	return 0;
}

int rl_stats_parse(struct rl_run *run, const char *side, const struct rl_document *after,
	const struct rl_document *before, const char *dir, struct rl_err *err)
{
	struct counter now[COUNTERS_MAX], then[COUNTERS_MAX];
	char file[512], file_before[512];
	size_t n, nthen = 0;
	int rc;

	snprintf(file, sizeof(file), "%s/%s", dir, after->name);
	rc = parse(after, file, now, &n, err);
	if (!rc && before) {
		snprintf(file_before, sizeof(file_before), "%s/%s", dir, before->name);
		rc = parse(before, file_before, then, &nthen, err);
	}
	for (size_t i = 0; !rc && i < nthen; i++)
		if (!find(now, n, then[i].key))
			return rl_err_set(err, -EINVAL, file, 0, 0,
				"%s missing (expected the counters of %s)", then[i].key,
				before->name);
	for (size_t i = 0; !rc && i < n; i++) {
		const struct counter *b = find(then, nthen, now[i].key);
		uint64_t start = b && !is_level(now[i].key) ? b->value : 0;

		if (now[i].value < start)
			return rl_err_set(err, -EINVAL, file, (int)i + 1, 0,
				"%s shrank from %llu to %llu: was the driver reloaded?", now[i].key,
				(unsigned long long)start, (unsigned long long)now[i].value);
		rc = add(run, side, now[i].key, (double)(now[i].value - start));
	}
	return rc;
}

/* The numbers of an object; null is not known and left out. */
static int add_object(struct rl_run *run, const json_t *object, const char *prefix,
	const char *file, struct rl_err *err)
{
	const char *key;
	json_t *value;
	double x;
	int rc = 0;

	json_object_foreach((json_t *)object, key, value)
	{
		char name[48];

		if (snprintf(name, sizeof(name), "%s%s%s", prefix, *prefix ? "." : "", key) >=
			(int)sizeof(name))
			return rl_err_set(err, -EINVAL, file, 0, 0, "%s%s%s: name too long", prefix,
				*prefix ? "." : "", key);
		if (json_is_object(value) && !*prefix) {
			rc = add_object(run, value, name, file, err);
		} else if (json_is_number(value) || json_is_null(value)) {
			rc = rl_json_number(object, key, file, *prefix ? prefix : "cpu", &x, err);
			if (!rc && !isnan(x))
				rc = add(run, "cpu", name, x);
		} else {
			rc = rl_err_set(err, -EINVAL, file, 0, 0, "%s: not a number", name);
		}
		if (rc)
			return rc;
	}
	return 0;
}

int rl_stats_cpu(
	struct rl_run *run, const struct rl_document *doc, const char *dir, struct rl_err *err)
{
	char file[512];
	json_t *root;
	int rc;

	snprintf(file, sizeof(file), "%s/%s", dir, doc->name);
	root = rl_json_only(doc->bytes, doc->size, file, err);
	if (!root)
		return -EINVAL;
	if (json_is_object(root))
		rc = add_object(run, root, "", file, err);
	else
		rc = rl_err_set(err, -EINVAL, file, 1, 1, "not an object (expected {...})");
	json_decref(root);
	return rc;
}

static void put(struct rl_run *run, enum rl_metric m, double x)
{
	if (isfinite(x))
		run->metrics.m[m].value = x;
}

/* So many sectors a request of fio has in the mean, of a mixed job by its mix. */
static double sectors_of_one(const struct rl_job *j)
{
	double reads = rl_job_does(j, RL_DIR_READ) ? 1 : 0;

	if (rl_job_does(j, RL_DIR_READ) && rl_job_does(j, RL_DIR_WRITE))
		reads = j->rwmixread / 100.;
	return (reads * rl_job_mean_bytes(j, RL_DIR_READ) +
		       (1 - reads) * rl_job_mean_bytes(j, RL_DIR_WRITE)) /
	       512;
}

/*
 * fio's requests in a window, from the disk's own count of sectors: a request of fio that is
 * larger than the ring's becomes several there, and the drivers count those.
 */
static double fio_requests(const struct rl_run *run)
{
	double sectors = rl_run_stat(run, "cpu", "disk.read_sectors") +
			 rl_run_stat(run, "cpu", "disk.write_sectors");

	return sectors / sectors_of_one(&run->scenario.job);
}

/* A counter of both sides, a request: apart and together. */
static void put_counts(struct rl_run *run, const char *key, double requests, enum rl_metric both,
	enum rl_metric front, enum rl_metric back)
{
	put(run, front, rl_run_stat(run, "front", key) / requests);
	put(run, back, rl_run_stat(run, "back", key) / requests);
	put(run, both, (rl_run_stat(run, "front", key) + rl_run_stat(run, "back", key)) / requests);
}

void rl_stats_metrics(struct rl_run *run)
{
	double window = rl_run_stat(run, "cpu", "window_ns"), requests = fio_requests(run);
	double guest = rl_run_stat(run, "cpu", "cpu_ns.guest");
	double driver = rl_run_stat(run, "cpu", "cpu_ns.driver");
	/* fio's requests in the drivers' window: the backend counts what it moved there. */
	double counted = rl_run_stat(run, "back", "sectors") / sectors_of_one(&run->scenario.job);

	put(run, RL_METRIC_front_cpu_frac, guest / window);
	put(run, RL_METRIC_back_cpu_frac, driver / window);
	put(run, RL_METRIC_cpu_ns_per_request, (guest + driver) / requests);
	put(run, RL_METRIC_front_spin_frac,
		rl_run_stat(run, "front", "spin_ns") / rl_run_stat(run, "front", "now_ns"));
	put(run, RL_METRIC_back_spin_frac,
		rl_run_stat(run, "back", "spin_ns") / rl_run_stat(run, "back", "now_ns"));
	put_counts(run, "notifications_sent", counted, RL_METRIC_notifications_per_request,
		RL_METRIC_front_notifications_per_request,
		RL_METRIC_back_notifications_per_request);
	put_counts(run, "upcalls", counted, RL_METRIC_upcalls_per_request,
		RL_METRIC_front_upcalls_per_request, RL_METRIC_back_upcalls_per_request);
	put(run, RL_METRIC_batches_per_request, rl_run_stat(run, "back", "batches") / counted);
}
