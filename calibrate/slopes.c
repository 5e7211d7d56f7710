/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How every quantity of every calibration cell follows each fitted parameter; see fit.h. */
#include "calibrate/fit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define STEP 0.1 /* in log, either way: well above the steps of a model that counts events */

static double step_of(int param)
{
	double own = rl_fit_step(param);

	return own > 0 ? own : STEP;
}

/* The solution's costs with one parameter moved; a factor moves all that it scales. */
static void costs_at(const struct rl_fit *fit, int param, double by, struct rl_costs *out)
{
	*out = fit->costs;
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		if (i == param || (param == RL_FIT_SCALE && rl_fit_is_scaled(&fit->spec, i)))
			out->v[i] *= exp(by);
}

static void differences(const struct rl_metrics *below, const struct rl_metrics *above,
	size_t ncells, double width, double *slope)
{
	double a[RL_QUANTITY_COUNT], b[RL_QUANTITY_COUNT];

	for (size_t c = 0; c < ncells; c++) {
		rl_quantities(&below[c], a);
		rl_quantities(&above[c], b);
		for (int q = 0; q < RL_QUANTITY_COUNT; q++) {
			double s = log(b[q] / a[q]) / width;

			slope[c * RL_QUANTITY_COUNT + (size_t)q] = isfinite(s) ? s : 0;
		}
	}
}

int rl_fit_slopes_of(struct rl_fit *fit, const struct rl_cells *cells, const int *params, size_t n,
	double *slope, struct rl_err *err)
{
	size_t block = cells->n * RL_QUANTITY_COUNT;
	struct rl_costs *sets = calloc(2 * n, sizeof(*sets));
	struct rl_metrics *m = calloc(2 * n * cells->n, sizeof(*m));
	int code = 0;

	if (!sets || !m)
		code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (size_t j = 0; j < n && !code; j++) {
		costs_at(fit, params[j], -step_of(params[j]), &sets[2 * j]);
		costs_at(fit, params[j], step_of(params[j]), &sets[2 * j + 1]);
	}
	if (!code)
		code = rl_forward_run(cells->v, cells->n, sets, 2 * n, &fit->spec.forward, m, err);
	for (size_t j = 0; j < n && !code; j++)
		differences(m + 2 * j * cells->n, m + (2 * j + 1) * cells->n, cells->n,
			2 * step_of(params[j]), slope + j * block);
	rl_fit_pass(fit, 2 * n, 0);
	free(sets);
	free(m);
	return code;
}

int rl_fit_slopes(struct rl_fit *fit, const struct rl_cells *cells, struct rl_err *err)
{
	size_t n = fit->spec.nparams;

	free(fit->slope);
	fit->slope = calloc(n * cells->n * RL_QUANTITY_COUNT, sizeof(*fit->slope));
	if (!fit->slope)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	return rl_fit_slopes_of(fit, cells, fit->spec.params, n, fit->slope, err);
}
