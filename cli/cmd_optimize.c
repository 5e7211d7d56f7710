/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab optimize`: the best configuration of a space under constraints, and how sure. */
#include "cli/cli.h"
#include "cli/optimize.h"
#include "cli/share.h"
#include "cli/sim_args.h"
#include "model/base/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONFIDENCE   0.95
#define INDIFFERENCE 0.01
#define BUDGET	     1000000000000ull

/* ---- the run ------------------------------------------------------------------------------- */

static int check_size(const struct rl_optimize_input *in, struct rl_err *err)
{
	uint32_t first = in->sim.reps ? in->sim.reps : RL_OPTIMIZE_FIRST;

	if (in->w.npoints > RL_OPTIMIZE_POINTS)
		return rl_err_set(err, -EINVAL, RL_OPTIMIZE_OVER, 1, 1,
			"%u combinations (expected at most %u)", in->w.npoints, RL_OPTIMIZE_POINTS);
	if (in->budget && in->budget < (uint64_t)first * in->w.npoints)
		return rl_err_set(err, -EINVAL, "--budget", 1, 1,
			"%llu replications (expected at least %u for each of %u configurations)",
			(unsigned long long)in->budget, first, in->w.npoints);
	return 0;
}

/* Every configuration is looked at before the first is simulated. */
static int prepare(struct rl_optimize_input *in, struct rl_err *err)
{
	int rc = rl_optimize_ask(in, err);

	rc = rc ? rc : rl_configure_read(&in->conf, in->args.db, &in->w.base, err);
	for (uint32_t i = 0; !rc && i < in->nover; i++)
		rc = rl_sweep_add(&in->w, in->over[i], RL_OPTIMIZE_OVER, err);
	rc = rc ? rc : rl_sweep_design(&in->w, RL_DESIGN_GRID, 0, 0, RL_OPTIMIZE_OVER, err);
	rc = rc ? rc : check_size(in, err);
	return rc ? rc : rl_sweep_check(&in->w, RL_OPTIMIZE_OVER, err);
}

static bool all_stand_still(const struct rl_select *s)
{
	for (uint32_t i = 0; i < s->k; i++)
		if (s->system[i].state != RL_SELECT_FAILED)
			return false;
	return true;
}

static int tell(const struct rl_optimize_input *in, struct rl_optimize *o)
{
	struct rl_err err = {0};
	int rc = rl_optimize_print(in, o);

	if (rc)
		return rl_share_fail(
			-EIO, (rl_err_set(&err, rc, NULL, 0, 0, "cannot write the results"), &err));
	if (all_stand_still(&o->select))
		return RL_EXIT_RUN;
	return o->select.end == RL_SELECT_CHOSEN ? RL_EXIT_OK : RL_EXIT_INVALID;
}

static int optimize(struct rl_optimize_input *in)
{
	struct rl_optimize o = {0};
	struct rl_err err = {0};
	int rc = prepare(in, &err), code;

	if (!rc)
		rc = rl_optimize_run(in, &o, &err);
	code = rc ? rl_share_fail(rc, &err) : tell(in, &o);
	rl_optimize_fini(&o);
	rl_sweep_fini(&in->w);
	return code;
}

/* ---- the command line ---------------------------------------------------------------------- */

enum { KEY_MIN = 300, KEY_MAX, KEY_SUBJECT, KEY_CONFIDENCE, KEY_INDIFFERENCE, KEY_BUDGET };

static const struct argp_option options[] = {
	{"minimize", KEY_MIN, "METRIC", 0, "What is to be as low as possible, or", -2},
	{"maximize", KEY_MAX, "METRIC", 0, "as high as possible", -2},
	{"subject-to", KEY_SUBJECT, "'METRIC < X'", 0,
		"What the answer has to keep: < or >, times with a unit, sizes as in fio; may be "
		"repeated",
		-2},
	{"over", 'o', "PATH=VALUES", 0,
		"What may be chosen: a,b,c or LOW:HIGH:STEP or LOW:HIGH:*FACTOR; may be repeated",
		-2},
	{"confidence", KEY_CONFIDENCE, "P%", 0, "How sure the answer is to be (default: 95%)", -2},
	{"indifference", KEY_INDIFFERENCE, "D%", 0,
		"How much worse than the best the answer may be, and how much room a constraint "
		"must leave to who is compared with it (default: 1%)",
		-2},
	{"budget", KEY_BUDGET, "N", 0,
		"Replications of all configurations together at which to give up (default: 1000 a "
		"configuration)",
		-2},
	{"quiet", 'q', NULL, 0, "No progress", -2},
	{0},
};

static void goal(struct argp_state *state, struct rl_optimize_input *in, bool most, const char *arg)
{
	if (in->objective)
		argp_error(state, "one metric to be minimized or maximized, not '%s' as well", arg);
	in->objective = arg;
	in->rule.maximize = most;
	in->goal = most ? "--maximize" : "--minimize";
}

static void subject(struct argp_state *state, struct rl_optimize_input *in, const char *arg)
{
	if (in->rule.nbounds == RL_SELECT_BOUNDS)
		argp_error(state, "too many --subject-to (at most %u)", RL_SELECT_BOUNDS);
	in->bound[in->rule.nbounds++].text = arg;
}

/* Nearer to 100 the words of the answer would round it up. */
static double percentage(struct argp_state *state, const char *option, double most, char *text)
{
	size_t n = strlen(text);
	bool percent = n && text[n - 1] == '%';
	double x = NAN;

	if (percent)
		text[n - 1] = '\0';
	if (!percent || rl_units_real(text, &x, NULL) || !(x > 0 && x <= most))
		argp_error(state,
			"--%s (expected a percentage such as 5%%, above 0 and up to %.8g%%)",
			option, most);
	return x / 100;
}

static void add_over(struct argp_state *state, struct rl_optimize_input *in, const char *arg)
{
	if (in->nover == RL_SWEEP_AXES)
		argp_error(state, "too many --over (at most %u)", RL_SWEEP_AXES);
	in->over[in->nover++] = arg;
}

static void check(struct argp_state *state, const struct rl_optimize_input *in)
{
	if (!in->objective)
		argp_error(state, "nothing to look for (expected --minimize or --maximize METRIC)");
	if (!in->nover)
		argp_error(state, "nothing to choose from (expected --over PATH=VALUES)");
	if (in->sim.precision > 0 || in->sim.ntargets || in->sim.max_reps)
		argp_error(state, "no --precision, --precision-of, --max-reps here (expected "
				  "--confidence, --indifference, --budget)");
	if (in->sim.reps && in->sim.reps < RL_OPTIMIZE_LEAST)
		argp_error(state, "--reps %u (expected at least %u at the first look)",
			in->sim.reps, RL_OPTIMIZE_LEAST);
}

static void begin(struct argp_state *state, struct rl_optimize_input *in)
{
	state->child_inputs[0] = &in->conf;
	state->child_inputs[1] = &in->sim;
	state->child_inputs[2] = &in->args;
	in->rule.confidence = CONFIDENCE;
	in->rule.indifference = INDIFFERENCE;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rl_optimize_input *in = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		begin(state, in);
		return 0;
	case KEY_MIN:
	case KEY_MAX:
		goal(state, in, key == KEY_MAX, arg);
		return 0;
	case KEY_SUBJECT:
		subject(state, in, arg);
		return 0;
	case 'o':
		add_over(state, in, arg);
		return 0;
	case KEY_CONFIDENCE:
		in->rule.confidence = percentage(state, "confidence", 99.999999, arg);
		return 0;
	case KEY_INDIFFERENCE:
		in->rule.indifference = percentage(state, "indifference", 99, arg);
		return 0;
	case KEY_BUDGET:
		in->budget = rl_args_count(state, "budget", arg, BUDGET);
		if (!in->budget)
			argp_error(state, "--budget 0 (expected replications)");
		return 0;
	case 'q':
		in->quiet = true;
		return 0;
	case ARGP_KEY_END:
		check(state, in);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_optimize(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_configure_argp, 0, NULL, 0},
		{&rl_sim_argp, 0, NULL, 0}, {&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, "SCENARIO",
		"Looks for the best configuration of a space under constraints: all are simulated "
		"with the same random numbers, those that cannot win drop out early, and it ends "
		"when the answer is as sure as it is asked to be.\v"
		"VALUES are those of `ringlab sweep`. Exit 0: an answer; 1: nothing keeps the "
		"constraints, or the budget did not suffice; 4: every configuration stands still. "
		"A verdict `no room`: within a constraint, but not with the indifference to spare. "
		"Metrics are means over replications of --requests I/Os, percentiles those of each "
		"replication. --reps: replications of each at the first look (default: 10). The "
		"probability assumes that what a replication brings home is normal, as means of "
		"many I/Os are; it says nothing of how near the model is to a machine "
		"(`ringlab validate`). calibrate/select.h has the procedure and its sources.",
		children, NULL, NULL};
	struct rl_optimize_input *in = calloc(1, sizeof(*in));
	int code;

	if (!in)
		return RL_EXIT_RUN;
	rl_args_parse(&argp, argc, argv, in);
	code = optimize(in);
	free(in);
	return code;
}

RL_VERB(optimize, "the best configuration under constraints, and how sure", cmd_optimize);
