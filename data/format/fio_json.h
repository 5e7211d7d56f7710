/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What fio printed with --output-format=json or json+: metrics of a run.
 *
 * Text may stand before a document (fio's own errors go to stdout) and several documents may
 * follow each other (--status-interval): the last one counts, it covers the whole run. A file
 * that ends in the middle of a document is an error, never half a result.
 *
 * Latencies of several jobs and directions are merged by their bins (json+); without bins their
 * percentiles are not known. Bins must be N samples and give the percentiles beside them.
 */
#ifndef RL_DATA_FORMAT_FIO_JSON_H
#define RL_DATA_FORMAT_FIO_JSON_H

#include "data/format/fio_bins.h"
#include "data/format/text.h"
#include "model/metrics.h"
#include "model/scenario.h"

struct rl_fio_result {
	struct rl_metrics metrics; /* iops, bw, slat, clat, lat */
	double ios;		   /* completed in the measured time */
	double bytes;
	double runtime_ns;
	int documents;	   /* that the text held */
	char version[32];  /* "fio-3.33" */
	char started[32];  /* ISO 8601, UTC; really when fio wrote the document */
	char jobname[64];  /* of the first job */
	struct rl_job job; /* from its job options, as far as fio repeats them */
	bool has_job;
};

/**
 * rl_fio_json_parse - read fio's output.
 * @file: names it in errors.
 * Returns: 0; -EINVAL with the place: truncated, duplicate key, bad UTF-8, NaN, text behind the
 *          document, bins that contradict their percentiles, a job that failed or completed
 * nothing.
 */
int rl_fio_json_parse(const char *text, size_t size, const char *file, struct rl_fio_result *out,
	struct rl_err *err);

/**
 * rl_fio_json_read - the same, and its latency histograms.
 * @hists: out; free(). Each is of samples of all jobs, merged bin by bin; `incomplete` where fio
 *         wrote no bins (--output-format=json+ writes them).
 */
int rl_fio_json_read(const char *text, size_t size, const char *file, struct rl_fio_result *out,
	struct rl_fio_hists **hists, struct rl_err *err);

#endif
