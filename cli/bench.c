/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Medians and rows of benchmarks. */
#include "cli/bench.h"

#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double rl_bench_median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

struct rl_out *rl_bench_rows(enum rl_out_format format)
{
	static const char *const columns[] = {"name", "value", "unit", "limit", "ratio", NULL};

	return rl_out_create(format, stdout, columns);
}

static double median_of(const double *v, int n)
{
	double sorted[RL_BENCH_MAX_REPEATS];

	memcpy(sorted, v, (size_t)n * sizeof(*v));
	return rl_bench_median(sorted, n);
}

void rl_bench_put(struct rl_out *o, const struct rl_bench_row *row, int repeats)
{
	double got = median_of(row->got_ns, repeats), limit = median_of(row->limit_ns, repeats);
	double ratio[RL_BENCH_MAX_REPEATS];

	for (int r = 0; r < repeats; r++)
		ratio[r] = row->limit_ns[r] / row->got_ns[r];
	rl_out_text(o, row->name);
	rl_out_real(o, row->rate ? 1e9 / got : got, 4);
	rl_out_text(o, row->unit);
	rl_out_real(o, row->rate ? 1e9 / limit : limit, 4);
	rl_out_real(o, rl_bench_median(ratio, repeats), 3);
	rl_out_end_row(o);
}
