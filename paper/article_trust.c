/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the paper about how far it can be trusted: set-up, validation, conclusion. */
#include "paper/article_private.h"
#include "paper/html.h"
#include "paper/latex.h"
#include "paper/plots.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char *text_of(const json_t *manifest, const char *key)
{
	const char *text = json_string_value(json_object_get(manifest, key));

	return text ? text : "-";
}

static size_t held_out(const struct rl_validation *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->cells.n; i++)
		n += v->cells.v[i].role == RL_ROLE_VALIDATE;
	return n;
}

static void machine_table(FILE *out, const struct rl_report *r)
{
	static const char *const heads[] = {
		"machine", "cells", "held out", "runs", "Linux", "Xen", "fio", "CPU of the host"};

	rl_latex_open_table(out, "Machines, from the manifests of their runs", 8, heads);
	for (size_t i = 0; i < r->n; i++) {
		const struct rl_report_platform *p = &r->platforms[i];
		json_t *m = p->manifest ? json_loads(p->manifest, 0, NULL) : NULL;
		char n[3][24];
		char xen[24];
		const char *row[] = {p->name, n[0], n[1], n[2], text_of(m, "kernel"), xen,
			text_of(m, "fio_package"), text_of(m, "host_cpu")};

		/* the package's version without what Debian's build adds */
		snprintf(xen, sizeof(xen), "%.*s",
			(int)strcspn(text_of(m, "xen_package") + 1, "-") + 1,
			text_of(m, "xen_package"));
		snprintf(n[0], sizeof(n[0]), "%zu", p->v.cells.n);
		snprintf(n[1], sizeof(n[1]), "%zu", held_out(&p->v));
		snprintf(n[2], sizeof(n[2]), "%zu", p->v.cells.nhashes);
		rl_latex_row(out, 8, row);
		json_decref(m);
	}
	rl_latex_close_table(out);
}

int rl_part_setup(const struct rl_article *a, FILE *out)
{
	char text[400];
	size_t i;
	json_t *row;

	machine_table(out, a->r);
	for (i = 0; i < a->r->n; i++)
		if (*rl_plots_label(a->r->platforms[i].name)) {
			snprintf(text, sizeof(text), "%s: %s.", a->r->platforms[i].name,
				rl_plots_label(a->r->platforms[i].name));
			rl_article_say(out, text);
		}
	json_array_foreach(a->committed, i, row)
	{
		json_int_t runs = json_integer_value(json_array_get(row, 1));
		json_int_t bad = json_integer_value(json_array_get(row, 2));

		if (!bad)
			continue;
		snprintf(text, sizeof(text),
			"%s is left out: %" JSON_INTEGER_FORMAT " of its %" JSON_INTEGER_FORMAT
			" runs are of code that was not committed.",
			json_string_value(json_array_get(row, 0)), bad, runs);
		rl_article_say(out, text);
	}
	return 0;
}

static void verdict_table(FILE *out, const struct rl_report_platform *p)
{
	static const char *const heads[] = {"check", "value", "bound", "holds"};
	char caption[200], name[96];

	snprintf(caption, sizeof(caption), "%s: predictions of runs that no fit has seen.",
		rl_article_name(p->name, name));
	rl_latex_open_texts(out, caption, 4, heads);
	for (size_t i = 0; i < p->v.nverdicts; i++) {
		const struct rl_verdict *d = &p->v.verdicts[i];
		char b[2][32];
		const char *row[] = {d->what, rl_html_number(d->value, b[0]),
			rl_html_number(d->bound, b[1]),
			!isfinite(d->bound) ? "-"
			: d->pass	    ? "yes"
					    : "no"};

		rl_latex_row(out, 4, row);
	}
	rl_latex_close_table(out);
}

/* What is judged, of what calibration never saw. */
static void slice_table(FILE *out, const struct rl_report_platform *p)
{
	static const char *const heads[] = {
		"unseen", "metric", "cells", "mean error", "largest", "interpolation"};
	char caption[200], name[96];
	bool open = false;

	snprintf(caption, sizeof(caption),
		"%s: errors on what calibration never saw, beside those of a log-linear "
		"interpolation of its cells.",
		rl_article_name(p->name, name));
	for (size_t i = 0; i < p->v.nslices; i++) {
		const struct rl_slice *s = &p->v.slices[i];
		char b[4][32];
		const char *row[] = {s->name, rl_quantity_name(s->quantity), b[0],
			rl_html_share(s->error, b[1]), rl_html_share(s->worst, b[2]),
			rl_html_share(s->baseline[0], b[3])};

		if (!s->unseen ||
			(s->quantity != RL_METRIC_iops && s->quantity != RL_METRIC_clat_mean_ns))
			continue;
		if (!open)
			rl_latex_open_table(out, caption, 6, heads);
		open = true;
		snprintf(b[0], sizeof(b[0]), "%zu", s->n);
		rl_latex_row(out, 6, row);
	}
	if (open)
		rl_latex_close_table(out);
}

int rl_part_validation(const struct rl_article *a, FILE *out)
{
	int code = 0;

	for (size_t i = 0; i < a->r->n && !code; i++) {
		const struct rl_report_platform *p = &a->r->platforms[i];
		struct rl_figure f;
		char name[48], caption[200], text[96];

		if (!p->predicted) {
			snprintf(caption, sizeof(caption),
				"For %s no parameters are stored: nothing was predicted.", p->name);
			rl_article_say(out, caption);
			continue;
		}
		verdict_table(out, p);
		snprintf(name, sizeof(name), "fig-%.24s-residuals", p->name);
		snprintf(caption, sizeof(caption),
			"%s: errors of the held-out cells over requests in flight; the band is the "
			"tolerance of the mean.",
			rl_article_name(p->name, text));
		code = rl_plots_residuals(&f, name, a->r, p);
		if (!code)
			code = rl_article_place(a, out, &f, caption);
		slice_table(out, p);
		fputs("\\clearpage\n", out); /* no figure passes the next machine's tables */
	}
	return code;
}

static void conclude(FILE *out, const struct rl_report_platform *p)
{
	size_t judged = 0, held = 0;
	char text[600], name[96];

	for (size_t i = 0; i < p->v.nverdicts; i++) {
		judged += p->v.verdicts[i].binding && isfinite(p->v.verdicts[i].bound);
		held += p->v.verdicts[i].binding && isfinite(p->v.verdicts[i].bound) &&
			p->v.verdicts[i].pass;
	}
	if (!p->predicted)
		snprintf(text, sizeof(text), "On %s nothing was predicted.",
			rl_article_name(p->name, name));
	else if (p->v.pass)
		snprintf(text, sizeof(text),
			"On %s the simulator may be asked what was not measured: all %zu bounds "
			"that were fixed beforehand hold.",
			rl_article_name(p->name, name), judged);
	else
		snprintf(text, sizeof(text),
			"On %s the simulator has to be read with care: %zu of the %zu bounds that "
			"were fixed beforehand hold.",
			rl_article_name(p->name, name), held, judged);
	rl_article_say(out, text);
}

int rl_part_conclusion(const struct rl_article *a, FILE *out)
{
	char text[2048];

	rl_article_say(out, rl_report_answer(a->r, text, sizeof(text)));
	rl_recovery_verdict(a, out);
	for (size_t i = 0; i < a->r->n; i++)
		conclude(out, &a->r->platforms[i]);
	return 0;
}
