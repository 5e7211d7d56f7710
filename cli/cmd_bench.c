/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab bench`: own speed, as ratios to what this machine can do, measured in the same run. */
#include "cli/args.h"
#include "cli/bench.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REPEATS = 256, CONFIGS };

#define MAX_CONFIGS 1000000

#define NAMES	 "engine|requests|ring|policies|sweep"
#define EXPECTED "expected engine, requests, ring, policies or sweep"

static const struct argp_option options[] = {
	{"repeats", REPEATS, "N", 0, "how often everything is measured in turn (7)", 0},
	{"configs", CONFIGS, "N", 0, "sweep: configurations, in steps of 40 (400)", 0},
	{0},
};

static const char doc[] =
	"Own speed beside what this machine can do, measured in the same run.\v"
	"Ratio 1 is at the limit.\n\n"
	"engine: events a second of one core's time through the engine's public interface, ties "
	"first in first out. mm1: one server at load 0.9 with an actor for arrivals and one for "
	"service; an event is one arrival or one departure; the mean time in system must agree "
	"with theory; limit: two clocks in two variables, without an event list. hold_N: N "
	"pending; an event is: take the earliest, draw Exp(1), schedule it again so much later; "
	"limit: a bare winner tree.\n\n"
	"requests: simulated block requests a second of one core's time, data/scenarios/"
	"two-cores.yaml at iodepth 32, policy event and spin of the backend; limit: the engine "
	"with as many events that do nothing (hold at 10 pending); events a request on stderr. "
	"requests_j2: the latter with -j 2, by the clock on the wall; limit: two processes. "
	"requests_guests_N: N guests of 4 vCPUs with a ring each at iodepth 8 on 8 pCPUs, and on "
	"64; "
	"limit: one guest. idle_hour: an hour of polling on both sides without work; limit: the "
	"engine with as many events.\n\n"
	"ring: round trips and throughput of the hosted pair beside bare loops. policies: every "
	"policy of the backend, on one core and on two. What an event costs in these two is "
	"eventfd's cost, not Xen's.\n\n"
	"sweep: simulated requests a second of CPU time of `ringlab sweep`, from the scenario to "
	"the database, of two policies at 20 depths: configurations of one replication of 10,000 "
	"requests, and of five of 2,000 with their warm-up looked for; limit: as many requests of "
	"the same kind in 40 long runs. sweep_j2: the former with -j 2, by the clock on the wall; "
	"limit: two processes, each with all of it.";

static const struct bench {
	const char *name;
	int (*run)(const struct rl_bench_input *in);
	int cpus; /* that it needs */
} benches[] = {
	{"engine", rl_bench_engine, 1},
	{"requests", rl_bench_requests, 1},
	{"ring", rl_bench_ring, 2},
	{"policies", rl_bench_policies, 2},
	{"sweep", rl_bench_sweep, 1},
};

struct input {
	struct rl_args args;
	const struct bench *what;
	int repeats, configs;
};

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
		if (end == value || *end || in->repeats < 1 || in->repeats > RL_BENCH_MAX_REPEATS)
			argp_error(st, "--repeats '%s' (expected 1 to %d)", value,
				RL_BENCH_MAX_REPEATS);
		break;
	case CONFIGS:
		in->configs = (int)rl_args_count(st, "configs", value, MAX_CONFIGS);
		break;
	case ARGP_KEY_ARG:
		if (in->what || !find(value))
			argp_error(st, "unknown benchmark '%s' (" EXPECTED ")", value);
		in->what = find(value);
		break;
	case ARGP_KEY_END:
		if (!in->what)
			argp_error(st, "no benchmark (" EXPECTED ")");
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
		.args_doc = NAMES,
		.doc = doc,
		.children = children};
	struct input in = {.repeats = 7, .configs = 400};
	struct rl_bench_input bench;
	struct rl_progress progress;
	int rc;

	rl_args_parse(&argp, argc, argv, &in);
	if (sysconf(_SC_NPROCESSORS_ONLN) < in.what->cpus) {
		fprintf(stderr, "ringlab bench: error: one CPU here (expected two)\n");
		return RL_EXIT_RUN;
	}
	bench = (struct rl_bench_input){.format = in.args.format,
		.repeats = in.repeats,
		.configs = in.configs,
		.progress = &progress};
	rl_progress_begin(&progress, "measuring", false);
	rc = in.what->run(&bench);
	rl_progress_end(&progress);
	if (rc) {
		fprintf(stderr, "ringlab bench: error: a measurement failed\n");
		return RL_EXIT_RUN;
	}
	return RL_EXIT_OK;
}

RL_VERB(bench, "own speed, as ratios to what this machine can do", cmd_bench);
