/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replications, one after the other or on several threads, and their metrics.
 *
 * A replication depends on its number alone, and results are put together in the order of the
 * numbers: threads change how long it takes and nothing else.
 */
#include "sim/sim.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/stat.h"
#include "sim/core/rep.h"

#define DEFAULT_REPS	 5u
#define MAX_REPS	 10000u
#define DEFAULT_REQUESTS 5000u
#define MAX_THREADS	 64u
#define TAIL_SAMPLES	 100000u /* below it p99.99 says nothing */

struct pool {
	struct rl_rep_args args;
	struct rl_rep *rep;
	uint32_t reps;
	atomic_uint next;
	atomic_int failed;
};

static void *work(void *arg)
{
	struct pool *p = arg;
	struct rl_world *w = rl_world_create();
	uint32_t i;

	if (!w) {
		atomic_store(&p->failed, -ENOMEM);
		return NULL;
	}
	while ((i = atomic_fetch_add(&p->next, 1)) < p->reps)
		rl_rep_run(w, &p->args, i, &p->rep[i]);
	rl_world_destroy(w);
	return NULL;
}

static void run_all(struct pool *p, uint32_t threads)
{
	pthread_t id[MAX_THREADS];
	uint32_t n = 0;

	if (threads > p->reps)
		threads = p->reps;
	while (n + 1 < threads && n < MAX_THREADS && !pthread_create(&id[n], NULL, work, p))
		n++;
	work(p);
	while (n)
		pthread_join(id[--n], NULL);
}

/* Percentiles are those of all samples; their intervals come from the replications. */
static void percentiles(const struct pool *p, struct rl_sim_result *out)
{
	const double pct[] = {50, 90, 99, 99.9, 99.99};
	struct rl_hist *all = calloc(1, sizeof(*all));

	if (!all)
		return;
	for (uint32_t i = 0; i < p->reps; i++)
		rl_hist_merge(all, &p->rep[i].clat_ns);
	for (int k = 0; k < 5; k++) {
		struct rl_estimate *e = &out->metrics.m[RL_METRIC_clat_p50_ns + k];

		e->value = rl_hist_percentile(all, pct[k]);
	}
	if (all->n < TAIL_SAMPLES)
		out->metrics.m[RL_METRIC_clat_p99_99_ns] = (struct rl_estimate){NAN, NAN, NAN};
	free(all);
}

static void limits(const struct pool *p, struct rl_sim_result *out)
{
	const char *name[] = {"guest vCPU", "driver domain vCPU", "device", "pCPU"};
	double v[4] = {0};
	int best = 0;

	for (uint32_t i = 0; i < p->reps; i++) {
		const struct rl_rep *r = &p->rep[i];

		v[0] += r->busy[RL_GUEST] / p->reps;
		v[1] += r->busy[RL_DRIVER] / p->reps;
		v[2] += r->device / p->reps;
		if (p->args.s->machine.pcpus == 1)
			v[3] += r->pcpu / p->reps;
	}
	for (int k = 1; k < 4; k++)
		if (v[k] > v[best])
			best = k;
	snprintf(out->limit, sizeof(out->limit), "%s", name[best]);
	out->limit_frac = v[best];
}

static void collect(const struct pool *p, struct rl_sim_result *out)
{
	double x[MAX_REPS];

	rl_metrics_clear(&out->metrics);
	for (int m = 0; m < RL_METRIC_COUNT; m++) {
		for (uint32_t i = 0; i < p->reps; i++)
			x[i] = p->rep[i].m[m];
		out->metrics.m[m] = rl_stat_mean95(x, p->reps);
	}
	percentiles(p, out);
	limits(p, out);
	out->reps = p->reps;
	for (uint32_t i = 0; i < p->reps; i++) {
		out->events += p->rep[i].events;
		out->requests += p->rep[i].requests;
	}
}

static int choose(struct pool *p, const struct rl_scenario *s, struct rl_err *err)
{
	p->args.s = s;
	for (const struct rl_sched *const *it = rl_scheds; *it; it++)
		if (strcmp((*it)->name, s->machine.scheduler) == 0)
			p->args.sched = *it;
	for (const struct rl_device *const *it = rl_devices; *it; it++)
		if (strcmp((*it)->name, s->disk.device) == 0)
			p->args.device = *it;
	if (!p->args.sched)
		return rl_err_set(err, -EINVAL, NULL, 0, 0,
			"machine.scheduler: unknown scheduler '%s'", s->machine.scheduler);
	if (!p->args.device)
		return rl_err_set(err, -EINVAL, NULL, 0, 0, "disk.device: unknown device '%s'",
			s->disk.device);
	if (s->job.thinktime_ns)
		return rl_err_set(
			err, -EINVAL, NULL, 0, 0, "job.thinktime: not modelled (expected 0)");
	return 0;
}

static int check_reps(const struct pool *p, struct rl_err *err)
{
	int rc = atomic_load(&p->failed);

	for (uint32_t i = 0; i < p->reps && !rc; i++)
		if (p->rep[i].failed == -ENOMEM)
			rc = -ENOMEM;
	if (rc)
		return rl_err_set(err, rc, NULL, 0, 0, "out of memory");
	for (uint32_t i = 0; i < p->reps; i++)
		if (p->rep[i].failed)
			return rl_err_set(err, -EDEADLK, NULL, 0, 0,
				"the model stands still: no I/O completes any more (replication "
				"%u)",
				i);
	return 0;
}

int rl_sim_run(const struct rl_scenario *s, const struct rl_sim_options *o,
	struct rl_sim_result *out, struct rl_err *err)
{
	const struct rl_sim_options none = {0};
	struct pool p = {0};
	int rc;

	o = o ? o : &none;
	memset(out, 0, sizeof(*out));
	rc = rl_scenario_check(s, err);
	if (!rc)
		rc = choose(&p, s, err);
	if (rc)
		return rc;
	p.reps = o->reps ? o->reps : DEFAULT_REPS;
	if (p.reps > MAX_REPS)
		return rl_err_set(
			err, -EINVAL, NULL, 0, 0, "too many replications (at most 10000)");
	p.args.seed = o->seed;
	p.args.requests = o->requests ? o->requests : DEFAULT_REQUESTS;
	p.rep = calloc(p.reps, sizeof(*p.rep));
	if (!p.rep)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	run_all(&p, o->threads);
	rc = check_reps(&p, err);
	if (!rc)
		collect(&p, out);
	free(p.rep);
	return rc;
}
