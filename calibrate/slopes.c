/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How every quantity of every calibration cell follows each fitted parameter; see fit.h. */
#include "calibrate/fit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define STEP 0.1 /* in log, either way: well above the steps of a model that counts events */

static double step_of(const struct rl_fit *fit, size_t j)
{
	double own = rl_fit_step(fit->spec.params[j]);

	return own > 0 ? own : STEP;
}

static void costs_at(const struct rl_fit *fit, size_t j, double by, struct rl_costs *out)
{
	double x[RL_LSQ_MAX_PARAMS];

	for (size_t k = 0; k < fit->spec.nparams; k++)
		x[k] = fit->lsq.p[k].x + (k == j ? by : 0);
	rl_fit_costs(&fit->spec, x, out);
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

int rl_fit_slopes(struct rl_fit *fit, const struct rl_cells *cells, struct rl_err *err)
{
	size_t n = fit->spec.nparams, block = cells->n * RL_QUANTITY_COUNT;
	struct rl_costs *sets = calloc(2 * n, sizeof(*sets));
	struct rl_metrics *m = calloc(2 * n * cells->n, sizeof(*m));
	int code = 0;

	free(fit->slope);
	fit->slope = calloc(n * block, sizeof(*fit->slope));
	if (!sets || !m || !fit->slope)
		code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (size_t j = 0; j < n && !code; j++) {
		costs_at(fit, j, -step_of(fit, j), &sets[2 * j]);
		costs_at(fit, j, step_of(fit, j), &sets[2 * j + 1]);
	}
	if (!code)
		code = rl_forward_run(cells->v, cells->n, sets, 2 * n, &fit->spec.forward, m, err);
	for (size_t j = 0; j < n && !code; j++)
		differences(m + 2 * j * cells->n, m + (2 * j + 1) * cells->n, cells->n,
			2 * step_of(fit, j), fit->slope + j * block);
	free(sets);
	free(m);
	return code;
}
