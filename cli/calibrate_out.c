/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of `ringlab calibrate`; see calibrate_out.h. */
#include "cli/calibrate_out.h"

#include "calibrate/estimator.h"
#include "cli/cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static int group_of(const struct rl_fit *fit, int param)
{
	for (size_t i = 0; i < fit->ncharges; i++)
		if (fit->charge[i].param == param)
			return fit->charge[i].group;
	return -1;
}

static void put_group(struct rl_out *o, int group)
{
	char name[16];

	snprintf(name, sizeof(name), "g%d", group + 1);
	rl_out_text(o, group < 0 ? NULL : name);
}

static void put_param(struct rl_out *o, const struct rl_fit *fit, size_t j)
{
	const struct rl_lsq_param *p = &fit->lsq.p[j];
	const struct rl_param_info *info = rl_fit_info(fit->spec.params[j]);

	rl_out_text(o, info->name);
	rl_out_real(o, exp(p->x), 4);
	rl_out_real(o, exp(p->lo), 4);
	rl_out_real(o, exp(p->hi), 4);
	rl_out_text(o, info->unit);
	rl_out_real(o, rl_fit_prior(&fit->spec, fit->spec.params[j]), 4);
	rl_out_bool(o, p->identifiable);
	rl_out_real(o, p->sensitivity, 2);
	rl_out_real(o, p->shrink, 2);
	rl_out_real(o, p->corr_with < 0 ? NAN : p->corr, 2);
	rl_out_text(o, p->corr_with < 0 ? NULL : rl_fit_info(fit->spec.params[p->corr_with])->name);
	put_group(o, group_of(fit, fit->spec.params[j]));
	rl_out_bool(o, p->at_bound);
	rl_out_real(o, exp(p->cov_lo), 4);
	rl_out_real(o, exp(p->cov_hi), 4);
	rl_out_real(o, exp(p->boot_lo), 4);
	rl_out_real(o, exp(p->boot_hi), 4);
	rl_out_end_row(o);
}

/* A group is told by its sum, which needs a line. */
static void name_groups(const struct rl_fit *fit)
{
	char sum[512];

	for (int g = 0; g < rl_groups_count(fit->charge, fit->ncharges); g++) {
		rl_groups_sum(fit, fit->charge, fit->ncharges, g, sum, sizeof(sum));
		fprintf(stderr, "g%d, always charged together, only the sum is known: %s\n", g + 1,
			sum);
	}
}

int rl_calibrate_params(const struct rl_fit *fit, enum rl_out_format format)
{
	static const char *const columns[] = {"parameter", "value", "ci_lo", "ci_hi", "unit",
		"prior", "identifiable", "sensitivity", "shrink", "correlation", "correlated_with",
		"group", "at_bound", "cov_lo", "cov_hi", "boot_lo", "boot_hi", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	name_groups(fit);
	for (size_t j = 0; j < fit->spec.nparams && o; j++)
		put_param(o, fit, j);
	return o && rl_out_finish(o) == 0 ? RL_EXIT_OK : RL_EXIT_RUN;
}

int rl_calibrate_groups(const struct rl_fit *fit, enum rl_out_format format)
{
	static const char *const columns[] = {"parameter", "value", "unit", "fitted", "told",
		"sensitivity", "taken_up", "group", "counts", "cosine", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	name_groups(fit);
	for (size_t j = 0; j < fit->ncharges && o; j++) {
		const struct rl_charge *c = &fit->charge[j];

		rl_out_text(o, rl_param_info[c->param].name);
		rl_out_real(o, fit->costs.v[c->param], 4);
		rl_out_text(o, rl_param_info[c->param].unit);
		rl_out_bool(o, c->fitted);
		rl_out_bool(o, c->told);
		rl_out_real(o, c->sensitivity, 2);
		rl_out_real(o, c->taken_up, 3);
		put_group(o, c->group);
		rl_out_real(o, c->ratio, 3);
		rl_out_real(o, c->cosine, 4);
		rl_out_end_row(o);
	}
	return o && rl_out_finish(o) == 0 ? RL_EXIT_OK : RL_EXIT_RUN;
}

int rl_calibrate_residuals(
	const struct rl_fit *fit, const struct rl_cells *cells, enum rl_out_format format)
{
	static const char *const columns[] = {
		"cell", "quantity", "measured", "fitted", "relative_error", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t c = 0; c < cells->n && o; c++)
		for (int q = 0; q < RL_QUANTITY_COUNT; q++) {
			double m = cells->v[c].m[q].value;
			double p = fit->predicted[c * RL_QUANTITY_COUNT + (size_t)q];

			if (!isfinite(m) || !isfinite(p))
				continue;
			rl_out_text(o, cells->v[c].name);
			rl_out_text(o, rl_quantity_name(q));
			rl_out_real(o, m, 4);
			rl_out_real(o, p, 4);
			rl_out_real(o, m != 0 ? p / m - 1 : NAN, 3);
			rl_out_end_row(o);
		}
	return o && rl_out_finish(o) == 0 ? RL_EXIT_OK : RL_EXIT_RUN;
}

/* "1 upcall_ns, 1 switch_ns": what else the stages hold. */
static void charged_with(const struct rl_extracted *x, char *text, size_t size)
{
	size_t at = 0;

	text[0] = 0;
	for (size_t i = 0; i < x->nwith && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%.3g %s", at ? ", " : "",
			x->with[i].count, rl_param_info[x->with[i].param].name);
}

static void put_estimate(struct rl_out *o, const struct rl_extracted *x, const struct rl_fit *fit)
{
	double assumed = fit->costs.v[x->by->param];
	char text[400];

	rl_out_text(o, x->by->name);
	rl_out_text(o, x->cell);
	rl_out_count(o, (int64_t)x->n);
	rl_out_real(o, x->value, 4);
	rl_out_real(o, x->sd, 3);
	rl_out_real(o, x->p50, 4);
	rl_out_real(o, x->p90, 4);
	rl_out_real(o, x->p99, 4);
	rl_out_text(o, rl_param_info[x->by->param].unit);
	rl_out_real(o, assumed, 4);
	rl_out_real(o, assumed > 0 ? x->value / assumed - 1 : NAN, 3);
	charged_with(x, text, sizeof(text));
	rl_out_text(o, text);
	rl_out_end_row(o);
}

int rl_calibrate_estimates(struct rl_store *store, const char *platform, const struct rl_fit *fit,
	enum rl_out_format format, struct rl_err *err)
{
	static const char *const columns[] = {"parameter", "run", "requests", "value", "sd", "p50",
		"p90", "p99", "unit", "model", "difference", "charged_with", NULL};
	struct rl_extracted *x;
	struct rl_out *o;
	size_t n;
	int code = rl_extract_all(store, platform, &fit->costs, &fit->spec.forward, &x, &n, err);

	if (code)
		return code;
	o = rl_out_create(format, stdout, columns);
	for (size_t i = 0; i < n && o; i++)
		put_estimate(o, &x[i], fit);
	free(x);
	return o && rl_out_finish(o) == 0 ? 0 : rl_err_set(err, -EIO, NULL, 0, 0, "cannot print");
}
