/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of the report; see tables.h. */
#include "paper/tables.h"

#include "paper/html.h"
#include "paper/plots.h"

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
	static const char *const heads[] = {"check", "value", "bound", "pass"};

	fputs("<div class=\"said\">", out);
	rl_html_open_table(out, "Predictions against runs that calibration never saw", 4, heads);
	for (size_t i = 0; i < v->nverdicts; i++) {
		const struct rl_verdict *d = &v->verdicts[i];
		char a[32], b[32];

		fputs("<tr><td>", out);
		rl_html_text(out, d->what);
		fprintf(out, "</td><td>%s</td><td>%s</td><td class=\"%s\">%s</td></tr>\n",
			rl_html_number(d->value, a), rl_html_number(d->bound, b),
			!isfinite(d->bound) ? "dim"
			: d->pass	    ? "good"
					    : "bad",
			isfinite(d->bound) ? d->pass ? "yes" : "no" : "–");
	}
	rl_html_close_table(out);
	fputs("</div>\n", out);
}

void rl_tables_slices(FILE *out, const struct rl_validation *v)
{
	static const char *const heads[] = {"slice", "metric", "cells", "mean error",
		"largest error", "bilinear", "regression"};

	open_details(out, "By what calibration never saw, beside interpolation");
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
	close_details(out);
}

void rl_tables_parameters(FILE *out, const struct rl_param_set *set)
{
	static const char *const heads[] = {
		"parameter", "value", "95 % from", "to", "unit", "identifiable", "what"};

	open_details(out, "Cost parameters");
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
	close_details(out);
}

/* The quantities that a reader asks for first; the page's charts have the others, too. */
static const int told[] = {RL_METRIC_iops, RL_METRIC_clat_mean_ns};

static const struct rl_validation_row *find_row(
	const struct rl_validation *v, size_t cell, int quantity)
{
	for (size_t i = 0; i < v->nrows; i++)
		if (v->rows[i].cell == cell && v->rows[i].quantity == quantity)
			return &v->rows[i];
	return NULL;
}

static void cell_row(FILE *out, const struct rl_validation *v, size_t cell)
{
	char b[6][32];
	const char *row[7] = {v->cells.v[cell].name};

	for (int k = 0; k < 2; k++) {
		const struct rl_validation_row *r = find_row(v, cell, told[k]);

		row[1 + 3 * k] = rl_html_number(r ? r->measured : NAN, b[3 * k]);
		row[2 + 3 * k] = rl_html_number(r ? r->predicted : NAN, b[3 * k + 1]);
		row[3 + 3 * k] = rl_html_percent(r ? r->error : NAN, b[3 * k + 2]);
	}
	rl_html_cells(out, "td", 7, row);
}

void rl_tables_cells(FILE *out, const struct rl_validation *v)
{
	static const char *const heads[] = {
		"cell", "IOPS", "predicted", "error", "mean latency, ns", "predicted", "error"};

	open_details(out, "Every held-out cell");
	rl_html_open_table(out, "Measured and predicted", 7, heads);
	for (size_t i = 0; i < v->cells.n; i++)
		if (v->cells.v[i].role == RL_ROLE_VALIDATE)
			cell_row(out, v, i);
	rl_html_close_table(out);
	close_details(out);
}

static const char *winner_name(const struct rl_validation *v, const struct rl_duel *d, int who)
{
	if (who == 0)
		return "level";
	return v->cells.v[who < 0 ? d->a : d->b].scenario.back_policy;
}

static bool is_told(
	const struct rl_report *r, const struct rl_validation *v, const struct rl_duel *d)
{
	const char *a = v->cells.v[d->a].scenario.back_policy;
	const char *b = v->cells.v[d->b].scenario.back_policy;

	return (strcmp(a, r->policies[0]) == 0 && strcmp(b, r->policies[1]) == 0) ||
	       (strcmp(a, r->policies[1]) == 0 && strcmp(b, r->policies[0]) == 0);
}

void rl_tables_duels(FILE *out, const struct rl_report *r, const struct rl_report_platform *p)
{
	const struct rl_validation *v = &p->v;
	static const char *const heads[] = {"setting", "policies", "measured ratio", "95 % from",
		"to", "winner", "predicted ratio", "predicted winner", "right"};

	if (!v->nduels)
		return;
	open_details(out, "Who wins where, of the two that answer");
	rl_html_open_table(out, rl_quantity_name(v->duel_quantity), 9, heads);
	for (size_t i = 0; i < v->nduels; i++) {
		if (!is_told(r, v, &v->duels[i]))
			continue;
		const struct rl_duel *d = &v->duels[i];
		const struct rl_scenario *s = &v->cells.v[d->a].scenario;
		bool known = isfinite(d->predicted);
		char setting[160], policies[80], size[32], cores[32], m[3][32], e[32];
		const char *row[] = {setting, policies, rl_html_number(d->measured, m[0]),
			rl_html_number(d->lo, m[1]), rl_html_number(d->hi, m[2]),
			winner_name(v, d, d->winner), rl_html_number(d->predicted, e),
			known ? winner_name(v, d, d->predicted_winner) : "–",
			!known || !d->counts ? "–"
			: d->right	     ? "yes"
					     : "no"};

		snprintf(setting, sizeof(setting), "%.60s, %s, depth %u, %s",
			p->settings.v[p->settings.of[d->a]].label,
			rl_plots_size(s->job.bs_bytes, size), s->job.iodepth,
			rl_plots_cores(s->machine.pcpus, cores));
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
