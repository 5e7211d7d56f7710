/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors a slice, the simulator's beside the interpolation's; see slices.h. */
#include "calibrate/slices.h"

#include "calibrate/judge.h"
#include "calibrate/kind.h"
#include "data/format/fio_job.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SLICES 1024

/* Dimensions of a cell; whether a value was in the calibration is asked of each but the first two.
 */
enum kind { ALL, UNSEEN, BS, DEPTH, DIRECTION, JOB, POLICY, KINDS };

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
		return rl_fold_alike(RL_FOLD_BS, s, t);
	case DEPTH:
		return rl_fold_alike(RL_FOLD_DEPTH, s, t);
	case DIRECTION:
		return s->job.rw == t->job.rw;
	case JOB:
		return rl_kind_same(s, t);
	case POLICY:
		return rl_fold_alike(RL_FOLD_POLICY, s, t);
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
	if (w->kind != UNSEEN)
		return same(w->kind, w->like, c);
	for (enum kind k = BS; k < KINDS; k++)
		if (!seen(k, c, cal))
			return true;
	return false;
}

static void name_slice(const struct want *w, bool unseen, struct rl_slice *s)
{
	const struct rl_scenario *c = &w->like->scenario;
	const char *how = unseen ? "unseen " : "";
	uint64_t bs = c->job.bs_bytes;
	char kind[96];

	switch (w->kind) {
	case BS:
		snprintf(s->name, sizeof(s->name), "%sbs %llu%s", how,
			(unsigned long long)(bs % 1024 ? bs : bs / 1024), bs % 1024 ? "" : "k");
		break;
	case DEPTH:
		snprintf(s->name, sizeof(s->name), "%sdepth %u", how, c->job.iodepth);
		break;
	case DIRECTION:
		snprintf(
			s->name, sizeof(s->name), "%sdirection %s", how, rl_fio_rw_name(c->job.rw));
		break;
	case JOB:
		snprintf(s->name, sizeof(s->name), "%sjob %s", how,
			rl_kind_name(c, kind, sizeof(kind)));
		break;
	case POLICY:
		snprintf(s->name, sizeof(s->name), "%sbackend %.40s", how, c->back_policy);
		break;
	default:
		snprintf(s->name, sizeof(s->name), "%s",
			w->kind == ALL ? "all held out" : "all unseen slices");
	}
}

static void add_slice(struct rl_validation *v, const struct rl_cells *cal, const struct want *w)
{
	struct rl_slice s = {.quantity = w->quantity,
		.unseen = w->kind == UNSEEN || (w->kind != ALL && !seen(w->kind, w->like, cal))};
	size_t known[RL_BASELINE_COUNT] = {0};

	if (v->nslices == MAX_SLICES)
		return;
	name_slice(w, s.unseen, &s);
	for (size_t i = 0; i < v->nrows; i++) {
		const struct rl_validation_row *r = &v->rows[i];

		if (r->quantity != w->quantity || !matches(w, &v->cells.v[r->cell], cal))
			continue;
		s.n++;
		s.error += fabs(r->error);
		s.bias += r->error;
		s.covered += r->covered;
		s.worst = fmax(s.worst, fabs(r->error));
		for (int b = 0; b < RL_BASELINE_COUNT; b++)
			if (isfinite(r->baseline[b])) {
				s.baseline[b] += fabs(r->baseline[b]);
				known[b]++;
			}
	}
	if (!s.n)
		return;
	s.error /= (double)s.n;
	s.bias /= (double)s.n;
	for (int b = 0; b < RL_BASELINE_COUNT; b++)
		s.baseline[b] /= (double)known[b]; /* NaN where it can predict none */
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
		if (first)
			add_slice(v, cal, &(struct want){k, c, quantity});
	}
}

/* Interpolation may choose the better of its two forms: the simulator must beat that. */
static void judge(struct rl_validation *v, const struct rl_slice *s)
{
	double best = fmin(s->baseline[0], s->baseline[1]); /* ignores a NaN */
	struct rl_verdict *d;

	if (!isfinite(best))
		return;
	d = rl_judge_add(v);
	*d = (struct rl_verdict){.value = s->error, .bound = best, .pass = s->error < best};
	snprintf(d->what, sizeof(d->what), "beats interpolation of %s on unseen slices (%zu cells)",
		rl_quantity_name(s->quantity), s->n);
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
		before = v->nslices;
		add_slice(v, calibration, &(struct want){UNSEEN, any, q});
		if (v->nslices > before)
			judge(v, &v->slices[before]);
		for (enum kind k = BS; k < KINDS; k++)
			add_values(v, calibration, k, q);
	}
	return 0;
}
