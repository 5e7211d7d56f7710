/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Covariance, bootstrap and identifiability of a fit; see lsq_stat.h. */
#include "calibrate/lsq_stat.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

#define DRAWS RL_LSQ_DRAWS
/* Above it a step from the solution is no sample of anything: the data say too little. */
#define SHRINK_BOOT 0.5

void rl_lsq_shrink(const struct rl_linear *l, struct rl_lsq_result *out)
{
	struct rl_square cov;

	rl_linear_covariance(l, l->active, &cov);
	for (size_t j = 0; j < l->nparams; j++)
		if (l->active[j])
			out->p[j].shrink = sqrt(cov.v[j][j]) / l->prior_sd[j];
}

static void correlate(const struct rl_square *cov, size_t n, size_t j, struct rl_lsq_param *q)
{
	q->corr = 0;
	q->corr_with = -1;
	for (size_t k = 0; k < n; k++) {
		double c = cov->v[j][k] / sqrt(cov->v[j][j] * cov->v[k][k]);

		if (k != j && (q->corr_with < 0 || fabs(c) > fabs(q->corr))) {
			q->corr = c;
			q->corr_with = (int)k;
		}
	}
}

static double sensitivity(const struct rl_linear *l, size_t j)
{
	double s = 0;

	for (size_t i = 0; i < l->nrows; i++)
		s += pow(l->jac[i * l->nparams + j] * l->sd[i], 2);
	return sqrt(s / (double)l->nrows);
}

static void from_bootstrap(const struct rl_lsq_result *out, size_t j, struct rl_lsq_param *q)
{
	double step[DRAWS];

	for (size_t d = 0; d < DRAWS; d++)
		step[d] = out->draws[d * out->linear.nparams + j];
	gsl_sort(step, 1, DRAWS);
	q->boot_lo = q->x + step[DRAWS / 40];
	q->boot_hi = q->x + step[DRAWS - 1 - DRAWS / 40];
}

static void interval(const struct rl_lsq_result *out, size_t j, struct rl_lsq_param *q)
{
	const struct rl_linear *l = &out->linear;
	double half = gsl_cdf_tdist_Pinv(0.975, q->dof) * sqrt(out->covariance.v[j][j]);

	q->cov_lo = q->cov_hi = q->boot_lo = q->boot_hi = NAN;
	if (q->kept) {
		q->lo = l->prior[j] - 1.96 * l->prior_sd[j];
		q->hi = l->prior[j] + 1.96 * l->prior_sd[j];
		return;
	}
	q->cov_lo = q->x - half;
	q->cov_hi = q->x + half;
	if (q->shrink < SHRINK_BOOT)
		from_bootstrap(out, j, q);
	q->lo = fmin(q->cov_lo, q->boot_lo); /* ignores a NaN */
	q->hi = fmax(q->cov_hi, q->boot_hi);
}

int rl_lsq_judge(struct rl_lsq_result *out)
{
	const struct rl_linear *l = &out->linear;
	double dof[RL_LSQ_MAX_PARAMS];
	bool all[RL_LSQ_MAX_PARAMS];

	for (size_t j = 0; j < l->nparams; j++)
		all[j] = true;
	out->draws = calloc(DRAWS * l->nparams, sizeof(*out->draws));
	if (!out->draws)
		return -ENOMEM;
	rl_linear_bootstrap(l, DRAWS, out->draws);
	rl_linear_covariance(l, all, &out->covariance);
	rl_linear_freedom(l, dof);
	for (size_t j = 0; j < l->nparams; j++) {
		struct rl_lsq_param *q = &out->p[j];

		q->shrink = sqrt(out->covariance.v[j][j]) / l->prior_sd[j];
		q->dof = dof[j];
		q->sensitivity = sensitivity(l, j);
		correlate(&out->covariance, l->nparams, j, q);
		interval(out, j, q);
	}
	return 0;
}
