/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab bench ring`: the hosted pair beside bare loops. */
#include "cli/bench.h"
#include "hosted/bench/bench.h"

#include <math.h>

#define TRACE 65536u /* records of a side's buffer */

static const struct rl_bench_cpus two = {0, 1}, one = {0, 0};

enum kind { LINE, SLOTS, EVENTFD, PAIR };

/* A thing that is measured: a limit, or the pair with one policy on both sides. */
struct probe {
	enum kind kind;
	const struct rl_bench_cpus *cpus;
	const char *policy;
	rl_u32 depth, n;
	rl_u32 trace_records;
};

/* A row: @got against @limit. A rate's ratio is got / limit, a time's limit / got. */
struct row {
	const char *name, *unit;
	int got, limit;
	bool rate;
};

static const struct probe probes[] = {
	{LINE, &two, NULL, 1, 1000000, 0},
	{SLOTS, &two, NULL, 1, 500000, 0},
	{SLOTS, &two, NULL, 32, 4000000, 0},
	{EVENTFD, &two, NULL, 1, 10000, 0},
	{EVENTFD, &one, NULL, 1, 50000, 0},
	{PAIR, &two, "spin", 1, 500000, 0},
	{PAIR, &two, "spin", 32, 4000000, 0},
	{PAIR, &two, "event", 1, 10000, 0},
	{PAIR, &one, "event", 1, 50000, 0},
	{PAIR, &two, "spin", 1, 500000, TRACE},
	{PAIR, &two, "spin", 32, 4000000, TRACE},
	{PAIR, &one, "event", 1, 50000, TRACE},
};
#define NPROBES ((int)(sizeof(probes) / sizeof(probes[0])))

static const struct row rows[] = {
	{"ring_spin_rtt", "ns", 5, 0, false},
	{"ring_spin_rtt_slot", "ns", 5, 1, false},
	{"ring_throughput", "requests/s", 6, 2, true},
	{"ring_event_rtt", "ns", 7, 3, false},
	{"ring_event_rtt_one_core", "ns", 8, 4, false},
	/* What stage timestamps cost: the limit is the same without. */
	{"trace_spin_rtt", "ns", 9, 5, false},
	{"trace_throughput", "requests/s", 10, 6, true},
	{"trace_event_rtt_one_core", "ns", 11, 8, false},
};
#define NROWS ((int)(sizeof(rows) / sizeof(rows[0])))

static double measure(const struct probe *p)
{
	struct rl_bench_pair pair;

	switch (p->kind) {
	case LINE:
		return rl_limit_line_ns(*p->cpus, p->n);
	case SLOTS:
		return rl_limit_slots_ns(*p->cpus, p->depth, p->n);
	case EVENTFD:
		return rl_limit_eventfd_ns(*p->cpus, p->n);
	default:
		if (rl_bench_pair(*p->cpus, p->policy, p->policy, 4096, p->depth, p->n,
			    p->trace_records, &pair))
			return NAN;
		return pair.ns;
	}
}

int rl_bench_ring(const struct rl_bench_input *in)
{
	static double ns[NPROBES][RL_BENCH_MAX_REPEATS];
	struct rl_out *o;

	for (int r = 0; r < in->repeats; r++)
		for (int p = 0; p < NPROBES; p++) {
			ns[p][r] = measure(&probes[p]);
			if (!(ns[p][r] > 0))
				return -1;
			rl_progress_count(in->progress, r * NPROBES + p + 1, in->repeats * NPROBES);
		}
	o = rl_bench_rows(in->format);
	for (int i = 0; o && i < NROWS; i++) {
		const struct row *w = &rows[i];

		rl_bench_put(o,
			&(struct rl_bench_row){w->name, w->unit, ns[w->got], ns[w->limit], w->rate},
			in->repeats);
	}
	return o ? rl_out_finish(o) : -1;
}
