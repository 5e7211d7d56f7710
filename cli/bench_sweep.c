/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `ringlab bench sweep`: how much of the simulator's speed is left when it is given many short
 * configurations: this program as it is, from reading the scenario to the last row in a database.
 */
#include "cli/bench.h"
#include "cli/share.h"
#include "data/format/scenario.h"
#include "sim/bench/bench.h"
#include "sim/sim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEPTHS	 20 /* as in the axes below */
#define REQUESTS 10000

static const char *const policies[] = {"event", "spin"};
#define NPOLICIES 2

enum { ONE, FIVE, J2, NROWS };

struct times {
	double got[NROWS][RL_BENCH_MAX_REPEATS], limit[NROWS][RL_BENCH_MAX_REPEATS];
};

/* ---- this program as a child --------------------------------------------------------------- */

struct sweep {
	const char *reps, *requests, *warmup, *threads;
	int alike; /* configurations that differ in nothing but a cost that nobody meets */
	char db[64];
};

static void exec_sweep(const struct sweep *s)
{
	char scenario[1024], polls[64];

	rl_share_path("data/scenarios/two-cores.yaml", scenario, sizeof(scenario));
	snprintf(polls, sizeof(polls), "costs.line_socket_ns=1:%d:1", s->alike);
	if (!freopen("/dev/null", "w", stderr))
		_exit(1);
	execl("/proc/self/exe", "ringlab", "sweep", scenario, "-q", "--over",
		"back_policy=event,spin", "--over", "job.iodepth=1:20:1", "--over", polls, "--reps",
		s->reps, "--requests", s->requests, "--warmup", s->warmup, "-j", s->threads, "--db",
		s->db, (char *)NULL);
	_exit(1);
}

static void remove_db(const struct sweep *s)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	char path[80];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", s->db, tails[i]);
		unlink(path);
	}
}

/* @n of them at once. Returns: 0; -1. */
static int run_sweeps(struct sweep *s, int n, double *cpu_ns, double *wall_ns)
{
	struct timespec begin, end;
	struct rusage ru = {0};
	pid_t child[2];
	int rc = 0, status;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int i = 0; i < n; i++) {
		snprintf(s[i].db, sizeof(s[i].db), "/tmp/ringlab-bench-%d-%d.db", (int)getpid(), i);
		child[i] = fork();
		if (child[i] == 0)
			exec_sweep(&s[i]);
	}
	for (int i = 0; i < n; i++) {
		if (child[i] < 0 || wait4(child[i], &status, 0, &ru) < 0 || status)
			rc = -1;
		remove_db(&s[i]);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	*cpu_ns = 1e9 * (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
		  1e3 * (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec);
	*wall_ns =
		1e9 * (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec);
	return rc;
}

/* ---- the limit: as many requests of the same kind, in long runs ----------------------------- */

static int long_run(const char *policy, int depth, uint64_t requests, struct rl_err *err)
{
	struct rl_sim_options o = {.reps = 1, .requests = requests, .warmup = RL_WARMUP_TENTH};
	struct rl_sim_result *r = malloc(sizeof(*r));
	struct rl_scenario *s = malloc(sizeof(*s));
	char text[16];
	int rc = r && s ? rl_bench_scenario(s, policy, err) : -ENOMEM;

	snprintf(text, sizeof(text), "%d", depth);
	rc = rc ? rc : rl_scenario_set(s, "job.iodepth", text, NULL, 0, 0, NULL, NULL, err);
	rc = rc ? rc : rl_sim_run(s, &o, r, err);
	free(r);
	free(s);
	return rc;
}

static int long_runs(int alike, double *ns)
{
	double begin = rl_bench_cpu_ns();
	struct rl_err err = {0};

	for (int p = 0; p < NPOLICIES; p++)
		for (int depth = 1; depth <= DEPTHS; depth++)
			if (long_run(policies[p], depth, (uint64_t)alike * REQUESTS, &err)) {
				rl_err_print(&err);
				return -1;
			}
	*ns = rl_bench_cpu_ns() - begin;
	return 0;
}

/* ---- the benchmark -------------------------------------------------------------------------- */

static int repeat(struct times *t, int r, int alike, double requests)
{
	struct sweep one = {"1", "10000", "tenth", "1", alike, ""};
	struct sweep five = {"5", "2000", "mser5", "1", alike, ""};
	struct sweep threads = {"1", "10000", "tenth", "2", alike, ""};
	struct sweep two[2] = {one, one};
	double cpu, wall, limit = 0;
	int rc = 0;

	for (int i = 0; i < 2 && !rc; i++) {
		if ((i + r) % 2) {
			rc = long_runs(alike, &limit);
			t->limit[ONE][r] = t->limit[FIVE][r] = limit / requests;
			continue;
		}
		rc = run_sweeps(&one, 1, &cpu, &wall);
		t->got[ONE][r] = cpu / requests;
		rc = rc ? rc : run_sweeps(&five, 1, &cpu, &wall);
		t->got[FIVE][r] = cpu / requests;
	}
	for (int i = 0; i < 2 && !rc && sysconf(_SC_NPROCESSORS_ONLN) > 1; i++) {
		int both = (i + r) % 2;

		rc = run_sweeps(both ? two : &threads, both ? 2 : 1, &cpu, &wall);
		(both ? t->limit : t->got)[J2][r] = wall / (requests * (both ? 2 : 1));
	}
	return rc;
}

int rl_bench_sweep(const struct rl_bench_input *in)
{
	static const char *const names[] = {"sweep_1x10000", "sweep_5x2000", "sweep_j2"};
	static struct times t;
	int rows = sysconf(_SC_NPROCESSORS_ONLN) > 1 ? NROWS : J2;
	int alike = in->configs / (NPOLICIES * DEPTHS);
	struct rl_out *o;

	alike = alike ? alike : 1;
	for (int r = 0; r < in->repeats; r++) {
		if (repeat(&t, r, alike, (double)alike * NPOLICIES * DEPTHS * REQUESTS))
			return -1;
		rl_progress_count(in->progress, r + 1, in->repeats);
	}
	o = rl_bench_rows(in->format);
	for (int i = 0; o && i < rows; i++)
		rl_bench_put(o,
			&(struct rl_bench_row){names[i], "requests/s", t.got[i], t.limit[i], true},
			in->repeats);
	return o ? rl_out_finish(o) : -1;
}
