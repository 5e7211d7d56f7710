/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collinear columns of slopes; see groups.h. */
#include "calibrate/groups.h"

#include "calibrate/rows.h"

#include <errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PRIOR_SD 1.3863 /* of fit.c: a factor of four */

#define NKINDS rl_row_kinds_n

struct work {
	struct rl_fit *fit;
	const struct rl_cells *cells;
	int params[RL_PARAM_COUNT + 1];
	size_t n, nrows;
	double *column; /* [param * nrows + row], in units of the row's sd */
	double *sd;	/* a row */
	struct rl_charge *charge;
};

static bool is_fitted(const struct rl_fit *fit, int param)
{
	for (size_t j = 0; j < fit->spec.nparams; j++)
		if (fit->spec.params[j] == param)
			return true;
	return false;
}

/* Fitted ones first: a group is named after what stands for it. */
static void list(struct work *w)
{
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < RL_PARAM_COUNT; i++)
			if (strncmp(rl_param_info[i].unit, "ns", 2) == 0 &&
				w->fit->costs.v[i] > 0 && is_fitted(w->fit, i) == (pass == 0))
				w->params[w->n++] = i;
}

/* Slopes of quantities become columns of the rows that a fit sees. */
static void fill(struct work *w, const double *slope)
{
	for (size_t c = 0; c < w->cells->n; c++)
		for (size_t i = 0; i < NKINDS; i++) {
			const struct rl_row_kind *k = &rl_row_kinds[i];
			size_t at = c * RL_QUANTITY_COUNT + (size_t)k->quantity;
			const struct rl_measured *m = &w->cells->v[c].m[k->quantity];
			double q = w->fit->predicted[at];

			if (!isfinite(m->value) || !isfinite(q))
				continue;
			w->sd[w->nrows] = rl_row_sd(k, m);
			for (size_t j = 0; j < w->n; j++)
				w->column[j * w->cells->n * NKINDS + w->nrows] =
					slope[j * w->cells->n * RL_QUANTITY_COUNT + at] * q /
					(q + k->offset) / w->sd[w->nrows];
			w->nrows++;
		}
}

static const double *column(const struct work *w, size_t j)
{
	return w->column + j * w->cells->n * NKINDS;
}

static double dot(const struct work *w, size_t j, size_t k)
{
	double s = 0;

	for (size_t i = 0; i < w->nrows; i++)
		s += column(w, j)[i] * column(w, k)[i];
	return s;
}

static void describe(struct work *w, size_t j)
{
	struct rl_charge *c = &w->charge[j];
	double s = 0;

	for (size_t i = 0; i < w->nrows; i++)
		s += pow(column(w, j)[i] * w->sd[i], 2);
	*c = (struct rl_charge){.param = w->params[j],
		.fitted = is_fitted(w->fit, w->params[j]),
		.told = sqrt(dot(w, j, j)) * PRIOR_SD > 2,
		.sensitivity = sqrt(s / (double)w->nrows),
		.group = -1,
		.cosine = NAN,
		.ratio = NAN,
		.taken_up = NAN};
}

/* How far the fitted columns reach: the square of the cosine with their span. */
static double taken_up(const struct work *w, size_t nfitted, size_t j)
{
	gsl_matrix *a = gsl_matrix_alloc(nfitted, nfitted);
	gsl_vector *b = gsl_vector_alloc(nfitted), *x = gsl_vector_alloc(nfitted);
	double all = dot(w, j, j), s = 0;

	for (size_t k = 0; k < nfitted; k++) {
		gsl_vector_set(b, k, dot(w, k, j));
		for (size_t m = 0; m < nfitted; m++)
			gsl_matrix_set(a, k, m, dot(w, k, m) + (k == m) / (PRIOR_SD * PRIOR_SD));
	}
	gsl_linalg_cholesky_decomp1(a);
	gsl_linalg_cholesky_solve(a, b, x);
	for (size_t k = 0; k < nfitted; k++)
		s += gsl_vector_get(x, k) * gsl_vector_get(b, k);
	gsl_matrix_free(a);
	gsl_vector_free(b);
	gsl_vector_free(x);
	return all > 0 ? fmin(s / all, 1) : NAN;
}

/* Each that is still alone gathers those that do the same. */
static void gather(struct work *w)
{
	int groups = 0;

	for (size_t j = 0; j < w->n; j++) {
		struct rl_charge *first = &w->charge[j];

		for (size_t k = j + 1; k < w->n && first->told && first->group < groups; k++) {
			struct rl_charge *c = &w->charge[k];
			double cosine = dot(w, j, k) / sqrt(dot(w, j, j) * dot(w, k, k));

			if (!c->told || c->group >= 0 || !(cosine >= RL_GROUP_COSINE) ||
				(first->group >= 0 && first->cosine != 1))
				continue;
			first->group = groups;
			first->cosine = first->ratio = 1;
			c->group = groups;
			c->cosine = cosine;
			c->ratio = dot(w, j, k) / dot(w, j, j) * w->fit->costs.v[first->param] /
				   w->fit->costs.v[c->param];
		}
		groups += first->group == groups;
	}
}

static int find(struct work *w, struct rl_err *err)
{
	size_t rows = w->cells->n * NKINDS, nfitted = 0;
	double *slope = calloc(w->n * w->cells->n * RL_QUANTITY_COUNT, sizeof(*slope));
	int code;

	w->column = calloc(w->n * rows, sizeof(*w->column));
	w->sd = calloc(rows, sizeof(*w->sd));
	w->charge = calloc(w->n, sizeof(*w->charge));
	code = slope && w->column && w->sd && w->charge
		       ? rl_fit_slopes_of(w->fit, w->cells, w->params, w->n, slope, err)
		       : rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	if (!code)
		fill(w, slope);
	for (size_t j = 0; j < w->n && !code; j++) {
		describe(w, j);
		nfitted += w->charge[j].fitted;
	}
	for (size_t j = nfitted; j < w->n && nfitted && !code; j++)
		w->charge[j].taken_up = taken_up(w, nfitted, j);
	if (!code)
		gather(w);
	free(slope);
	return code;
}

int rl_groups_find(struct rl_fit *fit, const struct rl_cells *cells, struct rl_charge **out,
	size_t *n, struct rl_err *err)
{
	struct work w = {.fit = fit, .cells = cells};
	int code;

	list(&w);
	code = find(&w, err);
	free(w.column);
	free(w.sd);
	if (code) {
		free(w.charge);
		return code;
	}
	*out = w.charge;
	*n = w.n;
	return 0;
}

int rl_groups_count(const struct rl_charge *charges, size_t n)
{
	int count = 0;

	for (size_t j = 0; j < n; j++)
		if (charges[j].group >= count)
			count = charges[j].group + 1;
	return count;
}

void rl_groups_sum(const struct rl_fit *fit, const struct rl_charge *charges, size_t n, int group,
	char *text, size_t size)
{
	double sum = 0;
	size_t at = 0;
	const char *unit = "";

	text[0] = 0;
	for (size_t j = 0; j < n; j++) {
		const struct rl_charge *c = &charges[j];
		int got;

		if (c->group != group)
			continue;
		if (at)
			got = snprintf(text + at, size - at, " + %.2g %s", c->ratio,
				rl_param_info[c->param].name);
		else
			got = snprintf(text, size, "%s", rl_param_info[c->param].name);
		if (!at)
			unit = rl_param_info[c->param].unit;
		at = at + (size_t)got < size ? at + (size_t)got : size - 1;
		sum += c->ratio * fit->costs.v[c->param];
	}
	snprintf(text + at, size - at, " = %.4g %s", sum, unit);
}
