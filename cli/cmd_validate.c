/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ringlab validate: held-out runs against predictions; exit 1 outside the tolerances. */
#include "calibrate/pool.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/driver.h"
#include "cli/published.h"
#include "cli/share.h"
#include "cli/tolerances.h"
#include "cli/validate_out.h"

#include <stdlib.h>
#include <string.h>

#define PLATFORMS 16

struct args {
	struct rl_args common;
	const char *platform[PLATFORMS], *params, *tolerances, *what, *measured;
	size_t nplatforms;
	bool driver;
};

enum { KEY_PARAMS = 256, KEY_TOLERANCES, KEY_SHOW, KEY_DRIVER, KEY_MEASURED };

static const struct argp_option options[] = {
	{"platform", 'p', "NAME", 0,
		"whose held-out runs to predict; given several times: each, and their predictive "
		"intervals judged together",
		0},
	{"params", KEY_PARAMS, "NAME", 0, "the parameter set (default: named as the platform)", 0},
	{"tolerances", KEY_TOLERANCES, "FILE", 0, RL_TOLERANCES_HELP, 0},
	{"show", KEY_SHOW, RL_VALIDATE_SHOWS, 0,
		"which rows to print, or several as a list (default cells); metrics: every cell, "
		"those that calibrated too, and every metric; uses: what CPUs are predicted to be "
		"used for",
		0},
	{"driver", KEY_DRIVER, NULL, 0,
		"build the drivers as they are in the source tree, measure them on the rig and "
		"judge "
		"them, stage by stage, by what the model says",
		0},
	{"measured", KEY_MEASURED, "DIR", 0, "of --driver: judge these results of the rig", 0},
	{0}};

/* What cannot go together. */
static void check(const struct args *a, struct argp_state *state)
{
	if (!a->nplatforms)
		argp_error(state, "--platform is missing");
	if (a->measured && !a->driver)
		argp_error(state, "--measured is for --driver");
	if (a->nplatforms == 1)
		return;
	if (a->driver || a->params)
		argp_error(state, "%s is for one --platform", a->driver ? "--driver" : "--params");
	if (a->what && strcmp(a->what, RL_VALIDATE_VERDICTS) != 0)
		argp_error(state, "--show %s is for one --platform (several: verdicts)", a->what);
	for (size_t i = 0; i < a->nplatforms; i++) {
		if (rl_published_platform(a->platform[i]))
			argp_error(state, "--platform %s goes alone", a->platform[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(a->platform[k], a->platform[i]) == 0)
				argp_error(state, "--platform %s is said twice", a->platform[i]);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &a->common;
		return 0;
	case 'p':
		if (a->nplatforms == PLATFORMS)
			argp_error(state, "too many --platform (expected up to %d)", PLATFORMS);
		a->platform[a->nplatforms++] = arg;
		return 0;
	case KEY_PARAMS:
		a->params = arg;
		return 0;
	case KEY_TOLERANCES:
		a->tolerances = arg;
		return 0;
	case KEY_SHOW:
		if (!rl_validate_out_knows(arg))
			argp_error(state, "--show %s (expected " RL_VALIDATE_SHOWS ")", arg);
		a->what = arg;
		return 0;
	case KEY_DRIVER:
		a->driver = true;
		return 0;
	case KEY_MEASURED:
		a->measured = arg;
		return 0;
	case ARGP_KEY_END:
		check(a, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* One platform with its parameters. */
static int run(const char *platform, const char *params, struct rl_store *store,
	const struct rl_tolerance *tol, size_t ntol, struct rl_validated *out, struct rl_err *err)
{
	struct rl_forward_options forward;
	struct rl_param_set set = {0};
	int code = rl_store_load_params(store, params ? params : platform, &set, err);

	rl_forward_precise(&forward);
	out->platform = platform;
	if (!code)
		code = rl_validate_run(
			store, platform, &set, tol, ntol, &forward, &out->result, err);
	rl_param_set_fini(&set);
	return code;
}

/* The @n that were validated, and of several also their pool behind them. */
static int judge(const struct args *a, struct rl_validated *v, const struct rl_tolerance *tol,
	size_t ntol, struct rl_err *err)
{
	struct rl_validation all[PLATFORMS];

	if (a->nplatforms == 1)
		return 0;
	for (size_t i = 0; i < a->nplatforms; i++)
		all[i] = v[i].result;
	v[a->nplatforms].platform = RL_POOL_PLATFORM;
	return rl_pool_judge(all, a->nplatforms, tol, ntol, &v[a->nplatforms].result, err);
}

/* A person sees the verdict below the rows; a program reads the exit code. */
static int print(const struct args *a, const struct rl_validated *v)
{
	bool pass = true;
	size_t n = a->nplatforms == 1 ? 1 : a->nplatforms + 1;
	int code = n == 1 ? rl_validate_out_one(v, a->what, a->common.format)
			  : rl_validate_out_verdicts(v, n, a->common.format);

	for (size_t i = 0; i < n; i++)
		pass &= v[i].result.pass;
	if (code)
		return RL_EXIT_RUN;
	return pass ? RL_EXIT_OK : RL_EXIT_INVALID;
}

static int validate(const struct args *a, struct rl_store *store, struct rl_err *err)
{
	struct rl_validated v[PLATFORMS + 1] = {0};
	struct rl_tolerance *tol = NULL;
	size_t ntol = 0;
	int code = rl_tolerances_load(a->tolerances, &tol, &ntol, err);

	for (size_t i = 0; i < a->nplatforms && !code; i++)
		code = run(a->platform[i], a->params, store, tol, ntol, &v[i], err);
	if (!code)
		code = judge(a, v, tol, ntol, err);
	code = code ? rl_share_fail(code, err) : print(a, v);
	for (size_t i = 0; i <= a->nplatforms; i++)
		rl_validation_fini(&v[i].result);
	free(tol);
	return code;
}

static int cmd_validate(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, NULL,
		"Predictions for the runs whose role is validate, against what was measured. Exits "
		"1 outside the tolerances.\v"
		"`pass` of a cell is about that cell alone; the verdict is on means and winners. "
		"Beside the simulator's errors stand those of an interpolation of the calibration "
		"cells in log(depth), log(block size).\n\n"
		"--platform published-NAME: a table of data/published. Long ones row by row, each "
		"predicted by a fit that has not seen it; short ones by direction and order.",
		children, NULL, NULL};
	struct args a = {0};
	struct rl_err err = {0};
	struct rl_store *store;
	int code;

	rl_args_parse(&argp, argc, argv, &a);
	if (rl_published_platform(a.platform[0]))
		return rl_published_validate(rl_published_platform(a.platform[0]), a.common.format);
	code = rl_store_open(&store, a.common.db, false, &err);
	if (code)
		return rl_share_fail(code, &err);
	if (a.driver)
		code = rl_driver_validate(store, a.platform[0], a.measured,
			a.params ? a.params : a.platform[0], a.common.format);
	else
		code = validate(&a, store, &err);
	rl_store_close(store);
	return code;
}

RL_VERB(validate, "held-out runs against predictions; exit 1 outside the tolerances", cmd_validate);
