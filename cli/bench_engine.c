/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab bench engine`: the engine beside the same models without one; sim/bench/bench.h. */
#include "cli/bench.h"
#include "sim/bench/bench.h"

#include <stdio.h>

#define LOAD	    0.9
#define CUSTOMERS   4000000u
#define MANY_ERRORS 5 /* standard errors: once in two million seeds */

/* A hold row: so many pending, so many events a repeat. */
static const struct {
	const char *name;
	uint32_t pending, events;
} holds[] = {
	{"hold_10", 10, 6000000},
	{"hold_100", 100, 4000000},
	{"hold_1000", 1000, 4000000},
	{"hold_100000", 100000, 2000000},
};
#define NHOLDS ((int)(sizeof(holds) / sizeof(holds[0])))
#define NROWS  (NHOLDS + 1)

struct times {
	double got[NROWS][RL_BENCH_MAX_REPEATS], limit[NROWS][RL_BENCH_MAX_REPEATS];
	double mean[2]; /* sums of M/M/1's means: of the limit, of the engine */
};

/* A limit and what is held against it take turns in going first. */
static int mm1(struct times *t, int r)
{
	int rc = 0;

	for (int i = 0; i < 2 && !rc; i++) {
		int engine = (i + r) % 2;
		struct rl_bench_mm1 one;

		rc = (engine ? rl_bench_mm1 : rl_limit_mm1)(LOAD, CUSTOMERS, (uint64_t)r + 1, &one);
		if (rc)
			break;
		(engine ? t->got : t->limit)[0][r] = one.ns;
		t->mean[engine] += one.mean;
	}
	return rc;
}

static int hold(struct times *t, int row, int r)
{
	int rc = 0;

	for (int i = 0; i < 2 && !rc; i++) {
		int engine = (i + r) % 2;

		rc = (engine ? rl_bench_hold : rl_limit_hold)(holds[row - 1].pending,
			holds[row - 1].events, (uint64_t)r + 1,
			&(engine ? t->got : t->limit)[row][r]);
	}
	return rc;
}

/* A queue whose customers stay too long or too short is no M/M/1, whatever its speed. */
static int check_means(const struct times *t, int repeats)
{
	for (int engine = 0; engine < 2; engine++) {
		double mean = t->mean[engine] / repeats;
		double off = rl_bench_mm1_off(LOAD, CUSTOMERS * (uint64_t)repeats, mean);

		if (off > MANY_ERRORS) {
			fprintf(stderr,
				"ringlab bench: error: mm1 of the %s: mean time in system %.4f, "
				"%.1f standard errors off (expected %.4f)\n",
				engine ? "engine" : "limit", mean, off, 1 / (1 - LOAD));
			return -1;
		}
	}
	return 0;
}

int rl_bench_engine(const struct rl_bench_input *in)
{
	static struct times t;
	struct rl_out *o;

	for (int r = 0; r < in->repeats; r++)
		for (int row = 0; row < NROWS; row++) {
			if (row ? hold(&t, row, r) : mm1(&t, r))
				return -1;
			rl_progress_count(in->progress, r * NROWS + row + 1, in->repeats * NROWS);
		}
	if (check_means(&t, in->repeats))
		return -1;
	o = rl_bench_rows(in->format);
	for (int row = 0; o && row < NROWS; row++) {
		struct rl_bench_row line = {.unit = "events/s", .rate = true};

		line.name = row ? holds[row - 1].name : "mm1";
		line.got_ns = t.got[row];
		line.limit_ns = t.limit[row];
		rl_bench_put(o, &line, in->repeats);
	}
	return o ? rl_out_finish(o) : -1;
}
