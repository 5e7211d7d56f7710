/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the paper about costs: of the system, of copies, and what was fitted. */
#include "paper/article_private.h"
#include "paper/html.h"
#include "paper/latex.h"
#include "paper/plots.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the policy's cells of that depth, the one with the smallest blocks in the largest setting; 0:
 * none. */
static size_t cell_of(
	const struct rl_report_platform *p, const char *policy, unsigned depth, size_t setting)
{
	size_t found = 0;

	for (size_t i = 0; i < p->v.cells.n; i++) {
		const struct rl_scenario *s = &p->v.cells.v[i].scenario;

		if (p->settings.of[i] != setting || s->job.iodepth != depth ||
			strcmp(s->back_policy, policy) != 0)
			continue;
		if (!found || s->job.bs_bytes < p->v.cells.v[found - 1].scenario.job.bs_bytes)
			found = i + 1;
	}
	return found;
}

static const char *microseconds(double ns, char buf[32])
{
	return rl_html_number(ns / 1000, buf);
}

/* What of a request's CPU time goes where: both policies at one depth. */
static void overhead_table(
	const struct rl_article *a, FILE *out, const struct rl_report_platform *p, unsigned depth)
{
	static const char *const heads[] = {"policy", "blocks", "guest, us", "driver domain, us",
		"of these spinning", "switches/request", "upcalls/request"};
	static const int told[] = {RL_METRIC_switches_per_request, RL_METRIC_upcalls_per_request};
	char caption[300], name[96];
	bool open = false;

	snprintf(caption, sizeof(caption),
		"%s: CPU time of a request with %u in flight, each policy at its smallest blocks; "
		"measured / predicted.",
		rl_article_name(p->name, name), depth);
	for (size_t k = 0; k < a->r->npolicies; k++) {
		size_t at = cell_of(p, a->r->policies[k], depth, 0);
		const struct rl_validation *v = &p->v;
		const double *e =
			at && v->predicted ? v->predicted + (at - 1) * RL_QUANTITY_COUNT : NULL;
		const struct rl_measured *m = at ? v->cells.v[at - 1].m : NULL;
		char b[5][80], x[32], y[32], size[32];
		const char *row[] = {a->r->policies[k], size, b[0], b[1], b[2], b[3], b[4]};

		if (!at)
			continue;
		if (!open)
			rl_latex_open_table(out, caption, 7, heads);
		open = true;
		row[1] = rl_plots_size(v->cells.v[at - 1].scenario.job.bs_bytes, size);
		snprintf(b[0], 80, "%s / %s", microseconds(m[RL_QUANTITY_FRONT_CPU_NS].value, x),
			microseconds(e ? e[RL_QUANTITY_FRONT_CPU_NS] : NAN, y));
		snprintf(b[1], 80, "%s / %s", microseconds(m[RL_QUANTITY_BACK_CPU_NS].value, x),
			microseconds(e ? e[RL_QUANTITY_BACK_CPU_NS] : NAN, y));
		snprintf(b[2], 80, "%s / %s",
			microseconds(
				1e9 * m[RL_METRIC_back_spin_frac].value / m[RL_METRIC_iops].value,
				x),
			microseconds(
				e ? 1e9 * e[RL_METRIC_back_spin_frac] / e[RL_METRIC_iops] : NAN,
				y));
		for (int q = 0; q < 2; q++)
			snprintf(b[3 + q], 80, "%s / %s", rl_html_number(m[told[q]].value, x),
				rl_html_number(e ? e[told[q]] : NAN, y));
		rl_latex_row(out, 7, row);
	}
	if (open)
		rl_latex_close_table(out);
}

/* By purpose, as simulated: measurements alone cannot part it. */
static void purpose_table(
	const struct rl_article *a, FILE *out, const struct rl_report_platform *p, unsigned depth)
{
	static const char *const heads[] = {"domain", "purpose", "us a request"};
	char caption[300], name[96];

	for (size_t k = 0; k < 2 && k < a->r->npolicies; k++) {
		size_t at = cell_of(p, a->r->policies[k], depth, 0);

		if (!at || !p->v.used || !p->v.used[at - 1].n)
			continue;
		snprintf(caption, sizeof(caption),
			"%s, %s, %u in flight: where the simulator spends a request's CPU time.",
			rl_article_name(p->name, name), a->r->policies[k], depth);
		rl_latex_open_table(out, caption, 3, heads);
		for (size_t i = 0; i < p->v.used[at - 1].n; i++) {
			const struct rl_sim_cell *c = &p->v.used[at - 1].v[i];
			char ns[32];
			const char *row[] = {*c->domain ? c->domain : "nobody", c->purpose,
				microseconds(c->ns.value, ns)};

			rl_latex_row(out, 3, row);
		}
		rl_latex_close_table(out);
	}
}

int rl_part_overhead(const struct rl_article *a, FILE *out)
{
	for (size_t i = 0; i < a->r->n; i++) {
		overhead_table(a, out, &a->r->platforms[i], 1);
		overhead_table(a, out, &a->r->platforms[i], 32);
		purpose_table(a, out, &a->r->platforms[i], 1);
	}
	return 0;
}

static int by_x(const void *a, const void *b)
{
	const struct rl_point *p = a, *q = b;

	return (p->x > q->x) - (p->x < q->x);
}

/* Mean latency over block size, one request in flight: a panel a platform. */
static int size_panel(
	struct rl_panel *panel, const struct rl_article *a, const struct rl_report_platform *p)
{
	const struct rl_validation *v = &p->v;

	snprintf(panel->title, sizeof(panel->title), "%.60s", p->name);
	snprintf(panel->xlabel, sizeof(panel->xlabel), "block size, KiB");
	snprintf(panel->ylabel, sizeof(panel->ylabel), "mean latency, µs");
	panel->scale = 1000;
	panel->logy = true;
	panel->series = calloc(2, sizeof(*panel->series));
	if (!panel->series)
		return -ENOMEM;
	for (panel->n = 0; panel->n < 2 && panel->n < a->r->npolicies; panel->n++) {
		struct rl_series *s = &panel->series[panel->n];

		snprintf(s->label, sizeof(s->label), "%.60s", a->r->policies[panel->n]);
		s->colour = (int)panel->n;
		s->points = calloc(v->cells.n + 1, sizeof(*s->points));
		if (!s->points)
			return -ENOMEM;
		for (size_t i = 0; i < v->cells.n; i++) {
			const struct rl_measured_cell *c = &v->cells.v[i];
			const struct rl_measured *m = &c->m[RL_METRIC_clat_mean_ns];

			if (c->scenario.job.iodepth != 1 || p->settings.of[i] != 0 ||
				strcmp(c->scenario.back_policy, s->label) != 0)
				continue;
			s->points[s->n++] = (struct rl_point){
				.x = (double)c->scenario.job.bs_bytes / 1024,
				.measured = m->value,
				.lo = c->repeats > 1 ? m->lo : NAN,
				.hi = c->repeats > 1 ? m->hi : NAN,
				.predicted = v->predicted ? v->predicted[i * RL_QUANTITY_COUNT +
									 RL_METRIC_clat_mean_ns]
							  : NAN,
				.held_out = c->role == RL_ROLE_VALIDATE,
				.cell = c->name};
		}
		qsort(s->points, s->n, sizeof(*s->points), by_x);
	}
	return 0;
}

static int size_figure(const struct rl_article *a, FILE *out)
{
	struct rl_figure f;
	int code = 0;

	if (!rl_figure_alloc(&f, "fig-sizes", a->r->n))
		return -ENOMEM;
	f.columns = a->r->n > 2 ? 3 : (unsigned)a->r->n;
	snprintf(f.note, sizeof(f.note), "one request in flight");
	for (size_t i = 0; i < a->r->n && !code; i++)
		code = size_panel(&f.panels[i], a, &a->r->platforms[i]);
	if (code) {
		rl_figure_fini(&f);
		return code;
	}
	return rl_article_place(a, out, &f,
		"Mean latency over block size with one request in flight: what grows with the "
		"size is copied, granted or moved by the device.");
}

/* Parameters that grow with the bytes or pages of a request. */
static void copy_sentence(FILE *out, const struct rl_report_platform *p)
{
	char text[400], v[3][32], name[96];

	for (int i = 0; i < RL_PARAM_COUNT; i++) {
		const struct rl_fitted *f = &p->set.p[i];
		const struct rl_param_info *info = &rl_param_info[i];

		if (!p->predicted || !f->present || !strstr(info->name, "copy"))
			continue;
		snprintf(text, sizeof(text),
			"On %s, %s (%s) is %s %s, between %s and %s with 95 %%%s.",
			rl_article_name(p->name, name), info->name, info->what,
			rl_html_number(f->value, v[0]), info->unit, rl_html_number(f->lo, v[1]),
			rl_html_number(f->hi, v[2]),
			f->identifiable ? "" : ": a prior, since the runs cannot tell");
		rl_article_say(out, text);
	}
}

int rl_part_copy(const struct rl_article *a, FILE *out)
{
	for (size_t i = 0; i < a->r->n; i++)
		copy_sentence(out, &a->r->platforms[i]);
	return size_figure(a, out);
}

int rl_part_parameters(const struct rl_article *a, FILE *out)
{
	static const char *const heads[] = {"parameter", "value", "from", "to", "unit", "told by"};
	char caption[300], name[96];

	for (size_t k = 0; k < a->r->n; k++) {
		const struct rl_report_platform *p = &a->r->platforms[k];

		if (!p->predicted)
			continue;
		snprintf(caption, sizeof(caption), "Costs of %s with their 95 %% intervals.",
			rl_article_name(p->name, name));
		rl_latex_open_table(out, caption, 6, heads);
		for (int i = 0; i < RL_PARAM_COUNT; i++) {
			const struct rl_fitted *f = &p->set.p[i];
			char v[3][32];
			const char *row[] = {rl_param_info[i].name, rl_html_number(f->value, v[0]),
				rl_html_number(f->lo, v[1]), rl_html_number(f->hi, v[2]),
				rl_param_info[i].unit, f->identifiable ? "runs" : "prior"};

			if (f->present)
				rl_latex_row(out, 6, row);
		}
		rl_latex_close_table(out);
	}
	return 0;
}
