/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab simulate`: one scenario, its metrics with intervals, and what limits it. */
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/sim_args.h"
#include "cli/simulate.h"
#include "data/format/timeline.h"
#include "sim/sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the run ------------------------------------------------------------------------------- */

/* The trace shows a model that stands still, too. The error of the run is what is told then. */
static int run(const struct rl_simulate *in, const struct rl_scenario *s,
	struct rl_timeline_file *trace, struct rl_err *err)
{
	struct rl_sim_result r;
	int rc = rl_sim_run(s, &in->sim, &r, err), traced = 0;

	if (trace && (!rc || rc == -EDEADLK))
		traced = rl_simulate_trace(in, s, &r, trace, err);
	else
		rl_timeline_file_drop(trace);
	if (!rc && rl_simulate_print(in, s, &r))
		return RL_EXIT_RUN;
	if (rc || traced)
		rl_err_print(err);
	rc = rc ? rc : traced;
	return !rc ? RL_EXIT_OK : rc == -EINVAL ? RL_EXIT_INPUT : RL_EXIT_RUN;
}

/* A place where no trace can be written is told before the work, not after. */
static int simulate(const struct rl_simulate *in)
{
	struct rl_timeline_file *trace = NULL;
	struct rl_scenario s;
	struct rl_err err = {0};
	int rc = rl_configure_read(&in->conf, in->args.db, &s, &err);

	if (!rc && in->trace.file)
		rc = rl_timeline_file_create(in->trace.file, &trace, &err);
	if (rc) {
		rl_err_print(&err);
		return RL_EXIT_INPUT;
	}
	return run(in, &s, trace, &err);
}

/* ---- the command line ---------------------------------------------------------------------- */

enum { KEY_TRACE = 256, KEY_WINDOW };

static const struct argp_option options[] = {
	{"trace", KEY_TRACE, "FILE", 0,
		"Write what happened in the first replication as a trace for Perfetto "
		"(ui.perfetto.dev) or chrome://tracing",
		0},
	{"trace-window", KEY_WINDOW, "WINDOW", 0,
		"What of it: FROM..TO, times since its begin, as 0ms..5ms; a time: so much from "
		"the "
		"end of the warm-up on (default: 10ms); measured: all that the result is about",
		0},
	{0},
};

static void window(struct argp_state *state, struct rl_simulate_trace *t, const char *text)
{
	t->text = text;
	if (!rl_simulate_window(t, text))
		argp_error(state,
			"--trace-window %s (expected FROM..TO, a time such as 20ms, or measured)",
			text);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rl_simulate *in = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &in->conf;
		state->child_inputs[1] = &in->sim;
		state->child_inputs[2] = &in->args;
		in->trace.to_ns = RL_SIMULATE_TRACE_NS;
		return 0;
	case KEY_TRACE:
		in->trace.file = arg;
		return 0;
	case KEY_WINDOW:
		window(state, &in->trace, arg);
		return 0;
	case ARGP_KEY_END:
		if (in->trace.text && !in->trace.file)
			argp_error(state, "--trace-window without --trace FILE");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_simulate(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_configure_argp, 0, NULL, 0},
		{&rl_sim_argp, 0, NULL, 0}, {&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, "SCENARIO",
		"Simulates one configuration: metrics with 95 % intervals, and what limits it.\v"
		"SCENARIO is a YAML file, `-` for stdin. --params, --job and --set change it, in "
		"this order. `ringlab list parameters` shows the costs that --set costs.NAME=VALUE "
		"changes.",
		children, NULL, NULL};
	struct rl_simulate in = {0};

	rl_args_parse(&argp, argc, argv, &in);
	return simulate(&in);
}

RL_VERB(simulate, "what-if: one scenario, with intervals", cmd_simulate);
