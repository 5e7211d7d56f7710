/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a fitted parameter is, how well it is known, and which cells tell it; see fit.h. */
#include "calibrate/fit.h"

#include <errno.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 8
#define STEP  0.1 /* relative: well above the steps of a model that counts events */

/* What a fit looks at; a percentile would be more striking and tells it nothing. */
static bool is_fitted(int quantity)
{
	static const int used[] = {
#define RL_FIT_ROW(quantity, floor, offset, absolute) quantity,
#include "calibrate/fitted.def"
	};

	for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++)
		if (used[i] == quantity)
			return true;
	return false;
}

static int find(const struct rl_fit *fit, const char *name, size_t *j, struct rl_err *err)
{
	for (*j = 0; *j < fit->spec.nparams; ++*j)
		if (strcmp(rl_fit_info(fit->spec.params[*j])->name, name) == 0)
			return 0;
	if (rl_param_find(name) >= 0)
		return rl_err_set(err, -ENOENT, NULL, 0, 0,
			"parameter '%s' is not fitted on this platform: it stays at its prior",
			name);
	return rl_err_set(err, -ENOENT, NULL, 0, 0,
		"unknown parameter '%s' (`ringlab list parameters` names them)", name);
}

static void describe(const struct rl_fit *fit, size_t j, FILE *out)
{
	const struct rl_lsq_param *p = &fit->lsq.p[j];
	const struct rl_param_info *info = rl_fit_info(fit->spec.params[j]);

	fprintf(out, "%s: %s\n", info->name, info->what);
	fprintf(out, "  value        %.4g %s (95 %%: %.4g to %.4g)%s\n", exp(p->x), info->unit,
		exp(p->lo), exp(p->hi), p->at_bound ? ", at its bound" : "");
	fprintf(out, "  prior        %.4g %s (%s)\n", rl_fit_prior(&fit->spec, fit->spec.params[j]),
		info->unit, info->source);
	fprintf(out, "  identifiable %s: the runs leave %.0f %% of the prior's uncertainty\n",
		p->identifiable ? "yes" : "no, the prior is kept", 100 * p->shrink);
	fprintf(out,
		"  sensitivity  a change by 10 %% moves the rows by %.2f %% (root mean square)\n",
		10 * p->sensitivity);
	if (p->corr_with >= 0)
		fprintf(out, "  correlated   %+.2f with %s\n", p->corr,
			rl_fit_info(fit->spec.params[p->corr_with])->name);
}

/* d log(quantity) / d log(parameter) of every cell and quantity that was measured. */
static int slopes(const struct rl_fit *fit, const struct rl_cells *cells, size_t j, double *slope,
	struct rl_err *err)
{
	struct rl_costs sets[2];
	struct rl_metrics *m = calloc(2 * cells->n, sizeof(*m));
	double a[RL_QUANTITY_COUNT], b[RL_QUANTITY_COUNT];
	double x[RL_LSQ_MAX_PARAMS];
	int code = m ? 0 : -ENOMEM;

	for (int side = 0; side < 2; side++) {
		for (size_t k = 0; k < fit->spec.nparams; k++)
			x[k] = fit->lsq.p[k].x;
		x[j] += side ? log(1 + STEP) : -log(1 + STEP);
		rl_fit_costs(&fit->spec, x, &sets[side]);
	}
	if (!code)
		code = rl_forward_run(cells->v, cells->n, sets, 2, &fit->spec.forward, m, err);
	for (size_t c = 0; c < cells->n && !code; c++) {
		rl_quantities(&m[c], a);
		rl_quantities(&m[cells->n + c], b);
		for (int q = 0; q < RL_QUANTITY_COUNT; q++) {
			double s = log(b[q] / a[q]) / (2 * log(1 + STEP));

			slope[c * RL_QUANTITY_COUNT + (size_t)q] =
				is_fitted(q) && isfinite(s) && isfinite(cells->v[c].m[q].value) ? s
												: 0;
		}
	}
	free(m);
	return code;
}

int rl_fit_explain(const struct rl_fit *fit, const struct rl_cells *cells, const char *parameter,
	FILE *out, struct rl_err *err)
{
	size_t n = cells->n * RL_QUANTITY_COUNT, j, order[SHOWN];
	double *slope, *size;
	int code = find(fit, parameter, &j, err);

	if (code)
		return code;
	slope = calloc(n, sizeof(*slope));
	size = calloc(n, sizeof(*size));
	code = slope && size ? slopes(fit, cells, j, slope, err) : -ENOMEM;
	if (!code) {
		describe(fit, j, out);
		for (size_t i = 0; i < n; i++)
			size[i] = fabs(slope[i]);
		gsl_sort_largest_index(order, SHOWN, size, 1, n);
		fputs("  told most by, change in percent for 1 % of the parameter:\n", out);
		for (size_t i = 0; i < SHOWN && i < n; i++)
			fprintf(out, "    %+.2f  %s of %s\n", slope[order[i]],
				rl_quantity_name((int)(order[i] % RL_QUANTITY_COUNT)),
				cells->v[order[i] / RL_QUANTITY_COUNT].name);
	}
	free(slope);
	free(size);
	return code;
}
