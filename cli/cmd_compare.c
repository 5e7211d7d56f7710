/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab compare`: two results side by side, and where their difference comes from. */
#include "cli/cli.h"
#include "cli/compare.h"
#include "cli/share.h"
#include "cli/sim_args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the comparison ------------------------------------------------------------------------ */

/* Both as long and as often as either wants it. */
static struct rl_sim_options common(const struct rl_compared *x, const struct rl_sim_options *o)
{
	struct rl_sim_options a = rl_subject_options(&x->subject[0], o);
	struct rl_sim_options b = rl_subject_options(&x->subject[1], o);

	a.reps = a.reps > b.reps ? a.reps : b.reps;
	a.requests = a.requests > b.requests ? a.requests : b.requests;
	return a;
}

/* Of one that needs fewer replications for its precision as many as the other has. */
static int even_out(struct rl_compared *x, struct rl_series *s, struct rl_err *err)
{
	int fewer = s[0].n < s[1].n ? 0 : 1;

	x->sim.precision = 0;
	x->sim.reps = s[!fewer].n;
	if (s[0].n == s[1].n)
		return 0;
	rl_series_fini(&s[fewer]);
	return rl_series_simulate(&x->subject[fewer].scenario, &x->sim, &s[fewer], err);
}

static int simulate(struct rl_compared *x, struct rl_series *s, struct rl_err *err)
{
	int rc = 0;

	for (int i = 0; !rc && i < 2; i++)
		rc = rl_series_simulate(&x->subject[i].scenario, &x->sim, &s[i], err);
	return rc ? rc : even_out(x, s, err);
}

static int tell(struct rl_compared *x, struct rl_err *err)
{
	int rc = 0;

	x->paired = !x->subject[0].measured && !x->subject[1].measured;
	if (x->paired)
		return simulate(x, x->told, err);
	for (int i = 0; !rc && i < 2; i++) {
		const struct rl_subject *s = &x->subject[i];

		rc = s->measured ? rl_series_measured(s->account, s->repeats, &x->told[i])
				 : rl_series_simulate(&s->scenario, &x->sim, &x->told[i], err);
		if (rc && s->measured)
			rl_err_set(err, rc, NULL, 0, 0, "out of memory");
	}
	if (!rc && x->subject[0].measured && x->subject[1].measured && x->subject[0].modelled &&
		x->subject[1].modelled)
		rc = simulate(x, x->model, err);
	return rc;
}

/* That what lies between the two cannot be simulated says nothing against them. */
static int part(struct rl_compared *x, struct rl_err *err)
{
	const struct rl_series *s = x->paired ? x->told : x->model;
	int rc;

	if (!s[0].n || !s[1].n)
		return 0;
	rc = rl_parts(&x->subject[0].scenario, &x->subject[1].scenario, &x->sim, &s[0], &s[1],
		x->part, &x->nparts, &x->unknown);
	x->parted = !rc;
	if (rc == -ENOMEM)
		*err = x->unknown;
	return rc == -ENOMEM ? rc : 0;
}

static int compare(const struct rl_compare *in, struct rl_compared *x, struct rl_err *err)
{
	int rc = 0;

	for (int i = 0; !rc && i < 2; i++)
		rc = rl_subject_read(&in->conf[i], in->args.db, &x->subject[i], err);
	if (rc)
		return rc;
	x->sim = common(x, &in->sim);
	rc = tell(x, err);
	return rc || in->no_parts ? rc : part(x, err);
}

static int run(const struct rl_compare *in)
{
	struct rl_compared *x = calloc(1, sizeof(*x));
	struct rl_err err = {0};
	int rc;

	if (!x)
		return RL_EXIT_RUN;
	rc = compare(in, x, &err);
	if (!rc && rl_compare_print(in, x))
		rc = rl_err_set(&err, -EIO, NULL, 0, 0, "cannot write the results");
	for (int i = 0; i < 2; i++) {
		rl_subject_fini(&x->subject[i]);
		rl_series_fini(&x->told[i]);
		rl_series_fini(&x->model[i]);
	}
	free(x);
	return rc ? rl_share_fail(rc, &err) : RL_EXIT_OK;
}

/* ---- the command line ---------------------------------------------------------------------- */

enum { KEY_SET_B = 300, KEY_JOB_B, KEY_PARAMS_B, KEY_NO_PARTS };

static const struct argp_option options[] = {
	{"set-b", KEY_SET_B, "PATH=VALUE", 0, "Set a field of B alone; may be repeated", -2},
	{"job-b", KEY_JOB_B, "FILE", 0, "fio job file of B alone", -2},
	{"params-b", KEY_PARAMS_B, "NAME", 0, "Calibrated costs of B alone", -2},
	{"no-parts", KEY_NO_PARTS, NULL, 0, "Do not simulate what lies between the two", -2},
	{0},
};

static void set_b(struct argp_state *state, struct rl_compare *in, char *arg)
{
	if (in->b.nset == RL_CONFIGURE_SETS / 2)
		argp_error(state, "too many --set-b");
	in->b.set[in->b.nset++] = arg;
}

/* B is A but for what is said of it. */
static void finish(struct argp_state *state, struct rl_compare *in)
{
	struct rl_configure *b = &in->conf[1];

	if (!in->b.scenario && !in->b.nset && !in->b.job && !in->b.params)
		argp_error(state,
			"nothing to compare with (expected B, or --set-b, --job-b or --params-b)");
	*b = in->conf[0];
	b->scenario = in->b.scenario ? in->b.scenario : b->scenario;
	if (strcmp(b->scenario, "-") == 0 && strcmp(in->conf[0].scenario, "-") == 0)
		argp_error(state, "A and B from stdin (expected one of them)");
	b->job = in->b.job ? in->b.job : b->job;
	b->job_b = in->b.job != NULL;
	b->params = in->b.params ? in->b.params : b->params;
	for (int i = 0; i < in->b.nset; i++) {
		if (b->nset == RL_CONFIGURE_SETS)
			argp_error(state, "too many --set");
		b->set[b->nset++] = in->b.set[i];
	}
	b->nset_b = in->b.nset;
}

/* The first argument is rl_configure_argp's. */
static error_t take_b(struct argp_state *state, struct rl_compare *in, const char *arg)
{
	if (!in->conf[0].scenario)
		return ARGP_ERR_UNKNOWN;
	if (in->b.scenario)
		argp_error(state, "A and B, not '%s' as well", arg);
	in->b.scenario = arg;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rl_compare *in = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &in->conf[0];
		state->child_inputs[1] = &in->sim;
		state->child_inputs[2] = &in->args;
		return 0;
	case KEY_SET_B:
		set_b(state, in, arg);
		return 0;
	case KEY_JOB_B:
		in->b.job = arg;
		return 0;
	case KEY_PARAMS_B:
		in->b.params = arg;
		return 0;
	case KEY_NO_PARTS:
		in->no_parts = true;
		return 0;
	case ARGP_KEY_ARG:
		return take_b(state, in, arg);
	case ARGP_KEY_SUCCESS:
		finish(state, in);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_compare(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_configure_argp, 0, NULL, 0},
		{&rl_sim_argp, 0, NULL, 0}, {&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, "A [B]",
		"Shows two results side by side, and which part of the account their difference "
		"comes from.\v"
		"A and B are what `ringlab explain` takes: a scenario's file, or the id, CELL or "
		"PLATFORM/CELL of stored runs. Without B it is A with what --set-b, --job-b and "
		"--params-b say; --set, --job and --params are said of both.\n\n"
		"difference: b - a. Two simulations meet the same random numbers, so its interval "
		"(95 %) is that of the mean difference of their replications; of measured repeats "
		"it is Welch's. relative: of a. share: of the latency's difference for each "
		"stage, of the CPU time's for each domain and purpose; stages and purposes add up "
		"to it. model: what the calibrated model says of the difference, where both were "
		"measured.\n\n"
		"part: what each field does in which the two differ (a cost, a policy, the disk, "
		"the job, machine and domains): changed one after the other, forwards and "
		"backwards, the mean of both. Parts add up to the difference.\n\n"
		"What is not known is a dash, null in JSON. Tables leave out what is 0 in both.",
		children, NULL, NULL};
	struct rl_compare *in = calloc(1, sizeof(*in));
	int code;

	if (!in)
		return RL_EXIT_RUN;
	rl_args_parse(&argp, argc, argv, in);
	code = run(in);
	free(in);
	return code;
}

RL_VERB(compare, "two results side by side, and where they differ", cmd_compare);
