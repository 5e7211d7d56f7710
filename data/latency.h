/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run's distributions of latency: fio's bins, held against its logs. */
#ifndef RL_DATA_LATENCY_H
#define RL_DATA_LATENCY_H

#include "data/format/fio_bins.h"
#include "data/store.h"

/**
 * rl_latency_read - fill bins and logs of a run.
 * @hists: of its fio.json.
 * The run's documents whose names are those of fio's logs (data/format/fio_log.h) must agree with
 * it. Bins come from fio.json, or, where it has none, from histogram logs that hold all samples.
 * Returns: 0; -EINVAL; -ENOMEM.
 */
int rl_latency_read(
	struct rl_run *run, const struct rl_fio_hists *hists, const char *dir, struct rl_err *err);

#endif
