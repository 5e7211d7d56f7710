/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simulations in parallel; each is independent, so threads cannot change a result. */
#include "calibrate/forward.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_THREADS 64u
/* What happens now and then happens a few times in a run of whatever depth: deep ones are longer.
 */
#define DEPTH_PER_RUN 8u
/* Fewer I/Os are no sample of anything. */
#define LEAST_REQUESTS 200
/* Processes on one CPU take turns in phases of milliseconds, thousands of requests each; on two,
 * one sleeps now and then. */
static uint32_t longer(const struct rl_machine *m)
{
	return !m->hosted ? 1 : m->pcpus == 1 ? 3 : 1;
}

struct job {
	const struct rl_measured_cell *cells;
	const struct rl_costs *sets;
	size_t ncells, nsets;
	size_t *order; /* cells, the longest first: at the end no thread waits long for another */
	const struct rl_forward_options *o;
	struct rl_metrics *out;
	atomic_size_t next;
	pthread_mutex_t lock; /* guards the three below */
	size_t failed;	      /* the first in order */
	int code;
	struct rl_err err;
};

void rl_forward_default(struct rl_forward_options *o)
{
	*o = (struct rl_forward_options){.sim = {.reps = 1,
						 .threads = 1,
						 .seed = 1,
						 .requests = 2000,
						 .warmup = RL_WARMUP_TENTH}};
}

void rl_forward_precise(struct rl_forward_options *o)
{
	rl_forward_default(o);
	o->sim.requests = 10000;
	o->sim.reps = 4; /* schedules that never repeat are known by their mean, and how well by
			    their spread */
	o->as_long = true;
}

/*
 * Where slices and ticks beat, a schedule finds its beat in time and keeps it; a run of seconds
 * often ends before. So a run of few I/Os is predicted by many replications as short as it was.
 */
static void shorten(struct rl_sim_options *o, const struct rl_measured_cell *cell)
{
	double ios = cell->m[RL_METRIC_iops].value * (double)cell->scenario.job.runtime_ns * 1e-9;
	uint32_t parts;

	if (!(ios >= LEAST_REQUESTS) || ios >= o->requests)
		return;
	parts = (uint32_t)(o->requests / ios + 0.5);
	o->requests = (uint32_t)ios;
	o->reps *= parts;
}

static void note_failure(struct job *j, size_t i, int code, const struct rl_err *err)
{
	char line[400];

	rl_err_format(err, line, sizeof(line));
	pthread_mutex_lock(&j->lock);
	if (!j->code || i < j->failed) {
		j->code = code;
		j->failed = i;
		j->err = (struct rl_err){0};
		rl_err_set(&j->err, code, NULL, 0, 0, "cell '%s': %s", j->cells[i % j->ncells].name,
			line);
	}
	pthread_mutex_unlock(&j->lock);
}

uint32_t rl_forward_length(const struct rl_scenario *s)
{
	return longer(&s->machine) * ((s->job.iodepth + DEPTH_PER_RUN - 1) / DEPTH_PER_RUN);
}

void rl_forward_options_of(const struct rl_measured_cell *cell, const struct rl_forward_options *o,
	struct rl_sim_options *sim)
{
	*sim = o->sim;
	sim->requests *= rl_forward_length(&cell->scenario);
	if (o->as_long)
		shorten(sim, cell);
}

static double part_of(const struct job *j, size_t cell)
{
	return j->o->part ? j->o->part[cell] : 1;
}

static void simulate(struct job *j, size_t cell, size_t set)
{
	struct rl_scenario s = j->cells[cell].scenario;
	struct rl_sim_options o = j->o->sim;
	struct rl_sim_result r;
	struct rl_err err = {0};
	size_t i = set * j->ncells + cell;
	int code;

	if (!(part_of(j, cell) > 0))
		return;
	o.requests = (uint64_t)(part_of(j, cell) * (double)(o.requests * rl_forward_length(&s)));
	if (j->o->as_long)
		shorten(&o, &j->cells[cell]);
	o.seed += j->o->stream ? j->o->stream[set] : 0;
	s.costs = j->sets[set];
	code = rl_sim_run(&s, &o, &r, &err);
	if (code) {
		note_failure(j, i, code, &err);
		return;
	}
	j->out[i] = r.metrics;
	if (j->o->told)
		j->o->told(j->o->arg, set, cell, &r);
}

static void *work(void *arg)
{
	struct job *j = arg;
	size_t i;

	while ((i = atomic_fetch_add(&j->next, 1)) < j->ncells * j->nsets)
		simulate(j, j->order[i / j->nsets], i % j->nsets);
	return NULL;
}

static double work_of(const struct job *j, size_t cell)
{
	return part_of(j, cell) * rl_forward_length(&j->cells[cell].scenario);
}

/* Longest first; of equal ones in their order. */
static void sort_cells(struct job *j)
{
	for (size_t c = 0; c < j->ncells; c++) {
		size_t at = c;

		for (; at > 0 && work_of(j, j->order[at - 1]) < work_of(j, c); at--)
			j->order[at] = j->order[at - 1];
		j->order[at] = c;
	}
}

static unsigned count_threads(const struct job *j)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = j->o->threads ? j->o->threads : cpus > 0 ? (unsigned)cpus : 1;

	if (n > j->ncells * j->nsets)
		n = (unsigned)(j->ncells * j->nsets);
	return n < MAX_THREADS ? n : MAX_THREADS;
}

int rl_forward_run(const struct rl_measured_cell *cells, size_t ncells, const struct rl_costs *sets,
	size_t nsets, const struct rl_forward_options *o, struct rl_metrics *out,
	struct rl_err *err)
{
	struct job j = {.cells = cells,
		.sets = sets,
		.ncells = ncells,
		.nsets = nsets,
		.order = calloc(ncells ? ncells : 1, sizeof(size_t)),
		.o = o,
		.out = out,
		.lock = PTHREAD_MUTEX_INITIALIZER};
	pthread_t threads[MAX_THREADS];
	unsigned n = count_threads(&j), started = 0;

	if (!j.order)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	sort_cells(&j);

	/* This thread works as well; one that cannot be started is not missed. */
	while (started + 1 < n && pthread_create(&threads[started], NULL, work, &j) == 0)
		started++;
	work(&j);
	while (started)
		pthread_join(threads[--started], NULL);
	pthread_mutex_destroy(&j.lock);
	free(j.order);
	if (j.code && err && !err->what[0])
		*err = j.err;
	return j.code;
}
