/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibration cells predicted by fits that have not seen their like; see fit.h. */
#include "calibrate/groups.h"
#include "calibrate/kind.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a validation asks for. */
static const int wanted[] = {RL_METRIC_iops, RL_METRIC_clat_mean_ns, RL_METRIC_clat_p99_ns};

#define NWANTED (sizeof(wanted) / sizeof(wanted[0]))

const char *rl_fold_name(enum rl_fold fold)
{
	static const char *const names[] = {"bs", "depth", "policy", "job"};

	return names[fold];
}

/* A split's size is its mean: it is none of the sizes that whole jobs have. */
static double size_of(const struct rl_job *j)
{
	return rl_job_mean_bytes(j, rl_job_does(j, RL_DIR_READ) ? RL_DIR_READ : RL_DIR_WRITE);
}

bool rl_fold_alike(enum rl_fold fold, const struct rl_scenario *a, const struct rl_scenario *b)
{
	switch (fold) {
	case RL_FOLD_BS:
		return size_of(&a->job) == size_of(&b->job);
	case RL_FOLD_DEPTH:
		return a->job.iodepth == b->job.iodepth;
	case RL_FOLD_POLICY:
		return strcmp(a->back_policy, b->back_policy) == 0;
	default:
		return rl_kind_same(a, b) && a->job.rw == b->job.rw &&
		       a->job.rwmixread == b->job.rwmixread;
	}
}

/* Weights of a fit that leaves out what is like cell @c; how many cells stay. */
static size_t leave_out(const struct rl_cells *cells, enum rl_fold fold, size_t c, double *weight)
{
	size_t stay = 0;

	for (size_t i = 0; i < cells->n; i++) {
		weight[i] = !rl_fold_alike(fold, &cells->v[i].scenario, &cells->v[c].scenario);
		stay += weight[i] > 0;
	}
	return stay;
}

static void note(struct rl_fit *fit, const struct rl_measured_cell *cell, size_t c, int quantity,
	enum rl_fold fold, const double *step)
{
	struct rl_cv_residual *r = &fit->cv[fit->ncv];
	size_t at = c * RL_QUANTITY_COUNT + (size_t)quantity;
	double error = log(fit->predicted[at] / cell->m[quantity].value);

	for (size_t j = 0; j < fit->spec.nparams; j++)
		error += step[j] * fit->slope[j * fit->ncells * RL_QUANTITY_COUNT + at];
	if (!isfinite(error))
		return;
	*r = (struct rl_cv_residual){.quantity = quantity, .fold = fold, .log_error = error};
	memcpy(r->cell, cell->name, sizeof(r->cell));
	fit->ncv++;
}

static int cross_validate(struct rl_fit *fit, const struct rl_cells *cells, struct rl_err *err)
{
	const struct rl_linear *l = &fit->lsq.linear;
	double *weight = calloc(cells->n, sizeof(*weight)), step[RL_LSQ_MAX_PARAMS];

	free(fit->cv);
	fit->ncv = 0;
	fit->cv = calloc(cells->n * RL_FOLD_COUNT * NWANTED, sizeof(*fit->cv));
	if (!weight || !fit->cv) {
		free(weight);
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	}
	for (enum rl_fold fold = 0; fold < RL_FOLD_COUNT; fold++)
		for (size_t c = 0; c < cells->n; c++) {
			if (!leave_out(cells, fold, c, weight))
				continue;
			rl_linear_step(l, weight, l->active, step);
			for (size_t q = 0; q < NWANTED; q++)
				note(fit, &cells->v[c], c, wanted[q], fold, step);
		}
	free(weight);
	return 0;
}

int rl_fit_examine(struct rl_fit *fit, const struct rl_cells *cells, struct rl_err *err)
{
	int code = rl_fit_slopes(fit, cells, err);

	if (!code)
		code = cross_validate(fit, cells, err);
	free(fit->charge);
	fit->charge = NULL;
	fit->ncharges = 0;
	return code ? code : rl_groups_find(fit, cells, &fit->charge, &fit->ncharges, err);
}
