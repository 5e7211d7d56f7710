/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repeats into cells; see cells.h. */
#include "calibrate/cells.h"

#include <errno.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_REPEATS 256
/* Efficiency of the median for normal noise: its variance is pi/2 that of the mean. */
#define MEDIAN_LOSS 1.2533

const char *rl_quantity_name(int quantity)
{
	if (quantity < RL_METRIC_COUNT)
		return rl_metric_info[quantity].name;
	return quantity == RL_QUANTITY_FRONT_CPU_NS ? "front_cpu_ns_per_request"
						    : "back_cpu_ns_per_request";
}

const char *rl_quantity_unit(int quantity)
{
	return quantity < RL_METRIC_COUNT ? rl_metric_info[quantity].unit : "ns";
}

void rl_quantities(const struct rl_metrics *m, double out[RL_QUANTITY_COUNT])
{
	double iops = m->m[RL_METRIC_iops].value;

	for (int i = 0; i < RL_METRIC_COUNT; i++)
		out[i] = m->m[i].value;
	out[RL_QUANTITY_FRONT_CPU_NS] = 1e9 * out[RL_METRIC_front_cpu_frac] / iops;
	out[RL_QUANTITY_BACK_CPU_NS] = 1e9 * out[RL_METRIC_back_cpu_frac] / iops;
}

/* The known values of one quantity over the repeats. */
static size_t collect(const struct rl_run *runs, size_t n, int quantity, double *v)
{
	double q[RL_QUANTITY_COUNT];
	size_t k = 0;

	for (size_t i = 0; i < n && k < MAX_REPEATS; i++) {
		rl_quantities(&runs[i].metrics, q);
		if (isfinite(q[quantity]))
			v[k++] = q[quantity];
	}
	return k;
}

static void summarize(const struct rl_run *runs, size_t n, int quantity, struct rl_measured *out)
{
	double v[MAX_REPEATS], sd, se;
	size_t k = collect(runs, n, quantity, v);

	*out = (struct rl_measured){NAN, NAN, NAN, NAN, NAN};
	if (!k)
		return;
	gsl_sort(v, 1, k);
	out->value = gsl_stats_median_from_sorted_data(v, 1, k);
	sd = k > 1 ? gsl_stats_sd(v, 1, k) : 0;
	se = MEDIAN_LOSS * sd / sqrt((double)k);
	out->spread = out->value > 0 ? se / out->value : 0;
	out->deviation = out->value > 0 ? sd / out->value : 0;
	out->lo = out->value - 1.96 * se;
	out->hi = out->value + 1.96 * se;
}

static int make_cell(
	const struct rl_run *runs, size_t n, struct rl_measured_cell *out, struct rl_err *err)
{
	for (size_t i = 1; i < n; i++)
		if (runs[i].role != runs[0].role)
			return rl_err_set(err, -EINVAL, NULL, 0, 0,
				"cell '%s' of %s has runs of role %s and of role %s (expected one "
				"role a cell: what calibrates cannot validate)",
				runs[0].cell, runs[0].platform, rl_role_name(runs[0].role),
				rl_role_name(runs[i].role));
	snprintf(out->name, sizeof(out->name), "%s", runs[0].cell);
	out->role = runs[0].role;
	out->scenario = runs[0].scenario;
	out->repeats = (unsigned)n;
	for (int q = 0; q < RL_QUANTITY_COUNT; q++)
		summarize(runs, n, q, &out->m[q]);
	return 0;
}

int rl_cells_make(const struct rl_run *runs, size_t n, struct rl_cells *out, struct rl_err *err)
{
	int code = 0;

	memset(out, 0, sizeof(*out));
	out->v = calloc(n ? n : 1, sizeof(*out->v));
	out->hashes = calloc(n ? n : 1, sizeof(*out->hashes));
	if (!out->v || !out->hashes)
		code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (size_t i = 0, k; i < n && !code; i += k) {
		for (k = 1; i + k < n && strcmp(runs[i].cell, runs[i + k].cell) == 0 &&
			    strcmp(runs[i].platform, runs[i + k].platform) == 0;)
			k++;
		code = make_cell(runs + i, k, &out->v[out->n], err);
		if (code || out->v[out->n].role == RL_ROLE_NONE)
			continue;
		for (size_t r = 0; r < k; r++)
			memcpy(out->hashes[out->nhashes++], runs[i + r].hash, RL_SHA256_HEX);
		out->n++;
	}
	if (code)
		rl_cells_fini(out);
	return code;
}

int rl_cells_load(struct rl_store *store, const char *platform, enum rl_role role,
	struct rl_cells *out, struct rl_err *err)
{
	struct rl_run *runs;
	size_t n;
	int code = rl_store_runs(store, platform, role, &runs, &n, err);

	if (code)
		return code;
	code = rl_cells_make(runs, n, out, err);
	rl_store_free_runs(runs, n);
	if (code == 0 && out->n == 0) {
		rl_cells_fini(out);
		code = rl_err_set(err, -ENOENT, NULL, 0, 0,
			"no run of platform '%s' with role %s (expected some: `ringlab list runs` "
			"shows what there is, `ringlab import` adds)",
			platform,
			role == RL_ROLE_ANY ? "calibrate or validate" : rl_role_name(role));
	}
	return code;
}

void rl_cells_fini(struct rl_cells *cells)
{
	free(cells->v);
	free(cells->hashes);
	memset(cells, 0, sizeof(*cells));
}
