/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fio's latency histogram: 29 groups of 64 bins. The first two groups have a bin a nanosecond; in
 * every further one a bin is twice as wide, so that a value is known to 1/64 of itself. Histograms
 * of the same bins are merged by adding them, exactly.
 *
 * Source: fio(1), json+ and write_hist_log.
 */
#ifndef RL_DATA_FORMAT_FIO_BINS_H
#define RL_DATA_FORMAT_FIO_BINS_H

#include "model/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RL_FIO_BIN_BITS 6
#define RL_FIO_GROUPS	29
#define RL_FIO_BINS	(RL_FIO_GROUPS << RL_FIO_BIN_BITS)

enum rl_fio_way { RL_FIO_READ, RL_FIO_WRITE, RL_FIO_WAYS };
enum rl_fio_what { RL_FIO_SLAT, RL_FIO_CLAT, RL_FIO_LAT, RL_FIO_WHATS };

extern const char *const rl_fio_way_name[RL_FIO_WAYS];	 /* "read", "write" */
extern const char *const rl_fio_what_name[RL_FIO_WHATS]; /* "slat", "clat", "lat" */

struct rl_fio_hist {
	uint64_t n[RL_FIO_BINS];
	uint64_t total;
	bool incomplete; /* something that was added had no bins */
};

struct rl_fio_sum {
	double n, sum, min, max; /* min, max: NaN without a sample */
};

/* What a document says of latencies, over its jobs. */
struct rl_fio_hists {
	struct rl_fio_hist of[RL_FIO_WHATS][RL_FIO_WAYS];
	struct rl_fio_sum sum[RL_FIO_WHATS][RL_FIO_WAYS];
	bool averaged; /* its logs are: log_avg_msec was given */
};

/** rl_fio_bin_value - what fio prints for a bin: the nanosecond in its middle. */
uint64_t rl_fio_bin_value(unsigned int bin);

/** rl_fio_bin_of - the bin of a latency; the last one for all that is longer. */
unsigned int rl_fio_bin_of(uint64_t ns);

/** rl_fio_hist_percentile - as fio reckons it; @h is not empty, 0 < @p <= 100. */
uint64_t rl_fio_hist_percentile(const struct rl_fio_hist *h, double p);

/** rl_fio_hist_merge - add a histogram to another. */
void rl_fio_hist_merge(struct rl_fio_hist *into, const struct rl_fio_hist *h);

/**
 * rl_fio_hist_read - add what slat_ns, clat_ns or lat_ns of fio's JSON says.
 * @object: with `N`, and with `bins` and `percentile` where fio wrote them.  @path: names it.
 * Returns: 0; -EINVAL a bin that fio does not have, bins that are not N samples, or that do not
 *          give the percentiles which stand beside them.
 */
int rl_fio_hist_read(const json_t *object, const char *file, const char *path,
	struct rl_fio_hist *into, struct rl_err *err);

#endif
