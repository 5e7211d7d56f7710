/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads that take replications by number; see the header. */
#include "sim/core/pool.h"

#include <errno.h>
#include <stdlib.h>

#define MAX_THREADS 64u

/* What a thread needs to run replications, one after the other. */
struct worker {
	struct rl_world *w;
	struct rl_mark mark[2];
	struct rl_hist hist[RL_CLASSES];
	struct rl_hist section_hist[][RL_CLASSES];
};

static void run_one(struct rl_pool *p, struct worker *k, uint32_t i)
{
	if (p->series)
		rl_rep_explore(k->w, &p->args, p->first + i, &p->rep[i],
			p->mark + (size_t)i * RL_REP_MARKS, &p->series[i]);
	else
		rl_rep_run(k->w, &p->args, p->first + i, &p->rep[i], k->mark, k->hist);
	for (uint32_t j = 0; j < p->nsections && !p->rep[i].failed; j++)
		rl_section_bring_home(&k->w->section[j], &p->section[(size_t)i * p->nsections + j],
			k->section_hist[j]);
}

static void *work(void *arg)
{
	struct rl_pool *p = arg;
	struct worker *k = calloc(1, sizeof(*k) + p->nsections * sizeof(k->section_hist[0]));
	uint32_t i;

	if (!k || !(k->w = rl_world_create())) {
		atomic_store(&p->failed, -ENOMEM);
		free(k);
		return NULL;
	}
	while ((i = atomic_fetch_add(&p->next, 1)) < p->to)
		run_one(p, k, i);
	pthread_mutex_lock(&p->lock);
	for (int c = 0; c < RL_CLASSES; c++)
		rl_hist_merge(&p->hist[c], &k->hist[c]);
	for (uint32_t j = 0; j < p->nsections; j++)
		for (int c = 0; c < RL_CLASSES; c++)
			rl_hist_merge(&p->section_hist[j][c], &k->section_hist[j][c]);
	pthread_mutex_unlock(&p->lock);
	rl_world_destroy(k->w);
	free(k);
	return NULL;
}

static int check(const struct rl_pool *p, uint32_t from, struct rl_err *err)
{
	int rc = atomic_load(&p->failed);

	for (uint32_t i = from; i < p->to && !rc; i++)
		rc = p->rep[i].failed == -ENOMEM ? -ENOMEM : 0;
	if (rc)
		return rl_err_set(err, rc, NULL, 0, 0, "out of memory");
	for (uint32_t i = from; i < p->to; i++) {
		if (p->rep[i].failed)
			return rl_err_set(err, -EDEADLK, NULL, 0, 0,
				"the model stands still: no I/O completes any more%s (replication "
				"%u)",
				p->rep[i].why, p->first + i);
		if (p->rep[i].broken)
			return rl_err_set(err, -EPROTO, NULL, 0, 0,
				"a bug of the simulator: %s (replication %u)", p->rep[i].broken,
				p->first + i);
	}
	return 0;
}

int rl_pool_run(struct rl_pool *p, uint32_t from, uint32_t to, struct rl_err *err)
{
	uint32_t n = 0, threads = p->threads < to - from ? p->threads : to - from;
	pthread_t id[MAX_THREADS];

	atomic_store(&p->next, from);
	p->to = to;
	while (n + 1 < threads && n < MAX_THREADS && !pthread_create(&id[n], NULL, work, p))
		n++;
	work(p);
	while (n)
		pthread_join(id[--n], NULL);
	return check(p, from, err);
}
