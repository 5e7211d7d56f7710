/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the benchmarks of `ringlab bench` share. Absolute times drift, so every repeat measures
 * every limit and what is held against it in turn, and medians of ratios within a repeat are what
 * is printed.
 */
#ifndef RL_CLI_BENCH_H
#define RL_CLI_BENCH_H

#include "cli/out.h"
#include "cli/progress.h"

#define RL_BENCH_MAX_REPEATS 99

struct rl_bench_input {
	enum rl_out_format format;
	int repeats; /* 1 to RL_BENCH_MAX_REPEATS */
	int configs; /* of sweeps */
	struct rl_progress *progress;
};

/*
 * One benchmark each: prints its rows to stdout.
 * Returns: 0; negative when a measurement failed, which is said on stderr.
 */
int rl_bench_ring(const struct rl_bench_input *in);
int rl_bench_policies(const struct rl_bench_input *in);
int rl_bench_engine(const struct rl_bench_input *in);
int rl_bench_requests(const struct rl_bench_input *in);
int rl_bench_sweep(const struct rl_bench_input *in);

/* bench_growth.c, for rl_bench_requests(): its part of repeat @r, and the rows of all repeats. */
int rl_bench_growth(int r);
void rl_bench_growth_put(struct rl_out *o, int repeats);

struct rl_scenario;
struct rl_err;

/**
 * rl_bench_scenario - what `bench requests` simulates: data/scenarios/two-cores.yaml with
 * --set job.iodepth=32 and --set back_policy=@policy.
 * Returns: 0; -EINVAL with @err.
 */
int rl_bench_scenario(struct rl_scenario *s, const char *policy, struct rl_err *err);

/** rl_bench_median - of @n values, which it sorts. */
double rl_bench_median(double *v, int n);

/** rl_bench_rows - begin rows of name, value, unit, limit, ratio; end with rl_out_finish(). */
struct rl_out *rl_bench_rows(enum rl_out_format format);

/* A row: times in ns, one a repeat, of a thing and of its limit. */
struct rl_bench_row {
	const char *name, *unit;
	const double *got_ns, *limit_ns;
	bool rate; /* printed as 10^9 / ns; its ratio is of rates all the same */
};

/** rl_bench_put - print a row: medians, and the median of limit / got within a repeat. */
void rl_bench_put(struct rl_out *o, const struct rl_bench_row *row, int repeats);

#endif
