/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `ringlab bench requests`: what a request costs the simulator among many guests, beside a single
 * guest on the same machine; and an hour in which nothing happens but polling.
 *
 * Guests are those of data/scenarios/many-guests.yaml with four vCPUs, a ring and a clone of the
 * job on each, so that at a thousand guests four thousand vCPUs work; once on its 8 pCPUs, once
 * on 64. Counted are all I/Os that are simulated, the warm-up's too, and all CPU time, setting up
 * included.
 */
#include "cli/bench.h"
#include "data/format/scenario.h"
#include "sim/bench/bench.h"
#include "sim/sim.h"

#include <stdio.h>

#define REQUESTS     200000
#define HOUR_PENDING 10	     /* leaves that its world has */
#define HOLD_EVENTS  4000000 /* to know what an event costs the engine */

typedef const char *const pair[2];

static pair one_guest[] = {{"guest.pcpu", "any"}, {"driver.pcpu", "any"}, {"guest.vcpus", "4"},
	{"disk.queues", "4"}, {"job.numjobs", "4"}, {"job.iodepth", "8"},
	{"disk.device",
		"ssd:channels=8,read=80us,write=20us,cache=64m,drain=400m/s,bandwidth=2g/s"},
	{NULL}};

/* Two of eight pCPUs' worth of backends, as the scenario has it. */
static pair on_8[] = {{"machine.pcpus", "8"}, {"driver.vcpus", "2"}, {NULL}};
static pair on_64[] = {{"machine.pcpus", "64"}, {"driver.vcpus", "16"}, {NULL}};

static const struct {
	const char *name;
	pair *machine;
	const char *guests;
} rows[] = {
	{"requests_guests_10", on_8, "10"},
	{"requests_guests_100", on_8, "100"},
	{"requests_guests_1000", on_8, "1000"},
	{"requests_guests_10_pcpus_64", on_64, "10"},
	{"requests_guests_100_pcpus_64", on_64, "100"},
	{"requests_guests_1000_pcpus_64", on_64, "1000"},
};
#define NROWS	(sizeof(rows) / sizeof(rows[0]))
#define PER_ONE 3 /* rows that are held against the same run of one guest */

/* An hour: data/scenarios/idle-hour.yaml. */
static pair hour_long[] = {{"front_policy", "spin"}, {"back_policy", "spin"},
	{"job.startdelay", "1us"}, {"job.io_size", "4k"}, {"job.thinktime", "3600s"}, {NULL}};

static double got[NROWS][RL_BENCH_MAX_REPEATS], limit[NROWS][RL_BENCH_MAX_REPEATS];
static double hour[RL_BENCH_MAX_REPEATS], hour_limit[RL_BENCH_MAX_REPEATS];

static int set(struct rl_scenario *s, pair *what, struct rl_err *err)
{
	int rc = 0;

	for (; !rc && (*what)[0]; what++)
		rc = rl_scenario_set(s, (*what)[0], (*what)[1], NULL, 0, 0, NULL, NULL, err);
	return rc;
}

/* CPU time of a run of @s, which is what @first and @then say. */
static int run(pair *first, pair *then, int r, double *ns, struct rl_sim_result *result)
{
	struct rl_sim_options o = {
		.reps = 1, .requests = REQUESTS, .seed = (uint64_t)r, .warmup = RL_WARMUP_TENTH};
	struct rl_scenario s;
	struct rl_err err = {0};
	double begin = rl_bench_cpu_ns();
	int rc;

	rl_scenario_default(&s);
	rc = set(&s, first, &err);
	rc = rc || !then ? rc : set(&s, then, &err);
	rc = rc ? rc : rl_sim_run(&s, &o, result, &err);
	if (rc)
		rl_err_print(&err);
	*ns = rl_bench_cpu_ns() - begin;
	return rc;
}

static int request_of(pair *machine, const char *guests, int r, double *ns)
{
	pair all[] = {{"guest.count", guests}, {machine[0][0], machine[0][1]},
		{machine[1][0], machine[1][1]}, {NULL}};
	struct rl_sim_result result;
	int rc = run(one_guest, all, r, ns, &result);

	if (!rc)
		*ns /= (double)(result.requests + result.warmup);
	return rc;
}

static int idle_hour(int r)
{
	struct rl_sim_result result;
	double event;
	int rc = run(hour_long, NULL, r, &hour[r], &result);

	if (!rc)
		rc = rl_bench_hold(HOUR_PENDING, HOLD_EVENTS, (uint64_t)r + 1, &event);
	if (!rc)
		hour_limit[r] = event * (double)result.events;
	return rc;
}

int rl_bench_growth(int r)
{
	for (size_t i = 0; i < NROWS; i++) {
		if (i % PER_ONE == 0 && request_of(rows[i].machine, "1", r, &limit[i][r]))
			return -1;
		limit[i][r] = limit[i / PER_ONE * PER_ONE][r];
		if (request_of(rows[i].machine, rows[i].guests, r, &got[i][r]))
			return -1;
	}
	return idle_hour(r);
}

void rl_bench_growth_put(struct rl_out *o, int repeats)
{
	for (size_t i = 0; i < NROWS; i++)
		rl_bench_put(o,
			&(struct rl_bench_row){rows[i].name, "requests/s", got[i], limit[i], true},
			repeats);
	rl_bench_put(
		o, &(struct rl_bench_row){"idle_hour", "hours/s", hour, hour_limit, true}, repeats);
}
