// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Fuzz target: the readers of what people write. Compiled once for each, -DREADER_<name>.
 *
 * Whatever the bytes: the reader returns; an error says what is wrong in one line without a
 * control character; and what was taken is in range, by the check that the simulator makes, and
 * is told as JSON that is JSON.
 */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/format/cell.h"
#include "data/format/decisions.h"
#include "data/format/fio_job.h"
#include "data/format/fio_json.h"
#include "data/format/fio_log.h"
#include "data/format/iolog.h"
#include "data/format/perf.h"
#include "data/format/points.h"
#include "data/format/scenario.h"
#include "data/format/stats.h"
#include "data/format/xenalyze.h"
#include "data/run.h"
#include "data/stages.h"

static void broken(const char *what, const char *text)
{
	fprintf(stderr, "reader: %s: '%s'\n", what, text);
	abort();
}

static void holds_line(const struct rl_err *err)
{
	if (!*err->what)
		broken("refused without a word", "");
	for (const char *c = err->what; *c; c++)
		if (iscntrl((unsigned char)*c))
			broken("more than a line", err->what);
	if (err->line < 0 || err->col < 0)
		broken("a place before the begin", err->what);
}

static void holds_scenario(const struct rl_scenario *s)
{
	char *json = rl_scenario_json(s);
	json_t *doc = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	struct rl_err err = {0};

	if (!doc)
		broken("no JSON", json);
	json_decref(doc);
	free(json);
	if (rl_scenario_check(s, &err))
		broken("taken and wrong", err.what);
}

/* What is stored of a number is finite. */
static void holds_numbers(const struct rl_run *run)
{
	for (size_t i = 0; i < run->nstats; i++)
		if (!isfinite(run->stats[i].value) || run->stats[i].value < 0)
			broken("a counter out of range", run->stats[i].key);
	for (size_t i = 0; i < run->nstages; i++)
		if (!(run->stages[i].n > 0 && run->stages[i].mean_ns >= 0))
			broken("a stage out of range", run->stages[i].name);
}

#if defined(READER_stats) || defined(READER_cpu)
/* The first half is the file before, the second after; a run that has nothing else. */
static int read_counters(const char *text, size_t size, struct rl_err *err)
{
	struct rl_document after = {.name = "back.stats", .bytes = (char *)text, .size = size};
	struct rl_run run = {0};
	int rc;

#ifdef READER_cpu
	rc = rl_stats_cpu(&run, &after, "it", err);
#else
	struct rl_document before = {
		.name = "back.stats.before", .bytes = (char *)text, .size = size / 2};

	after.bytes += size / 2;
	after.size -= size / 2;
	rc = rl_stats_parse(&run, "back", &after, &before, "it", err);
#endif
	if (!rc)
		holds_numbers(&run);
	rl_run_fini(&run);
	return rc;
}
#endif

#ifdef READER_fio_json
static void holds_result(const struct rl_fio_result *r, const struct rl_fio_hists *hists)
{
	for (int m = 0; m < RL_METRIC_COUNT; m++)
		if (isinf(r->metrics.m[m].value) || r->metrics.m[m].value < 0)
			broken("a metric out of range", rl_metric_info[m].name);
	if (!isfinite(r->ios) || !isfinite(r->bytes) || !isfinite(r->runtime_ns))
		broken("a count out of range", "");
	for (int at = 0; at < RL_FIO_WHATS * RL_FIO_WAYS; at++) {
		const struct rl_fio_hist *h = &hists->of[at / RL_FIO_WAYS][at % RL_FIO_WAYS];
		uint64_t sum = 0;

		for (int b = 0; h->total && b < RL_FIO_BINS; b++)
			sum += h->n[b];
		if (sum != h->total)
			broken("bins that are not the total", "");
	}
}

static int read_fio(const char *text, size_t size, struct rl_err *err)
{
	struct rl_fio_hists *hists;
	struct rl_fio_result r;
	int rc = rl_fio_json_read(text, size, "it", &r, &hists, err);

	if (!rc)
		holds_result(&r, hists);
	free(hists);
	return rc;
}
#endif

#ifdef READER_xenalyze
/* By a clock that the manifest knows, and by none. */
static int read_schedule(const char *text, size_t size, struct rl_err *err)
{
	double hz = size && text[0] == '0' ? 0 : 1e9;
	struct rl_xenalyze x;
	int rc = rl_xenalyze_parse(text, size, "it", hz, &x, err);

	for (size_t i = 0; !rc && i < x.nstate; i++)
		if (!x.state[i].n || !(x.state[i].total_ns >= 0) || !isfinite(x.state[i].total_ns))
			broken("a state out of range", x.state[i].state);
	if (!rc)
		rl_xenalyze_free(&x);
	return rc;
}
#endif

#ifdef READER_fio_log
/* The first byte says of which kind. */
static int read_log(const char *text, size_t size, struct rl_err *err)
{
	struct rl_fio_logs *logs = calloc(1, sizeof(*logs));
	int kind = size ? (unsigned char)text[0] % RL_FIO_LOG_KINDS : 0;
	int rc = rl_fio_log_add(text + (size > 0), size - (size > 0), "it", kind, logs, err);

	for (int way = 0; !rc && way < RL_FIO_WAYS; way++) {
		uint64_t sum = 0;

		for (int w = 0; w < RL_FIO_WHATS; w++) {
			for (int b = 0; b < RL_FIO_BINS; b++)
				sum += logs->hist[w][way].n[b];
			sum -= logs->hist[w][way].total;
		}
		if (sum)
			broken("bins that are not the total", "");
	}
	free(logs);
	return rc;
}
#endif

#ifdef READER_trace
/* Four bytes say how much of the rest is the frontend's file; behind it comes the backend's. */
static int read_traces(const char *text, size_t size, struct rl_err *err)
{
	struct rl_trace_file front, back;
	struct rl_run run = {0};
	uint32_t n = 0;
	int rc;

	if (size < 4)
		return rl_err_set(err, -1, "it", 0, 0, "nothing");
	memcpy(&n, text, 4);
	n = n < size - 4 ? n : (uint32_t)(size - 4);
	rc = rl_trace_parse(text + 4, n, "it", &front, err);
	if (rc)
		return rc;
	rc = rl_trace_parse(text + 4 + n, size - 4 - n, "it", &back, err);
	if (!rc) {
		rc = rl_stages_join(&front, &back, "it", &run.stages, &run.nstages, err);
		if (!rc)
			holds_numbers(&run);
		rl_run_fini(&run);
		rl_trace_free(&back);
	}
	rl_trace_free(&front);
	return rc;
}
#endif

static int read_it(const char *text, size_t size, struct rl_err *err)
{
	int rc = -1;
#ifdef READER_scenario
	static struct rl_scenario s;

	rc = rl_scenario_parse(text, size, "it", &s, NULL, NULL, err);
	if (!rc)
		holds_scenario(&s);
#elif defined(READER_job)
	static struct rl_scenario s;

	rl_scenario_default(&s);
	rc = rl_fio_jobs_parse(text, size, "it", s.jobs, RL_JOBS, &s.njobs, NULL, NULL, err);
	if (!rc && rl_scenario_check(&s, err))
		return -1; /* too much in all, for example */
	if (!rc)
		holds_scenario(&s);
#elif defined(READER_fio_json)
	rc = read_fio(text, size, err);
#elif defined(READER_decisions)
	struct rl_decisions d;

	rc = rl_decisions_parse(text, size, "it", &d, err);
	if (!rc)
		rl_decisions_free(&d);
#elif defined(READER_points)
	struct rl_points p;
	char line[RL_DEVICE_SPEC_BYTES];

	rc = rl_points_parse(text, size, "it", &p, line, sizeof(line), err);
#elif defined(READER_fio_log)
	rc = read_log(text, size, err);
#elif defined(READER_xenalyze)
	rc = read_schedule(text, size, err);
#elif defined(READER_perf)
	struct rl_perf p;

	rc = rl_perf_parse(text, size, "it", &p, err);
	for (size_t i = 0; !rc && i < p.n; i++)
		if (!isfinite(p.counter[i].value) || p.counter[i].value < 0)
			broken("a counter out of range", p.counter[i].name);
	if (!rc)
		rl_perf_free(&p);
#elif defined(READER_cell)
	struct rl_cell c;

	rc = rl_cell_parse(text, size, "it", &c, err);
#elif defined(READER_stats) || defined(READER_cpu)
	rc = read_counters(text, size, err);
#elif defined(READER_trace)
	rc = read_traces(text, size, err);
#elif defined(READER_iolog)
	uint32_t number;

	rc = rl_iolog_parse(text, size, "it", &number, NULL, NULL, err);
#elif defined(READER_split)
	struct rl_split *split;

	rc = rl_split_parse(text, size, "it", &split, err);
	if (!rc)
		rl_split_free(split);
#else
#error "which reader?"
#endif
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rl_err err = {0};
	/* Terminated, as a file's bytes are; and alone, so that a read past its end shows. */
	char *copy = malloc(size + 1);

	if (size)
		memcpy(copy, data, size);
	copy[size] = '\0';
	if (read_it(copy, size, &err))
		holds_line(&err);
	free(copy);
	return 0;
}
