/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs as short as they may be; see length.h.
 *
 * Most cells repeat the same few events: a tenth of the run tells as much. In others something
 * comes now and then (a preempted spinner, a timer of fio), and their runs stay long. Which is
 * which cannot be told from the scenario, but it shows: shorter runs with other random numbers are
 * laid beside a whole one, until they differ by more than the data would notice.
 */
#include "calibrate/length.h"

#include "calibrate/rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define STREAMS 2u
#define LEAST	100 /* I/Os of a run */

static const double levels[] = {0.5, 0.25, 0.1};

#define NLEVELS (sizeof(levels) / sizeof(levels[0]))

/* Could the data tell the two apart? */
static bool alike(const struct rl_measured_cell *cell, const struct rl_metrics *whole,
	const struct rl_metrics *brief, double tolerance)
{
	double a[RL_QUANTITY_COUNT], b[RL_QUANTITY_COUNT];

	rl_quantities(whole, a);
	rl_quantities(brief, b);
	for (const struct rl_row_kind *k = rl_row_kinds; k < rl_row_kinds + rl_row_kinds_n; k++) {
		const struct rl_measured *m = &cell->m[k->quantity];
		double was = rl_row_log(k, a[k->quantity]);
		double off = rl_row_log(k, b[k->quantity]) - was;

		if (isfinite(rl_row_log(k, m->value)) && isfinite(was) &&
			!(fabs(off) <= tolerance * rl_row_sd(k, m)))
			return false;
	}
	return true;
}

struct work {
	const struct rl_cells *cells;
	struct rl_forward_options o;
	struct rl_costs sets[STREAMS];
	struct rl_metrics *whole, *brief;
	double *part;
};

/* Runs all cells that got by with the level before; which of them get by with this one? */
static int try_level(struct work *w, double level, double before, double tolerance, double *part,
	struct rl_err *err)
{
	static const unsigned streams[STREAMS] = {1, 2};
	size_t n = w->cells->n;
	int code;

	w->o.stream = streams;
	w->o.part = w->part;
	for (size_t c = 0; c < n; c++)
		w->part[c] = part[c] == before ? level : 0;
	code = rl_forward_run(w->cells->v, n, w->sets, STREAMS, &w->o, w->brief, err);
	for (size_t c = 0; c < n && !code; c++) {
		bool ok = w->part[c] > 0;

		for (size_t s = 0; s < STREAMS && ok; s++)
			ok = alike(&w->cells->v[c], &w->whole[c], &w->brief[s * n + c], tolerance);
		if (ok)
			part[c] = level;
	}
	return code;
}

int rl_length_choose(const struct rl_forward_options *o, const struct rl_cells *cells,
	const struct rl_costs *costs, double tolerance, double *part, struct rl_err *err)
{
	size_t n = cells->n;
	struct work w = {.cells = cells,
		.o = *o,
		.whole = calloc(n, sizeof(*w.whole)),
		.brief = calloc(n * STREAMS, sizeof(*w.brief)),
		.part = calloc(n, sizeof(*w.part))};
	double before = 1;
	int code = w.whole && w.brief && w.part
			   ? rl_forward_run(cells->v, n, costs, 1, o, w.whole, err)
			   : rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");

	for (size_t s = 0; s < STREAMS; s++)
		w.sets[s] = *costs;
	for (size_t c = 0; c < n; c++)
		part[c] = 1;
	for (size_t i = 0; i < NLEVELS && !code; i++) {
		if (levels[i] * (double)o->sim.requests < LEAST)
			break;
		code = try_level(&w, levels[i], before, tolerance, part, err);
		before = levels[i];
	}
	free(w.whole);
	free(w.brief);
	free(w.part);
	return code;
}

double rl_length_passes(const struct rl_cells *cells, const double *part)
{
	double sum = 0, all = 0;

	for (size_t c = 0; c < cells->n; c++) {
		double whole = (double)rl_forward_length(&cells->v[c].scenario);

		sum += whole * (part ? part[c] : 1);
		all += whole;
	}
	return all > 0 ? sum / all : 1;
}
