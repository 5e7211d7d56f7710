/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The uncertainty in a parameter set's manifest; see uncertainty.h. */
#include "calibrate/uncertainty.h"

#include "model/base/rng.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STREAM 0x756e63 /* of draws; apart from all streams of a simulation by its seed */
#define SEED   95

static int refuse(const struct rl_param_set *set, const char *what, struct rl_err *err)
{
	return rl_err_set(err, -EINVAL, NULL, 0, 0,
		"the manifest of parameters '%s' has a wrong '%s' (expected what `ringlab "
		"calibrate --save` writes)",
		set->name, what);
}

/* A vector of u->n finite numbers. */
static int read_vector(const json_t *v, size_t n, double *out)
{
	if (json_array_size(v) != n)
		return -EINVAL;
	for (size_t j = 0; j < n; j++) {
		const json_t *x = json_array_get(v, j);

		if (!json_is_number(x) || !isfinite(json_number_value(x)))
			return -EINVAL;
		out[j] = json_number_value(x);
	}
	return 0;
}

static int read_scaled(const json_t *m, struct rl_uncertainty *u, size_t j)
{
	const json_t *list = json_object_get(m, "scaled");
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		int id = json_is_string(item) ? rl_param_find(json_string_value(item)) : -1;

		if (id < 0)
			return -EINVAL;
		u->moves[j][id] = true;
	}
	return 0;
}

static int read_names(const json_t *m, struct rl_uncertainty *u)
{
	const json_t *list = json_object_get(m, "fitted");

	u->n = json_array_size(list);
	if (u->n == 0 || u->n > RL_LSQ_MAX_PARAMS)
		return -EINVAL;
	for (size_t j = 0; j < u->n; j++) {
		const char *name = json_string_value(json_array_get(list, j));
		int id = name ? rl_param_find(name) : -1;

		if (!name || strlen(name) >= sizeof(u->name[j]))
			return -EINVAL;
		snprintf(u->name[j], sizeof(u->name[j]), "%s", name);
		if (id >= 0)
			u->moves[j][id] = true;
		else if (strcmp(name, rl_fit_info(RL_FIT_SCALE)->name) != 0 || read_scaled(m, u, j))
			return -EINVAL;
	}
	return 0;
}

/* Cholesky; what rounding leaves below zero is nothing. */
static int take_root(struct rl_uncertainty *u)
{
	for (size_t j = 0; j < u->n; j++)
		for (size_t k = 0; k <= j; k++) {
			double s = u->covariance.v[j][k];

			if (fabs(s - u->covariance.v[k][j]) > 1e-6 * (fabs(s) + 1e-12))
				return -EINVAL;
			for (size_t i = 0; i < k; i++)
				s -= u->root.v[j][i] * u->root.v[k][i];
			if (j == k && s < -1e-6 * u->covariance.v[j][j])
				return -EINVAL;
			if (j == k)
				u->root.v[j][j] = sqrt(fmax(s, 0));
			else
				u->root.v[j][k] = u->root.v[k][k] > 0 ? s / u->root.v[k][k] : 0;
		}
	return 0;
}

static int read_covariance(const json_t *m, struct rl_uncertainty *u)
{
	const json_t *rows = json_object_get(m, "log_covariance");

	if (json_array_size(rows) != u->n)
		return -EINVAL;
	for (size_t j = 0; j < u->n; j++)
		if (read_vector(json_array_get(rows, j), u->n, u->covariance.v[j]))
			return -EINVAL;
	return take_root(u);
}

static int read_replicates(const json_t *m, struct rl_uncertainty *u)
{
	const json_t *list = json_object_get(m, "bootstrap");
	size_t n = json_array_size(list);

	u->replicate = calloc(n ? n : 1, sizeof(*u->replicate));
	if (!u->replicate)
		return -ENOMEM;
	for (; u->nreplicates < n; u->nreplicates++)
		if (read_vector(json_array_get(list, u->nreplicates), u->n,
			    u->replicate[u->nreplicates]))
			return -EINVAL;
	return 0;
}

static int find_quantity(const char *name)
{
	for (int q = 0; q < RL_QUANTITY_COUNT; q++)
		if (strcmp(rl_quantity_name(q), name) == 0)
			return q;
	return -1;
}

static int read_cv_residual(json_t *item, struct rl_cv_residual *r)
{
	const char *cell, *quantity, *slice;
	int fold = 0;

	if (json_unpack(item, "{s:s, s:s, s:s, s:F}", "cell", &cell, "quantity", &quantity, "slice",
		    &slice, "log_error", &r->log_error) ||
		!isfinite(r->log_error))
		return -EINVAL;
	while (fold < RL_FOLD_COUNT && strcmp(rl_fold_name((enum rl_fold)fold), slice) != 0)
		fold++;
	r->quantity = find_quantity(quantity);
	r->fold = (enum rl_fold)fold;
	if (fold == RL_FOLD_COUNT || r->quantity < 0 || strlen(cell) >= sizeof(r->cell))
		return -EINVAL;
	snprintf(r->cell, sizeof(r->cell), "%s", cell);
	return 0;
}

static int read_cv(const json_t *m, struct rl_uncertainty *u)
{
	const json_t *list = json_object_get(m, "cv_residuals");
	size_t n = json_array_size(list);

	u->cv = calloc(n ? n : 1, sizeof(*u->cv));
	if (!u->cv)
		return -ENOMEM;
	for (; u->ncv < n; u->ncv++)
		if (read_cv_residual(json_array_get(list, u->ncv), &u->cv[u->ncv]))
			return -EINVAL;
	return 0;
}

static int read_parts(const struct rl_param_set *set, const json_t *m, struct rl_uncertainty *u,
	struct rl_err *err)
{
	if (read_names(m, u))
		return refuse(set, "fitted", err);
	if (read_vector(json_object_get(m, "log_value"), u->n, u->x))
		return refuse(set, "log_value", err);
	if (read_covariance(m, u))
		return refuse(set, "log_covariance", err);
	if (read_replicates(m, u))
		return refuse(set, "bootstrap", err);
	if (read_cv(m, u))
		return refuse(set, "cv_residuals", err);
	return 0;
}

int rl_uncertainty_read(
	const struct rl_param_set *set, struct rl_uncertainty *out, struct rl_err *err)
{
	json_t *m = json_loads(set->manifest ? set->manifest : "{}", 0, NULL);
	int code;

	memset(out, 0, sizeof(*out));
	rl_costs_default(&out->costs);
	rl_param_set_apply(set, &out->costs);
	if (!json_object_get(m, "log_covariance"))
		code = rl_err_set(err, -ENOENT, NULL, 0, 0,
			"parameters '%s' say nothing of their uncertainty (expected some that this "
			"version's `ringlab calibrate --save` wrote)",
			set->name);
	else
		code = read_parts(set, m, out, err);
	json_decref(m);
	if (code)
		rl_uncertainty_fini(out);
	return code;
}

void rl_uncertainty_fini(struct rl_uncertainty *u)
{
	free(u->replicate);
	free(u->cv);
	u->replicate = NULL;
	u->cv = NULL;
	u->nreplicates = u->ncv = 0;
}

static void move(const struct rl_uncertainty *u, const double *by, struct rl_costs *out)
{
	*out = u->costs;
	for (size_t j = 0; j < u->n; j++)
		for (int i = 0; i < RL_PARAM_COUNT; i++)
			if (u->moves[j][i])
				out->v[i] = fmin(fmax(out->v[i] * exp(by[j]), rl_param_info[i].min),
					rl_param_info[i].max);
}

/* Box and Muller. */
static double normal(struct rl_rng *rng)
{
	double r = sqrt(-2 * log(1 - rl_rng_unit(rng)));

	return r * cos(2 * M_PI * rl_rng_unit(rng));
}

void rl_uncertainty_draw(const struct rl_uncertainty *u, size_t i, struct rl_costs *out)
{
	double z[RL_LSQ_MAX_PARAMS], by[RL_LSQ_MAX_PARAMS] = {0};
	struct rl_rng rng;

	rl_rng_init(&rng, SEED, (uint32_t)i, 0, STREAM);
	for (size_t j = 0; j < u->n; j++) {
		z[j] = normal(&rng);
		for (size_t k = 0; k <= j; k++)
			by[j] += u->root.v[j][k] * z[k];
	}
	move(u, by, out);
}

void rl_uncertainty_replicate(const struct rl_uncertainty *u, size_t i, struct rl_costs *out)
{
	double by[RL_LSQ_MAX_PARAMS];

	for (size_t j = 0; j < u->n; j++)
		by[j] = u->replicate[i][j] - u->x[j];
	move(u, by, out);
}
