/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A world whose steps cost nothing, driven by a job file: what remains is the workload itself. */
#ifndef RL_SIM_TESTS_LOAD_FIXTURE_H
#define RL_SIM_TESTS_LOAD_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "data/format/fio_job.h"
#include "model/bounds.h"
#include "sim/core/rep.h"

static struct rl_scenario s;
static struct rl_world *w;

/* Two cores, nothing costs anything, a device without a queue that takes @device_ns. */
static inline void free_of_charge(double device_ns)
{
	rl_scenario_default(&s);
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		s.costs.v[i] = rl_param_info[i].min;
	s.costs.v[RL_PARAM_device_ns] = device_ns;
}

static inline void job_file(const char *text)
{
	struct rl_err err = {0};

	if (rl_fio_jobs_parse(
		    text, strlen(text), "test.fio", s.jobs, RL_JOBS, &s.njobs, NULL, NULL, &err) ||
		rl_scenario_check(&s, &err))
		fail_msg("%d:%d: %s", err.line, err.col, err.what);
}

static inline struct rl_rep_args args_of(void)
{
	struct rl_rep_args a = {.s = &s, .seed = 1, .requests = 20000, .sched = rl_scheds[0]};

	return a;
}

static inline void start(void)
{
	struct rl_rep_args a = args_of();

	w = w ? w : rl_world_create();
	assert_non_null(w);
	assert_int_equal(rl_rep_start(w, &a, 0), 0);
}

/* A whole replication. */
static inline void run(struct rl_rep *out)
{
	static struct rl_mark mark[2];
	static struct rl_hist hist[RL_CLASSES];
	struct rl_rep_args a = args_of();

	w = w ? w : rl_world_create();
	assert_non_null(w);
	a.warm = rl_bounds_sampled(&s) ? rl_rep_tenth(&a) : 0;
	rl_rep_run(w, &a, 0, out, mark, hist);
	assert_int_equal(out->failed, 0);
	if (out->broken)
		fail_msg("%s", out->broken);
}

/* When a request was made known to the backend. */
static inline rl_ps published(const struct rl_tag *t)
{
	return t->stamps.at[RL_STAGE_PUBLISH];
}

/* Steps until one more request was handed to the frontend: its tag, or null at the end. */
static inline const struct rl_tag *next_request(void)
{
	uint64_t before = w->blk[0].requests;
	struct rl_blkif_request *req;
	uint32_t at;

	while (w->blk[0].requests == before)
		if (rl_jobs_over(w) || !rl_world_step(w))
			return NULL;
	at = (w->blk[0].front.req_prod_pvt - 1) & (w->blk[0].front.size - 1);
	req = (void *)(w->blk[0].front.slots + at * w->blk[0].front.slot_bytes);
	return &w->blk[0].tag[req->id];
}

/* I/Os of all clones of a job that completed. */
static inline uint64_t done(uint32_t section, int dir)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < w->jobs[0].n; i++)
		if (w->jobs[0].fio[i].section == section)
			n += w->jobs[0].fio[i].ios_done[dir];
	return n;
}

static inline uint64_t all_done(uint32_t section)
{
	return done(section, RL_DIR_READ) + done(section, RL_DIR_WRITE);
}

#endif
