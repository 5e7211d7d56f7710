/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's logs against its summary; see fio_log.h. */
#include "data/format/fio_log.h"

#include <errno.h>
#include <math.h>

/* fio prints a mean with six decimals: so far may a sum be off, and a bit for its own rounding. */
#define MEAN_DECIMALS 1e-6
#define ROUNDING      1e-9

struct check {
	const char *dir;
	int kind;
	enum rl_fio_way way;
	struct rl_err *err;
};

static int differs(const struct check *c, const char *what, double logged, double summed)
{
	return rl_err_set(c->err, -EINVAL, c->dir, 0, 0,
		"%s log, %s: %s is %.15g (expected the %.15g of fio.json: logs and summary of one "
		"run)",
		rl_fio_log_kind_name(c->kind), rl_fio_way_name[c->way], what, logged, summed);
}

static int check_samples(
	const struct check *c, const struct rl_fio_log_sum *l, const struct rl_fio_sum *s)
{
	if ((double)l->n != s->n)
		return differs(c, "number of samples", (double)l->n, s->n);
	if (!l->n)
		return 0;
	if (fabs((double)l->sum - s->sum) > MEAN_DECIMALS * s->n + ROUNDING * s->sum)
		return differs(c, "sum", (double)l->sum, s->sum);
	if ((double)l->min != s->min)
		return differs(c, "least value", (double)l->min, s->min);
	if ((double)l->max != s->max)
		return differs(c, "greatest value", (double)l->max, s->max);
	return 0;
}

static int check_averages(
	const struct check *c, const struct rl_fio_log_sum *l, const struct rl_fio_sum *s)
{
	if ((double)l->n > s->n || (!l->n) != (s->n == 0))
		return differs(c, "number of averages", (double)l->n, s->n);
	if (l->n && (double)l->min < floor(s->min))
		return differs(c, "least average", (double)l->min, s->min);
	if (l->n && (double)l->max > s->max)
		return differs(c, "greatest average", (double)l->max, s->max);
	return 0;
}

/*
 * Bins that were logged as one stand together in their middle one. fio writes a histogram when an
 * interval is over, and none for the last one that is not: a log may hold less, never more.
 */
static int check_bins(const struct check *c, const struct rl_fio_hist *l,
	const struct rl_fio_hist *fio, unsigned int coarse)
{
	for (unsigned int b = 0; b < RL_FIO_BINS; b += 1u << coarse) {
		uint64_t logged = 0, summed = 0;

		for (unsigned int i = b; i < b + (1u << coarse); i++) {
			logged += l->n[i];
			summed += fio->n[i];
		}
		if (logged > summed)
			return rl_err_set(c->err, -EINVAL, c->dir, 0, 0,
				"%s log, %s: %llu samples from %llu ns on (expected at most the "
				"%llu of fio.json's bins)",
				rl_fio_log_kind_name(c->kind), rl_fio_way_name[c->way],
				(unsigned long long)logged, (unsigned long long)rl_fio_bin_value(b),
				(unsigned long long)summed);
	}
	return 0;
}

static int check_hist(const struct check *c, const struct rl_fio_logs *logs,
	const struct rl_fio_hists *fio, int what)
{
	const struct rl_fio_hist *l = &logs->hist[what][c->way], *h = &fio->of[what][c->way];

	if ((double)l->total > fio->sum[what][c->way].n)
		return differs(c, "number of samples", (double)l->total, fio->sum[what][c->way].n);
	return h->incomplete ? 0 : check_bins(c, l, h, logs->coarse[what]);
}

static int check_iops(const struct rl_fio_logs *logs, const struct rl_fio_hists *fio,
	const char *dir, struct rl_err *err)
{
	const struct rl_fio_log_sum *s = logs->sum[RL_FIO_LOG_IOPS];

	if (!logs->files[RL_FIO_LOG_IOPS] || fio->averaged || s[0].others || s[1].others)
		return 0;
	return rl_err_set(err, -EINVAL, dir, 0, 0,
		"iops log: every line says 1, for it was not averaged (expected log_avg_msec in "
		"the "
		"job, or no iops log)");
}

int rl_fio_logs_check(const struct rl_fio_logs *logs, const struct rl_fio_hists *fio,
	const char *dir, struct rl_err *err)
{
	int rc = check_iops(logs, fio, dir, err);

	for (int what = 0; !rc && what < RL_FIO_WHATS; what++)
		for (int way = 0; !rc && way < RL_FIO_WAYS; way++) {
			struct check c = {dir, what, (enum rl_fio_way)way, err};

			if (logs->files[what])
				rc = (fio->averaged ? check_averages : check_samples)(
					&c, &logs->sum[what][way], &fio->sum[what][way]);
			c.kind = RL_FIO_LOG_HIST + what;
			if (!rc && logs->files[c.kind])
				rc = check_hist(&c, logs, fio, what);
		}
	return rc;
}
