/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `ringlab bench requests`: simulated block requests a second of one core's time, and what the
 * engine alone would do with as many events.
 */
#include "cli/bench.h"
#include "data/format/scenario.h"
#include "sim/bench/bench.h"
#include "sim/sim.h"

#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REPS	 2
#define REQUESTS 100000 /* a replication, its warm-up excluded but for the time that it takes */
#define PENDING	 10	/* as many leaves of the tree as the scenario's world has */
#define EVENTS	 4000000

static const struct {
	const char *name, *policy;
} rows[] = {{"requests_event", "event"}, {"requests_spin", "spin"}};
#define NROWS 2

int rl_bench_scenario(struct rl_scenario *s, const char *policy, struct rl_err *err)
{
	int rc;

	rl_scenario_default(s);
	rc = rl_scenario_set(s, "job.iodepth", "32", NULL, 0, 0, NULL, NULL, err);
	return rc ? rc : rl_scenario_set(s, "back_policy", policy, NULL, 0, 0, NULL, NULL, err);
}

/* CPU time a request, and the events that it took. */
static int simulate(const char *policy, int r, double *ns, double *events)
{
	struct rl_sim_options o = {.reps = REPS, .requests = REQUESTS, .seed = (uint64_t)r + 1};
	struct rl_sim_result result;
	struct rl_err err = {0};
	struct rl_scenario s;
	double begin;

	if (rl_bench_scenario(&s, policy, &err))
		goto failed;
	begin = rl_bench_cpu_ns();
	if (rl_sim_run(&s, &o, &result, &err))
		goto failed;
	*ns = (rl_bench_cpu_ns() - begin) / (double)result.requests;
	*events = (double)result.events / (double)result.requests;
	return 0;
failed:
	rl_err_print(&err);
	return -1;
}

/* ---- two threads beside two processes ------------------------------------------------------ */

#define J2_REPS	    8
#define J2_REQUESTS 40000

static double wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The same replications, whoever runs them. */
static int run(uint32_t threads)
{
	struct rl_sim_options o = {.reps = J2_REPS, .requests = J2_REQUESTS, .threads = threads};
	struct rl_sim_result result;
	struct rl_scenario s;

	return rl_bench_scenario(&s, rows[1].policy, NULL) || rl_sim_run(&s, &o, &result, NULL);
}

/* Two processes, each with all of the work. */
static int two_processes(void)
{
	int rc = 0, status;
	pid_t child[2];

	for (int i = 0; i < 2; i++) {
		child[i] = fork();
		if (child[i] == 0)
			_exit(run(1) ? 1 : 0);
	}
	for (int i = 0; i < 2; i++)
		if (child[i] < 0 || waitpid(child[i], &status, 0) < 0 || status)
			rc = -1;
	return rc;
}

static int j2(int r, double *ns, double *limit)
{
	for (int i = 0; i < 2; i++) {
		int threads = (i + r) % 2, work = threads ? 1 : 2;
		double begin = wall_ns();

		if (threads ? run(2) : two_processes())
			return -1;
		*(threads ? ns : limit) =
			(wall_ns() - begin) / ((double)work * J2_REPS * J2_REQUESTS);
	}
	return 0;
}

/* ---- the benchmark ------------------------------------------------------------------------- */

int rl_bench_requests(const struct rl_bench_input *in)
{
	static double ns[NROWS + 1][RL_BENCH_MAX_REPEATS], limit[NROWS + 1][RL_BENCH_MAX_REPEATS];
	bool two = sysconf(_SC_NPROCESSORS_ONLN) > 1;
	double events[NROWS], hold;
	struct rl_out *o;

	for (int r = 0; r < in->repeats; r++) {
		if (two && j2(r, &ns[NROWS][r], &limit[NROWS][r]))
			return -1;
		if (rl_bench_growth(r))
			return -1;
		for (int i = 0; i < NROWS; i++) {
			if (rl_bench_hold(PENDING, EVENTS, (uint64_t)r + 1, &hold))
				return -1;
			if (simulate(rows[i].policy, r, &ns[i][r], &events[i]))
				return -1;
			limit[i][r] = hold * events[i];
			rl_progress_count(in->progress, r * NROWS + i + 1, in->repeats * NROWS);
		}
	}
	o = rl_bench_rows(in->format);
	for (int i = 0; o && i < NROWS; i++) {
		rl_bench_put(o,
			&(struct rl_bench_row){rows[i].name, "requests/s", ns[i], limit[i], true},
			in->repeats);
		fprintf(stderr, "%s: %.2f events a request\n", rows[i].name, events[i]);
	}
	if (o)
		rl_bench_growth_put(o, in->repeats);
	if (o && two)
		rl_bench_put(o,
			&(struct rl_bench_row){
				"requests_j2", "requests/s", ns[NROWS], limit[NROWS], true},
			in->repeats);
	return o ? rl_out_finish(o) : -1;
}
