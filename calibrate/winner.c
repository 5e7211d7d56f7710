/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of cells and who wins; see winner.h. */
#include "calibrate/winner.h"

#include "calibrate/baseline.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Below this a prediction says nothing: the simulator's own noise is larger. */
#define TIE 1e-4

bool rl_quantity_more_is_better(int quantity)
{
	const char *unit = rl_quantity_unit(quantity);
	size_t n = strlen(unit);

	return n > 2 && strcmp(unit + n - 2, "/s") == 0;
}

/* Everything of two jobs but their names: a reader fills both in the same way, byte by byte. */
static bool same_job(const struct rl_job *a, const struct rl_job *b)
{
	struct rl_job x = *a, y = *b;

	memset(x.name, 0, sizeof(x.name));
	memset(y.name, 0, sizeof(y.name));
	return memcmp(&x, &y, sizeof(x)) == 0;
}

static bool are_pair(const struct rl_measured_cell *a, const struct rl_measured_cell *b)
{
	const struct rl_scenario *s = &a->scenario, *t = &b->scenario;
	struct rl_measured_cell c = *b;

	if (strcmp(s->back_policy, t->back_policy) == 0)
		return false;
	memcpy(c.scenario.back_policy, s->back_policy, sizeof(c.scenario.back_policy));
	return rl_cell_same_setting(a, &c) && same_job(&s->job, &t->job);
}

/* -1: the first is better, 1: the second. */
static int better(double ratio, double threshold, bool more)
{
	if (!isfinite(ratio) || fabs(ratio - 1) <= threshold)
		return 0;
	return (ratio > 1) == more ? 1 : -1;
}

static struct rl_duel judge(const struct rl_cells *cells, size_t a, size_t b,
	const double *predicted, int quantity, double threshold)
{
	const struct rl_measured_cell *ca = &cells->v[a], *cb = &cells->v[b];
	double noise = 1.96 * hypot(ca->m[quantity].spread, cb->m[quantity].spread);
	bool more = rl_quantity_more_is_better(quantity);
	struct rl_duel d = {.a = a,
		.b = b,
		.measured = cb->m[quantity].value / ca->m[quantity].value,
		.predicted = predicted[b * RL_QUANTITY_COUNT + quantity] /
			     predicted[a * RL_QUANTITY_COUNT + quantity],
		.held_out = ca->role == RL_ROLE_VALIDATE && cb->role == RL_ROLE_VALIDATE,
		.any_held_out = ca->role == RL_ROLE_VALIDATE || cb->role == RL_ROLE_VALIDATE};

	d.lo = d.measured * exp(-noise);
	d.hi = d.measured * exp(noise);
	if (d.lo > 1 || d.hi < 1)
		d.winner = better(d.measured, threshold, more);
	d.predicted_winner = better(d.predicted, TIE, more);
	d.counts = d.winner != 0;
	d.right = d.winner == d.predicted_winner;
	return d;
}

int rl_winner_duels(const struct rl_cells *cells, const double *predicted, int quantity,
	double threshold, struct rl_duel **duels, size_t *n)
{
	size_t max = cells->n * cells->n / 2 + 1;

	*n = 0;
	*duels = calloc(max, sizeof(**duels));
	if (!*duels)
		return -ENOMEM;
	for (size_t a = 0; a < cells->n; a++)
		for (size_t b = a + 1; b < cells->n; b++)
			if (are_pair(&cells->v[a], &cells->v[b]))
				(*duels)[(*n)++] =
					judge(cells, a, b, predicted, quantity, threshold);
	return 0;
}
