/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Running a sweep: threads simulate, one more writes. Rows wait in a list until there are many of
 * them or they have waited long, then they are one transaction: who is killed loses those at most,
 * and nobody who simulates ever waits for the disk.
 */
#include "cli/sweep_mpi.h"

#include "cli/progress.h"
#include "sim/batch.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH	64 /* rows of a transaction, unless they wait too long for it */
#define WAIT_NS 500000000ll
#define MANY	4096 /* rows that may wait; more than that the disk is too slow for */

struct waiting {
	struct waiting *next;
	struct rl_sweep_row row;
};

struct run {
	const struct rl_sweep_input *in;
	struct rl_sweep_log *log;
	const bool *done;
	uint32_t due;
	struct rl_progress progress;
	struct rl_sweep_count *count;
	struct rl_err *err; /* of the first failure */

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t come, gone;
	uint32_t at; /* the next configuration to look at */
	struct waiting *first, **last;
	uint32_t nwaiting, nwritten;
	bool over;
	int failed;
};

/* ---- what is simulated --------------------------------------------------------------------- */

static bool mine(const struct run *r, uint32_t i)
{
	return !r->done[i] && i % r->in->shards == r->in->shard - 1;
}

/* The first failure ends all. */
static void fail(void *arg, int rc, const struct rl_err *err)
{
	struct run *r = arg;

	pthread_mutex_lock(&r->lock);
	if (!r->failed) {
		r->failed = rc;
		*r->err = *err;
	}
	pthread_cond_broadcast(&r->come);
	pthread_cond_broadcast(&r->gone);
	pthread_mutex_unlock(&r->lock);
}

/* Up to @n configurations that nobody has yet. */
static uint32_t take_ids(void *arg, uint32_t *ids, uint32_t n)
{
	struct run *r = arg;
	uint32_t have = 0;

	pthread_mutex_lock(&r->lock);
	while (have < n && !r->failed && r->at < r->in->w.npoints) {
		if (mine(r, r->at))
			ids[have++] = r->at;
		r->at++;
	}
	pthread_mutex_unlock(&r->lock);
	return have;
}

static bool next(void *arg, uint32_t *id, struct rl_scenario *s)
{
	struct run *r = arg;
	struct rl_err err = {0};
	int rc;

	if (!take_ids(r, id, 1))
		return false;
	rc = rl_sweep_scenario(&r->in->w, *id, RL_SWEEP_OVER, s, &err);
	if (rc)
		fail(r, rc, &err);
	return !rc;
}

/* That a model stands still is a result; all else says nothing of the model. */
int rl_sweep_row_fill(struct rl_sweep_row *row, uint32_t id, int rc,
	const struct rl_sim_result *result, const struct rl_err *err)
{
	if (rc && rc != -EDEADLK)
		return rc;
	memset(row, 0, sizeof(*row));
	row->config = id;
	rl_metrics_clear(&row->metrics);
	row->limit_frac = NAN;
	if (rc) {
		snprintf(row->failed, sizeof(row->failed), "%.255s", err->what);
		return 0;
	}
	row->reps = result->reps;
	row->requests = result->requests;
	row->events = result->events;
	row->warmup = result->warmup;
	row->warm = result->warm;
	row->precise = result->precise;
	snprintf(row->limit_what, sizeof(row->limit_what), "%s", result->limit[0].what);
	row->limit_frac = result->limit[0].busy_frac;
	row->metrics = result->metrics;
	return 0;
}

/* A row joins those that wait to be written. */
static void give(void *arg, const struct rl_sweep_row *row)
{
	struct run *r = arg;
	struct waiting *x = malloc(sizeof(*x));

	if (!x) {
		fail(r, -ENOMEM, &(struct rl_err){.what = "out of memory"});
		return;
	}
	*x = (struct waiting){.row = *row};
	pthread_mutex_lock(&r->lock);
	while (r->nwaiting >= MANY && !r->failed)
		pthread_cond_wait(&r->gone, &r->lock);
	*r->last = x;
	r->last = &x->next;
	r->count->ran++;
	r->count->failed += *row->failed != '\0';
	if (++r->nwaiting == 1 || r->nwaiting == BATCH)
		pthread_cond_signal(&r->come);
	pthread_mutex_unlock(&r->lock);
}

static void done(void *arg, uint32_t id, int rc, const struct rl_sim_result *result,
	const struct rl_err *err)
{
	struct rl_sweep_row row;

	if (rl_sweep_row_fill(&row, id, rc, result, err))
		fail(arg, rc, err);
	else
		give(arg, &row);
}

/* ---- what is written ----------------------------------------------------------------------- */

static struct timespec soon(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += WAIT_NS;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

/* Takes what waits, when it is enough or has waited long. Returns: null: that was all. */
static struct waiting *take(struct run *r)
{
	struct waiting *list;
	struct timespec until;

	pthread_mutex_lock(&r->lock);
	while (!r->over && !r->failed && !r->first)
		pthread_cond_wait(&r->come, &r->lock);
	until = soon();
	while (!r->over && !r->failed && r->nwaiting < BATCH)
		if (pthread_cond_timedwait(&r->come, &r->lock, &until) == ETIMEDOUT)
			break;
	list = r->first;
	r->first = NULL;
	r->last = &r->first;
	r->nwaiting = 0;
	pthread_cond_broadcast(&r->gone);
	pthread_mutex_unlock(&r->lock);
	return list;
}

/* Stores a list and frees it. */
static void put(struct run *r, struct waiting *list)
{
	const struct rl_sweep_row *rows[MANY] = {NULL};
	struct rl_err err = {0};
	size_t n = 0;
	int rc;

	for (const struct waiting *x = list; x; x = x->next)
		rows[n++] = &x->row;
	rc = rl_sweep_log_put(r->log, rows, n, &err);
	if (rc)
		fail(r, rc, &err);
	r->nwritten += (uint32_t)n;
	while (list) {
		struct waiting *x = list->next;

		free(list);
		list = x;
	}
}

static void *write_all(void *arg)
{
	struct run *r = arg;
	struct waiting *list;

	while ((list = take(r))) {
		put(r, list);
		rl_progress_count(&r->progress, r->nwritten, r->due);
	}
	return NULL;
}

/* ---- both ---------------------------------------------------------------------------------- */

static void *serve(void *arg)
{
	struct run *r = arg;

	rl_sweep_mpi_serve(r->in->mpi,
		&(struct rl_sweep_hub){.take = take_ids, .give = give, .fail = fail, .arg = r});
	return NULL;
}

/* Runs what is this process's to run, and hands out to the others meanwhile. */
static int simulate(struct run *r)
{
	const struct rl_batch batch = {.threads = r->in->sim.threads,
		.options = &r->in->sim,
		.next = next,
		.done = done,
		.arg = r};
	pthread_t server;
	int rc;

	if (!r->in->mpi)
		return rl_batch_run(&batch);
	if (pthread_create(&server, NULL, serve, r))
		return -ENOMEM;
	rc = rl_batch_run(&batch);
	pthread_join(server, NULL);
	return rc;
}

static int simulate_and_write(struct run *r, struct rl_err *err)
{
	pthread_t writer;
	int rc;

	if (pthread_create(&writer, NULL, write_all, r))
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "cannot start a thread");
	rc = simulate(r);
	pthread_mutex_lock(&r->lock);
	r->over = true;
	pthread_cond_broadcast(&r->come);
	pthread_mutex_unlock(&r->lock);
	pthread_join(writer, NULL);
	if (rc && !r->failed)
		return rl_err_set(err, rc, NULL, 0, 0, "out of memory");
	return r->failed;
}

int rl_sweep_run(const struct rl_sweep_input *in, struct rl_sweep_log *log, const bool *done_before,
	struct rl_sweep_count *count, struct rl_err *err)
{
	struct run r = {.in = in, .log = log, .done = done_before, .count = count, .err = err};
	int rc;

	*count = (struct rl_sweep_count){0};
	for (uint32_t i = 0; i < in->w.npoints; i++) {
		r.due += mine(&r, i);
		count->before += done_before[i];
	}
	r.last = &r.first;
	rl_progress_begin(&r.progress, "sweeping", in->quiet);
	pthread_mutex_init(&r.lock, NULL);
	pthread_cond_init(&r.come, NULL);
	pthread_cond_init(&r.gone, NULL);
	rc = simulate_and_write(&r, err);
	rl_progress_end(&r.progress);
	pthread_cond_destroy(&r.come);
	pthread_cond_destroy(&r.gone);
	pthread_mutex_destroy(&r.lock);
	return rc;
}
