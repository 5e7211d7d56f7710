/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's JSON: find the documents, take the last, add up jobs and directions. */
#include "data/format/fio_json.h"

#include "data/format/fio_job.h"
#include "data/format/fio_total.h"
#include "data/format/json.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

static bool is_averaged(const json_t *options)
{
	const char *msec = json_string_value(json_object_get(options, "log_avg_msec"));

	return msec && strtoul(msec, NULL, 10) > 0;
}

static int read_job(const json_t *doc, const json_t *first, const char *file,
	struct rl_fio_hists *hists, struct rl_fio_result *out, struct rl_err *err)
{
	const json_t *global = json_object_get(doc, "global options");
	const json_t *own = json_object_get(first, "job options");

	hists->averaged = is_averaged(global) || is_averaged(own);
	rl_job_default(&out->job);
	out->has_job = json_is_object(own);
	if (json_is_object(global) && read_options(global, file, &out->job, err))
		return -EINVAL;
	return out->has_job ? read_options(own, file, &out->job, err) : 0;
}

static int fill(const json_t *doc, const char *file, struct rl_fio_hists *hists,
	struct rl_fio_result *out, struct rl_err *err)
{
	const json_t *jobs = json_object_get(doc, "jobs"), *first = json_array_get(jobs, 0);
	struct rl_fio_total t = {.hists = hists};
	int rc = 0;

	if (!json_is_array(jobs) || json_array_size(jobs) == 0)
		return rl_err_set(err, -EINVAL, file, 0, 0, "jobs: %s (expected fio's jobs)",
			jobs ? "no list of jobs" : "missing");
	for (size_t i = 0; !rc && i < json_array_size(jobs); i++)
		rc = rl_fio_total_add(json_array_get(jobs, i), (int)i, file, &t, err);
	if (rc)
		return rc;
	if (t.all.ios == 0 || t.all.iops == 0)
		return rl_err_set(err, -EINVAL, file, 0, 0,
			"jobs: no read or write completed (expected at least one)");
	out->ios = t.all.ios;
	out->bytes = t.bytes;
	out->runtime_ns = t.runtime_ns;
	rc = fill_names(doc, first, file, out, err);
	rc = rc ? rc : read_job(doc, first, file, hists, out, err);
	return rc ? rc : rl_fio_total_metrics(&t, file, &out->metrics, err);
}

int rl_fio_json_read(const char *text, size_t size, const char *file, struct rl_fio_result *out,
	struct rl_fio_hists **hists, struct rl_err *err)
{
	struct rl_json_text t = {.file = file, .text = text, .size = size};
	json_t *doc;
	int rc;

	memset(out, 0, sizeof(*out));
	*hists = NULL;
	doc = last_document(&t, &out->documents, err);
	if (!doc)
		return -EINVAL;
	*hists = calloc(1, sizeof(**hists));
	rc = *hists ? fill(doc, file, *hists, out, err) : -ENOMEM;
	json_decref(doc);
	if (rc) {
		free(*hists);
		*hists = NULL;
	}
	return rc;
}

int rl_fio_json_parse(const char *text, size_t size, const char *file, struct rl_fio_result *out,
	struct rl_err *err)
{
	struct rl_fio_hists *hists;
	int rc = rl_fio_json_read(text, size, file, out, &hists, err);

	free(hists);
	return rc;
}
