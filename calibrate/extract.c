/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stages of traced requests into distributions of costs; see estimator.h. */
#include "calibrate/estimator.h"

#include <errno.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEP 0.05 /* relative, either way */
#define FEW  0.02 /* charges a request: less is no part of a stage */

bool rl_estimator_alone(const struct rl_scenario *s)
{
	return s->njobs <= 1 && s->job.iodepth == 1 && s->job.numjobs == 1 && s->load.vcpus == 0 &&
	       s->guest.count <= 1;
}

/* A policy is known by what it does: where the simulated backend takes an upcall for every
 * request, it sleeps. Which policies these are is nobody's business here. */
bool rl_estimator_wakes(const struct rl_scenario *s)
{
	struct rl_sim_options o = {
		.reps = 1, .threads = 1, .seed = 1, .requests = 200, .warmup = RL_WARMUP_TENTH};
	struct rl_sim_result r;

	return rl_estimator_alone(s) && rl_sim_run(s, &o, &r, NULL) == 0 &&
	       r.metrics.m[RL_METRIC_stage_back_wake_ns].value > 0 &&
	       r.metrics.m[RL_METRIC_upcalls_per_request].value > 1.9;
}

/* What the simulator says of a stage. The device's of a trace begins where the backend has the
 * request. */
static double simulated(const struct rl_metrics *m, const char *stage)
{
	char name[64];

	snprintf(name, sizeof(name), "stage_%s_ns", stage);
	return m->m[rl_metric_find(name)].value +
	       (strcmp(stage, "device") == 0 ? m->m[RL_METRIC_stage_process_ns].value : 0);
}

static double simulated_all(const struct rl_estimator *by, const struct rl_metrics *m)
{
	double sum = 0;

	for (const char *const *s = by->stages; *s; s++)
		sum += simulated(m, *s);
	return sum;
}

static void note_charge(struct rl_extracted *out, int param, double count)
{
	if (param == out->by->param)
		out->count = count;
	else if (out->by->later && param == out->by->later)
		out->later = count;
	else if (count > FEW && out->nwith < RL_CHARGED_MAX)
		out->with[out->nwith++] = (struct rl_charged){param, count};
}

/* How often each cost that is a time is charged in the stages, and how long they take. */
static int count_charges(const struct rl_measured_cell *cell, const struct rl_costs *costs,
	const struct rl_forward_options *forward, struct rl_extracted *out, double *stages_ns,
	struct rl_err *err)
{
	struct rl_costs *sets = calloc(2 * RL_PARAM_COUNT + 1, sizeof(*sets)), still = *costs;
	struct rl_metrics *m = calloc(2 * RL_PARAM_COUNT + 1, sizeof(*m));
	int params[RL_PARAM_COUNT + 1], code = 0;
	size_t n = 0;

	if (!sets || !m)
		code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	/* What comes now and then would blur the counts. */
	still.v[RL_PARAM_tick_period_ns] = still.v[RL_PARAM_dom0_period_ns] = 0;
	still.v[RL_PARAM_fio_period_ns] = still.v[RL_PARAM_fio_util_period_ns] = 0;
	still.v[RL_PARAM_jitter_frac] = 0;
	for (int i = 0; i < RL_PARAM_COUNT && !code; i++)
		if (strncmp(rl_param_info[i].unit, "ns", 2) == 0 && still.v[i] > 0) {
			sets[2 * n + 1] = sets[2 * n + 2] = still;
			sets[2 * n + 1].v[i] *= 1 - STEP;
			sets[2 * n + 2].v[i] *= 1 + STEP;
			params[n++] = i;
		}
	if (!code) {
		sets[0] = *costs;
		code = rl_forward_run(cell, 1, sets, 2 * n + 1, forward, m, err);
	}
	for (size_t i = 0; i < n && !code; i++)
		note_charge(out, params[i],
			(simulated_all(out->by, &m[2 * i + 2]) -
				simulated_all(out->by, &m[2 * i + 1])) /
				(2 * STEP * costs->v[params[i]]));
	*stages_ns = code ? NAN : simulated_all(out->by, &m[0]);
	free(sets);
	free(m);
	return code;
}

/* The stages of each request that has them all, added up; every stamp reads the clock once. */
static size_t add_up(const struct rl_estimator *by, const struct rl_stage_samples *s,
	const struct rl_costs *costs, double *sum)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		sum[n] = 0;
		for (const char *const *name = by->stages; *name; name++)
			sum[n] += s->ns[i][rl_stages_find(*name)] - costs->v[RL_PARAM_clock_ns];
		n += isfinite(sum[n]);
	}
	return n;
}

static void sum_up(double *v, size_t n, struct rl_extracted *out)
{
	gsl_sort(v, 1, n);
	out->n = n;
	out->value = gsl_stats_mean(v, 1, n);
	out->sd = n > 1 ? gsl_stats_sd(v, 1, n) : 0;
	out->p50 = gsl_stats_quantile_from_sorted_data(v, 1, n, 0.50);
	out->p90 = gsl_stats_quantile_from_sorted_data(v, 1, n, 0.90);
	out->p99 = gsl_stats_quantile_from_sorted_data(v, 1, n, 0.99);
}

int rl_extract_run(const struct rl_estimator *by, const struct rl_run *run,
	const struct rl_stage_samples *s, const struct rl_costs *costs,
	const struct rl_forward_options *forward, struct rl_extracted *out, struct rl_err *err)
{
	struct rl_measured_cell cell = {.role = run->role, .scenario = run->scenario};
	double *v, rest, whole;
	size_t n;
	int code;

	*out = (struct rl_extracted){.by = by};
	snprintf(out->cell, sizeof(out->cell), "%s", run->cell);
	memcpy(cell.name, out->cell, sizeof(cell.name));
	if (!by->suits(&run->scenario))
		return 0;
	code = count_charges(&cell, costs, forward, out, &whole, err);
	if (code || out->count <= FEW)
		return code;
	v = calloc(s->n ? s->n : 1, sizeof(*v));
	if (!v)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	n = add_up(by, s, costs, v);
	rest = whole - out->count * costs->v[by->param] - out->later * costs->v[by->later];
	for (size_t i = 0; i < n; i++)
		v[i] = (v[i] - rest) / out->count;
	if (n)
		sum_up(v, n, out);
	free(v);
	return 0;
}

static int append(struct rl_extracted **all, size_t *n, const struct rl_extracted *one)
{
	struct rl_extracted *more = realloc(*all, (*n + 1) * sizeof(**all));

	if (!more)
		return -ENOMEM;
	*all = more;
	more[(*n)++] = *one;
	return 0;
}

static int extract(const struct rl_run *run, const struct rl_costs *costs,
	const struct rl_forward_options *forward, struct rl_extracted **all, size_t *n,
	struct rl_err *err)
{
	struct rl_stage_samples s;
	struct rl_extracted one;
	char dir[160];
	int code;

	snprintf(dir, sizeof(dir), "%s/%s", run->platform, run->cell);
	code = rl_stages_samples(run, dir, &s, err);
	for (const struct rl_estimator *const *by = rl_estimators; *by && !code; by++) {
		code = rl_extract_run(*by, run, &s, costs, forward, &one, err);
		if (!code && one.n && append(all, n, &one))
			code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	}
	rl_stages_samples_fini(&s);
	return code;
}

static int by_estimator(const void *a, const void *b)
{
	const struct rl_extracted *x = a, *y = b;
	int order = strcmp(x->by->name, y->by->name);

	return order ? order : strcmp(x->cell, y->cell);
}

int rl_extract_all(struct rl_store *store, const char *platform, const struct rl_costs *costs,
	const struct rl_forward_options *forward, struct rl_extracted **out, size_t *n,
	struct rl_err *err)
{
	struct rl_run *runs;
	size_t nruns, traced = 0;
	int code = rl_store_runs(store, platform, RL_ROLE_ANY, &runs, &nruns, err);

	*out = NULL;
	*n = 0;
	if (code)
		return code;
	for (size_t i = 0; i < nruns && !code; i++) {
		if (runs[i].role == RL_ROLE_VALIDATE)
			continue;
		code = rl_store_documents(store, &runs[i], err);
		if (code || !rl_run_document(&runs[i], "front.trace") ||
			!rl_run_document(&runs[i], "back.trace"))
			continue;
		traced++;
		code = extract(&runs[i], costs, forward, out, n, err);
	}
	rl_store_free_runs(runs, nruns);
	if (!code && !traced)
		code = rl_err_set(err, -ENOENT, NULL, 0, 0,
			"no run of platform '%s' has traces (expected some: cells with "
			"front_args=trace=N back_args=trace=N, imported)",
			platform);
	if (code) {
		free(*out);
		*out = NULL;
	} else if (*n)
		qsort(*out, *n, sizeof(**out), by_estimator);
	return code;
}
