/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How every quantity of every calibration cell follows each parameter; see fit.h.
 *
 * With differences of one parameter at a time a tick more in one of two runs passes for a slope,
 * and only long runs tell. In a two-level design of all parameters at once every point tells of
 * every slope: the same number of runs, a quarter as long, tells them better. Its resolution is IV:
 * no slope takes in what two parameters do together.
 */
#include "calibrate/fit.h"
#include "calibrate/length.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEP 0.1  /* in log, either way: well above the steps of a model that counts events */
#define PART 0.25 /* of the length of a run, at most */
#define PEEK 0.1  /* of it: does a parameter change anything at all? */

static double step_of(int param)
{
	double own = rl_fit_step(param);

	return own > 0 ? own : STEP;
}

/* Points of a design for @n parameters. */
static size_t design_of(size_t n)
{
	size_t points = 8;

	while (points < 2 * n)
		points *= 2;
	return points;
}

/* Of a parameter in a point: words of a code that holds its top bit always. */
static double sign(size_t points, size_t point, size_t param)
{
	return __builtin_parityl(point & (points / 2 + param)) ? 1 : -1;
}

/* Moves one parameter; a factor moves all that it scales. */
static void move(const struct rl_fit *fit, int param, double by, struct rl_costs *costs)
{
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		if (i == param || (param == RL_FIT_SCALE && rl_fit_is_scaled(&fit->spec, i)))
			costs->v[i] *= exp(by);
}

static void place(const struct rl_fit *fit, const int *params, size_t n, struct rl_costs *sets)
{
	size_t points = design_of(n);

	for (size_t i = 0; i < points; i++) {
		sets[i] = fit->costs;
		for (size_t j = 0; j < n; j++)
			move(fit, params[j], sign(points, i, j) * step_of(params[j]), &sets[i]);
	}
}

/* Slopes of one cell's quantities; what the cell has none of has no slope. */
static void fill(const struct rl_metrics *m, size_t ncells, size_t cell, const int *params,
	size_t n, double *slope)
{
	size_t points = design_of(n);
	double q[RL_QUANTITY_COUNT];

	for (size_t i = 0; i < points; i++) {
		rl_quantities(&m[i * ncells + cell], q);
		for (size_t j = 0; j < n; j++)
			for (int k = 0; k < RL_QUANTITY_COUNT; k++)
				slope[(j * ncells + cell) * RL_QUANTITY_COUNT + (size_t)k] +=
					sign(points, i, j) * log(q[k]) / step_of(params[j]) /
					(double)points;
	}
	for (size_t j = 0; j < n; j++)
		for (int k = 0; k < RL_QUANTITY_COUNT; k++) {
			double *s = &slope[(j * ncells + cell) * RL_QUANTITY_COUNT + (size_t)k];

			*s = isfinite(*s) ? *s : 0;
		}
}

/* Runs of at most @most of their length; counts them. */
static int simulate(struct rl_fit *fit, const struct rl_cells *cells, double most,
	const struct rl_costs *sets, size_t n, struct rl_metrics *m, struct rl_err *err)
{
	struct rl_forward_options o = fit->spec.forward;
	double *part = calloc(cells->n, sizeof(*part));
	int code = part ? 0 : rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");

	for (size_t c = 0; c < cells->n && !code; c++)
		part[c] = fmin(fit->part ? fit->part[c] : 1, most);
	o.part = part;
	if (!code)
		code = rl_forward_run(cells->v, cells->n, sets, n, &o, m, err);
	if (!code)
		rl_fit_pass(fit, rl_length_passes(cells, part) * (double)n, 0);
	free(part);
	return code;
}

/* A cell that never meets a cost runs the same to the last bit, and has no slope. */
static void clear_unmet(
	const struct rl_metrics *m, const struct rl_cells *cells, size_t n, double *slope)
{
	for (size_t j = 0; j < n; j++)
		for (size_t c = 0; c < cells->n; c++)
			if (memcmp(&m[c], &m[(j + 1) * cells->n + c], sizeof(*m)) == 0)
				memset(slope + (j * cells->n + c) * RL_QUANTITY_COUNT, 0,
					RL_QUANTITY_COUNT * sizeof(*slope));
}

int rl_fit_slopes_of(struct rl_fit *fit, const struct rl_cells *cells, const int *params, size_t n,
	double *slope, struct rl_err *err)
{
	size_t points = design_of(n);
	struct rl_costs *sets = calloc(points, sizeof(*sets));
	struct rl_metrics *m = calloc(points * cells->n, sizeof(*m));
	int code = sets && m ? 0 : rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");

	if (!code) {
		place(fit, params, n, sets);
		code = simulate(fit, cells, PART, sets, points, m, err);
	}
	for (size_t c = 0; c < cells->n && !code; c++)
		fill(m, cells->n, c, params, n, slope);
	for (size_t j = 0; j <= n && !code; j++) {
		sets[j] = fit->costs;
		if (j > 0)
			move(fit, params[j - 1], step_of(params[j - 1]), &sets[j]);
	}
	if (!code)
		code = simulate(fit, cells, PEEK, sets, n + 1, m, err);
	if (!code)
		clear_unmet(m, cells, n, slope);
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
