/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Uncertainties put together; see interval.h. */
#include "calibrate/interval.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 16 /* of parameter vectors: their deviation is known to a sixth of itself */

struct work {
	const struct rl_cells *cells;
	const struct rl_metrics *metrics;
	const struct rl_forward_options *forward;
	struct rl_uncertainty unsure;
	bool has_unsure;
	struct rl_intervals *out;
};

static struct rl_cell_u *at(const struct rl_intervals *v, size_t cell, int quantity)
{
	return &v->u[cell * RL_QUANTITY_COUNT + (size_t)quantity];
}

static void numerical_and_measurement(struct work *w)
{
	for (size_t c = 0; c < w->cells->n; c++)
		for (int q = 0; q < RL_QUANTITY_COUNT; q++) {
			struct rl_cell_u *u = at(w->out, c, q);
			double spread = w->cells->v[c].m[q].spread;

			u->measurement = isfinite(spread) ? spread : 0;
			if (q >= RL_METRIC_COUNT)
				continue;
			const struct rl_estimate *e = &w->metrics[c].m[q];

			if (isfinite(e->hi) && isfinite(e->lo) && e->value > 0)
				u->numerical = (e->hi - e->lo) / 2 / 1.96 / e->value;
		}
}

/* Whose comparison error is asked for: of a cell that calibrated nobody asks what draws would say.
 */
static double *held_out(const struct rl_cells *cells)
{
	double *part = calloc(cells->n + 1, sizeof(*part));

	for (size_t c = 0; c < cells->n && part; c++)
		part[c] = cells->v[c].role == RL_ROLE_VALIDATE;
	return part;
}

/* The deviation of log predictions over draws of the parameters, with the same random numbers. */
static int parameter(struct work *w, struct rl_err *err)
{
	size_t n = w->cells->n;
	struct rl_costs sets[DRAWS];
	struct rl_metrics *m = calloc(DRAWS * n, sizeof(*m));
	double *part = held_out(w->cells);
	double q[DRAWS][RL_QUANTITY_COUNT], logs[DRAWS];
	struct rl_forward_options forward = *w->forward;
	struct rl_forward_options standard;
	int code;

	if (!m || !part) {
		free(m);
		free(part);
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	}
	rl_forward_default(&standard);
	forward.sim.requests = standard.sim.requests;
	forward.part = part;
	for (size_t i = 0; i < DRAWS; i++)
		rl_uncertainty_draw(&w->unsure, i, &sets[i]);
	code = rl_forward_run(w->cells->v, n, sets, DRAWS, &forward, m, err);
	for (size_t c = 0; c < n && !code; c++) {
		if (!(part[c] > 0))
			continue;
		for (size_t i = 0; i < DRAWS; i++)
			rl_quantities(&m[i * n + c], q[i]);
		for (int k = 0; k < RL_QUANTITY_COUNT; k++) {
			for (size_t i = 0; i < DRAWS; i++)
				logs[i] = log(q[i][k]);
			double sd = gsl_stats_sd(logs, 1, DRAWS);

			at(w->out, c, k)->parameter = isfinite(sd) ? sd : 0;
		}
	}
	free(m);
	free(part);
	return code;
}

static const struct rl_cell_u *of_cell(const struct work *w, const char *name, int quantity)
{
	static const struct rl_cell_u none;

	for (size_t c = 0; c < w->cells->n; c++)
		if (strcmp(w->cells->v[c].name, name) == 0)
			return at(w->out, c, quantity);
	return &none;
}

/* What a residual has besides the model: its own noise; the parameters are in it already. */
static double noise(const struct rl_cell_u *u)
{
	return hypot(u->numerical, u->measurement);
}

static bool is_of(const struct rl_cv_residual *r, enum rl_fold fold, int quantity)
{
	return r->fold == fold && r->quantity == quantity && isfinite(r->log_error);
}

double rl_interval_reach(const double *scaled, size_t n, double share)
{
	size_t rank = (size_t)ceil((double)(n + 1) * share);
	double square = 0;

	if (rank < n)
		return scaled[rank - 1];
	for (size_t i = 0; i < n; i++)
		square += scaled[i] * scaled[i];
	return gsl_cdf_tdist_Pinv((1 + share) / 2, (double)n) * sqrt(square / (double)n);
}

/* The deviation beyond the noise, and the scaled residual that @share of them do not exceed. */
static void learn(struct work *w, enum rl_fold fold, int quantity, double share, double *scaled)
{
	const struct rl_uncertainty *u = &w->unsure;
	double square = 0, noises = 0, d;
	size_t n = 0;

	w->out->discrepancy[fold][quantity] = w->out->reach[fold][quantity] = NAN;
	for (size_t i = 0; i < u->ncv; i++)
		if (is_of(&u->cv[i], fold, quantity)) {
			double e = noise(of_cell(w, u->cv[i].cell, quantity));

			square += u->cv[i].log_error * u->cv[i].log_error;
			noises += e * e;
			n++;
		}
	if (!n)
		return;
	/* Never nothing: a model that was off nowhere by more than noise is still no law. */
	d = sqrt(fmax(square - noises, 0.01 * square) / (double)n);
	n = 0;
	for (size_t i = 0; i < u->ncv; i++)
		if (is_of(&u->cv[i], fold, quantity))
			scaled[n++] = fabs(u->cv[i].log_error) /
				      hypot(d, noise(of_cell(w, u->cv[i].cell, quantity)));
	gsl_sort(scaled, 1, n);
	w->out->discrepancy[fold][quantity] = d;
	w->out->reach[fold][quantity] = rl_interval_reach(scaled, n, share);
}

/* A set that only says how well it was fitted: normal errors of that size. */
static void from_fit(struct work *w, const struct rl_param_set *set)
{
	json_t *m = json_loads(set->manifest ? set->manifest : "{}", 0, NULL);
	const json_t *r = json_object_get(m, "log_residual");

	for (int q = 0; q < RL_QUANTITY_COUNT; q++)
		for (enum rl_fold fold = 0; fold < RL_FOLD_COUNT; fold++) {
			const json_t *x = json_object_get(r, rl_quantity_name(q));

			w->out->discrepancy[fold][q] = json_is_number(x) ? json_number_value(x) : 0;
			w->out->reach[fold][q] = 1.645;
		}
	json_decref(m);
}

static bool is_seen(const struct rl_cells *cells, enum rl_fold fold, size_t c)
{
	for (size_t i = 0; i < cells->n; i++)
		if (cells->v[i].role == RL_ROLE_CALIBRATE &&
			rl_fold_alike(fold, &cells->v[i].scenario, &cells->v[c].scenario))
			return true;
	return false;
}

int rl_intervals_make(const struct rl_param_set *set, const struct rl_cells *cells,
	const struct rl_metrics *metrics, const struct rl_forward_options *forward, double share,
	struct rl_intervals *out, struct rl_err *err)
{
	struct work w = {.cells = cells, .metrics = metrics, .forward = forward, .out = out};
	double *scaled;
	int code = rl_uncertainty_read(set, &w.unsure, err);

	memset(out, 0, sizeof(*out));
	if (code && code != -ENOENT)
		return code;
	w.has_unsure = code == 0;
	if (!w.has_unsure && err)
		*err = (struct rl_err){0};
	out->u = calloc(cells->n * RL_QUANTITY_COUNT, sizeof(*out->u));
	out->unseen = calloc(cells->n, sizeof(*out->unseen));
	scaled = calloc(w.unsure.ncv + 1, sizeof(*scaled));
	code = out->u && out->unseen && scaled
		       ? 0
		       : rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	if (!code)
		numerical_and_measurement(&w);
	if (!code && w.has_unsure)
		code = parameter(&w, err);
	if (!code && !w.has_unsure)
		from_fit(&w, set);
	for (enum rl_fold fold = 0; fold < RL_FOLD_COUNT && !code; fold++) {
		for (size_t c = 0; c < cells->n; c++)
			out->unseen[c][fold] = !is_seen(cells, fold, c);
		for (int q = 0; q < RL_QUANTITY_COUNT && w.has_unsure; q++)
			learn(&w, fold, q, share, scaled);
	}
	free(scaled);
	if (w.has_unsure)
		rl_uncertainty_fini(&w.unsure);
	if (code)
		rl_intervals_fini(out);
	return code;
}

void rl_intervals_fini(struct rl_intervals *v)
{
	free(v->u);
	free(v->unseen);
	memset(v, 0, sizeof(*v));
}

double rl_interval_val(const struct rl_intervals *v, size_t cell, int quantity)
{
	const struct rl_cell_u *u = at(v, cell, quantity);

	return hypot(noise(u), u->parameter);
}

double rl_interval_half(const struct rl_intervals *v, size_t cell, int quantity)
{
	/* What the parameters leave open is in the residuals: those cells were not fitted either.
	 */
	double own = noise(at(v, cell, quantity)), widest = NAN, narrowest = NAN;

	for (enum rl_fold fold = 0; fold < RL_FOLD_COUNT; fold++) {
		double half = v->reach[fold][quantity] * hypot(v->discrepancy[fold][quantity], own);

		narrowest = fmin(narrowest, half); /* ignores a NaN */
		if (v->unseen[cell][fold])
			widest = fmax(widest, half);
	}
	return isnan(widest) ? narrowest : widest;
}
