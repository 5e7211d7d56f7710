/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ringlab calibrate: cost parameters from the runs marked for calibration. */
#include "cli/args.h"
#include "cli/calibrate_out.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/share.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct args {
	struct rl_args common;
	const char *platform, *save, *explain;
	bool residuals, groups, estimates;
	unsigned threads;
};

enum { KEY_SAVE = 256, KEY_EXPLAIN, KEY_RESIDUALS, KEY_GROUPS, KEY_ESTIMATES };

static const struct argp_option options[] = {
	{"platform", 'p', "NAME", 0, "whose runs to fit; `ringlab list platforms` names them", 0},
	{"save", KEY_SAVE, "PARAMS", 0, "keep the parameters in the store under this name", 0},
	{"explain", KEY_EXPLAIN, "PARAMETER", 0, "say what one parameter is and which runs tell it",
		0},
	{"residuals", KEY_RESIDUALS, NULL, 0, "list measured and fitted values of every cell", 0},
	{"groups", KEY_GROUPS, NULL, 0,
		"list every cost that is a time: what it does, which are always charged together, "
		"and "
		"what of a wrong prior the fitted ones take up",
		0},
	{"estimates", KEY_ESTIMATES, NULL, 0,
		"read costs off the stages of traced runs, beside the fitted values", 0},
	{"threads", 'j', "N", 0,
		"simulations at a time (default: the CPUs); no result depends on it", 0},
	{0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;
	char *end;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &a->common;
		return 0;
	case 'p':
		a->platform = arg;
		return 0;
	case KEY_SAVE:
		a->save = arg;
		return 0;
	case KEY_EXPLAIN:
		a->explain = arg;
		return 0;
	case KEY_RESIDUALS:
		a->residuals = true;
		return 0;
	case KEY_GROUPS:
		a->groups = true;
		return 0;
	case KEY_ESTIMATES:
		a->estimates = true;
		return 0;
	case 'j':
		a->threads = (unsigned)strtoul(arg, &end, 10);
		if (*end || end == arg || a->threads == 0 || a->threads > 1024)
			argp_error(state, "--threads %s (expected 1 to 1024)", arg);
		return 0;
	case ARGP_KEY_END:
		if (!a->platform)
			argp_error(state, "--platform is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void progress(void *arg, double done, double rms)
{
	if (isfinite(rms))
		rl_progress_tell(arg, done, "%.0f %%, residual %.2f sd", 100 * done, rms);
	else
		rl_progress_tell(arg, done, "%.0f %%", 100 * done);
}

static void print_summary(const struct rl_fit *fit)
{
	fprintf(stderr,
		"%zu cells, %zu rows, %zu parameters, %u rounds%s; root mean square residual: iops "
		"%.1f %%, clat_mean %.1f %%\n",
		fit->ncells, fit->nrows, fit->spec.nparams, fit->lsq.iterations,
		fit->lsq.converged ? "" : " (not converged)", 100 * fit->residual[RL_METRIC_iops],
		100 * fit->residual[RL_METRIC_clat_mean_ns]);
}

static int save(struct rl_store *store, const struct args *a, const struct rl_fit *fit,
	const struct rl_cells *cells, struct rl_err *err)
{
	struct rl_param_set set;
	int code = rl_fit_to_set(fit, cells, a->save, a->platform, &set, err);

	if (!code)
		code = rl_store_save_params(store, &set, err);
	rl_param_set_fini(&set);
	return code;
}

static int print(const struct args *a, const struct rl_fit *fit, const struct rl_cells *cells,
	struct rl_err *err)
{
	if (a->explain)
		return rl_fit_explain(fit, cells, a->explain, stdout, err) ? rl_share_fail(-1, err)
									   : RL_EXIT_OK;
	print_summary(fit);
	if (a->residuals)
		return rl_calibrate_residuals(fit, cells, a->common.format);
	return a->groups ? rl_calibrate_groups(fit, a->common.format)
			 : rl_calibrate_params(fit, a->common.format);
}

/* Priors from another platform's parameters, when the store has them under its name. */
static int take_prior(struct rl_store *store, struct rl_fit_spec *spec, struct rl_err *err)
{
	struct rl_param_set set;
	struct rl_err none = {0};
	int code;

	if (!spec->prior_from)
		return 0;
	code = rl_store_load_params(store, spec->prior_from, &set, &none);
	if (code == -ENOENT) {
		fprintf(stderr,
			"no parameters '%s' in the store: the priors are the defaults (run "
			"`ringlab calibrate --platform %s --save %s` before)\n",
			spec->prior_from, spec->prior_from, spec->prior_from);
		return 0;
	}
	if (code) {
		*err = none;
		return code;
	}
	rl_param_set_apply(&set, &spec->prior);
	rl_param_set_fini(&set);
	return 0;
}

static int calibrate(struct rl_store *store, const struct args *a, struct rl_err *err)
{
	struct rl_fit_spec spec;
	struct rl_cells cells;
	struct rl_fit fit;
	struct rl_progress shown;
	int code = rl_fit_spec_for(a->platform, &spec, err), exit_code;

	if (!code)
		code = take_prior(store, &spec, err);
	if (!code)
		code = rl_cells_load(store, a->platform, RL_ROLE_CALIBRATE, &cells, err);
	if (code)
		return rl_share_fail(code, err);
	spec.forward.threads = a->threads;
	rl_progress_begin(&shown, "calibrating", false);
	spec.progress = progress;
	spec.progress_arg = &shown;
	code = rl_fit_run(&spec, &cells, &fit, err);
	if (!code)
		code = rl_fit_examine(&fit, &cells, err);
	rl_progress_end(&shown);
	if (!code && a->save)
		code = save(store, a, &fit, &cells, err);
	if (!code && a->estimates)
		code = rl_calibrate_estimates(store, a->platform, &fit, a->common.format, err);
	exit_code = code	   ? rl_share_fail(code, err)
		    : a->estimates ? RL_EXIT_OK
				   : print(a, &fit, &cells, err);
	rl_fit_fini(&fit);
	rl_cells_fini(&cells);
	return exit_code;
}

static int cmd_calibrate(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, NULL,
		"Cost parameters of the simulator from the measured runs whose role is "
		"calibrate.\v"
		"Each parameter comes with its 95 % interval and whether the runs can tell it at "
		"all; one that they cannot keeps its prior. Which parameters a platform is asked "
		"for stands in calibrate/fitted.def.",
		children, NULL, NULL};
	struct args a = {0};
	struct rl_err err = {0};
	struct rl_store *store;
	int code;

	rl_args_parse(&argp, argc, argv, &a);
	code = rl_store_open(&store, a.common.db, false, &err);
	if (code)
		return rl_share_fail(code, &err);
	code = calibrate(store, &a, &err);
	rl_store_close(store);
	return code;
}

RL_VERB(calibrate, "cost parameters from measured runs: value, interval, identifiability",
	cmd_calibrate);
