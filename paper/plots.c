/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells into figures; see plots.h. */
#include "paper/plots.h"

#include "data/format/fio_job.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_VALUES 32

/* The different policies or block sizes among some cells, in the order of a stable sort. */
struct values {
	const char *policy[MAX_VALUES];
	size_t npolicies;
	uint64_t bs[MAX_VALUES];
	size_t nbs;
};

const char *rl_plots_label(const char *platform)
{
	return strstr(platform, "qemu") ? "timings under emulation" : "";
}

const char *rl_plots_cores(const struct rl_validation *v, char buf[32])
{
	unsigned n = v->cells.n ? v->cells.v[0].scenario.machine.pcpus : 0;

	if (n == 1 || n == 2)
		return n == 1 ? "one core" : "two cores";
	snprintf(buf, 32, "%u cores", n);
	return buf;
}

static void add_policy(struct values *s, const char *name)
{
	size_t k;

	for (k = 0; k < s->npolicies && strcmp(s->policy[k], name) < 0; k++)
		;
	if (s->npolicies == MAX_VALUES || (k < s->npolicies && strcmp(s->policy[k], name) == 0))
		return;
	memmove(s->policy + k + 1, s->policy + k, (s->npolicies - k) * sizeof(*s->policy));
	s->policy[k] = name;
	s->npolicies++;
}

static void add_bs(struct values *s, uint64_t bs)
{
	size_t k;

	for (k = 0; k < s->nbs && s->bs[k] < bs; k++)
		;
	if (s->nbs == MAX_VALUES || (k < s->nbs && s->bs[k] == bs))
		return;
	memmove(s->bs + k + 1, s->bs + k, (s->nbs - k) * sizeof(*s->bs));
	s->bs[k] = bs;
	s->nbs++;
}

/* Policies of all cells, so that colours are the same in every figure; sizes of a direction. */
static void find_values(const struct rl_validation *v, enum rl_rw rw, struct values *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < v->cells.n; i++) {
		const struct rl_scenario *s = &v->cells.v[i].scenario;

		add_policy(out, s->back_policy);
		if (s->job.rw == rw)
			add_bs(out, s->job.bs_bytes);
	}
}

static int by_x(const void *a, const void *b)
{
	const struct rl_point *p = a, *q = b;

	return (p->x > q->x) - (p->x < q->x);
}

static int fill_series(struct rl_series *s, const struct rl_validation *v, const char *policy,
	enum rl_rw rw, uint64_t bs, int quantity)
{
	s->points = calloc(v->cells.n, sizeof(*s->points));
	if (!s->points)
		return -ENOMEM;
	for (size_t i = 0; i < v->cells.n; i++) {
		const struct rl_measured_cell *c = &v->cells.v[i];
		const struct rl_measured *m = &c->m[quantity];
		bool many = c->repeats > 1;

		if (c->scenario.job.rw != rw || c->scenario.job.bs_bytes != bs ||
			strcmp(c->scenario.back_policy, policy) != 0)
			continue;
		s->points[s->n++] = (struct rl_point){.x = c->scenario.job.iodepth,
			.measured = m->value,
			.lo = many ? m->lo : NAN,
			.hi = many ? m->hi : NAN,
			.predicted =
				v->predicted ? v->predicted[i * RL_QUANTITY_COUNT + quantity] : NAN,
			.held_out = c->role == RL_ROLE_VALIDATE};
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
	default:
		return rl_quantity_name(quantity);
	}
}

/* Axis text and scale of a quantity: thousands of requests, microseconds or milliseconds. */
static void name_axis(struct rl_panel *p, int quantity, double largest)
{
	bool time = strcmp(rl_quantity_unit(quantity), "ns") == 0;

	snprintf(p->xlabel, sizeof(p->xlabel), "requests in flight");
	p->zero = !time;
	p->logy = time;
	if (quantity == RL_METRIC_iops) {
		p->scale = 1000;
		snprintf(p->ylabel, sizeof(p->ylabel), "thousand requests a second");
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

static int fill_panel(struct rl_panel *p, const struct rl_validation *v, const struct values *vals,
	enum rl_rw rw, uint64_t bs, int quantity)
{
	int code = 0;

	p->series = calloc(vals->npolicies ? vals->npolicies : 1, sizeof(*p->series));
	if (!p->series)
		return -ENOMEM;
	for (p->n = 0; p->n < vals->npolicies && !code; p->n++) {
		struct rl_series *s = &p->series[p->n];

		snprintf(s->label, sizeof(s->label), "%.60s", vals->policy[p->n]);
		s->colour = (int)p->n;
		code = fill_series(s, v, vals->policy[p->n], rw, bs, quantity);
	}
	name_axis(p, quantity, largest(p));
	return code;
}

static void note(struct rl_figure *f, const char *platform, const struct rl_validation *v)
{
	const char *label = rl_plots_label(platform);

	snprintf(f->note, sizeof(f->note), "%s, %zu cells%s%s", platform, v->cells.n,
		*label ? "; " : "", label);
}

int rl_plots_depth(struct rl_figure *f, const char *name, const char *platform,
	const struct rl_validation *v, enum rl_rw rw, int quantity)
{
	struct values vals;
	int code = 0;

	find_values(v, rw, &vals);
	if (!rl_figure_alloc(f, name, vals.nbs))
		return -ENOMEM;
	f->columns = vals.nbs > 3 ? 3 : vals.nbs ? (unsigned)vals.nbs : 1;
	note(f, platform, v);
	for (size_t i = 0; i < vals.nbs && !code; i++) {
		snprintf(f->panels[i].title, sizeof(f->panels[i].title), "%s, %llu KiB",
			rl_fio_rw_name(rw), (unsigned long long)vals.bs[i] / 1024);
		code = fill_panel(&f->panels[i], v, &vals, rw, vals.bs[i], quantity);
	}
	return code;
}

int rl_plots_answer(struct rl_figure *f, const char *name, const char *const *platforms,
	const struct rl_validation *const *v, size_t n)
{
	struct values vals;
	char cores[32];
	int code = 0;

	if (!rl_figure_alloc(f, name, n))
		return -ENOMEM;
	f->columns = n ? (unsigned)n : 1;
	for (size_t i = 0; i < n && !code; i++) {
		struct rl_panel *p = &f->panels[i];

		find_values(v[i], RL_RW_RANDREAD, &vals);
		snprintf(p->title, sizeof(p->title), "%s, %llu KiB reads",
			rl_plots_cores(v[i], cores), (unsigned long long)vals.bs[0] / 1024);
		code = fill_panel(p, v[i], &vals, RL_RW_RANDREAD, vals.bs[0], v[i]->duel_quantity);
		snprintf(f->note + strlen(f->note), sizeof(f->note) - strlen(f->note), "%s%s",
			i ? ", " : "", platforms[i]);
	}
	if (n && *rl_plots_label(platforms[0]))
		snprintf(f->note + strlen(f->note), sizeof(f->note) - strlen(f->note), "; %s",
			rl_plots_label(platforms[0]));
	return code;
}

static int fill_errors(
	struct rl_panel *p, const struct rl_validation *v, const struct values *vals, int quantity)
{
	p->series = calloc(vals->npolicies ? vals->npolicies : 1, sizeof(*p->series));
	if (!p->series)
		return -ENOMEM;
	for (p->n = 0; p->n < vals->npolicies; p->n++) {
		struct rl_series *s = &p->series[p->n];

		snprintf(s->label, sizeof(s->label), "%.60s", vals->policy[p->n]);
		s->colour = (int)p->n;
		s->points = calloc(v->nrows + 1, sizeof(*s->points));
		if (!s->points)
			return -ENOMEM;
		for (size_t i = 0; i < v->nrows; i++) {
			const struct rl_validation_row *r = &v->rows[i];
			const struct rl_scenario *c = &v->cells.v[r->cell].scenario;

			if (r->quantity != quantity ||
				strcmp(c->back_policy, vals->policy[p->n]) != 0)
				continue;
			s->points[s->n++] =
				(struct rl_point){c->job.iodepth, r->error, NAN, NAN, NAN, true};
			if (isfinite(r->tolerance))
				p->band = 100 * r->tolerance;
		}
	}
	return 0;
}

int rl_plots_residuals(
	struct rl_figure *f, const char *name, const char *platform, const struct rl_validation *v)
{
	int quantities[RL_QUANTITY_COUNT], code = 0;
	struct values vals;
	size_t n = 0;

	find_values(v, RL_RW_RANDREAD, &vals);
	for (int q = 0; q < RL_QUANTITY_COUNT; q++)
		for (size_t i = 0; i < v->nrows; i++)
			if (v->rows[i].quantity == q) {
				quantities[n++] = q;
				break;
			}
	if (!rl_figure_alloc(f, name, n))
		return -ENOMEM;
	f->columns = n ? (unsigned)n : 1;
	f->share_y = true;
	note(f, platform, v);
	for (size_t i = 0; i < n && !code; i++) {
		struct rl_panel *p = &f->panels[i];

		snprintf(p->title, sizeof(p->title), "%s", rl_plots_noun(quantities[i]));
		snprintf(p->xlabel, sizeof(p->xlabel), "requests in flight");
		snprintf(p->ylabel, sizeof(p->ylabel), "predicted / measured − 1, %%");
		p->scale = 0.01;
		p->spread = true;
		code = fill_errors(p, v, &vals, quantities[i]);
	}
	return code;
}
