/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs and directions of fio's JSON, added up; see fio_total.h. */
#include "data/format/fio_total.h"

#include "data/format/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Under this many samples p99.99 is the word of fewer than ten of them. */
#define P9999_MIN_SAMPLES 1e5

static const char *const keys[RL_FIO_WHATS] = {"slat_ns", "clat_ns", "lat_ns"};

static int add_mean(const json_t *o, const char *file, const char *at, struct rl_fio_mean *m,
	struct rl_err *err)
{
	double mean, n;

	if (!json_is_object(o))
		return rl_err_set(err, -EINVAL, file, 0, 0, "%s: not an object", at);
	if (rl_json_number(o, "mean", file, at, &mean, err) ||
		rl_json_number(o, "N", file, at, &n, err))
		return -EINVAL;
	if (isnan(mean) || isnan(n) || n == 0)
		return 0;
	m->sum += mean * n;
	m->n += n;
	return 0;
}

static int add_sum(
	const json_t *o, const char *file, const char *at, struct rl_fio_sum *s, struct rl_err *err)
{
	double mean, n, min, max;
	int rc = rl_json_number(o, "mean", file, at, &mean, err)
			 ?: rl_json_number(o, "N", file, at, &n, err)
				    ?: rl_json_number(o, "min", file, at, &min, err)
					       ?: rl_json_number(o, "max", file, at, &max, err);

	if (rc || !(n > 0))
		return rc;
	s->min = s->n > 0 ? fmin(s->min, min) : min;
	s->max = s->n > 0 ? fmax(s->max, max) : max;
	s->n += n;
	s->sum += mean * n;
	return 0;
}

static int add_latencies(const json_t *dir, enum rl_fio_way way, const char *file, const char *path,
	struct rl_fio_total *t, struct rl_err *err)
{
	int rc = 0;

	for (int w = 0; !rc && w < RL_FIO_WHATS; w++) {
		const json_t *o = json_object_get(dir, keys[w]);
		char at[96];

		snprintf(at, sizeof(at), "%s.%s", path, keys[w]);
		if (!o) {
			t->hists->of[w][way].incomplete = true;
			continue;
		}
		rc = add_mean(o, file, at, &t->all.of[w], err)
			     ?: add_mean(o, file, at, &t->way[way].of[w], err)
			     ?: add_sum(o, file, at, &t->hists->sum[w][way], err)
			     ?: rl_fio_hist_read(o, file, at, &t->hists->of[w][way], err);
	}
	return rc;
}

static void add_side(struct rl_fio_side *s, const double *v, const json_t *dir)
{
	s->iops += v[0];
	s->bw += v[1];
	s->ios += v[2];
	s->parts++;
	s->percentiles = s->parts == 1 ? json_object_get(json_object_get(dir, keys[RL_FIO_CLAT]),
						 "percentile")
				       : NULL;
}

/* read or write of one job. */
static int add_direction(const json_t *dir, enum rl_fio_way way, const char *file, const char *path,
	struct rl_fio_total *t, struct rl_err *err)
{
	static const char *const names[] = {"iops", "bw_bytes", "total_ios", "io_bytes", "runtime"};
	double v[5];

	for (int i = 0; i < 5; i++) {
		if (rl_json_number(dir, names[i], file, path, &v[i], err))
			return -EINVAL;
		if (isnan(v[i]))
			return rl_err_set(
				err, -EINVAL, file, 0, 0, "%s.%s: missing", path, names[i]);
	}
	if (v[2] == 0)
		return 0;
	add_side(&t->all, v, dir);
	add_side(&t->way[way], v, dir);
	t->bytes += v[3];
	if (v[4] * 1e6 > t->runtime_ns) /* fio's runtime is in ms */
		t->runtime_ns = v[4] * 1e6;
	return add_latencies(dir, way, file, path, t, err);
}

int rl_fio_total_add(
	const json_t *job, int i, const char *file, struct rl_fio_total *t, struct rl_err *err)
{
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
	for (int w = 0; w < RL_FIO_WAYS; w++) {
		const json_t *dir = rl_json_object(job, rl_fio_way_name[w], file, path, err);
		char at[64];
		int rc;

		snprintf(at, sizeof(at), "%s.%s", path, rl_fio_way_name[w]);
		rc = dir ? add_direction(dir, (enum rl_fio_way)w, file, at, t, err) : -EINVAL;
		if (rc)
			return rc;
	}
	return 0;
}

static const double percents[] = {50, 90, 99, 99.9, 99.99};

/* fio's own figure where there is one part, else that of the merged bins; NaN without either. */
static int percentile(const struct rl_fio_side *s, const struct rl_fio_hist *h, double p,
	const char *file, double *x, struct rl_err *err)
{
	char key[32];

	*x = NAN;
	if (!json_is_object(s->percentiles)) {
		if (h->total && !h->incomplete)
			*x = (double)rl_fio_hist_percentile(h, p);
		return 0;
	}
	snprintf(key, sizeof(key), "%f", p); /* fio's key: its number with six decimals */
	return rl_json_number(s->percentiles, key, file, "clat_ns.percentile", x, err);
}

/* @base: the metric that iops is of this side; the nine behind it are in the same order. */
static int put_side(const struct rl_fio_side *s, const struct rl_fio_hist *h, int base,
	const char *file, struct rl_metrics *m, struct rl_err *err)
{
	struct rl_estimate *e = m->m + base - RL_METRIC_iops;
	double mean[RL_FIO_WHATS];
	int rc = 0;

	for (int w = 0; w < RL_FIO_WHATS; w++)
		mean[w] = s->of[w].n > 0 ? s->of[w].sum / s->of[w].n : NAN;
	e[RL_METRIC_iops].value = s->iops;
	e[RL_METRIC_bw_bytes_per_s].value = s->bw;
	e[RL_METRIC_slat_mean_ns].value = mean[RL_FIO_SLAT];
	e[RL_METRIC_clat_mean_ns].value = mean[RL_FIO_CLAT];
	e[RL_METRIC_lat_mean_ns].value = mean[RL_FIO_LAT];
	for (int i = 0; !rc && i < 5; i++)
		rc = percentile(s, h, percents[i], file, &e[RL_METRIC_clat_p50_ns + i].value, err);
	if (s->of[RL_FIO_CLAT].n < P9999_MIN_SAMPLES)
		e[RL_METRIC_clat_p99_99_ns].value = NAN;
	return rc;
}

_Static_assert(
	RL_METRIC_read_lat_mean_ns - RL_METRIC_read_iops == RL_METRIC_lat_mean_ns &&
		RL_METRIC_write_lat_mean_ns - RL_METRIC_write_iops == RL_METRIC_lat_mean_ns &&
		RL_METRIC_iops == 0 && RL_METRIC_clat_p99_99_ns - RL_METRIC_clat_p50_ns == 4,
	"reads, writes and both have the same metrics in the same order");

int rl_fio_total_metrics(
	const struct rl_fio_total *t, const char *file, struct rl_metrics *m, struct rl_err *err)
{
	static const int base[RL_FIO_WAYS] = {RL_METRIC_read_iops, RL_METRIC_write_iops};
	const struct rl_fio_hist *clat = t->hists->of[RL_FIO_CLAT];
	struct rl_fio_hist *both = calloc(1, sizeof(*both));
	int rc;

	if (!both)
		return -ENOMEM;
	rl_metrics_clear(m);
	for (int w = 0; w < RL_FIO_WAYS; w++)
		rl_fio_hist_merge(both, &clat[w]);
	rc = put_side(&t->all, both, RL_METRIC_iops, file, m, err);
	/* Apart, where both occur. */
	for (int w = 0; !rc && w < RL_FIO_WAYS; w++)
		if (t->way[RL_FIO_READ].ios > 0 && t->way[RL_FIO_WRITE].ios > 0)
			rc = put_side(&t->way[w], &clat[w], base[w], file, m, err);
	free(both);
	return rc;
}
