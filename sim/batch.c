/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads that take scenarios; see the header. */
#include "sim/batch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define MAX_THREADS 64u

struct work {
	const struct rl_batch *b;
	struct rl_sim_options options;
	pthread_mutex_t lock; /* guards next(), done() and failed */
	int failed;
};

/* What a thread works on, on the heap: both are large. */
struct one {
	struct rl_scenario s;
	struct rl_sim_result r;
};

static void run_all(struct work *w, struct one *one)
{
	uint32_t id;

	pthread_mutex_lock(&w->lock);
	while (w->b->next(w->b->arg, &id, &one->s)) {
		struct rl_sim_options o = w->options;
		struct rl_err err = {0};
		int rc;

		if (w->b->tune)
			w->b->tune(w->b->arg, id, &o);
		pthread_mutex_unlock(&w->lock);
		rc = rl_sim_run(&one->s, &o, &one->r, &err);
		pthread_mutex_lock(&w->lock);
		w->b->done(w->b->arg, id, rc, &one->r, &err);
	}
	pthread_mutex_unlock(&w->lock);
}

static void *work(void *arg)
{
	struct work *w = arg;
	struct one *one = malloc(sizeof(*one));

	if (one) {
		run_all(w, one);
	} else {
		pthread_mutex_lock(&w->lock);
		w->failed = -ENOMEM;
		pthread_mutex_unlock(&w->lock);
	}
	free(one);
	return NULL;
}

int rl_batch_run(const struct rl_batch *b)
{
	struct work w = {.b = b, .options = *b->options};
	pthread_t id[MAX_THREADS];
	uint32_t n = 0;

	w.options.threads = 1;
	pthread_mutex_init(&w.lock, NULL);
	while (n + 1 < b->threads && n < MAX_THREADS && !pthread_create(&id[n], NULL, work, &w))
		n++;
	work(&w);
	while (n)
		pthread_join(id[--n], NULL);
	pthread_mutex_destroy(&w.lock);
	return w.failed;
}
