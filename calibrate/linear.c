/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps, bootstrap and influence of a linearised fit; see linear.h. */
#include "calibrate/linear_private.h"

#include <errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAXP RL_LSQ_MAX_PARAMS

int rl_linear_init(struct rl_linear *l, size_t nparams, size_t nrows, size_t ngroups)
{
	memset(l, 0, sizeof(*l));
	l->nparams = nparams;
	l->nrows = nrows;
	l->ngroups = ngroups;
	l->jac = calloc(nrows * nparams, sizeof(*l->jac));
	l->res = calloc(nrows, sizeof(*l->res));
	l->sd = calloc(nrows, sizeof(*l->sd));
	l->group = calloc(nrows, sizeof(*l->group));
	l->normal = calloc(ngroups, sizeof(*l->normal));
	if (l->jac && l->res && l->sd && l->group && l->normal)
		return 0;
	rl_linear_fini(l);
	return -ENOMEM;
}

void rl_linear_fini(struct rl_linear *l)
{
	free(l->jac);
	free(l->res);
	free(l->sd);
	free(l->group);
	free(l->normal);
	l->jac = l->res = l->sd = NULL;
	l->group = NULL;
	l->normal = NULL;
}

void rl_linear_close(struct rl_linear *l)
{
	memset(l->normal, 0, l->ngroups * sizeof(*l->normal));
	for (size_t i = 0; i < l->nrows; i++) {
		struct rl_normal *n = &l->normal[l->group[i]];
		const double *row = l->jac + i * l->nparams;

		for (size_t j = 0; j < l->nparams; j++) {
			n->b[j] += row[j] * l->res[i];
			for (size_t k = 0; k < l->nparams; k++)
				n->a.v[j][k] += row[j] * row[k];
		}
	}
}

double rl_linear_dof(const struct rl_linear *l)
{
	double dof = (double)l->ngroups;

	for (size_t j = 0; j < l->nparams; j++)
		dof -= l->active[j];
	return fmax(dof, 1);
}

void rl_linear_add(const struct rl_linear *l, struct rl_normal *sum, size_t group, double weight)
{
	const struct rl_normal *n = &l->normal[group];

	for (size_t j = 0; j < l->nparams; j++) {
		sum->b[j] += weight * n->b[j];
		for (size_t k = 0; k < l->nparams; k++)
			sum->a.v[j][k] += weight * n->a.v[j][k];
	}
}

/* The prior keeps what it is added to positive definite. */
void rl_linear_add_prior(const struct rl_linear *l, struct rl_normal *sum)
{
	for (size_t j = 0; j < l->nparams; j++) {
		double w = 1 / (l->prior_sd[j] * l->prior_sd[j]);

		sum->a.v[j][j] += w;
		sum->b[j] += w * (l->x[j] - l->prior[j]);
	}
}

size_t rl_linear_list(const struct rl_linear *l, const bool *who, size_t *index)
{
	size_t n = 0;

	for (size_t j = 0; j < l->nparams; j++)
		if (who[j])
			index[n++] = j;
	return n;
}

void rl_linear_solve(const struct rl_normal *sum, const size_t *index, size_t n, double *step)
{
	gsl_matrix *a;
	gsl_vector *b;

	if (!n)
		return;
	a = gsl_matrix_alloc(n, n);
	b = gsl_vector_alloc(n);
	for (size_t j = 0; j < n; j++) {
		gsl_vector_set(b, j, -sum->b[index[j]]);
		for (size_t k = 0; k < n; k++)
			gsl_matrix_set(a, j, k, sum->a.v[index[j]][index[k]]);
	}
	gsl_linalg_cholesky_decomp1(a);
	gsl_linalg_cholesky_svx(a, b);
	for (size_t j = 0; j < n; j++)
		step[index[j]] = gsl_vector_get(b, j);
	gsl_matrix_free(a);
	gsl_vector_free(b);
}

void rl_linear_step(const struct rl_linear *l, const double *weight, const bool *who, double *step)
{
	struct rl_normal sum = {0};
	size_t index[MAXP], n = rl_linear_list(l, who, index);

	for (size_t g = 0; g < l->ngroups; g++)
		if (!weight || weight[g] != 0)
			rl_linear_add(l, &sum, g, weight ? weight[g] : 1);
	rl_linear_add_prior(l, &sum);
	memset(step, 0, l->nparams * sizeof(*step));
	rl_linear_solve(&sum, index, n, step);
}

void rl_linear_bootstrap(const struct rl_linear *l, size_t draws, double *steps)
{
	double *weight = calloc(l->ngroups, sizeof(*weight)), start[MAXP];
	double wider = sqrt((double)l->ngroups / rl_linear_dof(l));
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	gsl_rng_set(rng, 1);
	/* The solver stops a little before the solution: no part of the spread. */
	rl_linear_step(l, NULL, l->active, start);
	for (size_t d = 0; d < draws && weight; d++) {
		double *step = steps + d * l->nparams;

		memset(weight, 0, l->ngroups * sizeof(*weight));
		for (size_t g = 0; g < l->ngroups; g++)
			weight[gsl_rng_uniform_int(rng, l->ngroups)]++;
		rl_linear_step(l, weight, l->active, step);
		for (size_t j = 0; j < l->nparams; j++)
			step[j] = wider * (step[j] - start[j]);
	}
	gsl_rng_free(rng);
	free(weight);
}

/* c = A^-1 e_j; then c'J_g'J_g c is the group's part of the estimate's variance, were all rows'
 * sds what they are said to be. */
void rl_linear_influence(const struct rl_linear *l, size_t param, double *share, double *move)
{
	struct rl_normal all = {0}, left;
	double c[MAXP] = {0}, start[MAXP] = {0}, step[MAXP] = {0}, sum = 0;
	size_t index[MAXP], n = rl_linear_list(l, l->active, index);

	for (size_t g = 0; g < l->ngroups; g++)
		rl_linear_add(l, &all, g, 1);
	rl_linear_add_prior(l, &all);
	rl_linear_solve(&all, index, n, start);
	left = all;
	memset(left.b, 0, sizeof(left.b));
	left.b[param] = -1;
	rl_linear_solve(&left, index, n, c);
	for (size_t g = 0; g < l->ngroups; g++) {
		share[g] = 0;
		for (size_t j = 0; j < l->nparams; j++)
			for (size_t k = 0; k < l->nparams; k++)
				share[g] += c[j] * l->normal[g].a.v[j][k] * c[k];
		sum += share[g];
		left = all;
		rl_linear_add(l, &left, g, -1);
		rl_linear_solve(&left, index, n, step);
		move[g] = step[param] - start[param];
	}
	for (size_t g = 0; g < l->ngroups && sum > 0; g++)
		share[g] /= sum;
}
