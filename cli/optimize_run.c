/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The race: rounds, in each of which those configurations that are still needed are brought to the
 * same number of replications. Replication number r of each meets the same random numbers. Which
 * thread ran what, and when it came home, is forgotten at the end of a round.
 */
#include "cli/optimize.h"

#include "cli/progress.h"
#include "model/bounds.h"
#include "sim/batch.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAIL 10 /* samples beyond a percentile, of a replication, that make it one */

/* What a configuration has to do in a round. */
struct task {
	uint32_t config, reps;
	double *x; /* [reps][responses] */
	const int *metric;
	uint32_t responses, have;
	bool sampled;
};

struct run {
	const struct rl_optimize_input *in;
	struct rl_optimize *o;
	uint32_t responses; /* the objective, then what is bounded */
	int metric[1 + RL_SELECT_BOUNDS];

	/* of a round */
	struct task *task;
	uint32_t ntasks, next;
	double *x;
	uint32_t failed; /* the first task that failed; ntasks: none */
	int rc;
	struct rl_err *err;
};

/* ---- one configuration --------------------------------------------------------------------- */

/* The first in the order of configurations is told, whichever came first. */
static void fail(struct run *r, uint32_t id, int rc, const struct rl_err *err)
{
	if (id >= r->failed)
		return;
	r->failed = id;
	r->rc = rc;
	*r->err = *err;
}

static bool next(void *arg, uint32_t *id, struct rl_scenario *s)
{
	struct run *r = arg;
	struct rl_err err = {0};
	int rc;

	if (r->next == r->ntasks || r->rc)
		return false;
	*id = r->next++;
	rc = rl_sweep_scenario(&r->in->w, r->task[*id].config, RL_OPTIMIZE_OVER, s, &err);
	if (rc)
		fail(r, *id, rc, &err);
	else
		r->task[*id].sampled = rl_bounds_sampled(s);
	return !rc;
}

static void keep(void *arg, uint32_t rep, const struct rl_sim_result *one)
{
	struct task *t = arg;
	double *x = t->x + (size_t)t->have++ * t->responses;

	(void)rep;
	for (uint32_t k = 0; k < t->responses; k++)
		x[k] = one->metrics.m[t->metric[k]].value;
}

/* Later replications leave out what the first ones found. */
static void tune(void *arg, uint32_t id, struct rl_sim_options *o)
{
	struct run *r = arg;
	struct task *t = &r->task[id];
	const struct rl_optimize_spent *spent = &r->o->spent[t->config];

	o->first = r->o->select.system[t->config].n;
	o->reps = t->reps;
	o->each = keep;
	o->arg = t;
	if (!o->first)
		return;
	o->warmup = RL_WARMUP_GIVEN;
	o->leave_out = spent->leave_out;
	o->requests = spent->length;
}

/* Of clat, of reads, of writes: 50, 90, ... 99.99. Returns: 0: it is no percentile. */
static double beyond(int metric)
{
	static const int first[] = {RL_METRIC_iops, RL_METRIC_read_iops, RL_METRIC_write_iops};
	static const double frac[] = {0.5, 0.1, 0.01, 0.001, 0.0001};

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		int k = metric - first[i] - RL_METRIC_clat_p50_ns;

		if (k >= 0 && k < 5)
			return frac[k];
	}
	return 0;
}

/* Does a replication know what it is asked? */
static int check(const struct run *r, const struct task *t, const struct rl_sim_result *result,
	struct rl_err *err)
{
	double ios = t->sampled ? (double)result->length : (double)result->requests / result->reps;
	char *point = rl_optimize_point(&r->in->w, t->config);
	int rc = 0;

	for (uint32_t k = 0; !rc && k < t->responses; k++) {
		const char *name = rl_metric_info[t->metric[k]].name;
		double least = beyond(t->metric[k]) > 0 ? TAIL / beyond(t->metric[k]) : 0;

		if (ios < least)
			rc = rl_err_set(err, -EINVAL, NULL, 0, 0,
				"%s: %.0f I/Os a replication are too few for it (expected %.0f or "
				"more: --requests)",
				name, ios, least);
		for (uint32_t i = 0; !rc && i < t->have; i++)
			if (!isfinite(t->x[(size_t)i * t->responses + k]))
				rc = rl_err_set(err, -EINVAL, NULL, 0, 0,
					"%s is not known at configuration %u: %s (expected a "
					"metric that it has)",
					name, t->config, point ? point : "");
	}
	free(point);
	return rc;
}

static int take(struct run *r, const struct task *t, const struct rl_sim_result *result)
{
	struct rl_optimize_spent *spent = &r->o->spent[t->config];
	int rc = 0;

	spent->requests += result->requests;
	spent->leave_out = result->warmup;
	spent->length = result->length;
	r->o->reps += t->have;
	r->o->requests += result->requests;
	for (uint32_t i = 0; !rc && i < t->have; i++)
		rc = rl_select_add(&r->o->select, t->config, t->x + (size_t)i * t->responses);
	return rc;
}

/* That a model stands still is a result. */
static void done(void *arg, uint32_t id, int rc, const struct rl_sim_result *result,
	const struct rl_err *err)
{
	struct run *r = arg;
	const struct task *t = &r->task[id];
	struct rl_err why = *err;

	if (rc == -EDEADLK) {
		rl_select_fail(&r->o->select, t->config);
		snprintf(r->o->spent[t->config].failed, sizeof(r->o->spent->failed), "%.255s",
			err->what);
		return;
	}
	rc = rc ? rc : check(r, t, result, &why);
	if (!rc && take(r, t, result))
		rc = rl_err_set(&why, -ENOMEM, NULL, 0, 0, "out of memory");
	if (rc)
		fail(r, id, rc, &why);
}

/* ---- a round ------------------------------------------------------------------------------- */

/* All that are wanted, up to @target replications each. Returns: how many that are together. */
static uint64_t plan(struct run *r, uint32_t target)
{
	const struct rl_select *s = &r->o->select;
	uint64_t sum = 0;

	r->ntasks = r->next = 0;
	for (uint32_t i = 0; i < s->k; i++) {
		if (!s->wants[i] || s->system[i].n >= target)
			continue;
		r->task[r->ntasks++] = (struct task){.config = i,
			.reps = target - s->system[i].n,
			.metric = r->metric,
			.responses = r->responses};
		sum += target - s->system[i].n;
	}
	return sum;
}

static int simulate(struct run *r, uint64_t reps)
{
	const struct rl_batch batch = {.threads = r->in->sim.threads,
		.options = &r->in->sim,
		.next = next,
		.tune = tune,
		.done = done,
		.arg = r};
	double *x = malloc(reps * r->responses * sizeof(*x));
	int rc;

	if (!x)
		return rl_err_set(r->err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (uint32_t i = 0, at = 0; i < r->ntasks; at += r->task[i++].reps)
		r->task[i].x = x + (size_t)at * r->responses;
	r->failed = r->ntasks;
	rc = rl_batch_run(&batch);
	free(x);
	if (rc && !r->rc)
		return rl_err_set(r->err, rc, NULL, 0, 0, "out of memory");
	return r->rc;
}

static void tell(struct rl_progress *p, const struct rl_optimize *o)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < o->select.k; i++)
		left += o->select.wants[i];
	rl_progress_tell(p, NAN, "round %u, %llu replications, %u configurations in the race",
		o->rounds, (unsigned long long)o->reps, left);
}

static int race(struct run *r)
{
	struct rl_select *s = &r->o->select;
	uint64_t budget = r->in->budget ? r->in->budget : (uint64_t)RL_OPTIMIZE_BUDGET * s->k;
	uint32_t target = r->in->sim.reps ? r->in->sim.reps : RL_OPTIMIZE_FIRST;
	struct rl_progress progress;
	int rc = 0;

	rl_progress_begin(&progress, "optimizing", r->in->quiet);
	for (; !rc && rl_select_look(s) == RL_SELECT_GOES_ON; target += target / 8 + 1) {
		uint64_t reps = plan(r, target);

		if (r->o->reps + reps > budget || target > RL_SIM_MAX_REPS) {
			r->o->broke = true;
			break;
		}
		if (reps)
			rc = simulate(r, reps);
		r->o->rounds++;
		tell(&progress, r->o);
	}
	rl_progress_end(&progress);
	return rc;
}

int rl_optimize_run(const struct rl_optimize_input *in, struct rl_optimize *out, struct rl_err *err)
{
	uint32_t k = in->w.npoints;
	struct run r = {.in = in, .o = out, .err = err, .responses = 1 + in->rule.nbounds};
	int rc;

	*out = (struct rl_optimize){.spent = calloc(k, sizeof(*out->spent))};
	r.task = calloc(k, sizeof(*r.task));
	rc = rl_select_init(&out->select, &in->rule, k);
	if (rc || !r.task || !out->spent) {
		free(r.task);
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	}
	r.metric[0] = in->metric;
	for (uint32_t i = 0; i < in->rule.nbounds; i++)
		r.metric[1 + i] = in->bound[i].metric;
	rc = race(&r);
	free(r.task);
	return rc;
}

void rl_optimize_fini(struct rl_optimize *o)
{
	rl_select_fini(&o->select);
	free(o->spent);
	o->spent = NULL;
}
