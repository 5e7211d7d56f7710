/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Weighted least squares with priors; see lsq.h. GSL's trust region searches from the priors with
 * one-sided differences, lsq_polish.c goes on from where it ends and looks there, and what the
 * data cannot tell goes back to its prior, until nothing has to.
 */
#include "calibrate/lsq_private.h"
#include "calibrate/lsq_stat.h"

#include <errno.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_STEP 0.1
#define DEFAULT_ITER 20u
#define COST_TOL     1e-2 /* relative decrease that is left to the last steps */
#define STEP_TOL     1e-2
#define NEAR	     0.2 /* going back to a prior so near, in log, asks for no new search */
#define SHRINK_MAX   0.5

/* One fit at work. Full vectors have nparams entries; GSL sees the active ones only. */
struct fit {
	const struct rl_lsq_problem *p;
	struct rl_err *err;
	struct rl_linear *linear; /* of the result */
	int code;		  /* of forward(), which GSL cannot carry */
	bool frozen[RL_LSQ_MAX_PARAMS];
	bool idle[RL_LSQ_MAX_PARAMS]; /* changed nothing, wherever the search came by */
	size_t active[RL_LSQ_MAX_PARAMS], nactive;
	double x[RL_LSQ_MAX_PARAMS];
	double *at;    /* nrows: predictions at x */
	double *probe; /* (nactive + 1) * nrows */
};

double rl_lsq_step(const struct rl_lsq_problem *p, size_t j)
{
	return p->step && p->step[j] > 0 ? p->step[j] : DEFAULT_STEP;
}

double rl_lsq_clamp(const struct rl_lsq_problem *p, size_t j, double x)
{
	return fmin(fmax(x, p->min[j]), p->max[j]);
}

static void find_active(struct fit *f)
{
	f->nactive = 0;
	for (size_t j = 0; j < f->p->nparams; j++)
		if (!f->frozen[j])
			f->active[f->nactive++] = j;
}

/* The full vector that GSL's short one stands for. */
static void expand(const struct fit *f, const gsl_vector *v, double *x)
{
	memcpy(x, f->x, f->p->nparams * sizeof(*x));
	for (size_t a = 0; a < f->nactive; a++)
		x[f->active[a]] = rl_lsq_clamp(f->p, f->active[a], gsl_vector_get(v, a));
}

static int residuals(const gsl_vector *v, void *arg, gsl_vector *out)
{
	struct fit *f = arg;
	const struct rl_lsq_problem *p = f->p;
	double x[RL_LSQ_MAX_PARAMS];

	expand(f, v, x);
	f->code = p->forward(p->arg, 1, x, f->at, f->err);
	if (f->code)
		return GSL_EFAILED;
	for (size_t i = 0; i < p->nrows; i++)
		gsl_vector_set(out, i, (f->at[i] - p->y[i]) / p->sd[i]);
	for (size_t a = 0; a < f->nactive; a++) {
		size_t j = f->active[a];

		/* The raw value, not the clamped one: beyond a bound the prior pulls back. */
		gsl_vector_set(
			out, p->nrows + a, (gsl_vector_get(v, a) - p->prior[j]) / p->prior_sd[j]);
	}
	return GSL_SUCCESS;
}

/* The points to look at: x itself, then one above it in each direction, below where it ends. */
static void probe_points(const struct fit *f, const gsl_vector *v, double *x)
{
	const struct rl_lsq_problem *p = f->p;

	expand(f, v, x);
	for (size_t a = 0; a < f->nactive; a++) {
		double *at = x + (a + 1) * p->nparams;
		size_t j = f->active[a];
		double h = rl_lsq_step(p, j);

		expand(f, v, at);
		at[j] = at[j] + h <= p->max[j] ? at[j] + h : at[j] - h;
	}
}

/* One-sided differences, all vectors in one batch: good enough to find the way. */
static int jacobian(const gsl_vector *v, void *arg, gsl_matrix *out)
{
	struct fit *f = arg;
	const struct rl_lsq_problem *p = f->p;
	size_t na = f->nactive, np = p->nparams;
	double *x = calloc((na + 1) * np, sizeof(*x));

	if (!x)
		return GSL_ENOMEM;
	probe_points(f, v, x);
	f->code = p->forward(p->arg, na + 1, x, f->probe, f->err);
	gsl_matrix_set_zero(out);
	for (size_t a = 0; a < na && !f->code; a++) {
		size_t j = f->active[a];
		double dx = x[(a + 1) * np + j] - x[j];
		const double *moved = f->probe + (a + 1) * p->nrows;

		f->idle[j] &= memcmp(moved, f->probe, p->nrows * sizeof(*moved)) == 0;
		for (size_t i = 0; i < p->nrows; i++)
			gsl_matrix_set(out, i, a, (moved[i] - f->probe[i]) / dx / p->sd[i]);
		gsl_matrix_set(out, p->nrows + a, a, 1 / p->prior_sd[j]);
	}
	free(x);
	return f->code ? GSL_EFAILED : GSL_SUCCESS;
}

static double sum_squares(const gsl_vector *v, size_t n)
{
	double s = 0;

	for (size_t i = 0; i < n; i++)
		s += gsl_vector_get(v, i) * gsl_vector_get(v, i);
	return s;
}

/* True when another round is not worth it. */
static bool settled(const gsl_multifit_nlinear_workspace *w, double before, size_t n)
{
	double now = sum_squares(w->f, n), step = gsl_blas_dnrm2(w->dx);

	return before - now < COST_TOL * before || step < STEP_TOL;
}

static int iterate(struct fit *f, gsl_multifit_nlinear_workspace *w, struct rl_lsq_result *out)
{
	const struct rl_lsq_problem *p = f->p;
	unsigned max = p->max_iter ? p->max_iter : DEFAULT_ITER;
	size_t n = p->nrows + f->nactive;

	out->converged = false;
	for (unsigned i = 0; i < max && !out->converged; i++) {
		double before = sum_squares(w->f, n);
		int rc = gsl_multifit_nlinear_iterate(w);

		if (f->code)
			return f->code;
		/* No progress: a plateau, which is where a piecewise smooth model ends. */
		out->converged = rc == GSL_ENOPROG || settled(w, before, n);
		out->iterations++;
	}
	return 0;
}

/* Moves the active parameters from where f->x stands to near where they belong. */
static int search(struct fit *f, struct rl_lsq_result *out)
{
	const struct rl_lsq_problem *p = f->p;
	gsl_multifit_nlinear_parameters par = gsl_multifit_nlinear_default_parameters();
	gsl_multifit_nlinear_fdf fdf = {.f = residuals,
		.df = jacobian,
		.n = p->nrows + f->nactive,
		.p = f->nactive,
		.params = f};
	gsl_multifit_nlinear_workspace *w;
	gsl_vector *start = gsl_vector_alloc(f->nactive);
	int code;

	for (size_t a = 0; a < f->nactive; a++) {
		f->idle[f->active[a]] = true;
		gsl_vector_set(start, a, f->x[f->active[a]]);
	}
	par.solver = gsl_multifit_nlinear_solver_svd; /* a column may be zero */
	w = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &par, fdf.n, fdf.p);
	gsl_multifit_nlinear_init(start, &fdf, w);
	code = f->code ? f->code : iterate(f, w, out);
	for (size_t a = 0; a < f->nactive && !code; a++) {
		size_t j = f->active[a];

		f->frozen[j] = f->idle[j];
		f->x[j] = rl_lsq_clamp(p, j, f->idle[j] ? p->prior[j] : gsl_vector_get(w->x, a));
	}
	gsl_multifit_nlinear_free(w);
	gsl_vector_free(start);
	return code;
}

/*
 * Pushed away from its prior against the prior's pull: the data tell it, although where a cost
 * came near to nothing a change by a factor changes nothing any more.
 */
static bool moved(const struct fit *f, size_t j)
{
	return fabs(f->x[j] - f->p->prior[j]) > f->p->prior_sd[j];
}

/*
 * Freezes what the data tell least, when they tell it too little. One at a time, because of two
 * parameters that only their sum determines one is enough.
 */
static bool freeze(struct fit *f, const struct rl_lsq_result *out)
{
	double worst = SHRINK_MAX;
	size_t who = f->p->nparams;

	for (size_t a = 0; a < f->nactive; a++) {
		size_t j = f->active[a];

		if (!f->frozen[j] && !moved(f, j) && out->p[j].shrink > worst) {
			worst = out->p[j].shrink;
			who = j;
		}
	}
	if (who == f->p->nparams)
		return false;
	f->frozen[who] = true;
	return true;
}

static void bound(const struct rl_lsq_problem *p, size_t j, double *lo, double *hi)
{
	*lo = isfinite(*lo) ? rl_lsq_clamp(p, j, *lo) : *lo;
	*hi = isfinite(*hi) ? rl_lsq_clamp(p, j, *hi) : *hi;
}

static double rms(const struct rl_linear *l)
{
	double sum = 0;

	for (size_t i = 0; i < l->nrows; i++)
		sum += l->res[i] * l->res[i];
	return sqrt(sum / (double)l->nrows);
}

static int finish(const struct fit *f, struct rl_lsq_result *out)
{
	const struct rl_lsq_problem *p = f->p;
	int code;

	out->rms = rms(f->linear);
	for (size_t j = 0; j < p->nparams; j++) {
		out->p[j].x = f->x[j];
		out->p[j].kept = f->frozen[j];
	}
	code = rl_lsq_judge(p->sd, out);
	for (size_t j = 0; j < p->nparams && !code; j++) {
		struct rl_lsq_param *q = &out->p[j];

		q->identifiable = !f->frozen[j] && (q->shrink <= SHRINK_MAX || moved(f, j));
		bound(p, j, &q->lo, &q->hi);
		bound(p, j, &q->cov_lo, &q->cov_hi);
		bound(p, j, &q->boot_lo, &q->boot_hi);
		q->at_bound = !f->frozen[j] && (q->x <= p->min[j] || q->x >= p->max[j]);
	}
	return code;
}

/* What was frozen goes back to its prior; false when all of it was near. */
static bool go_back(struct fit *f)
{
	bool far = false;

	for (size_t j = 0; j < f->p->nparams; j++)
		if (f->frozen[j]) {
			far |= fabs(f->x[j] - f->p->prior[j]) > NEAR;
			f->x[j] = rl_lsq_clamp(f->p, j, f->p->prior[j]);
		}
	return far;
}

static int fit_all(struct fit *f, struct rl_lsq_result *out)
{
	bool far = true, again = false;
	int code = 0;

	for (;;) {
		find_active(f);
		if (far && f->nactive)
			code = search(f, out);
		if (!code)
			code = rl_lsq_polish(
				f->p, f->x, f->frozen, f->idle, f->linear, again, f->err);
		if (code)
			return code;
		rl_lsq_shrink(f->linear, out);
		if (!freeze(f, out))
			return finish(f, out);
		far = go_back(f);
		again = !far;
	}
}

static int check(const struct rl_lsq_problem *p, struct rl_err *err)
{
	if (p->nparams == 0 || p->nparams > RL_LSQ_MAX_PARAMS)
		return rl_err_set(err, -EINVAL, NULL, 0, 0,
			"%zu parameters to fit (expected 1 to %d)", p->nparams, RL_LSQ_MAX_PARAMS);
	if ((p->groups_per_param ? p->groups_per_param : 4) * p->nparams > p->ngroups)
		return rl_err_set(err, -EINVAL, NULL, 0, 0,
			"%zu parameters for %zu calibration cells (expected at most a quarter: "
			"more could copy the cells instead of explaining them)",
			p->nparams, p->ngroups);
	return 0;
}

int rl_lsq_solve(const struct rl_lsq_problem *p, double *fitted, struct rl_lsq_result *out,
	struct rl_err *err)
{
	struct fit f = {.p = p, .err = err, .linear = &out->linear};
	int code;

	memset(out, 0, sizeof(*out));
	code = check(p, err);
	if (code)
		return code;
	gsl_set_error_handler_off();
	for (size_t j = 0; j < p->nparams; j++)
		f.x[j] = rl_lsq_clamp(p, j, p->prior[j]);
	f.at = calloc(p->nrows, sizeof(double));
	f.probe = calloc((p->nparams + 1) * p->nrows, sizeof(double));
	if (!f.at || !f.probe || rl_linear_init(&out->linear, p->nparams, p->nrows, p->ngroups))
		code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	if (!code)
		code = fit_all(&f, out);
	if (!code)
		code = p->forward(p->arg, 1, f.x, fitted, err);
	free(f.at);
	free(f.probe);
	return code;
}

void rl_lsq_fini(struct rl_lsq_result *result)
{
	rl_linear_fini(&result->linear);
	free(result->draws);
	result->draws = NULL;
}
