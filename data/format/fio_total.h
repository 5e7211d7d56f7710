/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What fio's jobs add up to; for fio_json.c, others include fio_json.h. */
#ifndef RL_DATA_FORMAT_FIO_TOTAL_H
#define RL_DATA_FORMAT_FIO_TOTAL_H

#include "data/format/fio_bins.h"
#include "model/metrics.h"

/* A mean over what was added, weighted by its number of samples. */
struct rl_fio_mean {
	double sum, n;
};

/* Reads, writes, or both. */
struct rl_fio_side {
	double iops, bw, ios;
	struct rl_fio_mean of[RL_FIO_WHATS];
	const json_t *percentiles; /* of the only part with samples */
	int parts;
};

struct rl_fio_total {
	struct rl_fio_side all, way[RL_FIO_WAYS];
	double bytes, runtime_ns;
	struct rl_fio_hists *hists;
};

/** rl_fio_total_add - add a job; @i: which one, for errors.  Returns: 0; -EINVAL. */
int rl_fio_total_add(
	const json_t *job, int i, const char *file, struct rl_fio_total *t, struct rl_err *err);

/** rl_fio_total_metrics - what they tell of a run. */
int rl_fio_total_metrics(
	const struct rl_fio_total *t, const char *file, struct rl_metrics *m, struct rl_err *err);

#endif
