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

static const struct {
	const char *name;
	int (*print)(const struct rl_validation *v, enum rl_out_format format);
} shows[] = {{"cells", print_cells}, {"slices", print_slices}, {"winners", print_winners}};

#define NSHOWS (sizeof(shows) / sizeof(shows[0]))

static size_t find_show(const char *name)
{
	size_t i;

	for (i = 0; i < NSHOWS && strcmp(name, shows[i].name) != 0; i++)
		;
	return i;
}

bool rl_validate_out_knows(const char *what)
{
	return strcmp(what, RL_VALIDATE_VERDICTS) == 0 || find_show(what) < NSHOWS;
}

int rl_validate_out_one(const struct rl_validated *v, const char *what, enum rl_out_format format)
{
	int code;

	if (what && strcmp(what, RL_VALIDATE_VERDICTS) == 0)
		return rl_validate_out_verdicts(v, 1, format);
	if (what || format != RL_OUT_TABLE)
		return shows[find_show(what ? what : "cells")].print(&v->result, format);
	code = print_cells(&v->result, format);
	putchar('\n');
	code |= print_slices(&v->result, format);
	putchar('\n');
	return code | rl_validate_out_verdicts(v, 1, format);
}
