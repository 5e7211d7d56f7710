/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fio's logs: a line an I/O (write_lat_log), an average (log_avg_msec) or a histogram
 * (write_hist_log) a line.
 *
 *	time ms, value, direction, block size[, offset], priority
 *	time ms, direction, block size, samples in each bin
 *
 * A job has its own file, PREFIX_clat.JOB.log. All files of a kind together must be what fio.json
 * sums up: as many samples, the same sum, least and greatest value. Histograms hold the same
 * samples but those of the last interval, which fio does not write. Averages hold no counts: they
 * must lie between least and greatest. An iops log that is not averaged says 1 in every line and
 * nothing else: it is refused.
 *
 * Source: fio(1), LOG FILE FORMATS.
 */
#ifndef RL_DATA_FORMAT_FIO_LOG_H
#define RL_DATA_FORMAT_FIO_LOG_H

#include "data/format/fio_bins.h"

/* The first three are enum rl_fio_what. */
enum rl_fio_log_kind {
	RL_FIO_LOG_IOPS = RL_FIO_WHATS,
	RL_FIO_LOG_BW,
	RL_FIO_LOG_HIST, /* + enum rl_fio_what */
	RL_FIO_LOG_KINDS = RL_FIO_LOG_HIST + RL_FIO_WHATS
};

struct rl_fio_log_sum {
	uint64_t n, sum, min, max;
	uint64_t others; /* values that are not 1 */
};

/* What the logs of a run say. */
struct rl_fio_logs {
	int files[RL_FIO_LOG_KINDS];
	struct rl_fio_log_sum sum[RL_FIO_LOG_HIST][RL_FIO_WAYS];
	struct rl_fio_hist hist[RL_FIO_WHATS][RL_FIO_WAYS];
	unsigned int coarse[RL_FIO_WHATS]; /* 2 to this power bins were logged as one */
};

/** rl_fio_log_kind - of a file's name, with or without directories; -1: it is none. */
int rl_fio_log_kind(const char *name);

/** rl_fio_log_kind_name - "clat", "clat_hist", ... */
const char *rl_fio_log_kind_name(int kind);

/**
 * rl_fio_log_add - read a log and add it to those of its kind.
 * Returns: 0; -EINVAL with line and column.
 */
int rl_fio_log_add(const char *text, size_t size, const char *file, int kind,
	struct rl_fio_logs *logs, struct rl_err *err);

/**
 * rl_fio_logs_check - hold them against fio's summary.
 * @dir: names the run in errors.
 * Returns: 0; -EINVAL.
 */
int rl_fio_logs_check(const struct rl_fio_logs *logs, const struct rl_fio_hists *fio,
	const char *dir, struct rl_err *err);

#endif
