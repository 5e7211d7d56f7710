/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fit as a parameter set with its manifest; see fit.h. */
#include "calibrate/groups.h"
#include "calibrate/uncertainty.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <time.h>

/* JSON has no NaN: what is not known is null. */
static json_t *real_or_null(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *param_json(const struct rl_fit *fit, size_t j)
{
	const struct rl_lsq_param *p = &fit->lsq.p[j];
	int id = fit->spec.params[j];
	const char *with =
		p->corr_with >= 0 ? rl_fit_info(fit->spec.params[p->corr_with])->name : NULL;

	return json_pack("{s:o, s:s, s:b, s:b, s:o, s:o, s:o, s:s?}", "prior",
		real_or_null(rl_fit_prior(&fit->spec, id)), "prior_source", rl_fit_info(id)->source,
		"identifiable", p->identifiable, "at_bound", p->at_bound, "shrink",
		real_or_null(p->shrink), "sensitivity", real_or_null(p->sensitivity), "correlation",
		real_or_null(p->corr), "correlated_with", with);
}

static json_t *fitted_json(const struct rl_fit *fit)
{
	json_t *names = json_array();

	for (size_t j = 0; j < fit->spec.nparams; j++)
		json_array_append_new(names, json_string(rl_fit_info(fit->spec.params[j])->name));
	return names;
}

/* What a factor changes, by name: a reader needs neither priors nor fitted.def. */
static json_t *scaled_json(const struct rl_fit *fit)
{
	json_t *names = json_array();

	for (int i = 0; i < RL_PARAM_COUNT; i++)
		if (rl_fit_is_scaled(&fit->spec, i))
			json_array_append_new(names, json_string(rl_param_info[i].name));
	return names;
}

static json_t *vector_json(const struct rl_fit *fit, const double *step)
{
	json_t *v = json_array();

	for (size_t j = 0; j < fit->spec.nparams; j++)
		json_array_append_new(v, json_real(fit->lsq.p[j].x + (step ? step[j] : 0)));
	return v;
}

static json_t *covariance_json(const struct rl_fit *fit)
{
	json_t *rows = json_array();

	for (size_t j = 0; j < fit->spec.nparams; j++) {
		json_t *row = json_array();

		for (size_t k = 0; k < fit->spec.nparams; k++)
			json_array_append_new(row, json_real(fit->lsq.covariance.v[j][k]));
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *bootstrap_json(const struct rl_fit *fit)
{
	json_t *draws = json_array();

	for (size_t d = 0; d < RL_UNCERTAINTY_REPLICATES; d++)
		json_array_append_new(
			draws, vector_json(fit, fit->lsq.draws + d * fit->spec.nparams));
	return draws;
}

static json_t *cv_json(const struct rl_fit *fit)
{
	json_t *list = json_array();

	for (size_t i = 0; i < fit->ncv; i++) {
		const struct rl_cv_residual *r = &fit->cv[i];

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:f}", "cell", r->cell, "quantity",
				      rl_quantity_name(r->quantity), "slice", rl_fold_name(r->fold),
				      "log_error", r->log_error));
	}
	return list;
}

static json_t *group_json(const struct rl_fit *fit, int group)
{
	json_t *members = json_array();
	char sum[512];

	for (size_t j = 0; j < fit->ncharges; j++) {
		const struct rl_charge *c = &fit->charge[j];

		if (c->group == group)
			json_array_append_new(
				members, json_pack("{s:s, s:b, s:f, s:f}", "name",
						 rl_param_info[c->param].name, "fitted", c->fitted,
						 "counts", c->ratio, "cosine", c->cosine));
	}
	rl_groups_sum(fit, fit->charge, fit->ncharges, group, sum, sizeof(sum));
	return json_pack("{s:s, s:o}", "sum", sum, "members", members);
}

static json_t *groups_json(const struct rl_fit *fit)
{
	json_t *groups = json_array();

	for (int g = 0; g < rl_groups_count(fit->charge, fit->ncharges); g++)
		json_array_append_new(groups, group_json(fit, g));
	return groups;
}

static void add_uncertainty(const struct rl_fit *fit, json_t *m)
{
	json_object_set_new(m, "fitted", fitted_json(fit));
	json_object_set_new(m, "scaled", scaled_json(fit));
	json_object_set_new(m, "log_value", vector_json(fit, NULL));
	json_object_set_new(m, "log_covariance", covariance_json(fit));
	json_object_set_new(m, "bootstrap", bootstrap_json(fit));
	json_object_set_new(m, "cv_residuals", cv_json(fit));
	json_object_set_new(m, "groups", groups_json(fit));
}

static json_t *manifest(const struct rl_fit *fit, const struct rl_cells *cells)
{
	json_t *runs = json_array(), *params = json_object(), *residual = json_object();

	for (size_t i = 0; i < cells->nhashes; i++)
		json_array_append_new(runs, json_string(cells->hashes[i]));
	for (size_t j = 0; j < fit->spec.nparams; j++)
		json_object_set_new(
			params, rl_fit_info(fit->spec.params[j])->name, param_json(fit, j));
	for (int q = 0; q < RL_QUANTITY_COUNT; q++)
		if (isfinite(fit->residual[q]))
			json_object_set_new(
				residual, rl_quantity_name(q), json_real(fit->residual[q]));
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:f, s:b, s:o, s:o, s:o}", "program",
		"ringlab", "version", RL_VERSION, "cells", (json_int_t)fit->ncells, "rows",
		(json_int_t)fit->nrows, "seed", (json_int_t)fit->spec.forward.sim.seed, "requests",
		(json_int_t)fit->spec.forward.sim.requests, "iterations",
		(json_int_t)fit->lsq.iterations, "rms", fit->lsq.rms, "converged",
		fit->lsq.converged, "parameters", params, "log_residual", residual, "calibrated_on",
		runs);
}

static void now(char *out, size_t size)
{
	time_t t = time(NULL);
	struct tm tm;

	strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
}

/* A factor is stored as what it makes of each parameter that it changes. */
static void put_scaled(
	const struct rl_fit *fit, const struct rl_lsq_param *p, struct rl_param_set *set)
{
	for (int i = 0; i < RL_PARAM_COUNT; i++) {
		double prior = fit->spec.prior.v[i];

		if (rl_fit_is_scaled(&fit->spec, i))
			set->p[i] = (struct rl_fitted){.present = true,
				.identifiable = p->identifiable,
				.value = prior * exp(p->x),
				.lo = prior * exp(p->lo),
				.hi = prior * exp(p->hi)};
	}
}

/* A prior of the platform that is no default: predictions need it as much as what was fitted. */
static void put_priors(const struct rl_fit *fit, struct rl_param_set *set)
{
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		if (!set->p[i].present && fit->costs.v[i] != rl_param_info[i].dflt)
			set->p[i] = (struct rl_fitted){
				.present = true, .value = fit->costs.v[i], .lo = NAN, .hi = NAN};
}

int rl_fit_to_set(const struct rl_fit *fit, const struct rl_cells *cells, const char *name,
	const char *platform, struct rl_param_set *set, struct rl_err *err)
{
	json_t *json = manifest(fit, cells);

	if (json)
		add_uncertainty(fit, json);
	memset(set, 0, sizeof(*set));
	snprintf(set->name, sizeof(set->name), "%s", name);
	snprintf(set->platform, sizeof(set->platform), "%s", platform);
	now(set->created, sizeof(set->created));
	set->manifest = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (!set->manifest)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (int i = 0; i <= RL_PARAM_COUNT; i++)
		set->p[i].lo = set->p[i].hi = NAN;
	for (size_t j = 0; j < fit->spec.nparams; j++) {
		const struct rl_lsq_param *p = &fit->lsq.p[j];

		if (fit->spec.params[j] == RL_FIT_SCALE) {
			put_scaled(fit, p, set);
			continue;
		}
		set->p[fit->spec.params[j]] = (struct rl_fitted){.present = true,
			.identifiable = p->identifiable,
			.value = exp(p->x),
			.lo = exp(p->lo),
			.hi = exp(p->hi)};
	}
	put_priors(fit, set);
	return 0;
}
