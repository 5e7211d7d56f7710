/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of ringlab validate; see validate_out.h. */
#include "cli/validate_out.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int print_cells(const struct rl_validation *v, enum rl_out_format format)
{
	static const char *const columns[] = {"cell", "metric", "measured", "predicted",
		"relative_error", "u_val", "ci_lo", "ci_hi", "covered", "tolerance", "pass", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t i = 0; i < v->nrows && o; i++) {
		const struct rl_validation_row *r = &v->rows[i];

		rl_out_text(o, v->cells.v[r->cell].name);
		rl_out_text(o, rl_quantity_name(r->quantity));
		rl_out_real(o, r->measured, 5);
		rl_out_real(o, r->predicted, 5);
		rl_out_real(o, r->error, 3);
		rl_out_real(o, r->u_val, 2);
		rl_out_real(o, r->lo, 5);
		rl_out_real(o, r->hi, 5);
		rl_out_bool(o, r->covered);
		rl_out_real(o, r->tolerance, 2);
		if (isfinite(r->tolerance))
			rl_out_bool(o, r->pass);
		else
			rl_out_text(o, NULL);
		rl_out_end_row(o);
	}
	return o ? rl_out_finish(o) : -1;
}

static int print_slices(const struct rl_validation *v, enum rl_out_format format)
{
	static const char *const columns[] = {"slice", "metric", "cells", "mean_abs_error",
		"mean_error", "largest_abs_error", "covered", "bilinear_error", "regression_error",
		NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t i = 0; i < v->nslices && o; i++) {
		const struct rl_slice *s = &v->slices[i];

		rl_out_text(o, s->name);
		rl_out_text(o, rl_quantity_name(s->quantity));
		rl_out_count(o, (int64_t)s->n);
		rl_out_real(o, s->error, 3);
		rl_out_real(o, s->bias, 3);
		rl_out_real(o, s->worst, 3);
		rl_out_count(o, (int64_t)s->covered);
		rl_out_real(o, s->baseline[RL_BASELINE_BILINEAR], 3);
		rl_out_real(o, s->baseline[RL_BASELINE_OLS], 3);
		rl_out_end_row(o);
	}
	return o ? rl_out_finish(o) : -1;
}

static const char *winner(const struct rl_validation *v, const struct rl_duel *d, int who)
{
	return who ? v->cells.v[who < 0 ? d->a : d->b].scenario.back_policy : NULL;
}

static int print_winners(const struct rl_validation *v, enum rl_out_format format)
{
	static const char *const columns[] = {"cell", "against", "metric", "measured_ratio",
		"ci_lo", "ci_hi", "predicted_ratio", "winner", "predicted_winner", "held_out",
		"counts", "right", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t i = 0; i < v->nduels && o; i++) {
		const struct rl_duel *d = &v->duels[i];

		rl_out_text(o, v->cells.v[d->b].name);
		rl_out_text(o, v->cells.v[d->a].scenario.back_policy);
		rl_out_text(o, rl_quantity_name(v->duel_quantity));
		rl_out_real(o, d->measured, 4);
		rl_out_real(o, d->lo, 4);
		rl_out_real(o, d->hi, 4);
		rl_out_real(o, d->predicted, 4);
		rl_out_text(o, winner(v, d, d->winner));
		rl_out_text(o, winner(v, d, d->predicted_winner));
		rl_out_bool(o, d->held_out);
		rl_out_bool(o, d->counts);
		rl_out_bool(o, d->right);
		rl_out_end_row(o);
	}
	return o ? rl_out_finish(o) : -1;
}

static void print_metric(struct rl_out *o, const struct rl_validation *v, size_t cell, int quantity)
{
	const struct rl_measured_cell *c = &v->cells.v[cell];
	double predicted = v->predicted[cell * RL_QUANTITY_COUNT + (size_t)quantity];

	if (!isfinite(c->m[quantity].value) && !isfinite(predicted))
		return;
	rl_out_text(o, c->name);
	rl_out_text(o, rl_role_name(c->role));
	rl_out_text(o, rl_quantity_name(quantity));
	rl_out_real(o, c->m[quantity].value, 5);
	rl_out_real(o, c->m[quantity].lo, 5);
	rl_out_real(o, c->m[quantity].hi, 5);
	rl_out_real(o, predicted, 5);
	rl_out_end_row(o);
}

static int print_metrics(const struct rl_validation *v, enum rl_out_format format)
{
	static const char *const columns[] = {"cell", "role", "metric", "measured", "measured_lo",
		"measured_hi", "predicted", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t i = 0; i < v->cells.n && o; i++)
		for (int q = 0; q < RL_METRIC_COUNT; q++)
			print_metric(o, v, i, q);
	return o ? rl_out_finish(o) : -1;
}

static int print_uses(const struct rl_validation *v, enum rl_out_format format)
{
	static const char *const columns[] = {
		"cell", "domain", "purpose", "predicted_ns_per_request", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t i = 0; i < v->cells.n && o; i++)
		for (size_t k = 0; k < v->used[i].n; k++) {
			const struct rl_sim_cell *use = &v->used[i].v[k];

			rl_out_text(o, v->cells.v[i].name);
			rl_out_text(o, use->domain);
			rl_out_text(o, use->purpose);
			rl_out_real(o, use->ns.value, 5);
			rl_out_end_row(o);
		}
	return o ? rl_out_finish(o) : -1;
}

int rl_validate_out_verdicts(const struct rl_validated *v, size_t n, enum rl_out_format format)
{
	static const char *const columns[] = {
		"platform", "check", "value", "bound", "binding", "pass", NULL};
	/* Of one platform alone its name goes without saying. */
	struct rl_out *o = rl_out_create(format, stdout, n == 1 ? columns + 1 : columns);

	for (size_t k = 0; k < n && o; k++)
		for (size_t i = 0; i < v[k].result.nverdicts; i++) {
			const struct rl_verdict *d = &v[k].result.verdicts[i];

			if (n > 1)
				rl_out_text(o, v[k].platform);
			rl_out_text(o, d->what);
			rl_out_real(o, d->value, 3);
			rl_out_real(o, d->bound, 3);
			rl_out_bool(o, d->binding);
			if (isfinite(d->bound))
				rl_out_bool(o, d->pass);
			else
				rl_out_text(o, NULL);
			rl_out_end_row(o);
		}
	return o ? rl_out_finish(o) : -1;
}

static int print_verdicts(const struct rl_validation *v, enum rl_out_format format)
{
	const struct rl_validated one = {.result = *v};

	return rl_validate_out_verdicts(&one, 1, format);
}

static const struct {
	const char *name;
	int (*print)(const struct rl_validation *v, enum rl_out_format format);
} shows[] = {{"cells", print_cells}, {"slices", print_slices}, {"winners", print_winners},
	{RL_VALIDATE_VERDICTS, print_verdicts}, {"metrics", print_metrics}, {"uses", print_uses}};

#define NSHOWS (sizeof(shows) / sizeof(shows[0]))

/* Of a list's first word; NSHOWS when there is none. */
static size_t find_show(const char *list)
{
	size_t i, n = strcspn(list, ",");

	for (i = 0; i < NSHOWS; i++)
		if (strncmp(list, shows[i].name, n) == 0 && !shows[i].name[n])
			break;
	return i;
}

/* The rest of a list; null behind its last word. */
static const char *next(const char *list)
{
	list += strcspn(list, ",");
	return *list ? list + 1 : NULL;
}

bool rl_validate_out_knows(const char *what)
{
	for (; what; what = next(what))
		if (find_show(what) == NSHOWS)
			return false;
	return true;
}

int rl_validate_out_one(const struct rl_validated *v, const char *what, enum rl_out_format format)
{
	int code = 0;

	if (!what)
		what = format == RL_OUT_TABLE ? "cells,slices,verdicts" : "cells";
	for (; what; what = next(what)) {
		code |= shows[find_show(what)].print(&v->result, format);
		if (next(what) && format != RL_OUT_JSON)
			putchar('\n');
	}
	return code;
}
