/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab predict`: the closed forms that apply to a scenario, beside the simulator's answer. */
#include "cli/cli.h"
#include "cli/predict.h"
#include "cli/share.h"

#include <errno.h>
#include <stdlib.h>

#define REQUESTS     20000 /* a replication: intervals of a tenth of those of simulate's default */
#define MAX_REQUESTS 1000000000ull

static int ask_forms(const struct rl_predict *in, struct rl_predict_result *r, struct rl_err *err)
{
	int rc = 0;

	for (const struct rl_form *const *f = rl_forms; *f && !rc; f++) {
		struct rl_predict_form *at = &r->form[r->nforms];

		if (r->nforms == RL_PREDICT_FORMS)
			return rl_err_set(err, -E2BIG, NULL, 0, 0, "more than %d closed forms",
				RL_PREDICT_FORMS);
		r->nforms++;
		at->form = *f;
		rl_form_predict(*f, &r->a, &at->p);
		if (at->p.applies)
			rc = rl_predict_explain(in, r, at, err);
	}
	return rc;
}

/* Forms are told though the simulator got stuck: what is not known is null. */
static int ask_both(const struct rl_predict *in, struct rl_predict_result *r)
{
	struct rl_err stuck = {0}, err = {0};
	int ran = rl_sim_run(r->s, &in->sim, &r->sim, &stuck), rc;

	if (ran == -EINVAL)
		return rl_share_fail(ran, &stuck);
	if (ran)
		rl_metrics_clear(&r->sim.metrics);
	rl_analytic_init(&r->a, r->s);
	r->ncrossings = rl_crossings(&r->a, r->crossing);
	rc = ask_forms(in, r, &err);
	if (!rc && rl_predict_print(in, r))
		rc = -EIO;
	if (ran)
		rl_err_print(&stuck);
	return rc ? rl_share_fail(rc, &err) : ran ? RL_EXIT_RUN : RL_EXIT_OK;
}

static int predict(const struct rl_predict *in)
{
	struct rl_predict_result *r = calloc(1, sizeof(*r));
	struct rl_scenario s;
	struct rl_err err = {0};
	int rc = r ? rl_configure_read(&in->conf, in->args.db, &s, &err) : -ENOMEM;

	if (rc) {
		rc = rl_share_fail(rc, &err);
	} else {
		r->s = &s;
		rc = ask_both(in, r);
	}
	free(r);
	return rc;
}

/* ---- the command line ---------------------------------------------------------------------- */

enum { KEY_NO_EXPLAIN = 256 };

static const struct argp_option options[] = {
	{"reps", 'r', "N", 0, "Replications of each simulation (default: 5)", 0},
	{"requests", 'n', "N", 0, "I/Os a replication, about (default: 20000)", 0},
	{"seed", 'S', "N", 0, "Seed of all random streams (default: 0)", 0},
	{"jobs", 'j', "N", 0, "Threads; results do not depend on it (default: 1)", 0},
	{"no-explain", KEY_NO_EXPLAIN, NULL, 0,
		"Do not simulate again without what a form leaves out", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rl_predict *in = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &in->conf;
		state->child_inputs[1] = &in->args;
		in->explain = true;
		in->sim.requests = REQUESTS;
		return 0;
	case 'r':
		in->sim.reps = (uint32_t)rl_args_count(state, "reps", arg, RL_SIM_MAX_REPS);
		return 0;
	case 'n':
		in->sim.requests = rl_args_count(state, "requests", arg, MAX_REQUESTS);
		return 0;
	case 'S':
		in->sim.seed = rl_args_count(state, "seed", arg, INT64_MAX);
		return 0;
	case 'j':
		in->sim.threads = (uint32_t)rl_args_count(state, "jobs", arg, 64);
		return 0;
	case KEY_NO_EXPLAIN:
		in->explain = false;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_predict(int argc, char **argv)
{
	static const struct argp_child children[] = {
		{&rl_configure_argp, 0, NULL, 0}, {&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, "SCENARIO",
		"Tells what closed forms say of a scenario, beside what the simulator says, and "
		"why "
		"the others do not apply.\v"
		"SCENARIO is a YAML file, `-` for stdin. --params, --job and --set change it, in "
		"this order.\n\n"
		"Each form is exact where the scenario keeps all that it assumes, else "
		"approximate. "
		"`explained_by`: the scenario is simulated again and again, each time without one "
		"more of the things that the form leaves out; the amount is by how much simulator "
		"and form come nearer to each other. `unexplained` is what is left. `agrees`: the "
		"form's value is inside the simulator's 95 % interval, or its bound holds.",
		children, NULL, NULL};
	struct rl_predict in = {0};

	rl_args_parse(&argp, argc, argv, &in);
	return predict(&in);
}

RL_VERB(predict, "closed forms that apply, bounds, beside the simulator", cmd_predict);
