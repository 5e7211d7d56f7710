/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Covariance, bootstrap and identifiability of a fit; see lsq_stat.h. */
#include "calibrate/lsq_stat.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 400
#define MAXP  RL_LSQ_MAX_PARAMS

/* What one cell says: its part of J'J and of J'r. */
struct normal {
	double a[MAXP][MAXP], b[MAXP];
};

static void accumulate(const struct rl_lsq_problem *p, const gsl_matrix *jac, const gsl_vector *res,
	size_t n, double scale, struct normal *groups)
{
	for (size_t i = 0; i < p->nrows; i++) {
		struct normal *g = &groups[p->group[i]];

		for (size_t j = 0; j < n; j++) {
			double dj = gsl_matrix_get(jac, i, j) / scale;

			g->b[j] += dj * gsl_vector_get(res, i) / scale;
			for (size_t k = 0; k < n; k++)
				g->a[j][k] += dj * gsl_matrix_get(jac, i, k) / scale;
		}
	}
}

static void add(struct normal *sum, const struct normal *g, size_t n)
{
	for (size_t j = 0; j < n; j++) {
		sum->b[j] += g->b[j];
		for (size_t k = 0; k < n; k++)
			sum->a[j][k] += g->a[j][k];
	}
}

/* The prior's part; its pull at the solution is res behind the data rows. */
static void add_prior(const struct rl_lsq_problem *p, const gsl_vector *res, const size_t *active,
	size_t n, struct normal *sum)
{
	for (size_t j = 0; j < n; j++) {
		double sd = p->prior_sd[active[j]];

		sum->a[j][j] += 1 / (sd * sd);
		sum->b[j] += gsl_vector_get(res, p->nrows + j) / sd;
	}
}

/*
 * What the data say, without what noise in the differences pretends that they say: directions
 * in which nothing is left say nothing, never less.
 */
static void debias(struct normal *data, const double *noise, double scale, size_t n)
{
	gsl_matrix *a = gsl_matrix_alloc(n, n), *v = gsl_matrix_alloc(n, n);
	gsl_vector *e = gsl_vector_alloc(n);
	gsl_eigen_symmv_workspace *w = gsl_eigen_symmv_alloc(n);

	for (size_t j = 0; j < n; j++)
		for (size_t k = 0; k < n; k++)
			gsl_matrix_set(
				a, j, k, data->a[j][k] - (j == k ? noise[j] / scale / scale : 0));
	gsl_eigen_symmv(a, e, v, w);
	for (size_t j = 0; j < n; j++)
		for (size_t k = 0; k < n; k++) {
			data->a[j][k] = 0;
			for (size_t m = 0; m < n; m++)
				data->a[j][k] += fmax(0, gsl_vector_get(e, m)) *
						 gsl_matrix_get(v, j, m) * gsl_matrix_get(v, k, m);
		}
	gsl_eigen_symmv_free(w);
	gsl_matrix_free(a);
	gsl_matrix_free(v);
	gsl_vector_free(e);
}

/* The prior keeps it positive definite. */
static void invert(const struct normal *m, size_t n, gsl_matrix *out)
{
	for (size_t j = 0; j < n; j++)
		for (size_t k = 0; k < n; k++)
			gsl_matrix_set(out, j, k, m->a[j][k]);
	gsl_linalg_cholesky_decomp1(out);
	gsl_linalg_cholesky_invert(out);
}

static void from_covariance(const struct rl_lsq_problem *p, const gsl_matrix *cov,
	const size_t *active, size_t n, struct rl_lsq_result *out)
{
	for (size_t j = 0; j < n; j++) {
		struct rl_lsq_param *q = &out->p[active[j]];
		double sd = sqrt(gsl_matrix_get(cov, j, j));

		q->shrink = sd / p->prior_sd[active[j]];
		q->lo = -1.96 * sd;
		q->hi = 1.96 * sd;
		q->corr = 0;
		q->corr_with = -1;
		for (size_t k = 0; k < n; k++) {
			double c = gsl_matrix_get(cov, j, k) / sd / sqrt(gsl_matrix_get(cov, k, k));

			if (k != j && (q->corr_with < 0 || fabs(c) > fabs(q->corr))) {
				q->corr = c;
				q->corr_with = (int)active[k];
			}
		}
	}
}

static void sensitivity(const struct rl_lsq_problem *p, const gsl_matrix *jac, const size_t *active,
	size_t n, struct rl_lsq_result *out)
{
	for (size_t j = 0; j < n; j++) {
		double s = 0;

		for (size_t i = 0; i < p->nrows; i++)
			s += pow(gsl_matrix_get(jac, i, j) * p->sd[i], 2);
		out->p[active[j]].sensitivity = sqrt(s / (double)p->nrows);
	}
}

/* One draw: cells with replacement, one Gauss-Newton step from the solution. */
static void draw(const struct rl_lsq_problem *p, const struct normal *groups,
	const struct normal *prior, const gsl_matrix *cov, size_t n, gsl_rng *rng, double *step)
{
	struct normal sum = *prior;

	for (size_t i = 0; i < p->ngroups; i++)
		add(&sum, &groups[gsl_rng_uniform_int(rng, p->ngroups)], n);
	for (size_t j = 0; j < n; j++) {
		step[j] = 0;
		for (size_t k = 0; k < n; k++)
			step[j] -= gsl_matrix_get(cov, j, k) * sum.b[k];
	}
}

static void bootstrap(const struct rl_lsq_problem *p, const struct normal *groups,
	const struct normal *prior, const gsl_matrix *cov, const size_t *active, size_t n,
	struct rl_lsq_result *out)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double steps[MAXP][DRAWS], one[MAXP];

	gsl_rng_set(rng, 1);
	for (size_t d = 0; d < DRAWS; d++) {
		draw(p, groups, prior, cov, n, rng, one);
		for (size_t j = 0; j < n; j++)
			steps[j][d] = one[j];
	}
	gsl_rng_free(rng);
	for (size_t j = 0; j < n; j++) {
		struct rl_lsq_param *q = &out->p[active[j]];

		/* Where the data say little, a step from the solution is no sample of anything. */
		if (q->shrink > 0.5)
			continue;
		gsl_sort(steps[j], 1, DRAWS);
		q->lo = fmin(q->lo, steps[j][DRAWS / 40]);
		q->hi = fmax(q->hi, steps[j][DRAWS - 1 - DRAWS / 40]);
	}
}

void rl_lsq_judge(const struct rl_lsq_problem *p, const gsl_matrix *jac, const gsl_vector *res,
	const double *noise, const size_t *active, size_t n, struct rl_lsq_result *out)
{
	struct normal *groups = calloc(p->ngroups, sizeof(*groups));
	struct normal prior, sum;
	gsl_matrix *cov = gsl_matrix_alloc(n, n);

	out->scale = fmax(1, out->rms);
	accumulate(p, jac, res, n, out->scale, groups);
	memset(&prior, 0, sizeof(prior));
	memset(&sum, 0, sizeof(sum));
	for (size_t g = 0; g < p->ngroups; g++)
		add(&sum, &groups[g], n);
	debias(&sum, noise, out->scale, n);
	add_prior(p, res, active, n, &prior);
	add(&sum, &prior, n);
	invert(&sum, n, cov);
	from_covariance(p, cov, active, n, out);
	sensitivity(p, jac, active, n, out);
	bootstrap(p, groups, &prior, cov, active, n, out);
	gsl_matrix_free(cov);
	free(groups);
}
