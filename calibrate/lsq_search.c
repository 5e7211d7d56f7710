/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way to near a solution: GSL's trust region with one-sided differences.
 *
 * A model that counts events has valleys that end nowhere: a spinner that is preempted once more
 * or once less a slice, and a whole cell is off by tens of its standard deviations. So the search
 * goes from the priors and from the best of a set of points that a sequence without gaps (Sobol)
 * spreads over them, and the lowest end wins. It needs the way, not the place: the rough model,
 * where there is one, is asked.
 */
#include "calibrate/lsq_private.h"

#include <errno.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_ITER 20u
#define COST_TOL     0.1 /* relative decrease of squares that is left to the last steps */
#define STEP_TOL     1e-2
#define POINTS	     32u /* of the spread */
#define STARTS	     3u	 /* the one that was given, and the best of these */

/* One search at work. Full vectors have nparams entries; GSL sees the active ones only. */
struct search {
	const struct rl_lsq_problem *p;
	struct rl_err *err;
	int code; /* of the model, which GSL cannot carry */
	bool idle[RL_LSQ_MAX_PARAMS];
	size_t active[RL_LSQ_MAX_PARAMS], nactive;
	double x[RL_LSQ_MAX_PARAMS];	/* what does not move stands here */
	double at_x[RL_LSQ_MAX_PARAMS]; /* where the residuals were asked for last */
	double *at;			/* nrows: what the model said there */
	double *probe;			/* (nactive + 1) * nrows */
	double end[RL_LSQ_MAX_PARAMS], cost;
	bool converged;
	unsigned rounds;
};

static int look(struct search *s, size_t n, const double *x, double *out)
{
	const struct rl_lsq_problem *p = s->p;

	s->code = p->rough ? p->rough(p->arg, n, x, out, s->err)
			   : p->forward(p->arg, n, x, NULL, out, s->err);
	return s->code;
}

/* The full vector that GSL's short one stands for. */
static void expand(const struct search *s, const gsl_vector *v, double *x)
{
	memcpy(x, s->x, s->p->nparams * sizeof(*x));
	for (size_t a = 0; a < s->nactive; a++)
		x[s->active[a]] = rl_lsq_clamp(s->p, s->active[a], gsl_vector_get(v, a));
}

static int residuals(const gsl_vector *v, void *arg, gsl_vector *out)
{
	struct search *s = arg;
	const struct rl_lsq_problem *p = s->p;

	expand(s, v, s->at_x);
	if (look(s, 1, s->at_x, s->at))
		return GSL_EFAILED;
	for (size_t i = 0; i < p->nrows; i++)
		gsl_vector_set(out, i, (s->at[i] - p->y[i]) / p->sd[i]);
	for (size_t a = 0; a < s->nactive; a++) {
		size_t j = s->active[a];

		/* The raw value, not the clamped one: beyond a bound the prior pulls back. */
		gsl_vector_set(
			out, p->nrows + a, (gsl_vector_get(v, a) - p->prior[j]) / p->prior_sd[j]);
	}
	return GSL_SUCCESS;
}

/* The points to look at: x itself, then one above it in each direction, below where it ends. */
static void probe_points(const struct search *s, const gsl_vector *v, double *x)
{
	const struct rl_lsq_problem *p = s->p;

	expand(s, v, x);
	for (size_t a = 0; a < s->nactive; a++) {
		double *at = x + (a + 1) * p->nparams;
		size_t j = s->active[a];
		double h = rl_lsq_step(p, j);

		expand(s, v, at);
		at[j] = at[j] + h <= p->max[j] ? at[j] + h : at[j] - h;
	}
}

/* Asks at the points; the first of them is where the residuals were asked for, as a rule. */
static int probe(struct search *s, const double *x)
{
	size_t n = s->nactive, np = s->p->nparams, nrows = s->p->nrows;

	if (memcmp(x, s->at_x, np * sizeof(*x)) != 0)
		return look(s, n + 1, x, s->probe);
	memcpy(s->probe, s->at, nrows * sizeof(*s->probe));
	return look(s, n, x + np, s->probe + nrows);
}

/* One-sided differences, all vectors in one batch: good enough to find the way. */
static int jacobian(const gsl_vector *v, void *arg, gsl_matrix *out)
{
	struct search *s = arg;
	const struct rl_lsq_problem *p = s->p;
	size_t na = s->nactive, np = p->nparams;
	double *x = calloc((na + 1) * np, sizeof(*x));

	if (!x)
		return GSL_ENOMEM;
	probe_points(s, v, x);
	gsl_matrix_set_zero(out);
	if (probe(s, x))
		na = 0;
	for (size_t a = 0; a < na; a++) {
		size_t j = s->active[a];
		double dx = x[(a + 1) * np + j] - x[j];
		const double *moved = s->probe + (a + 1) * p->nrows;

		s->idle[j] &= memcmp(moved, s->probe, p->nrows * sizeof(*moved)) == 0;
		for (size_t i = 0; i < p->nrows; i++)
			gsl_matrix_set(out, i, a, (moved[i] - s->probe[i]) / dx / p->sd[i]);
		gsl_matrix_set(out, p->nrows + a, a, 1 / p->prior_sd[j]);
	}
	free(x);
	return s->code ? GSL_EFAILED : GSL_SUCCESS;
}

static double sum_squares(const gsl_vector *v)
{
	double n = gsl_blas_dnrm2(v);

	return n * n;
}

/* True when another round is not worth it. */
static bool settled(const gsl_multifit_nlinear_workspace *w, double before)
{
	return before - sum_squares(w->f) < COST_TOL * before || gsl_blas_dnrm2(w->dx) < STEP_TOL;
}

static void iterate(struct search *s, gsl_multifit_nlinear_workspace *w)
{
	unsigned max = s->p->max_iter ? s->p->max_iter : DEFAULT_ITER;

	s->converged = false;
	for (s->rounds = 0; s->rounds < max && !s->converged && !s->code; s->rounds++) {
		double before = sum_squares(w->f);
		int rc = gsl_multifit_nlinear_iterate(w);

		/* No progress: a plateau, which is where a piecewise smooth model ends. */
		s->converged = !s->code && (rc == GSL_ENOPROG || settled(w, before));
	}
}

/* From @x to the end of this valley, which s->end and s->cost tell. */
static int descend(struct search *s, const double *x)
{
	gsl_multifit_nlinear_parameters par = gsl_multifit_nlinear_default_parameters();
	gsl_multifit_nlinear_fdf fdf = {.f = residuals,
		.df = jacobian,
		.n = s->p->nrows + s->nactive,
		.p = s->nactive,
		.params = s};
	gsl_multifit_nlinear_workspace *w;
	gsl_vector *start = gsl_vector_alloc(s->nactive);

	for (size_t a = 0; a < s->nactive; a++)
		gsl_vector_set(start, a, x[s->active[a]]);
	par.solver = gsl_multifit_nlinear_solver_svd; /* a column may be zero */
	w = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &par, fdf.n, fdf.p);
	gsl_multifit_nlinear_init(start, &fdf, w);
	if (!s->code)
		iterate(s, w);
	expand(s, w->x, s->end);
	s->cost = sum_squares(w->f);
	gsl_multifit_nlinear_free(w);
	gsl_vector_free(start);
	return s->code;
}

/* ---- where to start ------------------------------------------------------------------------ */

/* Points spread evenly over what the priors hold likely, a standard deviation either way. */
static int spread_points(const struct search *s, double *x)
{
	const struct rl_lsq_problem *p = s->p;
	gsl_qrng *q = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)s->nactive);
	double u[RL_LSQ_MAX_PARAMS];

	if (!q)
		return -ENOMEM;
	gsl_qrng_get(q, u); /* the first is the middle, from where the search goes anyway */
	for (size_t i = 0; i < POINTS; i++, x += p->nparams) {
		gsl_qrng_get(q, u);
		memcpy(x, s->x, p->nparams * sizeof(*x));
		for (size_t a = 0; a < s->nactive; a++) {
			size_t j = s->active[a];

			x[j] = rl_lsq_clamp(p, j, p->prior[j] + (2 * u[a] - 1) * p->prior_sd[j]);
		}
	}
	gsl_qrng_free(q);
	return 0;
}

/* How far off a point is. Not squared: cells beyond a step of the model must not decide alone. */
static double distance(const struct rl_lsq_problem *p, const double *rows)
{
	double sum = 0;

	for (size_t i = 0; i < p->nrows; i++)
		sum += fabs(rows[i] - p->y[i]) / p->sd[i];
	return sum;
}

/* The best of the spread into @starts. */
static int choose_starts(struct search *s, size_t n, double *starts)
{
	const struct rl_lsq_problem *p = s->p;
	double *x = calloc(POINTS * p->nparams, sizeof(*x));
	double *rows = calloc(POINTS * p->nrows, sizeof(*rows)), far[POINTS];
	size_t best[STARTS];
	int code = x && rows ? spread_points(s, x) : -ENOMEM;

	if (code)
		rl_err_set(s->err, code, NULL, 0, 0, "out of memory");
	else
		code = look(s, POINTS, x, rows);
	for (size_t i = 0; i < POINTS && !code; i++)
		far[i] = distance(p, rows + i * p->nrows);
	if (!code)
		gsl_sort_smallest_index(best, n, far, 1, POINTS);
	for (size_t i = 0; i < n && !code; i++)
		memcpy(starts + i * p->nparams, x + best[i] * p->nparams, p->nparams * sizeof(*x));
	free(x);
	free(rows);
	return code;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static int prepare(struct search *s, const double *x, const bool *frozen)
{
	const struct rl_lsq_problem *p = s->p;

	memcpy(s->x, x, p->nparams * sizeof(*x));
	for (size_t j = 0; j < p->nparams; j++) {
		s->idle[j] = !frozen[j];
		if (!frozen[j])
			s->active[s->nactive++] = j;
		s->at_x[j] = NAN;
	}
	s->at = calloc(p->nrows, sizeof(*s->at));
	s->probe = calloc((s->nactive + 1) * p->nrows, sizeof(*s->probe));
	return s->at && s->probe ? 0 : rl_err_set(s->err, -ENOMEM, NULL, 0, 0, "out of memory");
}

/* Descends from each start; the lowest end goes to @x. */
static int descend_all(
	struct search *s, const double *starts, size_t n, double *x, struct rl_lsq_result *out)
{
	double least = INFINITY;

	out->iterations = 0;
	for (size_t i = 0; i < n; i++) {
		if (descend(s, starts + i * s->p->nparams))
			return s->code;
		out->iterations += s->rounds;
		if (!(s->cost < least))
			continue;
		least = s->cost;
		out->converged = s->converged;
		memcpy(x, s->end, s->p->nparams * sizeof(*x));
	}
	return 0;
}

int rl_lsq_search(const struct rl_lsq_problem *p, double *x, bool *frozen, bool *idle, bool spread,
	struct rl_lsq_result *out, struct rl_err *err)
{
	struct search s = {.p = p, .err = err};
	double starts[STARTS * RL_LSQ_MAX_PARAMS];
	int code = prepare(&s, x, frozen);

	memcpy(starts, x, p->nparams * sizeof(*x));
	if (!code && spread)
		code = choose_starts(&s, STARTS - 1, starts + p->nparams);
	if (!code)
		code = descend_all(&s, starts, spread ? STARTS : 1, x, out);
	for (size_t a = 0; a < s.nactive && !code; a++) {
		size_t j = s.active[a];

		idle[j] = frozen[j] = s.idle[j];
		if (s.idle[j])
			x[j] = rl_lsq_clamp(p, j, p->prior[j]);
	}
	free(s.at);
	free(s.probe);
	return code;
}
