/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The covariance of a linearised fit; see linear.h. */
#include "calibrate/linear_private.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAXP RL_LSQ_MAX_PARAMS

/*
 * Where the estimates would go without each group: (I - H)^-1 r are its residuals had the fit not
 * followed them, H its leverage. With A = L L', G = L^-1 J'J L^-T of the group and u = L^-1 J'r
 * that is L^-T (I - G)^-1 u; its squares are the jackknife's variance ("CR3").
 */
struct sandwich {
	size_t n, ngroups, index[MAXP];
	gsl_matrix *root; /* L */
	gsl_matrix *push; /* a group: how far it moves each parameter */
	gsl_matrix *pull; /* a group and n rows of it: G (I - G)^-1 */
};

/* What of a direction a group may tell alone, and still have a residual worth its name. */
#define LEAST 0.02

static void fill_root(const struct rl_linear *l, struct sandwich *s)
{
	struct rl_normal all = {0};

	for (size_t g = 0; g < l->ngroups; g++)
		rl_linear_add(l, &all, g, 1);
	rl_linear_add_prior(l, &all);
	for (size_t j = 0; j < s->n; j++)
		for (size_t k = 0; k < s->n; k++)
			gsl_matrix_set(s->root, j, k, all.a.v[s->index[j]][s->index[k]]);
	gsl_linalg_cholesky_decomp1(s->root);
}

/* G of a group, and L^-1 J'r. */
static void fill_group(
	const struct rl_normal *normal, const struct sandwich *s, gsl_matrix *g, gsl_vector *u)
{
	for (size_t j = 0; j < s->n; j++) {
		gsl_vector_set(u, j, normal->b[s->index[j]]);
		for (size_t k = 0; k < s->n; k++)
			gsl_matrix_set(g, j, k, normal->a.v[s->index[j]][s->index[k]]);
	}
	gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, s->root, u);
	gsl_blas_dtrsm(CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, 1, s->root, g);
	gsl_blas_dtrsm(CblasRight, CblasLower, CblasTrans, CblasNonUnit, 1, s->root, g);
}

/* a := v f(e) v' for a symmetric matrix of eigenvalues e. */
static void rebuild(gsl_matrix *a, const gsl_matrix *v, const gsl_vector *e, double (*f)(double))
{
	gsl_matrix_set_zero(a);
	for (size_t m = 0; m < e->size; m++)
		for (size_t j = 0; j < e->size; j++)
			for (size_t k = 0; k < e->size; k++)
				*gsl_matrix_ptr(a, j, k) += f(gsl_vector_get(e, m)) *
							    gsl_matrix_get(v, j, m) *
							    gsl_matrix_get(v, k, m);
}

static double unfollowed(double e)
{
	return 1 / fmax(1 - e, LEAST);
}

static double weighty(double e)
{
	return fmax(e, 0) * unfollowed(e);
}

static void fill_push(const struct rl_linear *l, struct sandwich *s)
{
	size_t n = s->n;
	gsl_matrix *g = gsl_matrix_alloc(n, n), *v = gsl_matrix_alloc(n, n);
	gsl_vector *e = gsl_vector_alloc(n), *u = gsl_vector_alloc(n);
	gsl_eigen_symmv_workspace *w = gsl_eigen_symmv_alloc(n);

	for (size_t i = 0; i < s->ngroups; i++) {
		gsl_matrix_view pull = gsl_matrix_submatrix(s->pull, i * n, 0, n, n);
		gsl_vector_view push = gsl_matrix_row(s->push, i);

		fill_group(&l->normal[i], s, g, u);
		gsl_eigen_symmv(g, e, v, w);
		rebuild(&pull.matrix, v, e, weighty);
		rebuild(g, v, e, unfollowed);
		gsl_blas_dgemv(CblasNoTrans, 1, g, u, 0, &push.vector);
		gsl_blas_dtrsv(CblasLower, CblasTrans, CblasNonUnit, s->root, &push.vector);
	}
	gsl_eigen_symmv_free(w);
	gsl_matrix_free(g);
	gsl_matrix_free(v);
	gsl_vector_free(e);
	gsl_vector_free(u);
}

static void begin(const struct rl_linear *l, const bool *who, struct sandwich *s)
{
	s->n = rl_linear_list(l, who, s->index);
	s->ngroups = l->ngroups;
	if (!s->n)
		return;
	s->root = gsl_matrix_alloc(s->n, s->n);
	s->push = gsl_matrix_alloc(l->ngroups, s->n);
	s->pull = gsl_matrix_alloc(l->ngroups * s->n, s->n);
	fill_root(l, s);
	fill_push(l, s);
}

static void end(struct sandwich *s)
{
	if (!s->n)
		return;
	gsl_matrix_free(s->root);
	gsl_matrix_free(s->push);
	gsl_matrix_free(s->pull);
}

static void add_pushes(const struct sandwich *s, struct rl_square *out)
{
	for (size_t g = 0; g < s->ngroups; g++)
		for (size_t j = 0; j < s->n; j++)
			for (size_t k = 0; k < s->n; k++)
				out->v[s->index[j]][s->index[k]] += gsl_matrix_get(s->push, g, j) *
								    gsl_matrix_get(s->push, g, k);
}

/*
 * Satterthwaite's degrees of freedom for the variance of one parameter, were all residuals alike:
 * (sum of Q_gg)^2 over the sum of all Q_gh^2, Q the covariance of the groups' pushes (Bell and
 * McCaffrey 2002).
 */
static double dof_of(const struct sandwich *s, size_t j)
{
	size_t n = s->n;
	gsl_vector *u = gsl_vector_calloc(n);
	gsl_matrix *z = gsl_matrix_alloc(s->ngroups, n);
	double trace = 0, squares = 0, q;

	gsl_vector_set(u, j, 1);
	gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, s->root, u);
	for (size_t g = 0; g < s->ngroups; g++) {
		gsl_matrix_view pull = gsl_matrix_submatrix(s->pull, g * n, 0, n, n);
		gsl_vector_view zg = gsl_matrix_row(z, g);

		gsl_blas_dgemv(CblasNoTrans, 1, &pull.matrix, u, 0, &zg.vector);
		gsl_blas_ddot(u, &zg.vector, &q);
		trace += q;
		squares += q * q;
	}
	for (size_t g = 0; g < s->ngroups; g++)
		for (size_t h = 0; h < g; h++) {
			gsl_vector_const_view a = gsl_matrix_const_row(z, g);
			gsl_vector_const_view b = gsl_matrix_const_row(z, h);

			gsl_blas_ddot(&a.vector, &b.vector, &q);
			squares += 2 * q * q;
		}
	gsl_vector_free(u);
	gsl_matrix_free(z);
	return squares > 0 ? fmax(1, trace * trace / squares) : 1;
}

/* What the data say, without what noise in the slopes pretends: never less than nothing. */
static void debias(const struct rl_linear *l, const size_t *index, size_t n, gsl_matrix *a)
{
	gsl_matrix *v = gsl_matrix_alloc(n, n), *copy = gsl_matrix_alloc(n, n);
	gsl_vector *e = gsl_vector_alloc(n);
	gsl_eigen_symmv_workspace *w = gsl_eigen_symmv_alloc(n);

	for (size_t j = 0; j < n; j++)
		*gsl_matrix_ptr(a, j, j) -= l->noise[index[j]];
	gsl_matrix_memcpy(copy, a);
	gsl_eigen_symmv(copy, e, v, w);
	gsl_matrix_set_zero(a);
	for (size_t m = 0; m < n; m++)
		for (size_t j = 0; j < n; j++)
			for (size_t k = 0; k < n; k++)
				*gsl_matrix_ptr(a, j, k) += fmax(0, gsl_vector_get(e, m)) *
							    gsl_matrix_get(v, j, m) *
							    gsl_matrix_get(v, k, m);
	gsl_eigen_symmv_free(w);
	gsl_matrix_free(v);
	gsl_matrix_free(copy);
	gsl_vector_free(e);
}

/* A^-1 P A^-1 with A = J'J + P: what is left of a prior of precision P. */
static void add_open(
	const struct rl_linear *l, const size_t *index, size_t n, struct rl_square *out)
{
	struct rl_normal sum = {0};
	gsl_matrix *a = gsl_matrix_alloc(n, n);

	for (size_t g = 0; g < l->ngroups; g++)
		rl_linear_add(l, &sum, g, 1);
	for (size_t j = 0; j < n; j++)
		for (size_t k = 0; k < n; k++)
			gsl_matrix_set(a, j, k, sum.a.v[index[j]][index[k]]);
	debias(l, index, n, a);
	for (size_t j = 0; j < n; j++)
		*gsl_matrix_ptr(a, j, j) += pow(l->prior_sd[index[j]], -2);
	gsl_linalg_cholesky_decomp1(a);
	gsl_linalg_cholesky_invert(a);
	for (size_t j = 0; j < n; j++)
		for (size_t k = 0; k < n; k++)
			for (size_t m = 0; m < n; m++)
				out->v[index[j]][index[k]] += gsl_matrix_get(a, j, m) *
							      gsl_matrix_get(a, m, k) *
							      pow(l->prior_sd[index[m]], -2);
	gsl_matrix_free(a);
}

void rl_linear_covariance(const struct rl_linear *l, const bool *who, struct rl_square *out)
{
	struct sandwich s;

	memset(out, 0, sizeof(*out));
	begin(l, who, &s);
	if (s.n) {
		add_pushes(&s, out);
		add_open(l, s.index, s.n, out);
	}
	end(&s);
}

void rl_linear_freedom(const struct rl_linear *l, double *dof)
{
	struct rl_square told = {0}, all = {0};
	struct sandwich s;

	begin(l, l->active, &s);
	if (s.n) {
		add_pushes(&s, &told);
		all = told;
		add_open(l, s.index, s.n, &all);
	}
	for (size_t j = 0; j < l->nparams; j++)
		dof[j] = NAN;
	for (size_t j = 0; j < s.n; j++) {
		size_t k = s.index[j];

		/* What the prior adds is known. */
		dof[k] = dof_of(&s, j) * pow(all.v[k][k] / fmax(told.v[k][k], 1e-300), 2);
	}
	end(&s);
}
