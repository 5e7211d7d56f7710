/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Weighted least squares with priors; see lsq.h. lsq_search.c finds the way from the priors,
 * lsq_polish.c goes on from where it ends and looks there, and what the data cannot tell goes back
 * to its prior, until nothing has to.
 */
#include "calibrate/lsq_private.h"
#include "calibrate/lsq_stat.h"

#include <errno.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_STEP 0.1
#define NEAR	     0.2 /* going back to a prior so near, in log, asks for no new search */
#define SHRINK_MAX   0.5

struct fit {
	const struct rl_lsq_problem *p;
	struct rl_err *err;
	struct rl_linear *linear; /* of the result */
	struct rl_lsq_slopes slopes;
	bool frozen[RL_LSQ_MAX_PARAMS];
	bool idle[RL_LSQ_MAX_PARAMS]; /* changed nothing, wherever the search came by */
	double x[RL_LSQ_MAX_PARAMS];
};

double rl_lsq_step(const struct rl_lsq_problem *p, size_t j)
{
	return p->step && p->step[j] > 0 ? p->step[j] : DEFAULT_STEP;
}

double rl_lsq_clamp(const struct rl_lsq_problem *p, size_t j, double x)
{
	return fmin(fmax(x, p->min[j]), p->max[j]);
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

	for (size_t j = 0; j < f->p->nparams; j++)
		if (!f->frozen[j] && !moved(f, j) && out->p[j].shrink > worst) {
			worst = out->p[j].shrink;
			who = j;
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
	code = rl_lsq_judge(out);
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

static bool any_active(const struct fit *f)
{
	for (size_t j = 0; j < f->p->nparams; j++)
		if (!f->frozen[j])
			return true;
	return false;
}

static int fit_all(struct fit *f, struct rl_lsq_result *out)
{
	bool far = true, spread = f->p->rough != NULL;
	int code = 0;

	for (;;) {
		if (far && any_active(f))
			code = rl_lsq_search(f->p, f->x, f->frozen, f->idle, spread, out, f->err);
		if (!code)
			code = rl_lsq_polish(
				f->p, f->x, f->frozen, f->idle, &f->slopes, f->linear, f->err);
		if (code)
			return code;
		rl_lsq_shrink(f->linear, out);
		if (!freeze(f, out))
			return finish(f, out);
		far = go_back(f);
		spread = false;
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

int rl_lsq_solve(const struct rl_lsq_problem *p, struct rl_lsq_result *out, struct rl_err *err)
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
	if (rl_linear_init(&out->linear, p->nparams, p->nrows, p->ngroups))
		code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	if (!code)
		code = fit_all(&f, out);
	return code;
}

void rl_lsq_fini(struct rl_lsq_result *result)
{
	rl_linear_fini(&result->linear);
	free(result->draws);
	result->draws = NULL;
}
