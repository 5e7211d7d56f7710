/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `ringlab bench`: own speed, as ratios to what this machine can do, measured in the same run.
 * Absolute times drift; so every repeat measures every limit and every row once, in turn, and
 * medians of ratios within a repeat are what is printed.
 */
#include "cli/args.h"
#include "cli/cli.h"
#include "core/policy.h"
#include "hosted/bench/bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_REPEATS 99
#define TRACE	    65536u /* records of a side's buffer */

enum { REPEATS = 256 };

static const struct argp_option options[] = {
	{"repeats", REPEATS, "N", 0, "how often everything is measured in turn (7)", 0},
	{0},
};

struct input {
	struct rl_args args;
	const char *what;
	int repeats;
};

static const struct rl_bench_cpus two = {0, 1}, one = {0, 0};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void progress(const char *what, int done, int of)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%s: %d of %d%s", what, done, of, done == of ? "\n" : "");
}

/* ---- bench ring ---------------------------------------------------------------------------- */

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

static int bench_ring(const struct input *in)
{
	static const char *const columns[] = {"name", "value", "unit", "limit", "ratio", NULL};
	static double ns[NPROBES][MAX_REPEATS], sorted[MAX_REPEATS];
	struct rl_out *o;

	for (int r = 0; r < in->repeats; r++)
		for (int p = 0; p < NPROBES; p++) {
			ns[p][r] = measure(&probes[p]);
			if (!(ns[p][r] > 0))
				return -1;
			progress("bench ring", r * NPROBES + p + 1, in->repeats * NPROBES);
		}
	o = rl_out_create(in->args.format, stdout, columns);
	for (size_t i = 0; o && i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *w = &rows[i];
		double got, limit, ratio;

		for (int r = 0; r < in->repeats; r++)
			sorted[r] = ns[w->limit][r] / ns[w->got][r];
		ratio = median(sorted, in->repeats);
		memcpy(sorted, ns[w->got], sizeof(sorted));
		got = median(sorted, in->repeats);
		memcpy(sorted, ns[w->limit], sizeof(sorted));
		limit = median(sorted, in->repeats);
		rl_out_text(o, w->name);
		rl_out_real(o, w->rate ? 1e9 / got : got, 4);
		rl_out_text(o, w->unit);
		rl_out_real(o, w->rate ? 1e9 / limit : limit, 4);
		rl_out_real(o, ratio, 3);
		rl_out_end_row(o);
	}
	return o ? rl_out_finish(o) : -1;
}

/* ---- bench policies ------------------------------------------------------------------------ */

struct setting {
	const struct rl_bench_cpus *cpus;
	const char *cores;
	rl_u32 depth, n;
};

static const struct setting settings[] = {
	{&two, "two", 1, 10000},
	{&two, "two", 32, 200000},
	{&one, "one", 1, 2000},
	{&one, "one", 32, 20000},
};
#define NSETTINGS    ((int)(sizeof(settings) / sizeof(settings[0])))
#define MAX_POLICIES 64

static int npolicies(void)
{
	const struct rl_policy *const *p;
	int n = 0;

	rl_for_each_policy (p)
		n++;
	return n < MAX_POLICIES ? n : MAX_POLICIES;
}

/* What a row of the table tells of a policy in a setting: medians over the repeats. */
static void put_policy(struct rl_out *o, const char *name, const struct setting *s,
	const struct rl_bench_pair *v, int n)
{
	double field[6][MAX_REPEATS];

	for (int r = 0; r < n; r++) {
		field[0][r] = v[r].ns;
		field[1][r] = v[r].front_cpu_ns;
		field[2][r] = v[r].back_cpu_ns;
		field[3][r] = v[r].sends;
		field[4][r] = v[r].upcalls;
		field[5][r] = v[r].spin_frac;
	}
	rl_out_text(o, name);
	rl_out_text(o, s->cores);
	rl_out_count(o, s->depth);
	for (int i = 0; i < 6; i++)
		rl_out_real(o, median(field[i], n), 4);
	rl_out_end_row(o);
}

static int bench_policies(const struct input *in)
{
	static const char *const columns[] = {"policy", "cores", "depth", "ns_per_request",
		"front_cpu_ns", "back_cpu_ns", "sends", "upcalls", "back_spin_frac", NULL};
	static struct rl_bench_pair v[MAX_POLICIES][NSETTINGS][MAX_REPEATS];
	int policies = npolicies(), all = policies * NSETTINGS * in->repeats, done = 0;
	struct rl_out *o;

	for (int r = 0; r < in->repeats; r++)
		for (int p = 0; p < policies; p++)
			for (int s = 0; s < NSETTINGS; s++) {
				if (rl_bench_pair(*settings[s].cpus, RL_POLICY_DEFAULT,
					    rl_policies[p]->name, 4096, settings[s].depth,
					    settings[s].n, 0, &v[p][s][r]))
					return -1;
				progress("bench policies", ++done, all);
			}
	o = rl_out_create(in->args.format, stdout, columns);
	for (int s = 0; o && s < NSETTINGS; s++)
		for (int p = 0; p < policies; p++)
			put_policy(o, rl_policies[p]->name, &settings[s], v[p][s], in->repeats);
	return o ? rl_out_finish(o) : -1;
}

/* ---- the verb ------------------------------------------------------------------------------ */

static const struct bench {
	const char *name;
	int (*run)(const struct input *in);
} benches[] = {{"ring", bench_ring}, {"policies", bench_policies}};

static const struct bench *find(const char *name)
{
	for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++)
		if (strcmp(benches[i].name, name) == 0)
			return &benches[i];
	return NULL;
}

static error_t parse(int key, char *value, struct argp_state *st)
{
	struct input *in = st->input;
	char *end;

	switch (key) {
	case ARGP_KEY_INIT:
		st->child_inputs[0] = &in->args;
		break;
	case REPEATS:
		in->repeats = (int)strtol(value, &end, 10);
		if (end == value || *end || in->repeats < 1 || in->repeats > MAX_REPEATS)
			argp_error(st, "--repeats '%s' (expected 1 to %d)", value, MAX_REPEATS);
		break;
	case ARGP_KEY_ARG:
		if (in->what || !find(value))
			argp_error(st, "unknown benchmark '%s' (expected ring or policies)", value);
		in->what = value;
		break;
	case ARGP_KEY_END:
		if (!in->what)
			argp_error(st, "no benchmark (expected ring or policies)");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int cmd_bench(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {.options = options,
		.parser = parse,
		.args_doc = "ring|policies",
		.doc = "Own speed beside what this machine can do, measured in the same run.\v"
		       "ring: round trips and throughput of the hosted pair beside bare loops: "
		       "ratio 1 "
		       "is at the limit. policies: every policy of the backend, on one core and on "
		       "two. "
		       "What an event costs here is eventfd's cost, not Xen's.",
		.children = children};
	struct input in = {.repeats = 7};

	rl_args_parse(&argp, argc, argv, &in);
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		fprintf(stderr, "ringlab bench: error: one CPU here (expected two)\n");
		return RL_EXIT_RUN;
	}
	if (find(in.what)->run(&in)) {
		fprintf(stderr, "ringlab bench: error: a measurement failed\n");
		return RL_EXIT_RUN;
	}
	return RL_EXIT_OK;
}

RL_VERB(bench, "own speed, as ratios to what this machine can do", cmd_bench);
