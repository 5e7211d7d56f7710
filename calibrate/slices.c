/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors a slice, the simulator's beside the interpolation's; see slices.h. */
#include "calibrate/slices.h"

#include "data/format/fio_job.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SLICES 128

enum kind { ALL, BS, DEPTH, DIRECTION, UNSEEN, BACK };

/* A slice asked for: rows of a quantity whose cells match. */
struct want {
	enum kind kind;
	const struct rl_measured_cell *like; /* the value of its dimension */
	int quantity;
};

static bool same(enum kind k, const struct rl_measured_cell *a, const struct rl_measured_cell *b)
{
	const struct rl_scenario *s = &a->scenario, *t = &b->scenario;

	switch (k) {
	case BS:
		return s->job.bs_bytes == t->job.bs_bytes;
	case DEPTH:
		return s->job.iodepth == t->job.iodepth;
	case DIRECTION:
		return s->job.rw == t->job.rw;
	case BACK:
		return strcmp(s->back_policy, t->back_policy) == 0;
	default:
		return true;
	}
}

static bool seen(enum kind k, const struct rl_measured_cell *c, const struct rl_cells *calibration)
{
	for (size_t i = 0; i < calibration->n; i++)
		if (same(k, c, &calibration->v[i]))
			return true;
	return false;
}

static bool matches(
	const struct want *w, const struct rl_measured_cell *c, const struct rl_cells *cal)
{
	if (w->kind == UNSEEN)
		return !seen(BS, c, cal) || !seen(DEPTH, c, cal) || !seen(DIRECTION, c, cal);
	return same(w->kind, w->like, c);
}

static void name_slice(const struct want *w, struct rl_slice *s)
{
	const struct rl_scenario *c = &w->like->scenario;

	switch (w->kind) {
	case BS:
		snprintf(s->name, sizeof(s->name), "unseen bs %lluk",
			(unsigned long long)c->job.bs_bytes / 1024);
		break;
	case DEPTH:
		snprintf(s->name, sizeof(s->name), "unseen depth %u", c->job.iodepth);
		break;
	case DIRECTION:
		snprintf(
			s->name, sizeof(s->name), "unseen direction %s", rl_fio_rw_name(c->job.rw));
		break;
	case BACK:
		snprintf(s->name, sizeof(s->name), "backend %.40s", c->back_policy);
		break;
	default:
		snprintf(s->name, sizeof(s->name), "%s",
			w->kind == ALL ? "all held out" : "all unseen slices");
	}
}

static void add_slice(struct rl_validation *v, const struct rl_cells *cal, const struct want *w)
{
	struct rl_slice s = {.quantity = w->quantity, .unseen = w->kind != ALL && w->kind != BACK};

	if (v->nslices == MAX_SLICES)
		return;
	name_slice(w, &s);
	for (size_t i = 0; i < v->nrows; i++) {
		const struct rl_validation_row *r = &v->rows[i];

		if (r->quantity != w->quantity || !matches(w, &v->cells.v[r->cell], cal))
			continue;
		s.n++;
		s.error += fabs(r->error);
		s.worst = fmax(s.worst, fabs(r->error));
		for (int b = 0; b < RL_BASELINE_COUNT; b++)
			s.baseline[b] += fabs(r->baseline[b]);
	}
	if (!s.n)
		return;
	s.error /= (double)s.n;
	for (int b = 0; b < RL_BASELINE_COUNT; b++)
		s.baseline[b] /= (double)s.n;
	v->slices[v->nslices++] = s;
}

/* A slice for each value of a dimension among the held-out cells, once. */
static void add_values(
	struct rl_validation *v, const struct rl_cells *cal, enum kind k, int quantity)
{
	for (size_t i = 0; i < v->nrows; i++) {
		const struct rl_measured_cell *c = &v->cells.v[v->rows[i].cell];
		bool first = v->rows[i].quantity == quantity;

		for (size_t e = 0; e < i && first; e++)
			first = v->rows[e].quantity != quantity ||
				!same(k, c, &v->cells.v[v->rows[e].cell]);
		if (first && (k == BACK || !seen(k, c, cal)))
			add_slice(v, cal, &(struct want){k, c, quantity});
	}
}

/* Interpolation may choose the better of its two forms: the simulator must beat that. */
static void judge(struct rl_validation *v, const struct rl_slice *s)
{
	struct rl_verdict *d = &v->verdicts[v->nverdicts];
	double best = fmin(s->baseline[0], s->baseline[1]); /* ignores a NaN */

	if (v->nverdicts == sizeof(v->verdicts) / sizeof(v->verdicts[0]) || !isfinite(best))
		return;
	*d = (struct rl_verdict){.value = s->error, .bound = best, .pass = s->error < best};
	snprintf(d->what, sizeof(d->what), "beats interpolation of %s on unseen slices (%zu cells)",
		rl_quantity_name(s->quantity), s->n);
	v->nverdicts++;
}

int rl_slices_make(struct rl_validation *v, const struct rl_cells *calibration, struct rl_err *err)
{
	const struct rl_measured_cell *any = v->nrows ? &v->cells.v[v->rows[0].cell] : NULL;

	v->slices = calloc(MAX_SLICES, sizeof(*v->slices));
	if (!v->slices)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (int q = 0; q < RL_QUANTITY_COUNT && any; q++) {
		size_t before = v->nslices;

		add_slice(v, calibration, &(struct want){ALL, any, q});
		if (v->nslices == before)
			continue;
		add_values(v, calibration, BS, q);
		add_values(v, calibration, DEPTH, q);
		add_values(v, calibration, DIRECTION, q);
		before = v->nslices;
		add_slice(v, calibration, &(struct want){UNSEEN, any, q});
		if (v->nslices > before)
			judge(v, &v->slices[before]);
		add_values(v, calibration, BACK, q);
	}
	return 0;
}
