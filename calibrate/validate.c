/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Held-out runs against predictions; see validate.h. */
#include "calibrate/validate.h"

#include "calibrate/judge.h"
#include "calibrate/slices.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is shown of every platform, bounded or not. */
static const int always[] = {RL_METRIC_iops, RL_METRIC_clat_mean_ns};

struct work {
	const char *platform;
	const struct rl_param_set *set;
	const struct rl_tolerance *tol;
	size_t ntol;
	struct rl_validation *out;
	struct rl_metrics *metrics;  /* by cell: with the simulator's interval */
	struct rl_intervals u;	     /* of these predictions */
	struct rl_cells calibration; /* a view: cells of role calibrate */
};

static bool has_hash(const json_t *list, const char *hash)
{
	const json_t *item;
	size_t i;

	json_array_foreach(
		list, i, item) if (json_is_string(item) &&
				   strcmp(json_string_value(item), hash) == 0) return true;
	return false;
}

int rl_validate_leak(
	const struct rl_param_set *set, const struct rl_cells *held_out, struct rl_err *err)
{
	json_t *m = json_loads(set->manifest ? set->manifest : "{}", 0, NULL);
	const json_t *list = json_object_get(m, "calibrated_on");
	int code = 0;

	for (size_t i = 0; i < held_out->nhashes && !code; i++)
		if (has_hash(list, held_out->hashes[i]))
			code = rl_err_set(err, -EINVAL, NULL, 0, 0,
				"parameters '%s' were fitted to run %.12s, which now has role "
				"validate (expected runs that the fit has never seen)",
				set->name, held_out->hashes[i]);
	json_decref(m);
	return code;
}

static int load(struct work *w, struct rl_store *store, struct rl_err *err)
{
	struct rl_cells held_out;
	struct rl_cells *all = &w->out->cells;
	int code;

	if (strcmp(w->set->platform, w->platform) != 0)
		return rl_err_set(err, -EINVAL, NULL, 0, 0,
			"parameters '%s' are of platform '%s' (expected '%s')", w->set->name,
			w->set->platform, w->platform);
	code = rl_cells_load(store, w->platform, RL_ROLE_VALIDATE, &held_out, err);
	if (code)
		return code;
	code = rl_validate_leak(w->set, &held_out, err);
	rl_cells_fini(&held_out);
	if (!code)
		code = rl_cells_load(store, w->platform, RL_ROLE_ANY, all, err);
	if (code)
		return code;
	w->calibration.v = calloc(all->n, sizeof(*all->v));
	if (!w->calibration.v)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].role == RL_ROLE_CALIBRATE)
			w->calibration.v[w->calibration.n++] = all->v[i];
	return 0;
}

/* Each cell has its own place: no two threads meet. */
static void keep_use(void *arg, size_t set, size_t cell, const struct rl_sim_result *r)
{
	struct rl_cpu_use *use = (struct rl_cpu_use *)arg + cell;

	(void)set;
	use->v = malloc((r->ncells + 1) * sizeof(*r->cell));
	if (!use->v)
		return;
	use->n = r->ncells;
	memcpy(use->v, r->cell, r->ncells * sizeof(*r->cell));
}

static int predict(struct work *w, const struct rl_forward_options *forward, struct rl_err *err)
{
	struct rl_validation *out = w->out;
	struct rl_forward_options told = *forward;
	struct rl_costs costs;
	int code;

	rl_costs_default(&costs);
	rl_param_set_apply(w->set, &costs);
	w->metrics = calloc(out->cells.n, sizeof(*w->metrics));
	out->predicted = calloc(out->cells.n * RL_QUANTITY_COUNT, sizeof(double));
	out->used = calloc(out->cells.n, sizeof(*out->used));
	if (!w->metrics || !out->predicted || !out->used)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	told.told = keep_use;
	told.arg = out->used;
	code = rl_forward_run(out->cells.v, out->cells.n, &costs, 1, &told, w->metrics, err);
	for (size_t i = 0; i < out->cells.n && !code; i++) {
		rl_quantities(&w->metrics[i], out->predicted + i * RL_QUANTITY_COUNT);
		if (!out->used[i].v)
			code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	}
	if (!code)
		code = rl_intervals_make(
			w->set, &out->cells, w->metrics, forward, RL_VALIDATE_INTERVAL, &w->u, err);
	return code;
}

/* The bound on a quantity's mean error; NaN when there is none. */
static double bound_of(const struct work *w, int quantity)
{
	for (size_t i = 0; i < w->ntol; i++)
		if (w->tol[i].metric == quantity &&
			w->tol[i].statistic == RL_STATISTIC_MEAN_ABS_ERROR &&
			strcmp(w->tol[i].platform, w->platform) == 0)
			return w->tol[i].tolerance;
	return NAN;
}

static bool is_asked(const struct work *w, int quantity)
{
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (always[i] == quantity)
			return true;
	for (size_t i = 0; i < w->ntol; i++)
		if (w->tol[i].metric == quantity && strcmp(w->tol[i].platform, w->platform) == 0)
			return true;
	return false;
}

static void make_row(struct work *w, size_t cell, int quantity)
{
	struct rl_validation *out = w->out;
	const struct rl_measured_cell *c = &out->cells.v[cell];
	struct rl_validation_row r = {.cell = cell,
		.quantity = quantity,
		.measured = c->m[quantity].value,
		.predicted = out->predicted[cell * RL_QUANTITY_COUNT + quantity]};
	double half;

	r.error = r.predicted / r.measured - 1;
	r.tolerance = bound_of(w, quantity);
	/* A prediction that is missing fails a bound: the comparison with NaN is false. */
	r.pass = !isfinite(r.tolerance) || fabs(r.error) <= r.tolerance;
	for (int b = 0; b < RL_BASELINE_COUNT; b++)
		r.baseline[b] =
			rl_baseline_predict(b, &w->calibration, c, quantity) / r.measured - 1;
	half = rl_interval_half(&w->u, cell, quantity);
	r.lo = r.predicted * exp(-half);
	r.hi = r.predicted * exp(half);
	r.covered = r.measured >= r.lo && r.measured <= r.hi;
	r.u_val = rl_interval_val(&w->u, cell, quantity);
	out->rows[out->nrows++] = r;
}

static int make_rows(struct work *w, struct rl_err *err)
{
	struct rl_validation *out = w->out;

	out->rows = calloc(out->cells.n * RL_QUANTITY_COUNT, sizeof(*out->rows));
	if (!out->rows)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (size_t i = 0; i < out->cells.n; i++)
		for (int q = 0; q < RL_QUANTITY_COUNT; q++)
			if (out->cells.v[i].role == RL_ROLE_VALIDATE && is_asked(w, q) &&
				isfinite(out->cells.v[i].m[q].value))
				make_row(w, i, q);
	return 0;
}

/* Who wins, where the platform says from which difference on there is a winner. */
static int duel(struct work *w, struct rl_err *err)
{
	struct rl_validation *out = w->out;

	out->duel_quantity = RL_METRIC_iops;
	out->duel_threshold = NAN;
	for (size_t i = 0; i < w->ntol; i++)
		if (strcmp(w->tol[i].platform, w->platform) == 0 &&
			w->tol[i].statistic == RL_STATISTIC_WINNER_THRESHOLD) {
			out->duel_quantity = w->tol[i].metric;
			out->duel_threshold = w->tol[i].tolerance;
		}
	if (isfinite(out->duel_threshold) &&
		rl_winner_duels(&out->cells, out->predicted, out->duel_quantity,
			out->duel_threshold, &out->duels, &out->nduels))
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	return 0;
}

/* What is left of the errors when all that is not the model could explain is taken off. */
static void add_discrepancy(struct rl_validation *v)
{
	for (size_t k = 0; k < sizeof(always) / sizeof(always[0]); k++) {
		size_t n = 0, beyond = 0;
		struct rl_verdict *d;
		double bias = 0;

		for (size_t i = 0; i < v->nrows; i++)
			if (v->rows[i].quantity == always[k]) {
				n++;
				bias += v->rows[i].error;
				beyond += fabs(v->rows[i].error) > 2 * v->rows[i].u_val;
			}
		d = rl_judge_add(v);
		*d = (struct rl_verdict){.value = bias / (double)n, .bound = NAN, .pass = true};
		snprintf(d->what, sizeof(d->what),
			"mean error of %s; the model's own in %zu of %zu cells, where it is beyond "
			"twice u_val",
			rl_quantity_name(always[k]), beyond, n);
	}
}

static int judge(struct work *w, struct rl_err *err)
{
	struct rl_validation *out = w->out;
	int code = duel(w, err);

	if (!code)
		code = rl_judge(out, w->platform, w->tol, w->ntol, err);
	if (code)
		return code;
	add_discrepancy(out);
	rl_judge_decide(out);
	return rl_slices_make(out, &w->calibration, err);
}

int rl_validate_measured(struct rl_store *store, const char *platform,
	const struct rl_tolerance *tolerances, size_t ntolerances, struct rl_validation *out,
	struct rl_err *err)
{
	struct work w = {.platform = platform, .tol = tolerances, .ntol = ntolerances, .out = out};
	int code;

	memset(out, 0, sizeof(*out));
	code = rl_cells_load(store, platform, RL_ROLE_ANY, &out->cells, err);
	if (code)
		return code;
	out->predicted = calloc(out->cells.n * RL_QUANTITY_COUNT, sizeof(double));
	if (!out->predicted)
		code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (size_t i = 0; i < out->cells.n * RL_QUANTITY_COUNT && !code; i++)
		out->predicted[i] = NAN;
	if (!code)
		code = duel(&w, err); /* nothing was predicted: nothing is judged */
	if (code)
		rl_validation_fini(out);
	return code;
}

int rl_validate_run(struct rl_store *store, const char *platform, const struct rl_param_set *set,
	const struct rl_tolerance *tolerances, size_t ntolerances,
	const struct rl_forward_options *forward, struct rl_validation *out, struct rl_err *err)
{
	struct work w = {.platform = platform,
		.set = set,
		.tol = tolerances,
		.ntol = ntolerances,
		.out = out};
	int code;

	memset(out, 0, sizeof(*out));
	code = load(&w, store, err);
	if (!code)
		code = predict(&w, forward, err);
	if (!code)
		code = make_rows(&w, err);
	if (!code)
		code = judge(&w, err);
	rl_intervals_fini(&w.u);
	free(w.metrics);
	free(w.calibration.v);
	if (code)
		rl_validation_fini(out);
	return code;
}

void rl_validation_fini(struct rl_validation *v)
{
	for (size_t i = 0; v->used && i < v->cells.n; i++)
		free(v->used[i].v);
	free(v->used);
	rl_cells_fini(&v->cells);
	free(v->predicted);
	free(v->rows);
	free(v->slices);
	free(v->duels);
	memset(v, 0, sizeof(*v));
}
