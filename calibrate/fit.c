/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells into rows, rows into parameters; see fit.h. */
#include "calibrate/fit.h"
#include "calibrate/length.h"
#include "calibrate/rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A factor of four is one standard deviation of a prior: it decides only what data do not. */
#define PRIOR_SD 1.3863
/* In a row's standard deviations, what shorter runs may differ by; in a search, which steps over
 * it. */
#define OFF	  0.5
#define OFF_ROUGH 1.5
/* A search never asks for longer ones than this part. */
#define ROUGH 0.25

/* A row of the problem: which cell, which quantity. */
struct row {
	size_t cell;
	const struct rl_row_kind *kind;
};

struct work {
	const struct rl_fit_spec *spec;
	const struct rl_cells *cells;
	struct row *rows;
	size_t nrows;
	double *y, *sd;
	size_t *group;
	double *rough;	    /* of a cell: its runs in a search, of their whole length */
	bool chosen;	    /* fit->part is */
	struct rl_fit *fit; /* the result that is being made */
};

void rl_fit_pass(struct rl_fit *fit, double n, double left)
{
	fit->passes += n;
	if (fit->spec.progress)
		fit->spec.progress(
			fit->spec.progress_arg, fit->passes / (fit->passes + left), fit->lsq.rms);
}

/*
 * What is still to come, in simulations of all cells at full length: a search from each of its
 * starts, two looks with the steps between, and the slopes of the parameters and of all costs.
 */
static double passes_left(const struct rl_fit_spec *spec, double done)
{
	double fit = 5 * (double)spec->nparams + 50, after = 35;

	return (done < fit ? fit - done : 2 * (double)spec->nparams) + after;
}

/* Of the first of the vectors that were asked for: the others are steps from it. */
static double rms(const struct work *w, const double *row)
{
	double sum = 0;

	for (size_t r = 0; r < w->nrows; r++)
		sum += pow((row[r] - w->y[r]) / w->sd[r], 2);
	return sqrt(sum / (double)w->nrows);
}

/* Log predictions of every row for n parameter vectors, by runs of @part of their length. */
static int predict(struct work *w, const double *part, size_t n, const double *x,
	const unsigned *stream, double *out, struct rl_err *err)
{
	size_t ncells = w->cells->n;
	struct rl_forward_options o = w->spec->forward;
	struct rl_costs *sets = calloc(n, sizeof(*sets));
	struct rl_metrics *m = calloc(n * ncells, sizeof(*m));
	double q[RL_QUANTITY_COUNT];
	int code = sets && m ? 0 : -ENOMEM;

	o.stream = stream;
	o.part = part;
	for (size_t i = 0; i < n && !code; i++)
		rl_fit_costs(w->spec, x + i * w->spec->nparams, &sets[i]);
	if (!code)
		code = rl_forward_run(w->cells->v, ncells, sets, n, &o, m, err);
	for (size_t i = 0; i < n && !code; i++)
		for (size_t r = 0; r < w->nrows; r++) {
			rl_quantities(&m[i * ncells + w->rows[r].cell], q);
			out[i * w->nrows + r] =
				rl_row_log(w->rows[r].kind, q[w->rows[r].kind->quantity]);
		}
	w->fit->lsq.rms = code ? NAN : rms(w, out);
	rl_fit_pass(w->fit, rl_length_passes(w->cells, part) * (double)n,
		passes_left(w->spec, w->fit->passes));
	free(sets);
	free(m);
	return code;
}

/* How long runs are is chosen where a search has ended, and stays: one model for all steps. */
static int choose_lengths(struct work *w, const double *x, struct rl_err *err)
{
	struct rl_costs costs;

	rl_fit_costs(w->spec, x, &costs);
	w->chosen = true;
	return rl_length_choose(&w->spec->forward, w->cells, &costs, OFF, w->fit->part, err);
}

/* The solver's model, and the one that only shows it the way. */
static int forward(void *arg, size_t n, const double *x, const unsigned *stream, double *out,
	struct rl_err *err)
{
	struct work *w = arg;
	int code = w->chosen ? 0 : choose_lengths(w, x, err);

	return code ? code : predict(w, w->fit->part, n, x, stream, out, err);
}

static int rough(void *arg, size_t n, const double *x, double *out, struct rl_err *err)
{
	struct work *w = arg;

	return predict(w, w->rough, n, x, NULL, out, err);
}

static int choose_rough(struct work *w, struct rl_err *err)
{
	int code = rl_length_choose(
		&w->spec->forward, w->cells, &w->spec->prior, OFF_ROUGH, w->rough, err);

	for (size_t c = 0; c < w->cells->n; c++)
		w->rough[c] = fmin(w->rough[c], ROUGH);
	return code;
}

/* Rows that were measured and that the model predicts at the prior. */
static int make_rows(struct work *w, const struct rl_metrics *at_prior, struct rl_err *err)
{
	double q[RL_QUANTITY_COUNT];
	size_t max = w->cells->n * rl_row_kinds_n;

	w->rows = calloc(max, sizeof(*w->rows));
	w->y = calloc(max, sizeof(*w->y));
	w->sd = calloc(max, sizeof(*w->sd));
	w->group = calloc(max, sizeof(*w->group));
	if (!w->rows || !w->y || !w->sd || !w->group)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (size_t c = 0; c < w->cells->n; c++) {
		rl_quantities(&at_prior[c], q);
		for (const struct rl_row_kind *k = rl_row_kinds; k < rl_row_kinds + rl_row_kinds_n;
			k++) {
			const struct rl_measured *m = &w->cells->v[c].m[k->quantity];
			double y = rl_row_log(k, m->value);

			if (!isfinite(y) || !isfinite(rl_row_log(k, q[k->quantity])))
				continue;
			w->rows[w->nrows] = (struct row){c, k};
			w->y[w->nrows] = y;
			w->sd[w->nrows] = rl_row_sd(k, m);
			w->group[w->nrows++] = c;
		}
	}
	if (!w->nrows)
		return rl_err_set(err, -EINVAL, NULL, 0, 0,
			"no quantity is both measured and predicted in these cells");
	return 0;
}

static int check_roles(const struct rl_cells *cells, struct rl_err *err)
{
	for (size_t c = 0; c < cells->n; c++)
		if (cells->v[c].role != RL_ROLE_CALIBRATE)
			return rl_err_set(err, -EINVAL, NULL, 0, 0,
				"cell '%s' has role %s (expected calibrate: held-out runs never "
				"enter a fit)",
				cells->v[c].name, rl_role_name(cells->v[c].role));
	return 0;
}

static int solve(struct work *w, struct rl_fit *out, struct rl_err *err)
{
	const struct rl_fit_spec *spec = w->spec;
	double prior[RL_LSQ_MAX_PARAMS], prior_sd[RL_LSQ_MAX_PARAMS];
	double min[RL_LSQ_MAX_PARAMS], max[RL_LSQ_MAX_PARAMS], x[RL_LSQ_MAX_PARAMS];
	double step[RL_LSQ_MAX_PARAMS];
	struct rl_lsq_problem p = {.nparams = spec->nparams,
		.nrows = w->nrows,
		.ngroups = w->cells->n,
		.prior = prior,
		.prior_sd = prior_sd,
		.step = step,
		.min = min,
		.max = max,
		.y = w->y,
		.sd = w->sd,
		.group = w->group,
		.forward = forward,
		.rough = rough,
		.arg = w};
	int code;

	for (size_t j = 0; j < spec->nparams; j++) {
		const struct rl_param_info *info = rl_fit_info(spec->params[j]);

		prior[j] = log(rl_fit_prior(spec, spec->params[j]));
		prior_sd[j] = PRIOR_SD;
		step[j] = rl_fit_step(spec->params[j]);
		min[j] = log(fmax(info->min, 1e-9 * info->max));
		max[j] = log(info->max);
	}
	code = rl_lsq_solve(&p, &out->lsq, err);
	for (size_t j = 0; j < spec->nparams; j++)
		x[j] = out->lsq.p[j].x;
	if (!code)
		rl_fit_costs(spec, x, &out->costs);
	out->nrows = w->nrows;
	return code;
}

/* Predictions at the solution and the residual of every quantity, fitted or not. */
static int look_back(const struct rl_cells *cells, struct rl_fit *out, struct rl_err *err)
{
	struct rl_metrics *m = calloc(cells->n, sizeof(*m));
	int code =
		m ? rl_forward_run(cells->v, cells->n, &out->costs, 1, &out->spec.forward, m, err)
		  : -ENOMEM;

	out->predicted = calloc(cells->n * RL_QUANTITY_COUNT, sizeof(double));
	for (size_t c = 0; c < cells->n && !code; c++)
		rl_quantities(&m[c], out->predicted + c * RL_QUANTITY_COUNT);
	for (int q = 0; q < RL_QUANTITY_COUNT && !code; q++) {
		double sum = 0;
		size_t n = 0;

		for (size_t c = 0; c < cells->n; c++) {
			double r = log(
				out->predicted[c * RL_QUANTITY_COUNT + q] / cells->v[c].m[q].value);

			if (!isfinite(r))
				continue;
			sum += r * r;
			n++;
		}
		out->residual[q] = n ? sqrt(sum / (double)n) : NAN;
	}
	free(m);
	return code;
}

int rl_fit_run(const struct rl_fit_spec *spec, const struct rl_cells *cells, struct rl_fit *out,
	struct rl_err *err)
{
	struct work w = {.spec = spec, .cells = cells, .fit = out};
	struct rl_metrics *m = calloc(cells->n ? cells->n : 1, sizeof(*m));
	int code = check_roles(cells, err);

	memset(out, 0, sizeof(*out));
	out->spec = *spec;
	out->ncells = cells->n;
	out->part = calloc(cells->n ? cells->n : 1, sizeof(*out->part));
	w.rough = calloc(cells->n ? cells->n : 1, sizeof(*w.rough));
	if (!code && !(m && out->part && w.rough))
		code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	if (!code)
		code = rl_forward_run(cells->v, cells->n, &spec->prior, 1, &spec->forward, m, err);
	if (!code)
		code = make_rows(&w, m, err);
	if (!code)
		code = choose_rough(&w, err);
	if (!code)
		code = solve(&w, out, err);
	if (!code)
		code = look_back(cells, out, err);
	free(m);
	free(w.rows);
	free(w.y);
	free(w.sd);
	free(w.group);
	free(w.rough);
	if (code)
		rl_fit_fini(out);
	return code;
}

void rl_fit_fini(struct rl_fit *fit)
{
	free(fit->predicted);
	free(fit->slope);
	free(fit->cv);
	free(fit->charge);
	free(fit->part);
	fit->part = NULL;
	fit->charge = NULL;
	fit->predicted = fit->slope = NULL;
	fit->cv = NULL;
	rl_lsq_fini(&fit->lsq);
}
