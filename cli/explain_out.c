/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An explanation: rows by section, the model beside what was measured. */
#include "cli/explain.h"

#include "cli/manifest.h"
#include "data/format/scenario.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define SHOWN	  8    /* costs a metric, for people */
#define SHOWN_MIN 0.01 /* and none that changes it by less */

static const char *const columns_alone[] = {
	"section", "what", "value", "ci_lo", "ci_hi", "unit", "share", NULL};
static const char *const columns[] = {"section", "what", "value", "ci_lo", "ci_hi", "unit", "share",
	"model", "model_error", NULL};

/* ---- rows ---------------------------------------------------------------------------------- */

static void put_estimate(struct rl_out *out, const struct rl_estimate *e)
{
	rl_out_real(out, e->value, 4);
	rl_out_real(out, e->lo, 4);
	rl_out_real(out, e->hi, 4);
}

static bool is_beside(const struct rl_explain *in, const struct rl_explained *x)
{
	return in->args.format != RL_OUT_TABLE || x->model.n;
}

static void put_model(struct rl_out *out, double value, double of)
{
	rl_out_real(out, value, 4);
	rl_out_real(out, value / of - 1, 2);
}

static void put_row(struct rl_out *out, const struct rl_account_row *r,
	const struct rl_account_row *model, bool beside)
{
	rl_out_text(out, rl_account_section_name[r->section]);
	rl_out_text(out, r->what);
	put_estimate(out, &r->e);
	rl_out_text(out, r->unit);
	rl_out_real(out, r->share, 3);
	if (beside)
		put_model(out, model ? model->e.value : NAN, r->e.value);
	rl_out_end_row(out);
}

/* What only the model knows stands in its column alone. */
static void put_model_only(struct rl_out *out, const struct rl_account_row *model)
{
	struct rl_account_row r = *model;

	r.e = (struct rl_estimate){NAN, NAN, NAN};
	r.share = NAN;
	put_row(out, &r, model, true);
}

static void put_section(const struct rl_explained *x, struct rl_out *out, int section, bool beside)
{
	const struct rl_account *m = x->model.n ? &x->model : NULL;

	for (size_t i = 0; i < x->account.n; i++) {
		const struct rl_account_row *r = &x->account.row[i];

		if ((int)r->section == section)
			put_row(out, r, rl_account_find(m, r->section, r->what), beside);
	}
	for (size_t i = 0; m && i < m->n; i++) {
		const struct rl_account_row *r = &m->row[i];

		if ((int)r->section == section &&
			!rl_account_find(&x->account, r->section, r->what))
			put_model_only(out, r);
	}
}

static void put_change(
	struct rl_out *out, const struct rl_elasticity *e, uint32_t metric, bool beside)
{
	char what[128];

	snprintf(what, sizeof(what), "%s by costs.%s",
		rl_metric_info[rl_elasticity_metric[metric]].name, rl_param_info[e->param].name);
	rl_out_text(out, "change");
	rl_out_text(out, what);
	put_estimate(out, &e->e[metric]);
	rl_out_text(out, "1");
	rl_out_real(out, NAN, 1);
	if (beside)
		put_model(out, NAN, NAN);
	rl_out_end_row(out);
}

/* What moves a metric most comes first; what is not known last. */
static void put_changes(const struct rl_explain *in, const struct rl_explained *x,
	struct rl_out *out, uint32_t metric)
{
	const struct rl_elasticity *order[RL_PARAM_COUNT];
	bool table = in->args.format == RL_OUT_TABLE;

	for (size_t i = 0; i < x->nchanges; i++) {
		double own = fabs(x->change[i].e[metric].value);
		size_t at = i;

		for (; at > 0 && !(own <= fabs(order[at - 1]->e[metric].value)) && own >= 0; at--)
			order[at] = order[at - 1];
		order[at] = &x->change[i];
	}
	for (size_t i = 0; i < x->nchanges && !(table && i == SHOWN); i++)
		if (!table || fabs(order[i]->e[metric].value) >= SHOWN_MIN)
			put_change(out, order[i], metric, is_beside(in, x));
}

static void put_alternative(
	struct rl_out *out, const struct rl_alternative *a, uint32_t metric, bool beside)
{
	char what[256];

	snprintf(what, sizeof(what), "%s with %s=%s",
		rl_metric_info[rl_elasticity_metric[metric]].name, a->path, a->value);
	rl_out_text(out, "instead");
	rl_out_text(out, what);
	put_estimate(out, &a->e[metric]);
	rl_out_text(out, "1");
	rl_out_real(out, NAN, 1);
	if (beside)
		put_model(out, NAN, NAN);
	rl_out_end_row(out);
}

/* For people none that changes next to nothing. */
static void put_instead(const struct rl_explain *in, const struct rl_explained *x,
	struct rl_out *out, uint32_t metric)
{
	for (size_t i = 0; i < x->ninstead; i++) {
		const struct rl_alternative *a = &x->instead[i];

		if (in->args.format != RL_OUT_TABLE || !(fabs(a->e[metric].value) < SHOWN_MIN))
			put_alternative(out, a, metric, is_beside(in, x));
	}
}

static void print_head(const struct rl_explained *x)
{
	const struct rl_subject *s = &x->subject;

	printf("%s: ", s->name);
	if (s->measured)
		printf("measured, %zu repeat%s", s->repeats, s->repeats == 1 ? "" : "s");
	else
		printf("simulated");
	if (*s->params)
		printf(", costs of '%s'", s->params);
	else if (s->measured)
		printf(", no parameters of its platform to simulate it with");
	puts("\n");
}

/* What limits it, as far as it is known. */
static void print_limit(const struct rl_explained *x)
{
	for (size_t i = 0; i < x->account.n; i++) {
		const struct rl_account_row *r = &x->account.row[i];

		if (r->section != RL_ACCOUNT_LIMIT)
			continue;
		if (isfinite(r->e.value))
			printf("\nLimited by: %s, busy %.0f %%.\n", r->what, 100 * r->e.value);
		return;
	}
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *real_or_null(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *json_row(const struct rl_account_row *r)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:o}", "section",
		rl_account_section_name[r->section], "what", r->what, "value",
		real_or_null(r->e.value), "ci_lo", real_or_null(r->e.lo), "ci_hi",
		real_or_null(r->e.hi), "unit", r->unit, "share", real_or_null(r->share));
}

static json_t *json_account(const struct rl_account *a)
{
	json_t *all = json_array();

	for (size_t i = 0; i < a->n; i++)
		json_array_append_new(all, json_row(&a->row[i]));
	return all;
}

static json_t *json_metrics(const struct rl_estimate *e)
{
	json_t *metrics = json_object();

	for (uint32_t i = 0; i < RL_ELASTICITY_METRICS; i++)
		json_object_set_new(metrics, rl_metric_info[rl_elasticity_metric[i]].name,
			json_pack("{s:o, s:o, s:o}", "value", real_or_null(e[i].value), "ci_lo",
				real_or_null(e[i].lo), "ci_hi", real_or_null(e[i].hi)));
	return metrics;
}

static json_t *json_change(const struct rl_elasticity *e)
{
	return json_pack("{s:s+, s:o}", "path", "costs.", rl_param_info[e->param].name,
		"elasticity", json_metrics(e->e));
}

static json_t *json_instead(const struct rl_explained *x)
{
	json_t *all = json_array();

	for (size_t i = 0; i < x->ninstead; i++)
		json_array_append_new(
			all, json_pack("{s:s, s:s, s:o}", "path", x->instead[i].path, "value",
				     x->instead[i].value, "change", json_metrics(x->instead[i].e)));
	return all;
}

static json_t *json_changes(const struct rl_explained *x)
{
	json_t *all = json_array();

	for (size_t i = 0; i < x->nchanges; i++)
		json_array_append_new(all, json_change(&x->change[i]));
	return all;
}

static json_t *json_manifest(const struct rl_explain *in, const struct rl_explained *x)
{
	json_t *m = rl_manifest_create();

	if (!m)
		return NULL;
	if (!x->subject.measured)
		rl_configure_inputs(&in->conf, m);
	json_object_set_new(
		m, "params", *x->subject.params ? json_string(x->subject.params) : json_null());
	json_object_set_new(m, "seed", json_integer((json_int_t)x->sim.seed));
	json_object_set_new(m, "replications", json_integer(x->sim.reps));
	json_object_set_new(m, "requests", json_integer((json_int_t)x->sim.requests));
	return m;
}

static int print_json(const struct rl_explain *in, const struct rl_explained *x)
{
	const struct rl_subject *s = &x->subject;
	char *text = rl_scenario_json(&s->scenario);
	json_t *scenario = text ? json_loads(text, 0, NULL) : NULL;
	json_t *doc = json_pack("{s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "manifest",
		json_manifest(in, x), "run", s->name, "measured", s->measured, "repeats",
		s->measured ? json_integer((json_int_t)s->repeats) : json_null(), "scenario",
		scenario, "account", json_account(&x->account), "model",
		x->model.n ? json_account(&x->model) : json_null(), "change",
		s->modelled && !in->no_change ? json_changes(x) : json_null(), "instead",
		s->modelled && !in->no_change ? json_instead(x) : json_null());

	free(text);
	return rl_out_document(doc);
}

int rl_explain_print(const struct rl_explain *in, const struct rl_explained *x)
{
	bool table = in->args.format == RL_OUT_TABLE, beside = is_beside(in, x);
	struct rl_out *out;
	int rc;

	if (in->args.format == RL_OUT_JSON)
		return print_json(in, x);
	if (table)
		print_head(x);
	out = rl_out_create(in->args.format, stdout, beside ? columns : columns_alone);
	if (!out)
		return -ENOMEM;
	for (int section = 0; section < RL_ACCOUNT_SECTIONS; section++)
		put_section(x, out, section, beside);
	for (uint32_t metric = 0; metric < RL_ELASTICITY_METRICS; metric++)
		put_changes(in, x, out, metric);
	for (uint32_t metric = 0; metric < RL_ELASTICITY_METRICS; metric++)
		put_instead(in, x, out, metric);
	rc = rl_out_finish(out);
	if (!rc && table)
		print_limit(x);
	return rc;
}
