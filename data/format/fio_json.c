/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's JSON: find the documents, take the last, add up jobs and directions. */
#include "data/format/fio_json.h"

#include "data/format/fio_job.h"
#include "data/format/json.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Under this many samples p99.99 is the word of fewer than ten of them. */
#define P9999_MIN_SAMPLES 1e5

/* A mean over what was added, weighted by its number of samples. */
struct mean {
	double sum, n;
};

struct totals {
	double iops, bw, ios, bytes, runtime_ns;
	struct mean slat, clat, lat;
	const json_t *percentiles; /* of the only direction with samples; null for several */
	int directions;
	double clat_n;
};

/* The start of the next document: a '{' that begins a line; what stands before it is text. */
static bool find_document(struct rl_json_text *t)
{
	bool line_start = t->at == 0 || t->text[t->at - 1] == '\n' || t->text[t->at - 1] == '}';

	for (; t->at < t->size; t->at++) {
		char c = t->text[t->at];

		if (c == '{' && line_start)
			return true;
		if (c == '\n')
			line_start = true;
		else if (!isspace((unsigned char)c))
			line_start = false;
	}
	return false;
}

/* The last document; text behind it would be a torn one or another program's. */
static json_t *last_document(struct rl_json_text *t, int *documents, struct rl_err *err)
{
	json_t *doc = NULL;
	size_t end = 0;
	int line, col;

	for (*documents = 0; find_document(t); ++*documents) {
		json_decref(doc);
		doc = rl_json_next(t, err);
		if (!doc)
			return NULL;
		end = t->at;
	}
	if (!doc) {
		rl_text_place(t->text, t->size, t->size, &line, &col);
		rl_err_set(err, -EINVAL, t->file, line, col,
			"no JSON document (expected fio's output with --output-format=json+)");
		return NULL;
	}
	while (end < t->size && isspace((unsigned char)t->text[end]))
		end++;
	if (end == t->size)
		return doc;
	json_decref(doc);
	rl_text_place(t->text, t->size, end, &line, &col);
	rl_err_set(err, -EINVAL, t->file, line, col,
		"text behind the last document (expected its end or another '{')");
	return NULL;
}

static int add_mean(const json_t *dir, const char *key, const char *file, const char *path,
	struct mean *m, double *samples, struct rl_err *err)
{
	const json_t *o = json_object_get(dir, key);
	double mean, n;
	char at[96];

	*samples = 0;
	if (!o)
		return 0;
	snprintf(at, sizeof(at), "%s.%s", path, key);
	if (!json_is_object(o))
		return rl_err_set(err, -EINVAL, file, 0, 0, "%s: not an object", at);
	if (rl_json_number(o, "mean", file, at, &mean, err) ||
		rl_json_number(o, "N", file, at, &n, err))
		return -EINVAL;
	if (isnan(mean) || isnan(n) || n == 0)
		return 0;
	m->sum += mean * n;
	m->n += n;
	*samples = n;
	return 0;
}

/* read or write of one job. */
static int add_direction(
	const json_t *dir, const char *file, const char *path, struct totals *t, struct rl_err *err)
{
	static const char *const keys[] = {"iops", "bw_bytes", "total_ios", "io_bytes", "runtime"};
	double v[5], n;

	for (int i = 0; i < 5; i++) {
		if (rl_json_number(dir, keys[i], file, path, &v[i], err))
			return -EINVAL;
		if (isnan(v[i]))
			return rl_err_set(
				err, -EINVAL, file, 0, 0, "%s.%s: missing", path, keys[i]);
	}
	if (v[2] == 0)
		return 0;
	t->iops += v[0];
	t->bw += v[1];
	t->ios += v[2];
	t->bytes += v[3];
	if (v[4] * 1e6 > t->runtime_ns) /* fio's runtime is in ms */
		t->runtime_ns = v[4] * 1e6;
	t->directions++;
	if (add_mean(dir, "slat_ns", file, path, &t->slat, &n, err) ||
		add_mean(dir, "lat_ns", file, path, &t->lat, &n, err) ||
		add_mean(dir, "clat_ns", file, path, &t->clat, &n, err))
		return -EINVAL;
	t->clat_n += n;
	t->percentiles = t->directions == 1
				 ? json_object_get(json_object_get(dir, "clat_ns"), "percentile")
				 : NULL;
	return 0;
}

static int add_job(const json_t *job, int i, const char *file, struct totals *t, struct rl_err *err)
{
	static const char *const dirs[] = {"read", "write"};
	char path[48];
	double failed;

	snprintf(path, sizeof(path), "jobs[%d]", i);
	if (!json_is_object(job))
		return rl_err_set(err, -EINVAL, file, 0, 0, "%s: not an object", path);
	if (rl_json_number(job, "error", file, path, &failed, err))
		return -EINVAL;
	if (failed > 0)
		return rl_err_set(err, -EINVAL, file, 0, 0,
			"%s.error: fio's job failed with errno %.0f (%s)", path, failed,
			strerror((int)(failed < 4096 ? failed : 0)));
	for (int d = 0; d < 2; d++) {
		const json_t *dir = rl_json_object(job, dirs[d], file, path, err);
		char at[64];

		snprintf(at, sizeof(at), "%s.%s", path, dirs[d]);
		if (!dir || add_direction(dir, file, at, t, err))
			return -EINVAL;
	}
	return 0;
}

/* fio's key of a percentile is its number with six decimals. */
static int percentile(const json_t *list, double p, const char *file, double *x, struct rl_err *err)
{
	char key[32];

	snprintf(key, sizeof(key), "%f", p);
	return rl_json_number(list, key, file, "clat_ns.percentile", x, err);
}

static int fill_metrics(
	const struct totals *t, const char *file, struct rl_metrics *m, struct rl_err *err)
{
	static const struct {
		enum rl_metric metric;
		double p;
	} rows[] = {{RL_METRIC_clat_p50_ns, 50}, {RL_METRIC_clat_p90_ns, 90},
		{RL_METRIC_clat_p99_ns, 99}, {RL_METRIC_clat_p99_9_ns, 99.9},
		{RL_METRIC_clat_p99_99_ns, 99.99}};

	rl_metrics_clear(m);
	m->m[RL_METRIC_iops].value = t->iops;
	m->m[RL_METRIC_bw_bytes_per_s].value = t->bw;
	if (t->slat.n > 0)
		m->m[RL_METRIC_slat_mean_ns].value = t->slat.sum / t->slat.n;
	if (t->clat.n > 0)
		m->m[RL_METRIC_clat_mean_ns].value = t->clat.sum / t->clat.n;
	if (t->lat.n > 0)
		m->m[RL_METRIC_lat_mean_ns].value = t->lat.sum / t->lat.n;
	if (!json_is_object(t->percentiles))
		return 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (percentile(t->percentiles, rows[i].p, file, &m->m[rows[i].metric].value, err))
			return -EINVAL;
	if (t->clat_n < P9999_MIN_SAMPLES)
		m->m[RL_METRIC_clat_p99_99_ns].value = NAN;
	return 0;
}

/* Global options, then the job's own, as fio repeats them; a value there is always a string. */
static int read_options(
	const json_t *options, const char *file, struct rl_job *job, struct rl_err *err)
{
	struct rl_fio_place at = {.file = file};
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)options, key, value)
	{
		const char *text = json_string_value(value);

		if (!text)
			return rl_err_set(
				err, -EINVAL, file, 0, 0, "job options.%s: not a string", key);
		if (rl_fio_job_option(job, key, *text ? text : NULL, &at, err))
			return -EINVAL;
	}
	return 0;
}

static int fill_names(const json_t *doc, const json_t *job, const char *file,
	struct rl_fio_result *out, struct rl_err *err)
{
	const char *version = json_string_value(json_object_get(doc, "fio version"));
	const char *name = json_string_value(json_object_get(job, "jobname"));
	double seconds;
	time_t when;
	struct tm tm;

	if (rl_json_number(doc, "timestamp", file, "document", &seconds, err))
		return -EINVAL;
	when = isnan(seconds) ? 0 : (time_t)seconds;
	snprintf(out->version, sizeof(out->version), "%s", version ? version : "");
	snprintf(out->jobname, sizeof(out->jobname), "%s", name ? name : "");
	if (when > 0 && when < 253402300800 && gmtime_r(&when, &tm)) /* year 9999 */
		strftime(out->started, sizeof(out->started), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return 0;
}

static int fill(const json_t *doc, const char *file, struct rl_fio_result *out, struct rl_err *err)
{
	const json_t *jobs = json_object_get(doc, "jobs"), *first = json_array_get(jobs, 0);
	const json_t *global = json_object_get(doc, "global options");
	const json_t *own = json_object_get(first, "job options");
	struct totals t = {0};

	if (!json_is_array(jobs) || json_array_size(jobs) == 0)
		return rl_err_set(err, -EINVAL, file, 0, 0, "jobs: %s (expected fio's jobs)",
			jobs ? "no list of jobs" : "missing");
	for (size_t i = 0; i < json_array_size(jobs); i++)
		if (add_job(json_array_get(jobs, i), (int)i, file, &t, err))
			return -EINVAL;
	if (t.ios == 0 || t.iops == 0)
		return rl_err_set(err, -EINVAL, file, 0, 0,
			"jobs: no read or write completed (expected at least one)");
	out->ios = t.ios;
	out->bytes = t.bytes;
	out->runtime_ns = t.runtime_ns;
	if (fill_names(doc, first, file, out, err))
		return -EINVAL;
	rl_job_default(&out->job);
	out->has_job = json_is_object(own);
	if (json_is_object(global) && read_options(global, file, &out->job, err))
		return -EINVAL;
	if (out->has_job && read_options(own, file, &out->job, err))
		return -EINVAL;
	return fill_metrics(&t, file, &out->metrics, err);
}

int rl_fio_json_parse(const char *text, size_t size, const char *file, struct rl_fio_result *out,
	struct rl_err *err)
{
	struct rl_json_text t = {.file = file, .text = text, .size = size};
	json_t *doc;
	int rc;

	memset(out, 0, sizeof(*out));
	doc = last_document(&t, &out->documents, err);
	if (!doc)
		return -EINVAL;
	rc = fill(doc, file, out, err);
	json_decref(doc);
	return rc;
}
