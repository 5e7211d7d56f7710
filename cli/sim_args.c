/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long and how often to simulate, as the command line says; see the header. */
#include "cli/sim_args.h"

#include "cli/args.h"
#include "model/base/units.h"

#include <math.h>
#include <string.h>

#define MAX_REQUESTS 1000000000000ull

static const struct argp_option options[] = {
	{"reps", 'r', "N", 0, "Replications (default: 5; with --precision: at least 10)", 0},
	{"requests", 'n', "N", 0, "I/Os a replication, about (default: 5000)", 0},
	{"precision", 'P', "X%", 0,
		"Add replications until the 95 % intervals are within X % of their values", 0},
	{"precision-of", 'O', "METRIC,...", 0,
		"The metrics that --precision is about (default: iops,clat_mean_ns)", 0},
	{"max-reps", 'M', "N", 0, "Where --precision gives up (default: 1000)", 0},
	{"warmup", 'w', "RULE", 0,
		"What is left out at the start: mser5 (a tenth, or as much as the latencies show, "
		"the default) or "
		"tenth",
		0},
	{"seed", 'S', "N", 0, "Seed of all random streams (default: 0)", 0},
	{"jobs", 'j', "N", 0, "Threads; results do not depend on it (default: 1)", 0},
	{0},
};

static void precision(struct argp_state *state, struct rl_sim_options *o, char *text)
{
	size_t n = strlen(text);
	bool percent = n && text[n - 1] == '%';
	double x = NAN;

	if (percent)
		text[n - 1] = '\0';
	if (!percent || rl_units_real(text, &x, NULL) || !(x > 0 && x < 100))
		argp_error(state, "--precision (expected a percentage such as 1%%, below 100%%)");
	o->precision = x / 100;
}

static void precision_of(struct argp_state *state, struct rl_sim_options *o, char *list)
{
	for (char *name; (name = strsep(&list, ","));) {
		int m = rl_metric_find(name);

		if (m < 0)
			argp_error(state,
				"--precision-of: unknown metric '%s' (expected one of "
				"`ringlab list metrics`)",
				name);
		if (o->ntargets == RL_SIM_MAX_TARGETS)
			argp_error(state, "--precision-of: too many metrics (at most %u)",
				RL_SIM_MAX_TARGETS);
		o->target[o->ntargets++] = m;
	}
}

static void warmup(struct argp_state *state, struct rl_sim_options *o, const char *rule)
{
	if (strcmp(rule, "mser5") != 0 && strcmp(rule, "tenth") != 0)
		argp_error(state, "--warmup %s (expected mser5 or tenth)", rule);
	o->warmup = strcmp(rule, "tenth") == 0 ? RL_WARMUP_TENTH : RL_WARMUP_MSER5;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rl_sim_options *o = state->input;

	switch (key) {
	case 'r':
		o->reps = (uint32_t)rl_args_count(state, "reps", arg, RL_SIM_MAX_REPS);
		return 0;
	case 'n':
		o->requests = rl_args_count(state, "requests", arg, MAX_REQUESTS);
		return 0;
	case 'P':
		precision(state, o, arg);
		return 0;
	case 'O':
		precision_of(state, o, arg);
		return 0;
	case 'M':
		o->max_reps = (uint32_t)rl_args_count(state, "max-reps", arg, RL_SIM_MAX_REPS);
		return 0;
	case 'w':
		warmup(state, o, arg);
		return 0;
	case 'S':
		o->seed = rl_args_count(state, "seed", arg, INT64_MAX);
		return 0;
	case 'j':
		o->threads = (uint32_t)rl_args_count(state, "jobs", arg, 64);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp rl_sim_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};
