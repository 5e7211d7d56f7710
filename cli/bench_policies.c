/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab bench policies`: every policy of the hosted backend, on one core and on two. */
#include "cli/bench.h"
#include "core/policy.h"
#include "hosted/bench/bench.h"

static const struct rl_bench_cpus two = {0, 1}, one = {0, 0};

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
static void put(struct rl_out *o, const char *name, const struct setting *s,
	const struct rl_bench_pair *v, int n)
{
	double field[6][RL_BENCH_MAX_REPEATS];

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
		rl_out_real(o, rl_bench_median(field[i], n), 4);
	rl_out_end_row(o);
}

int rl_bench_policies(const struct rl_bench_input *in)
{
	static const char *const columns[] = {"policy", "cores", "depth", "ns_per_request",
		"front_cpu_ns", "back_cpu_ns", "sends", "upcalls", "back_spin_frac", NULL};
	static struct rl_bench_pair v[MAX_POLICIES][NSETTINGS][RL_BENCH_MAX_REPEATS];
	int policies = npolicies(), all = policies * NSETTINGS * in->repeats, done = 0;
	struct rl_out *o;

	for (int r = 0; r < in->repeats; r++)
		for (int p = 0; p < policies; p++)
			for (int s = 0; s < NSETTINGS; s++) {
				if (rl_bench_pair(*settings[s].cpus, RL_POLICY_DEFAULT,
					    rl_policies[p]->name, 4096, settings[s].depth,
					    settings[s].n, 0, &v[p][s][r]))
					return -1;
				rl_progress_count(in->progress, ++done, all);
			}
	o = rl_out_create(in->format, stdout, columns);
	for (int s = 0; o && s < NSETTINGS; s++)
		for (int p = 0; p < policies; p++)
			put(o, rl_policies[p]->name, &settings[s], v[p][s], in->repeats);
	return o ? rl_out_finish(o) : -1;
}
