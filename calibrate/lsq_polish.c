/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last steps to a solution of a model that counts events.
 *
 * Such a model has small steps everywhere: a search that compares sums of squares stops at one of
 * them, up to several standard deviations from where the rows as a whole would have it. So the
 * residuals are averaged over points close around the place, slopes are taken from a design of
 * points that all tell of all of them, and whole Gauss-Newton steps are taken until they are well
 * within the intervals. With differences of a parameter at a time the slopes were so noisy that
 * estimates lay four standard deviations from truths that the same rows tell to within one.
 */
#include "calibrate/lsq_private.h"

#include "model/base/rng.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOOKS	 2u
#define CHORDS	 3u   /* steps between two looks, with the slopes of the first */
#define ENOUGH	 0.25 /* of a standard deviation */
#define FARTHEST 1.0  /* a step, in log */
#define ASTRAY	 1.1  /* a sum of squares grown by more */
#define PAIRS	 4u
#define AROUND	 (1 + 2 * PAIRS)
#define DESIGN	 32u
#define RADIUS	 0.015 /* curvature over it is far below any row's sd */
#define SEED	 8

/*
 * A batch of points: the place and pairs close around it, then a two-level design of all
 * parameters at once, of which every point tells of every slope: 2^(n-k) of resolution IV, so
 * that no slope takes in what two parameters do together.
 */
struct look {
	const struct rl_lsq_problem *p;
	const bool *idle; /* they change nothing: their slopes are 0 */
	size_t n, design;
	double *x, *rows;
};

static int make(struct look *k, const struct rl_lsq_problem *p)
{
	k->p = p;
	k->design = p->nparams <= DESIGN / 2 ? DESIGN : 2 * DESIGN;
	k->n = AROUND + k->design;
	k->x = calloc(k->n * p->nparams, sizeof(*k->x));
	k->rows = calloc(k->n * p->nrows, sizeof(*k->rows));
	return k->x && k->rows ? 0 : -ENOMEM;
}

/* Of a parameter in a point of the design: words of a code that holds its top bit always. */
static double sign(const struct look *k, size_t point, size_t param)
{
	return __builtin_parityl(point & (k->design / 2 + param)) ? 1 : -1;
}

static void place(struct look *k, const double *x, const bool *frozen, const bool *idle)
{
	const struct rl_lsq_problem *p = k->p;
	size_t n = p->nparams;
	struct rl_rng rng;

	rl_rng_init(&rng, SEED, 0, 0, 0);
	for (size_t i = 0; i < k->n; i++)
		memcpy(k->x + i * n, x, n * sizeof(*x));
	for (size_t i = 1; i < AROUND; i += 2)
		for (size_t j = 0; j < n; j++) {
			double by = rl_rng_unit(&rng) < 0.5 ? -RADIUS : RADIUS;

			if (frozen[j])
				continue;
			k->x[i * n + j] = rl_lsq_clamp(p, j, x[j] + by);
			k->x[(i + 1) * n + j] = rl_lsq_clamp(p, j, x[j] - by);
		}
	for (size_t i = 0; i < k->design; i++)
		for (size_t j = 0; j < n; j++)
			k->x[(AROUND + i) * n + j] =
				idle[j] ? x[j]
					: rl_lsq_clamp(
						  p, j, x[j] + sign(k, i, j) * rl_lsq_step(p, j));
}

static void fill_residuals(const struct look *k, const double *x, struct rl_linear *l)
{
	const struct rl_lsq_problem *p = k->p;

	memcpy(l->x, x, p->nparams * sizeof(*x));
	for (size_t i = 0; i < p->nrows; i++) {
		double sum = 0;

		for (size_t m = 0; m < AROUND; m++)
			sum += k->rows[m * p->nrows + i];
		l->res[i] = (sum / AROUND - p->y[i]) / p->sd[i];
	}
}

/* A row's slopes; returns the sum of squares that they leave, without the mean. */
static double fit_row(const struct look *k, size_t row, double *slope)
{
	const struct rl_lsq_problem *p = k->p;
	double mean = 0, left = 0;

	for (size_t i = 0; i < k->design; i++)
		mean += k->rows[(AROUND + i) * p->nrows + row] / (double)k->design;
	for (size_t j = 0; j < p->nparams; j++) {
		double up = 0, by = 0;

		for (size_t i = 0; i < k->design; i++) {
			up += sign(k, i, j) * k->rows[(AROUND + i) * p->nrows + row];
			by += sign(k, i, j) * k->x[(AROUND + i) * p->nparams + j];
		}
		slope[j] = by > 0 ? up / by : 0;
	}
	for (size_t i = 0; i < k->design; i++) {
		double e = k->rows[(AROUND + i) * p->nrows + row] - mean;

		for (size_t j = 0; j < p->nparams; j++)
			e -= slope[j] * (k->x[(AROUND + i) * p->nparams + j] - k->x[j]);
		left += e * e;
	}
	return left;
}

/* Slopes, and what of their squares is the model's steps and no slope. */
static void fill_slopes(const struct look *k, struct rl_linear *l)
{
	const struct rl_lsq_problem *p = k->p;
	double slope[RL_LSQ_MAX_PARAMS], sum = 0;
	double dof = (double)(k->design - p->nparams - 1);

	for (size_t i = 0; i < p->nrows; i++) {
		sum += fit_row(k, i, slope) / dof / (p->sd[i] * p->sd[i]);
		for (size_t j = 0; j < p->nparams; j++)
			l->jac[i * p->nparams + j] = slope[j] / p->sd[i];
	}
	for (size_t j = 0; j < p->nparams; j++)
		l->noise[j] = k->idle[j] ? 0 : sum / (double)k->design / pow(rl_lsq_step(p, j), 2);
}

/* Simulates at @x; the slopes too when @whole. */
static int see(struct look *k, const double *x, const bool *frozen, bool whole, struct rl_linear *l,
	struct rl_err *err)
{
	int code;

	place(k, x, frozen, k->idle);
	code = k->p->forward(k->p->arg, whole ? k->n : AROUND, k->x, k->rows, err);
	if (code)
		return code;
	fill_residuals(k, x, l);
	if (whole)
		fill_slopes(k, l);
	rl_linear_close(l);
	return 0;
}

/* Moves @x by a step; false when that is not worth it. */
static bool advance(const struct rl_lsq_problem *p, const struct rl_linear *l, double *x)
{
	double step[RL_LSQ_MAX_PARAMS];
	struct rl_square cov;
	bool small = true;

	rl_linear_step(l, NULL, l->active, step);
	rl_linear_covariance(l, l->active, &cov);
	for (size_t j = 0; j < p->nparams; j++)
		small &= fabs(step[j]) <= ENOUGH * sqrt(cov.v[j][j]);
	for (size_t j = 0; j < p->nparams && !small; j++)
		x[j] = rl_lsq_clamp(p, j, x[j] + fmin(fmax(step[j], -FARTHEST), FARTHEST));
	return !small;
}

/* Sum of squares, the priors' pull with it. */
static double cost(const struct rl_linear *l)
{
	double sum = 0;

	for (size_t i = 0; i < l->nrows; i++)
		sum += l->res[i] * l->res[i];
	for (size_t j = 0; j < l->nparams; j++)
		sum += pow((l->x[j] - l->prior[j]) / l->prior_sd[j], 2);
	return sum;
}

/* Steps with the slopes of the last look until they are small, then another look. */
static int chords(
	struct look *k, double *x, const bool *frozen, struct rl_linear *l, struct rl_err *err)
{
	int code = 0;

	for (unsigned c = 0; c < CHORDS && !code; c++) {
		code = see(k, x, frozen, false, l, err);
		if (!code && !advance(k->p, l, x))
			break;
	}
	return code ? code : see(k, x, frozen, true, l, err);
}

/* From a look that stands in @l. Steps that lead astray are taken back. */
static int go_on(
	struct look *k, double *x, const bool *frozen, struct rl_linear *l, struct rl_err *err)
{
	size_t bytes = k->p->nparams * sizeof(*x);
	double before, from[RL_LSQ_MAX_PARAMS];
	int code = 0;

	for (unsigned i = 0; i < LOOKS && !code; i++) {
		before = cost(l);
		memcpy(from, x, bytes);
		if (!advance(k->p, l, x))
			break;
		code = chords(k, x, frozen, l, err);
		if (code || cost(l) <= ASTRAY * before)
			continue;
		memcpy(x, from, bytes);
		return see(k, x, frozen, true, l, err);
	}
	return code;
}

static void set_active(const struct rl_lsq_problem *p, const bool *frozen, struct rl_linear *l)
{
	for (size_t j = 0; j < p->nparams; j++) {
		l->prior[j] = p->prior[j];
		l->prior_sd[j] = p->prior_sd[j];
		l->active[j] = !frozen[j];
	}
	memcpy(l->group, p->group, p->nrows * sizeof(*l->group));
}

int rl_lsq_polish(const struct rl_lsq_problem *p, double *x, const bool *frozen, const bool *idle,
	struct rl_linear *l, bool again, struct rl_err *err)
{
	struct look k;
	int code = make(&k, p);

	if (code)
		rl_err_set(err, code, NULL, 0, 0, "out of memory");
	k.idle = idle;
	set_active(p, frozen, l);
	if (!code && (!again || memcmp(x, l->x, p->nparams * sizeof(*x)) != 0))
		code = see(&k, x, frozen, !again, l, err);
	if (!code)
		code = go_on(&k, x, frozen, l, err);
	free(k.x);
	free(k.rows);
	return code;
}
