/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of the report; see tables.h. */
#include "paper/tables.h"

#include "data/format/fio_job.h"
#include "paper/html.h"

#include <math.h>
#include <string.h>

static void open_details(FILE *out, const char *summary)
{
	fputs("<details><summary>", out);
	rl_html_text(out, summary);
	fputs("</summary>\n", out);
}

static void close_details(FILE *out)
{
	fputs("</details>\n", out);
}

void rl_tables_verdicts(FILE *out, const struct rl_validation *v)
{
	static const char *const heads[] = {"check", "value", "bound", ""};

	rl_html_open_table(out, "Predictions against runs that calibration never saw", 4, heads);
	for (size_t i = 0; i < v->nverdicts; i++) {
		const struct rl_verdict *d = &v->verdicts[i];
		char a[32], b[32];

		fputs("<tr><td>", out);
		rl_html_text(out, d->what);
		fprintf(out, "</td><td>%s</td><td>%s</td><td class=\"%s\">%s</td></tr>\n",
			rl_html_number(d->value, a), rl_html_number(d->bound, b),
			d->pass ? "good" : "bad", d->pass ? "yes" : "no");
	}
	rl_html_close_table(out);
}

void rl_tables_slices(FILE *out, const struct rl_validation *v)
{
	static const char *const heads[] = {"slice", "metric", "cells", "mean error",
		"largest error", "bilinear", "regression"};

	rl_html_open_table(out,
		"Mean absolute errors; on the right what an interpolation of the calibration "
		"cells in log(depth), log(block size) says",
		7, heads);
	for (size_t i = 0; i < v->nslices; i++) {
		const struct rl_slice *s = &v->slices[i];
		char n[32], e[4][32];
		const char *row[] = {s->name, rl_quantity_name(s->quantity), n,
			rl_html_share(s->error, e[0]), rl_html_share(s->worst, e[1]),
			rl_html_share(s->baseline[0], e[2]), rl_html_share(s->baseline[1], e[3])};

		snprintf(n, sizeof(n), "%zu", s->n);
		rl_html_cells(out, "td", 7, row);
	}
	rl_html_close_table(out);
}

void rl_tables_parameters(FILE *out, const struct rl_param_set *set)
{
	static const char *const heads[] = {
		"parameter", "value", "95 % from", "to", "unit", "identifiable", "what"};

	rl_html_open_table(
		out, "Cost parameters; one that the runs cannot tell keeps its prior", 7, heads);
	for (int i = 0; i < RL_PARAM_COUNT; i++) {
		const struct rl_fitted *f = &set->p[i];
		char v[3][32];
		const char *row[] = {rl_param_info[i].name, rl_html_number(f->value, v[0]),
			rl_html_number(f->lo, v[1]), rl_html_number(f->hi, v[2]),
			rl_param_info[i].unit, f->identifiable ? "yes" : "no",
			rl_param_info[i].what};

		if (f->present)
			rl_html_cells(out, "td", 7, row);
	}
	rl_html_close_table(out);
}

void rl_tables_cells(FILE *out, const struct rl_validation *v)
{
	static const char *const heads[] = {
		"cell", "metric", "measured", "predicted", "95 % from", "to", "error", "pass"};

	open_details(out, "Every held-out cell");
	rl_html_open_table(out, "Measured and predicted", 8, heads);
	for (size_t i = 0; i < v->nrows; i++) {
		const struct rl_validation_row *r = &v->rows[i];
		char b[5][32];
		const char *row[] = {v->cells.v[r->cell].name, rl_quantity_name(r->quantity),
			rl_html_number(r->measured, b[0]), rl_html_number(r->predicted, b[1]),
			rl_html_number(r->lo, b[2]), rl_html_number(r->hi, b[3]),
			rl_html_percent(r->error, b[4]),
			!isfinite(r->tolerance) ? "–"
			: r->pass		? "yes"
						: "no"};

		rl_html_cells(out, "td", 8, row);
	}
	rl_html_close_table(out);
	close_details(out);
}

static const char *winner_name(const struct rl_validation *v, const struct rl_duel *d, int who)
{
	if (who == 0)
		return "level";
	return v->cells.v[who < 0 ? d->a : d->b].scenario.back_policy;
}

void rl_tables_duels(FILE *out, const struct rl_validation *v)
{
	static const char *const heads[] = {"setting", "policies", "measured ratio", "95 % from",
		"to", "winner", "predicted ratio", "predicted winner", "right"};

	if (!v->nduels)
		return;
	open_details(out, "Who wins where");
	rl_html_open_table(out, rl_quantity_name(v->duel_quantity), 9, heads);
	for (size_t i = 0; i < v->nduels; i++) {
		const struct rl_duel *d = &v->duels[i];
		const struct rl_scenario *s = &v->cells.v[d->a].scenario;
		bool known = isfinite(d->predicted);
		char setting[64], policies[80], m[3][32], p[32];
		const char *row[] = {setting, policies, rl_html_number(d->measured, m[0]),
			rl_html_number(d->lo, m[1]), rl_html_number(d->hi, m[2]),
			winner_name(v, d, d->winner), rl_html_number(d->predicted, p),
			known ? winner_name(v, d, d->predicted_winner) : "–",
			!known || !d->counts ? "–"
			: d->right	     ? "yes"
					     : "no"};

		snprintf(setting, sizeof(setting), "%s %lluk qd%u", rl_fio_rw_name(s->job.rw),
			(unsigned long long)s->job.bs_bytes / 1024, s->job.iodepth);
		snprintf(policies, sizeof(policies), "%.30s / %.30s",
			v->cells.v[d->b].scenario.back_policy, s->back_policy);
		rl_html_cells(out, "td", 9, row);
	}
	rl_html_close_table(out);
	close_details(out);
}

/* Shares of the CPU and switches explain who wins: who runs while whom waits. */
static void why_row(FILE *out, const struct rl_validation *v, size_t cell)
{
	static const int shown[] = {RL_METRIC_front_cpu_frac, RL_METRIC_back_cpu_frac,
		RL_METRIC_back_spin_frac, RL_METRIC_notifications_per_request,
		RL_METRIC_switches_per_request};
	const struct rl_measured_cell *c = &v->cells.v[cell];

	fputs("<tr><td>", out);
	rl_html_text(out, c->name);
	fputs("</td>", out);
	for (size_t k = 0; k < sizeof(shown) / sizeof(shown[0]); k++) {
		char m[32], p[32];

		fprintf(out, "<td>%s | %s</td>", rl_html_number(c->m[shown[k]].value, m),
			rl_html_number(v->predicted[cell * RL_QUANTITY_COUNT + shown[k]], p));
	}
	fputs("</tr>\n", out);
}

void rl_tables_why(FILE *out, const struct rl_validation *v)
{
	static const char *const heads[] = {"cell", "guest CPU", "driver domain CPU",
		"backend polling in vain", "notifications a request", "switches a request"};
	const struct rl_scenario *first = v->cells.n ? &v->cells.v[0].scenario : NULL;

	if (!first)
		return;
	open_details(out, "Why: where the CPU went");
	rl_html_open_table(out, "Shares of one CPU, and counts; measured | predicted", 6, heads);
	for (size_t i = 0; i < v->cells.n; i++) {
		const struct rl_job *j = &v->cells.v[i].scenario.job;

		/* One block size and direction suffice to see it. */
		if (j->rw == RL_RW_RANDREAD && j->bs_bytes == 4096)
			why_row(out, v, i);
	}
	rl_html_close_table(out);
	close_details(out);
}

void rl_tables_provenance(FILE *out, const struct rl_report_platform *p)
{
	open_details(out, "Provenance");
	if (p->manifest) {
		fputs("<p>The machine of the runs:</p>\n<pre>", out);
		rl_html_text(out, p->manifest);
		fputs("</pre>\n", out);
	}
	if (p->predicted) {
		fprintf(out, "<p>Parameters fitted %s:</p>\n<pre>", p->set.created);
		rl_html_text(out, p->set.manifest ? p->set.manifest : "{}");
		fputs("</pre>\n", out);
	}
	fprintf(out, "<p>%zu cells, %zu runs; hashes of the runs' content:</p>\n<pre>",
		p->v.cells.n, p->v.cells.nhashes);
	for (size_t i = 0; i < p->v.cells.nhashes; i++)
		fprintf(out, "%.16s%s", p->v.cells.hashes[i], i % 6 == 5 ? "\n" : " ");
	fputs("</pre>\n", out);
	close_details(out);
}
