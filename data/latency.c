/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's bins and logs as a run's distributions; see latency.h. */
#include "data/latency.h"

#include "data/format/fio_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int add_bins(struct rl_run *run, int what, int way, const struct rl_fio_hist *h)
{
	struct rl_bin *more;
	size_t n = 0;

	for (unsigned int b = 0; b < RL_FIO_BINS; b++)
		n += h->n[b] > 0;
	if (!n)
		return 0;
	more = realloc(run->bins, (run->nbins + n) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	run->bins = more;
	for (unsigned int b = 0; b < RL_FIO_BINS; b++)
		if (h->n[b]) {
			more = &run->bins[run->nbins++];
			*more = (struct rl_bin){
				.value_ns = (int64_t)rl_fio_bin_value(b), .n = (int64_t)h->n[b]};
			snprintf(more->what, sizeof(more->what), "%s", rl_fio_what_name[what]);
			snprintf(more->way, sizeof(more->way), "%s", rl_fio_way_name[way]);
		}
	return 0;
}

static int add_log(
	struct rl_run *run, int what, int way, const struct rl_fio_log_sum *s, bool averaged)
{
	struct rl_latency_log *more;

	if (!s->n)
		return 0;
	more = realloc(run->logs, (run->nlogs + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	run->logs = more;
	more += run->nlogs++;
	*more = (struct rl_latency_log){.n = (int64_t)s->n,
		.mean_ns = (double)s->sum / (double)s->n,
		.min_ns = (double)s->min,
		.max_ns = (double)s->max,
		.averaged = averaged};
	snprintf(more->what, sizeof(more->what), "%s", rl_fio_what_name[what]);
	snprintf(more->way, sizeof(more->way), "%s", rl_fio_way_name[way]);
	return 0;
}

static int read_logs(
	const struct rl_run *run, const char *dir, struct rl_fio_logs *logs, struct rl_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < run->ndocuments; i++) {
		const struct rl_document *d = &run->documents[i];
		int kind = rl_fio_log_kind(d->name);
		char file[512];

		snprintf(file, sizeof(file), "%s/%s", dir, d->name);
		if (kind >= 0)
			rc = rl_fio_log_add(d->bytes, d->size, file, kind, logs, err);
	}
	return rc;
}

int rl_latency_read(
	struct rl_run *run, const struct rl_fio_hists *hists, const char *dir, struct rl_err *err)
{
	struct rl_fio_logs *logs = calloc(1, sizeof(*logs));
	int rc = logs ? read_logs(run, dir, logs, err) : -ENOMEM;

	rc = rc ? rc : rl_fio_logs_check(logs, hists, dir, err);
	for (int i = 0; !rc && i < RL_FIO_WHATS * RL_FIO_WAYS; i++) {
		int what = i / RL_FIO_WAYS, way = i % RL_FIO_WAYS;
		const struct rl_fio_hist *h = &hists->of[what][way], *l = &logs->hist[what][way];

		if (!h->incomplete)
			rc = add_bins(run, what, way, h);
		else if ((double)l->total == hists->sum[what][way].n)
			rc = add_bins(run, what, way, l);
		if (!rc)
			rc = add_log(run, what, way, &logs->sum[what][way], hists->averaged);
	}
	free(logs);
	return rc;
}
