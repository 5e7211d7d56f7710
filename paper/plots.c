/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells into figures; see plots.h. */
#include "paper/plots.h"

#include "data/format/fio_job.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIZES  3 /* panels of a still picture */
#define MAX_ERRORS 2 /* the first quantities: throughput and mean latency */
#define MIN_DEPTHS 3 /* fewer points are no curve */

/* What of a setting is drawn. */
struct choice {
	const struct rl_report *r;
	const struct rl_report_platform *p;
	size_t setting;
	int quantity;
	const char *policy[RL_REPORT_MAX_POLICIES];
	int colour[RL_REPORT_MAX_POLICIES];
	size_t npolicies;
	uint64_t bs[MAX_SIZES];
	size_t nbs;
};

const char *rl_plots_label(const char *platform)
{
	return strstr(platform, "qemu") ? "timings under emulation" : "";
}

const char *rl_plots_cores(unsigned pcpus, char buf[32])
{
	if (pcpus == 1 || pcpus == 2)
		return pcpus == 1 ? "one core" : "two cores";
	snprintf(buf, 32, "%u cores", pcpus);
	return buf;
}

const char *rl_plots_size(uint64_t bytes, char buf[32])
{
	unsigned long long n = bytes;

	if (n >= 1048576 && n % 1048576 == 0)
		snprintf(buf, 32, "%llu MiB", n / 1048576);
	else if (n >= 1024 && n % 1024 == 0)
		snprintf(buf, 32, "%llu KiB", n / 1024);
	else
		snprintf(buf, 32, "%llu B", n);
	return buf;
}

static bool belongs(const struct choice *c, size_t cell, const char *policy, uint64_t bs)
{
	const struct rl_scenario *s = &c->p->v.cells.v[cell].scenario;

	return c->p->settings.of[cell] == c->setting && s->job.bs_bytes == bs &&
	       strcmp(s->back_policy, policy) == 0;
}

/* Cells of a setting differ by depth alone once policy and size are the same. */
static size_t depths(const struct choice *c, const char *policy, uint64_t bs)
{
	size_t n = 0;

	for (size_t i = 0; i < c->p->v.cells.n; i++)
		n += belongs(c, i, policy, bs);
	return n;
}

/* The smallest ones are kept. */
static void add_size(struct choice *c, uint64_t bs)
{
	size_t k = 0, last = c->nbs < MAX_SIZES ? c->nbs : MAX_SIZES - 1;

	while (k < c->nbs && c->bs[k] < bs)
		k++;
	if (k == MAX_SIZES || (k < c->nbs && c->bs[k] == bs))
		return;
	memmove(c->bs + k + 1, c->bs + k, (last - k) * sizeof(*c->bs));
	c->bs[k] = bs;
	c->nbs = last + 1;
}

/* The block sizes and policies of which there are curves; @npolicies: only the first ones. */
static void choose(struct choice *c, size_t npolicies)
{
	for (size_t k = 0; k < npolicies; k++) {
		const char *policy = c->r->policies[k];
		bool any = false;

		for (size_t i = 0; i < c->p->v.cells.n; i++) {
			uint64_t bs = c->p->v.cells.v[i].scenario.job.bs_bytes;

			if (!belongs(c, i, policy, bs) || depths(c, policy, bs) < MIN_DEPTHS)
				continue;
			any = true;
			add_size(c, bs);
		}
		if (any) {
			c->colour[c->npolicies] = (int)k;
			c->policy[c->npolicies++] = policy;
		}
	}
}

static int by_x(const void *a, const void *b)
{
	const struct rl_point *p = a, *q = b;

	return (p->x > q->x) - (p->x < q->x);
}

static int fill_series(struct rl_series *s, const struct choice *c, const char *policy, uint64_t bs)
{
	const struct rl_validation *v = &c->p->v;

	s->points = calloc(v->cells.n + 1, sizeof(*s->points));
	if (!s->points)
		return -ENOMEM;
	for (size_t i = 0; i < v->cells.n; i++) {
		const struct rl_measured_cell *cell = &v->cells.v[i];
		const struct rl_measured *m = &cell->m[c->quantity];
		bool many = cell->repeats > 1;

		if (!belongs(c, i, policy, bs))
			continue;
		s->points[s->n++] = (struct rl_point){.x = cell->scenario.job.iodepth,
			.measured = m->value,
			.lo = many ? m->lo : NAN,
			.hi = many ? m->hi : NAN,
			.predicted = v->predicted
					     ? v->predicted[i * RL_QUANTITY_COUNT + c->quantity]
					     : NAN,
			.held_out = cell->role == RL_ROLE_VALIDATE,
			.cell = cell->name};
	}
	qsort(s->points, s->n, sizeof(*s->points), by_x);
	return 0;
}

const char *rl_plots_noun(int quantity)
{
	switch (quantity) {
	case RL_METRIC_iops:
		return "requests a second";
	case RL_METRIC_clat_mean_ns:
		return "mean latency";
	case RL_METRIC_clat_p50_ns:
		return "median latency";
	case RL_METRIC_clat_p99_ns:
		return "99th percentile";
	default:
		return rl_quantity_name(quantity);
	}
}

/* Axis text and scale of a quantity: so large that the ticks' numbers leave room for the text. */
static void name_axis(struct rl_panel *p, int quantity, double largest)
{
	bool time = strcmp(rl_quantity_unit(quantity), "ns") == 0;

	snprintf(p->xlabel, sizeof(p->xlabel), "requests in flight");
	p->zero = !time;
	p->logy = time;
	if (quantity == RL_METRIC_iops) {
		p->scale = largest >= 1e6 ? 1e6 : 1e3;
		snprintf(p->ylabel, sizeof(p->ylabel), "%s requests a second",
			largest >= 1e6 ? "million" : "thousand");
	} else if (time) {
		p->scale = largest >= 3e6 ? 1e6 : 1e3;
		snprintf(p->ylabel, sizeof(p->ylabel), "%s, %s", rl_plots_noun(quantity),
			largest >= 3e6 ? "ms" : "µs");
	} else {
		snprintf(p->ylabel, sizeof(p->ylabel), "%s", rl_quantity_name(quantity));
	}
}

static double largest(const struct rl_panel *p)
{
	double max = 0;

	for (size_t s = 0; s < p->n; s++)
		for (size_t i = 0; i < p->series[s].n; i++)
			max = fmax(max, p->series[s].points[i].measured);
	return max;
}

static int fill_panel(struct rl_panel *p, const struct choice *c, uint64_t bs)
{
	int code = 0;

	p->series = calloc(c->npolicies + 1, sizeof(*p->series));
	if (!p->series)
		return -ENOMEM;
	for (p->n = 0; p->n < c->npolicies && !code; p->n++) {
		struct rl_series *s = &p->series[p->n];

		snprintf(s->label, sizeof(s->label), "%.60s", c->policy[p->n]);
		s->colour = c->colour[p->n];
		code = fill_series(s, c, c->policy[p->n], bs);
	}
	name_axis(p, c->quantity, largest(p));
	return code;
}

static void note(struct rl_figure *f, const struct rl_report_platform *p)
{
	const char *label = rl_plots_label(p->name);

	snprintf(f->note, sizeof(f->note), "%s, %zu cells%s%s", p->name, p->v.cells.n,
		*label ? "; " : "", label);
}

static unsigned columns(size_t panels)
{
	return panels > 3 ? 3 : panels ? (unsigned)panels : 1;
}

int rl_plots_depth(struct rl_figure *f, const char *name, const struct rl_report *r,
	const struct rl_report_platform *p, size_t setting, int quantity)
{
	struct choice c = {.r = r, .p = p, .setting = setting, .quantity = quantity};
	char size[32];
	int code = 0;

	choose(&c, r->npolicies);
	if (!rl_figure_alloc(f, name, c.nbs))
		return -ENOMEM;
	f->columns = columns(c.nbs);
	note(f, p);
	for (size_t i = 0; i < c.nbs && !code; i++) {
		snprintf(f->panels[i].title, sizeof(f->panels[i].title), "%.50s, %s",
			p->settings.v[setting].label, rl_plots_size(c.bs[i], size));
		code = fill_panel(&f->panels[i], &c, c.bs[i]);
	}
	return code;
}

/* The first setting of each number of CPUs is the largest: does it have both policies' curves? */
static bool choose_answer(struct choice *c)
{
	const struct rl_settings *s = &c->p->settings;

	if (c->setting && s->v[c->setting].pcpus == s->v[c->setting - 1].pcpus)
		return false;
	c->quantity = c->p->v.duel_quantity;
	choose(c, c->r->npolicies < 2 ? c->r->npolicies : 2);
	return c->npolicies == 2;
}

int rl_plots_answer(struct rl_figure *f, const char *name, const struct rl_report *r)
{
	size_t most = 0, n = 0;
	int code = 0;

	for (size_t i = 0; i < r->n; i++)
		most += r->platforms[i].settings.n;
	if (!rl_figure_alloc(f, name, most))
		return -ENOMEM;
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->platforms[i].settings.n && !code; k++) {
			struct choice c = {.r = r, .p = &r->platforms[i], .setting = k};
			const struct rl_setting *s = &c.p->settings.v[k];
			char size[32], cores[32];

			if (!choose_answer(&c))
				continue;
			snprintf(f->panels[n].title, sizeof(f->panels[n].title), "%.24s, %s, %s",
				c.p->name, rl_plots_cores(s->pcpus, cores),
				rl_plots_size(c.bs[0], size));
			code = fill_panel(&f->panels[n++], &c, c.bs[0]);
		}
	f->n = n;
	f->columns = columns(n);
	snprintf(f->note, sizeof(f->note), "smallest block sizes%s",
		r->n && *rl_plots_label(r->platforms[r->n - 1].name) ? "; xen-qemu: under emulation"
								     : "");
	return code;
}

static int fill_errors(struct rl_panel *p, const struct choice *c)
{
	const struct rl_validation *v = &c->p->v;

	p->series = calloc(c->r->npolicies + 1, sizeof(*p->series));
	if (!p->series)
		return -ENOMEM;
	for (p->n = 0; p->n < c->r->npolicies; p->n++) {
		struct rl_series *s = &p->series[p->n];

		snprintf(s->label, sizeof(s->label), "%.60s", c->r->policies[p->n]);
		s->colour = (int)p->n;
		s->points = calloc(v->nrows + 1, sizeof(*s->points));
		if (!s->points)
			return -ENOMEM;
		for (size_t i = 0; i < v->nrows; i++) {
			const struct rl_validation_row *row = &v->rows[i];
			const struct rl_scenario *cell = &v->cells.v[row->cell].scenario;

			if (row->quantity != c->quantity ||
				strcmp(cell->back_policy, c->r->policies[p->n]) != 0)
				continue;
			s->points[s->n++] = (struct rl_point){cell->job.iodepth, row->error, NAN,
				NAN, NAN, true, v->cells.v[row->cell].name};
			if (isfinite(row->tolerance))
				p->band = 100 * row->tolerance;
		}
	}
	return 0;
}

int rl_plots_residuals(struct rl_figure *f, const char *name, const struct rl_report *r,
	const struct rl_report_platform *p)
{
	struct choice c = {.r = r, .p = p};
	int quantities[MAX_ERRORS], code = 0;
	size_t n = 0;

	for (int q = 0; q < RL_QUANTITY_COUNT && n < MAX_ERRORS; q++)
		for (size_t i = 0; i < p->v.nrows; i++)
			if (p->v.rows[i].quantity == q) {
				quantities[n++] = q;
				break;
			}
	if (!rl_figure_alloc(f, name, n))
		return -ENOMEM;
	f->columns = columns(n);
	f->share_y = true;
	snprintf(f->points, sizeof(f->points), "each point a held-out cell");
	note(f, p);
	for (size_t i = 0; i < n && !code; i++) {
		struct rl_panel *panel = &f->panels[i];

		snprintf(panel->title, sizeof(panel->title), "%s", rl_plots_noun(quantities[i]));
		snprintf(panel->xlabel, sizeof(panel->xlabel), "requests in flight");
		snprintf(panel->ylabel, sizeof(panel->ylabel), "predicted / measured − 1, %%");
		panel->scale = 0.01;
		panel->spread = true;
		c.quantity = quantities[i];
		code = fill_errors(panel, &c);
	}
	return code;
}
