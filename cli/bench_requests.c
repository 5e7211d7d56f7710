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

int rl_bench_requests(const struct rl_bench_input *in)
{
	static double ns[NROWS][RL_BENCH_MAX_REPEATS], limit[NROWS][RL_BENCH_MAX_REPEATS];
	double events[NROWS], hold;
	struct rl_out *o;

	for (int r = 0; r < in->repeats; r++)
		for (int i = 0; i < NROWS; i++) {
			if (rl_bench_hold(PENDING, EVENTS, (uint64_t)r + 1, &hold))
				return -1;
			if (simulate(rows[i].policy, r, &ns[i][r], &events[i]))
				return -1;
			limit[i][r] = hold * events[i];
			rl_bench_progress("bench requests", r * NROWS + i + 1, in->repeats * NROWS);
		}
	o = rl_bench_rows(in->format);
	for (int i = 0; o && i < NROWS; i++) {
		rl_bench_put(o,
			&(struct rl_bench_row){rows[i].name, "requests/s", ns[i], limit[i], true},
			in->repeats);
		fprintf(stderr, "%s: %.2f events a request\n", rows[i].name, events[i]);
	}
	return o ? rl_out_finish(o) : -1;
}
