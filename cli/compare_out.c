/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two results side by side: rows by section, then what each field does. */
#include "cli/compare.h"

#include "cli/manifest.h"
#include "data/format/scenario.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const columns[] = {"section", "what", "a", "b", "difference", "ci_lo", "ci_hi",
	"unit", "relative", "share", "model", NULL};
static const char *const columns_alone[] = {"section", "what", "a", "b", "difference", "ci_lo",
	"ci_hi", "unit", "relative", "share", NULL};

struct row {
	const char *section, *what, *unit;
	double a, b, relative, share, model;
	struct rl_estimate difference;
};

/* ---- rows ---------------------------------------------------------------------------------- */

/* Nor is there a -0: no part of less than nothing. */
static double finite_or_nan(double x)
{
	return isfinite(x) ? x + 0.0 : NAN;
}

static double total_of(
	const struct rl_compared *x, enum rl_account_section section, const char *what)
{
	return rl_series_value(&x->told[1], section, what) -
	       rl_series_value(&x->told[0], section, what);
}

static bool begins(const char *what, const char *with)
{
	return strncmp(what, with, strlen(with)) == 0;
}

/* A part of the difference of the latency, or of the CPU time; NaN: a part of nothing. */
static double share_of(const struct rl_compared *x, const struct rl_account_row *r, double own)
{
	if (r->section == RL_ACCOUNT_LATENCY)
		return finite_or_nan(own / total_of(x, RL_ACCOUNT_RESULT, "lat_mean_ns"));
	if (r->section == RL_ACCOUNT_CPU &&
		(begins(r->what, "guest: ") || begins(r->what, "driver: ") ||
			strcmp(r->what, "guest") == 0 || strcmp(r->what, "driver domain") == 0))
		return finite_or_nan(own / total_of(x, RL_ACCOUNT_CPU, RL_ACCOUNT_CPU_ALL));
	return NAN;
}

static struct row make_row(const struct rl_compared *x, const struct rl_account_row *r)
{
	struct row row = {.section = rl_account_section_name[r->section],
		.what = r->what,
		.unit = r->unit,
		.model = NAN};

	row.a = rl_series_value(&x->told[0], r->section, r->what);
	row.b = rl_series_value(&x->told[1], r->section, r->what);
	row.difference =
		rl_series_difference(&x->told[0], &x->told[1], x->paired, r->section, r->what);
	row.relative = finite_or_nan(row.difference.value / row.a);
	row.share = share_of(x, r, row.difference.value);
	if (x->model[0].n)
		row.model = rl_series_value(&x->model[1], r->section, r->what) -
			    rl_series_value(&x->model[0], r->section, r->what);
	return row;
}

static struct row make_part(const struct rl_compared *x, const struct rl_part *p, uint32_t metric,
	char *what, size_t size)
{
	const struct rl_series *s = x->paired ? x->told : x->model;
	const struct rl_metric_info *i = &rl_metric_info[rl_elasticity_metric[metric]];
	enum rl_account_section section;
	const char *name = rl_parts_row(metric, &section);
	double a = rl_series_value(&s[0], section, name), b = rl_series_value(&s[1], section, name);

	snprintf(what, size, "%s by %s", i->name, p->path);
	return (struct row){"part", what, i->unit, NAN, NAN, finite_or_nan(p->e[metric].value / a),
		finite_or_nan(p->e[metric].value / (b - a)), NAN, p->e[metric]};
}

/* ---- to whom they go ----------------------------------------------------------------------- */

struct sink {
	struct rl_out *out; /* or: */
	json_t *json;
	bool table, model;
};

static json_t *real_or_null(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *json_row(const struct row *r)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "section",
		r->section, "what", r->what, "a", real_or_null(r->a), "b", real_or_null(r->b),
		"difference", real_or_null(r->difference.value), "ci_lo",
		real_or_null(r->difference.lo), "ci_hi", real_or_null(r->difference.hi), "unit",
		r->unit, "relative", real_or_null(r->relative), "share", real_or_null(r->share),
		"model", real_or_null(r->model));
}

/* Of no use to people: nobody knows it of either, or it happens to neither. */
static bool is_empty(const struct row *r)
{
	return (isnan(r->a) || r->a == 0) && (isnan(r->b) || r->b == 0) &&
	       (isnan(r->difference.value) || r->difference.value == 0);
}

static void put(struct sink *to, const struct row *r)
{
	if (to->json) {
		json_array_append_new(to->json, json_row(r));
		return;
	}
	if (to->table && is_empty(r))
		return;
	rl_out_text(to->out, r->section);
	rl_out_text(to->out, r->what);
	rl_out_real(to->out, r->a, 4);
	rl_out_real(to->out, r->b, 4);
	rl_out_real(to->out, r->difference.value, 4);
	rl_out_real(to->out, r->difference.lo, 4);
	rl_out_real(to->out, r->difference.hi, 4);
	rl_out_text(to->out, r->unit);
	rl_out_real(to->out, r->relative, 3);
	rl_out_real(to->out, r->share, 3);
	if (to->model)
		rl_out_real(to->out, r->model, 4);
	rl_out_end_row(to->out);
}

static void put_section(const struct rl_compared *x, struct sink *to, int section)
{
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < x->told[side].all.n; i++) {
			const struct rl_account_row *r = &x->told[side].all.row[i];
			struct row row;

			if ((int)r->section != section ||
				(side && rl_account_find(&x->told[0].all, r->section, r->what)))
				continue;
			row = make_row(x, r);
			put(to, &row);
		}
}

static void put_all(const struct rl_compared *x, struct sink *to)
{
	char what[128];

	for (int section = 0; section < RL_ACCOUNT_SECTIONS; section++)
		put_section(x, to, section);
	for (uint32_t metric = 0; metric < RL_ELASTICITY_METRICS; metric++)
		for (size_t i = 0; i < x->nparts; i++) {
			struct row row = make_part(x, &x->part[i], metric, what, sizeof(what));

			put(to, &row);
		}
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *json_parts(const struct rl_compared *x)
{
	json_t *all = json_array();

	for (size_t i = 0; i < x->nparts; i++) {
		const struct rl_part *p = &x->part[i];

		json_array_append_new(all, json_pack("{s:s, s:o, s:o}", "path", p->path, "a",
						   *p->a ? json_string(p->a) : json_null(), "b",
						   *p->b ? json_string(p->b) : json_null()));
	}
	return all;
}

static json_t *json_subject(const struct rl_subject *s)
{
	char *text = rl_scenario_json(&s->scenario);
	json_t *scenario = text ? json_loads(text, 0, NULL) : NULL;

	free(text);
	return json_pack("{s:s, s:b, s:o, s:o, s:o}", "run", s->name, "measured", s->measured,
		"repeats", s->measured ? json_integer((json_int_t)s->repeats) : json_null(),
		"params", *s->params ? json_string(s->params) : json_null(), "scenario", scenario);
}

static json_t *json_manifest(const struct rl_compare *in, const struct rl_compared *x)
{
	json_t *m = rl_manifest_create();

	if (!m)
		return NULL;
	for (int i = 0; i < 2; i++)
		if (!x->subject[i].measured)
			rl_configure_inputs(&in->conf[i], m);
	json_object_del(m, "params"); /* of each */
	json_object_set_new(m, "seed", json_integer((json_int_t)x->sim.seed));
	json_object_set_new(m, "replications", json_integer(x->sim.reps));
	json_object_set_new(m, "requests", json_integer((json_int_t)x->sim.requests));
	return m;
}

static int print_json(const struct rl_compare *in, const struct rl_compared *x)
{
	struct sink to = {.json = json_array()};
	json_t *doc;

	put_all(x, &to);
	doc = json_pack("{s:o, s:o, s:o, s:b, s:o, s:o, s:o}", "manifest", json_manifest(in, x),
		"a", json_subject(&x->subject[0]), "b", json_subject(&x->subject[1]), "paired",
		x->paired, "account", to.json, "parts", x->parted ? json_parts(x) : json_null(),
		"parts_unknown", *x->unknown.what ? json_string(x->unknown.what) : json_null());
	return rl_out_document(doc);
}

/* ---- for people ---------------------------------------------------------------------------- */

static void print_head(const struct rl_compare *in, const struct rl_compared *x)
{
	for (int i = 0; i < 2; i++) {
		const struct rl_subject *s = &x->subject[i];

		printf("%c: %s: ", i ? 'B' : 'A', s->name);
		if (s->measured)
			printf("measured, %zu repeat%s", s->repeats, s->repeats == 1 ? "" : "s");
		else
			printf("simulated");
		printf("%s%s%s\n", *s->params ? ", costs of '" : "", s->params,
			*s->params ? "'" : "");
	}
	for (int i = 0; i < in->b.nset; i++)
		printf("%s %s", i ? "," : "B alone:", in->b.set[i]);
	puts(in->b.nset ? "\n" : "");
}

/* The greatest of what adds up to a difference, where there is one. */
static void print_most(const struct rl_compared *x, enum rl_account_section section,
	const char *total, const char *name)
{
	enum rl_account_section of =
		section == RL_ACCOUNT_LATENCY ? RL_ACCOUNT_RESULT : RL_ACCOUNT_CPU;
	struct rl_estimate e = rl_series_difference(&x->told[0], &x->told[1], x->paired, of, total);
	double most = 0, a = rl_series_value(&x->told[0], of, total);
	const char *which = NULL;

	if (isnan(e.value))
		return;
	printf("\n%s of a request: %+.3g %%", name, 100 * e.value / a);
	if (e.lo <= 0 && e.hi >= 0) {
		puts(e.value == 0 ? "." : ", but the interval holds 0.");
		return;
	}
	for (size_t i = 0; i < 2 * RL_ACCOUNT_ROWS; i++) {
		const struct rl_account *acc = &x->told[i / RL_ACCOUNT_ROWS].all;
		const struct rl_account_row *r = &acc->row[i % RL_ACCOUNT_ROWS];
		double own;

		if (i % RL_ACCOUNT_ROWS >= acc->n || r->section != section)
			continue;
		own = share_of(x, r, total_of(x, section, r->what));
		if (!(own > most) || strcmp(r->what, "guest") == 0 ||
			strcmp(r->what, "driver domain") == 0)
			continue;
		most = own;
		which = r->what;
	}
	if (which)
		printf("; most of the difference: %s, %.3g %% of it", which, 100 * most);
	puts(".");
}

int rl_compare_print(const struct rl_compare *in, const struct rl_compared *x)
{
	struct sink to = {.table = in->args.format == RL_OUT_TABLE};
	int rc;

	if (in->args.format == RL_OUT_JSON)
		return print_json(in, x);
	to.model = !to.table || x->model[0].n;
	if (to.table)
		print_head(in, x);
	to.out = rl_out_create(in->args.format, stdout, to.model ? columns : columns_alone);
	if (!to.out)
		return -ENOMEM;
	put_all(x, &to);
	rc = rl_out_finish(to.out);
	if (rc || !to.table)
		return rc;
	print_most(x, RL_ACCOUNT_LATENCY, "lat_mean_ns", "Latency");
	print_most(x, RL_ACCOUNT_CPU, RL_ACCOUNT_CPU_ALL, "CPU time");
	if (*x->unknown.what)
		printf("\nWhat each field does is not known: %s.\n", x->unknown.what);
	return 0;
}
