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
 *
 * What the rows hardly tell, a small change of it hardly moves: its slope would be noise, and a
 * step by it too short. Its change in the design is as wide as it is unsure. The points around have
 * random numbers each of their own: what a row owes to those of one run is averaged out, and how
 * much that is, or how far the model jumps about its own line, is part of the row's deviation.
 */
#include "calibrate/lsq_private.h"

#include "model/base/rng.h"

#include <errno.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOOKS	 3u
#define CHORDS	 3u   /* steps between two looks, with the slopes of the first */
#define ENOUGH	 0.25 /* of a standard deviation */
#define FARTHEST 1.0  /* a step, in log */
#define ASTRAY	 1.1  /* a sum of squares grown by more */
#define PAIRS	 4u
#define AROUND	 (1 + 2 * PAIRS)
#define DESIGN	 32u
#define RADIUS	 0.015 /* curvature over it is far below any row's sd */
#define WIDEST	 0.2   /* a change in the design, in log */
#define OTHER	 1.5   /* slopes by a change so many times wider or narrower are others */
#define NEAR	 0.15  /* slopes so near, in log, are good enough */
#define SEED	 8

/*
 * A batch of points: the place and pairs close around it, then a two-level design of all
 * parameters at once, of which every point tells of every slope: 2^(n-k) of resolution IV, so
 * that no slope takes in what two parameters do together.
 */
struct look {
	const struct rl_lsq_problem *p;
	const bool *frozen, *idle; /* idle ones change nothing: their slopes are 0 */
	struct rl_lsq_slopes *s;
	struct rl_linear *l;
	struct rl_err *err;
	size_t n, design;
	double *x, *rows;
	unsigned *stream; /* of the points close around, each its own; of the design the same */
};

static int make(struct look *k)
{
	k->design = k->p->nparams <= DESIGN / 2 ? DESIGN : 2 * DESIGN;
	k->n = AROUND + k->design;
	k->x = calloc(k->n * k->p->nparams, sizeof(*k->x));
	k->rows = calloc(k->n * k->p->nrows, sizeof(*k->rows));
	k->stream = calloc(k->n, sizeof(*k->stream));
	for (unsigned i = 0; k->stream && i < AROUND; i++)
		k->stream[i] = i;
	return k->x && k->rows && k->stream
		       ? 0
		       : rl_err_set(k->err, -ENOMEM, NULL, 0, 0, "out of memory");
}

/* Of a parameter in a point of the design: words of a code that holds its top bit always. */
static double sign(const struct look *k, size_t point, size_t param)
{
	return __builtin_parityl(point & (k->design / 2 + param)) ? 1 : -1;
}

static void place(struct look *k, const double *x)
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

			if (k->frozen[j])
				continue;
			k->x[i * n + j] = rl_lsq_clamp(p, j, x[j] + by);
			k->x[(i + 1) * n + j] = rl_lsq_clamp(p, j, x[j] - by);
		}
	for (size_t i = 0; i < k->design; i++)
		for (size_t j = 0; j < n; j++)
			if (!k->idle[j])
				k->x[(AROUND + i) * n + j] =
					rl_lsq_clamp(p, j, x[j] + sign(k, i, j) * k->s->step[j]);
}

static void fill_residuals(const struct look *k, const double *x)
{
	const struct rl_lsq_problem *p = k->p;

	memcpy(k->l->x, x, p->nparams * sizeof(*x));
	for (size_t i = 0; i < p->nrows; i++) {
		double sum = 0;

		for (size_t m = 0; m < AROUND; m++)
			sum += k->rows[m * p->nrows + i];
		k->l->res[i] = (sum / AROUND - p->y[i]) / k->l->sd[i];
	}
}

/* A row's slopes; returns the variance about them, without the mean. */
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
	return left / (double)(k->design - p->nparams - 1);
}

/* Of a row over other random numbers. */
static double variance_around(const struct look *k, size_t row)
{
	return gsl_stats_variance(k->rows + row, k->p->nrows, AROUND);
}

/* Slopes; and what is the model's steps and no slope, in a row's sd and in a column's squares. */
static void fill_slopes(const struct look *k, const double *x)
{
	const struct rl_lsq_problem *p = k->p;
	struct rl_linear *l = k->l;
	double slope[RL_LSQ_MAX_PARAMS], sum = 0;

	for (size_t i = 0; i < p->nrows; i++) {
		double line = fit_row(k, i, slope);
		double left = fmax(line, variance_around(k, i));

		l->sd[i] = sqrt(p->sd[i] * p->sd[i] + left);
		sum += line / (l->sd[i] * l->sd[i]);
		for (size_t j = 0; j < p->nparams; j++)
			l->jac[i * p->nparams + j] = slope[j] / l->sd[i];
	}
	for (size_t j = 0; j < p->nparams; j++)
		l->noise[j] = k->idle[j] ? 0 : sum / (double)k->design / pow(k->s->step[j], 2);
	memcpy(k->s->at, x, p->nparams * sizeof(*x));
	k->s->known = true;
}

/* Simulates at @x; the slopes too when @whole. */
static int see(struct look *k, const double *x, bool whole)
{
	int code;

	place(k, x);
	code = k->p->forward(k->p->arg, whole ? k->n : AROUND, k->x, k->stream, k->rows, k->err);
	if (code)
		return code;
	if (whole)
		fill_slopes(k, x);
	fill_residuals(k, x);
	rl_linear_close(k->l);
	return 0;
}

/* Changes of the design as wide as parameters are unsure; true when slopes should be others. */
static bool widen(struct look *k)
{
	struct rl_square cov;
	bool other = false;

	rl_linear_covariance(k->l, k->l->active, &cov);
	for (size_t j = 0; j < k->p->nparams; j++) {
		double least = rl_lsq_step(k->p, j), was = k->s->step[j];

		if (k->frozen[j])
			continue;
		k->s->step[j] = fmin(fmax(sqrt(cov.v[j][j]), least), fmax(WIDEST, least));
		if (k->s->step[j] < OTHER * was && was < OTHER * k->s->step[j])
			k->s->step[j] = was;
		else
			other = true;
	}
	return other;
}

static bool far(const struct look *k, const double *x)
{
	for (size_t j = 0; j < k->p->nparams; j++)
		if (fabs(x[j] - k->s->at[j]) > NEAR)
			return true;
	return false;
}

/* Sum of squares, the priors' pull with it. */
static double cost(const struct look *k)
{
	const struct rl_linear *l = k->l;
	double sum = 0;

	for (size_t i = 0; i < l->nrows; i++)
		sum += l->res[i] * l->res[i];
	for (size_t j = 0; j < l->nparams; j++)
		sum += pow((l->x[j] - l->prior[j]) / l->prior_sd[j], 2);
	return sum;
}

/* Moves @x by a step; false when that is not worth it. */
static bool advance(const struct look *k, double *x)
{
	const struct rl_linear *l = k->l;
	double step[RL_LSQ_MAX_PARAMS];
	struct rl_square cov;
	bool small = true;

	rl_linear_step(l, NULL, l->active, step);
	rl_linear_covariance(l, l->active, &cov);
	for (size_t j = 0; j < k->p->nparams; j++)
		small &= fabs(step[j]) <= ENOUGH * sqrt(cov.v[j][j]);
	for (size_t j = 0; j < k->p->nparams && !small; j++)
		x[j] = rl_lsq_clamp(k->p, j, x[j] + fmin(fmax(step[j], -FARTHEST), FARTHEST));
	return !small;
}

/* Steps with the slopes of the last look until they are small; ends with a look at @x. */
static int chords(struct look *k, double *x)
{
	int code = see(k, x, false);

	for (unsigned c = 1; c < CHORDS && !code && advance(k, x); c++)
		code = see(k, x, false);
	return code;
}

/* From a look that stands in k->l. Steps that lead astray are taken back. */
static int go_on(struct look *k, double *x)
{
	double before, from[RL_LSQ_MAX_PARAMS];
	int code = 0;

	for (unsigned i = 0; i < LOOKS && !code; i++) {
		bool other = widen(k);

		before = cost(k);
		memcpy(from, x, sizeof(from));
		if (advance(k, x))
			code = chords(k, x);
		else if (!other)
			break;
		if (!code && cost(k) > ASTRAY * before) {
			memcpy(x, from, sizeof(from));
			return see(k, x, true);
		}
		if (!code && (other || far(k, x)))
			code = see(k, x, true);
	}
	return code;
}

static void set_active(const struct look *k)
{
	const struct rl_lsq_problem *p = k->p;

	for (size_t j = 0; j < p->nparams; j++) {
		k->l->prior[j] = p->prior[j];
		k->l->prior_sd[j] = p->prior_sd[j];
		k->l->active[j] = !k->frozen[j];
		if (!k->s->known)
			k->s->step[j] = rl_lsq_step(p, j);
	}
	memcpy(k->l->group, p->group, p->nrows * sizeof(*p->group));
}

int rl_lsq_polish(const struct rl_lsq_problem *p, double *x, const bool *frozen, const bool *idle,
	struct rl_lsq_slopes *s, struct rl_linear *l, struct rl_err *err)
{
	struct look k = {.p = p, .frozen = frozen, .idle = idle, .s = s, .l = l, .err = err};
	int code = make(&k);

	set_active(&k);
	if (!code && (!s->known || memcmp(x, l->x, p->nparams * sizeof(*x)) != 0))
		code = see(&k, x, !s->known || far(&k, x));
	if (!code)
		code = go_on(&k, x);
	free(k.x);
	free(k.rows);
	free(k.stream);
	return code;
}
