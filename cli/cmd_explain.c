/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab explain`: where the time and the CPU of a result went, and what would change it. */
#include "cli/cli.h"
#include "cli/explain.h"
#include "cli/share.h"
#include "cli/sim_args.h"

#include <errno.h>
#include <stdlib.h>

/* ---- the explanation ----------------------------------------------------------------------- */

static int simulate(struct rl_explained *x, struct rl_account *out, struct rl_err *err)
{
	struct rl_sim_result *r = malloc(sizeof(*r));
	int rc = r ? rl_sim_run(&x->subject.scenario, &x->sim, r, err)
		   : rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");

	if (!rc)
		rl_account_simulated(&x->subject.scenario, r, out);
	free(r);
	return rc;
}

static int explain(const struct rl_explain *in, struct rl_explained *x, struct rl_err *err)
{
	struct rl_subject *s = &x->subject;
	int rc = rl_subject_read(&in->conf, in->args.db, s, err);

	if (rc)
		return rc;
	x->sim = rl_subject_options(s, &in->sim);
	if (s->measured)
		rl_account_pool(s->account, s->repeats, &x->account);
	if (s->modelled)
		rc = simulate(x, s->measured ? &x->model : &x->account, err);
	if (rc || !s->modelled || in->no_change)
		return rc;
	rc = rl_elasticities(&s->scenario, &x->sim, x->change, &x->nchanges, err);
	return rc ? rc : rl_alternatives(&s->scenario, &x->sim, x->instead, &x->ninstead, err);
}

static int run(const struct rl_explain *in)
{
	struct rl_explained *x = calloc(1, sizeof(*x));
	struct rl_err err = {0};
	int rc;

	if (!x)
		return RL_EXIT_RUN;
	rc = explain(in, x, &err);
	if (!rc && rl_explain_print(in, x))
		rc = rl_err_set(&err, -EIO, NULL, 0, 0, "cannot write the results");
	rl_subject_fini(&x->subject);
	free(x);
	return rc ? rl_share_fail(rc, &err) : RL_EXIT_OK;
}

/* ---- the command line ---------------------------------------------------------------------- */

enum { KEY_NO_CHANGE = 300 };

static const struct argp_option options[] = {
	{"no-change", KEY_NO_CHANGE, NULL, 0, "Do not simulate what would change it", -2},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rl_explain *in = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &in->conf;
		state->child_inputs[1] = &in->sim;
		state->child_inputs[2] = &in->args;
		return 0;
	case KEY_NO_CHANGE:
		in->no_change = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_explain(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_configure_argp, 0, NULL, 0},
		{&rl_sim_argp, 0, NULL, 0}, {&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, "RUN",
		"Tells where the time and the CPU of a result went, what limits it, and what would "
		"change it.\v"
		"RUN is a scenario's file (`-` for stdin), which is simulated; the id of a stored "
		"run; or CELL or PLATFORM/CELL of stored runs, as `ringlab list runs` names them: "
		"all repeats together, one with `.rN` behind it.\n\n"
		"Where the database has parameters of the platform (or --params NAME), the "
		"calibrated model is simulated on the same cell: columns model and model_error.\n\n"
		"latency: stages of a request, of measured runs where the drivers were traced; "
		"share: of all stages. cpu: time a request; share: of the machine's pCPUs; polling "
		"in vain and waiting are time that passed, used or not. driver: "
		"the drivers' own statistics, a request. change: d log metric / d log cost, "
		"so -0.3 is 3 % less for 10 % more, by simulating both with the same random "
		"numbers. instead: the relative change with another policy, depth, way to reach "
		"pages or number of rings, simulated the same way; a dash where the model would "
		"stand still.\n\n"
		"What is not known is a dash, null in JSON.",
		children, NULL, NULL};
	struct rl_explain in = {0};

	rl_args_parse(&argp, argc, argv, &in);
	return run(&in);
}

RL_VERB(explain, "where the time and the CPU of a result went", cmd_explain);
