/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ringlab validate: held-out runs against predictions; exit 1 outside the tolerances. */
#include "calibrate/validate.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/driver.h"
#include "cli/published.h"
#include "cli/share.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct args {
	struct rl_args common;
	const char *platform, *params, *tolerances, *what, *measured;
	bool driver;
};

enum { KEY_PARAMS = 256, KEY_TOLERANCES, KEY_SHOW, KEY_DRIVER, KEY_MEASURED };

#define TOLERANCES "data/params/tolerances.csv"

static const struct argp_option options[] = {
	{"platform", 'p', "NAME", 0, "whose held-out runs to predict", 0},
	{"params", KEY_PARAMS, "NAME", 0, "the parameter set (default: named as the platform)", 0},
	{"tolerances", KEY_TOLERANCES, "FILE", 0, "the bounds (default " TOLERANCES ")", 0},
	{"show", KEY_SHOW, "cells|slices|winners|verdicts", 0,
		"which rows to print (default cells)", 0},
	{"driver", KEY_DRIVER, NULL, 0,
		"build the drivers as they are in the source tree, measure them on the rig and "
		"judge "
		"them, stage by stage, by what the model says",
		0},
	{"measured", KEY_MEASURED, "DIR", 0, "of --driver: judge these results of the rig", 0},
	{0}};

static int print_cells(const struct rl_validation *v, enum rl_out_format format)
{
	static const char *const columns[] = {"cell", "metric", "measured", "predicted",
		"relative_error", "u_val", "ci_lo", "ci_hi", "covered", "tolerance", "pass", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t i = 0; i < v->nrows && o; i++) {
		const struct rl_validation_row *r = &v->rows[i];

		rl_out_text(o, v->cells.v[r->cell].name);
		rl_out_text(o, rl_quantity_name(r->quantity));
		rl_out_real(o, r->measured, 5);
		rl_out_real(o, r->predicted, 5);
		rl_out_real(o, r->error, 3);
		rl_out_real(o, r->u_val, 2);
		rl_out_real(o, r->lo, 5);
		rl_out_real(o, r->hi, 5);
		rl_out_bool(o, r->covered);
		rl_out_real(o, r->tolerance, 2);
		if (isfinite(r->tolerance))
			rl_out_bool(o, r->pass);
		else
			rl_out_text(o, NULL);
		rl_out_end_row(o);
	}
	return o ? rl_out_finish(o) : -1;
}

static int print_slices(const struct rl_validation *v, enum rl_out_format format)
{
	static const char *const columns[] = {"slice", "metric", "cells", "mean_abs_error",
		"mean_error", "largest_abs_error", "covered", "bilinear_error", "regression_error",
		NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t i = 0; i < v->nslices && o; i++) {
		const struct rl_slice *s = &v->slices[i];

		rl_out_text(o, s->name);
		rl_out_text(o, rl_quantity_name(s->quantity));
		rl_out_count(o, (int64_t)s->n);
		rl_out_real(o, s->error, 3);
		rl_out_real(o, s->bias, 3);
		rl_out_real(o, s->worst, 3);
		rl_out_count(o, (int64_t)s->covered);
		rl_out_real(o, s->baseline[RL_BASELINE_BILINEAR], 3);
		rl_out_real(o, s->baseline[RL_BASELINE_OLS], 3);
		rl_out_end_row(o);
	}
	return o ? rl_out_finish(o) : -1;
}

static const char *winner(const struct rl_validation *v, const struct rl_duel *d, int who)
{
	return who ? v->cells.v[who < 0 ? d->a : d->b].scenario.back_policy : NULL;
}

static int print_winners(const struct rl_validation *v, enum rl_out_format format)
{
	static const char *const columns[] = {"cell", "against", "metric", "measured_ratio",
		"ci_lo", "ci_hi", "predicted_ratio", "winner", "predicted_winner", "held_out",
		"counts", "right", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t i = 0; i < v->nduels && o; i++) {
		const struct rl_duel *d = &v->duels[i];

		rl_out_text(o, v->cells.v[d->b].name);
		rl_out_text(o, v->cells.v[d->a].scenario.back_policy);
		rl_out_text(o, rl_quantity_name(v->duel_quantity));
		rl_out_real(o, d->measured, 4);
		rl_out_real(o, d->lo, 4);
		rl_out_real(o, d->hi, 4);
		rl_out_real(o, d->predicted, 4);
		rl_out_text(o, winner(v, d, d->winner));
		rl_out_text(o, winner(v, d, d->predicted_winner));
		rl_out_bool(o, d->held_out);
		rl_out_bool(o, d->counts);
		rl_out_bool(o, d->right);
		rl_out_end_row(o);
	}
	return o ? rl_out_finish(o) : -1;
}

static int print_verdicts(const struct rl_validation *v, enum rl_out_format format)
{
	static const char *const columns[] = {"check", "value", "bound", "binding", "pass", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t i = 0; i < v->nverdicts && o; i++) {
		rl_out_text(o, v->verdicts[i].what);
		rl_out_real(o, v->verdicts[i].value, 3);
		rl_out_real(o, v->verdicts[i].bound, 3);
		rl_out_bool(o, v->verdicts[i].binding);
		if (isfinite(v->verdicts[i].bound))
			rl_out_bool(o, v->verdicts[i].pass);
		else
			rl_out_text(o, NULL);
		rl_out_end_row(o);
	}
	return o ? rl_out_finish(o) : -1;
}

static const struct {
	const char *name;
	int (*print)(const struct rl_validation *v, enum rl_out_format format);
} shows[] = {{"cells", print_cells}, {"slices", print_slices}, {"winners", print_winners},
	{"verdicts", print_verdicts}};

#define NSHOWS (sizeof(shows) / sizeof(shows[0]))

static size_t find_show(const char *name)
{
	size_t i;

	for (i = 0; i < NSHOWS && strcmp(name, shows[i].name) != 0; i++)
		;
	return i;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &a->common;
		return 0;
	case 'p':
		a->platform = arg;
		return 0;
	case KEY_PARAMS:
		a->params = arg;
		return 0;
	case KEY_TOLERANCES:
		a->tolerances = arg;
		return 0;
	case KEY_SHOW:
		if (find_show(arg) == NSHOWS)
			argp_error(state, "--show %s (expected cells, slices, winners or verdicts)",
				arg);
		a->what = arg;
		return 0;
	case KEY_DRIVER:
		a->driver = true;
		return 0;
	case KEY_MEASURED:
		a->measured = arg;
		return 0;
	case ARGP_KEY_END:
		if (a->measured && !a->driver)
			argp_error(state, "--measured is for --driver");
		if (!a->platform)
			argp_error(state, "--platform is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* A person sees the verdict below the rows; a program reads the exit code. */
static int print(const struct args *a, const struct rl_validation *v)
{
	int code;

	if (a->what || a->common.format != RL_OUT_TABLE) {
		code = shows[find_show(a->what ? a->what : "cells")].print(v, a->common.format);
	} else {
		code = print_cells(v, a->common.format);
		putchar('\n');
		code |= print_slices(v, a->common.format);
		putchar('\n');
		code |= print_verdicts(v, a->common.format);
	}
	if (code)
		return RL_EXIT_RUN;
	return v->pass ? RL_EXIT_OK : RL_EXIT_INVALID;
}

static int validate(const struct args *a, struct rl_store *store, struct rl_err *err)
{
	struct rl_forward_options forward;
	struct rl_tolerance *tol = NULL;
	struct rl_param_set set = {0};
	struct rl_validation v;
	size_t ntol = 0;
	char path[1200];
	int code = rl_tolerance_read(
		a->tolerances ? a->tolerances : rl_share_path(TOLERANCES, path, sizeof(path)), &tol,
		&ntol, err);

	if (!code)
		code = rl_store_load_params(store, a->params ? a->params : a->platform, &set, err);
	rl_forward_precise(&forward);
	if (!code)
		code = rl_validate_run(store, a->platform, &set, tol, ntol, &forward, &v, err);
	if (code) {
		code = rl_share_fail(code, err);
	} else {
		code = print(a, &v);
		rl_validation_fini(&v);
	}
	rl_param_set_fini(&set);
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
	if (rl_published_platform(a.platform))
		return rl_published_validate(rl_published_platform(a.platform), a.common.format);
	code = rl_store_open(&store, a.common.db, false, &err);
	if (code)
		return rl_share_fail(code, &err);
	if (a.driver)
		code = rl_driver_validate(store, a.platform, a.measured,
			a.params ? a.params : a.platform, a.common.format);
	else
		code = validate(&a, store, &err);
	rl_store_close(store);
	return code;
}

RL_VERB(validate, "held-out runs against predictions; exit 1 outside the tolerances", cmd_validate);
