/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `ringlab predict` prints: rows, or one JSON document. */
#include "cli/predict.h"

#include "cli/manifest.h"
#include "data/format/scenario.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- does the simulator agree? ------------------------------------------------------------- */

static bool is_upper(const char *metric)
{
	return strcmp(metric, "iops") == 0 || strcmp(metric, "iops_at_most") == 0;
}

/*
 * A bound holds unless the whole interval is beyond it; else the interval has the value. A run that
 * ends somewhere counts an I/O or two too many: bounds are held to a thousandth.
 */
static bool agrees(
	const struct rl_form *f, const struct rl_form_value *v, const struct rl_estimate *e)
{
	double lo = isfinite(e->lo) ? e->lo : e->value, hi = isfinite(e->hi) ? e->hi : e->value;
	double near = (f->is == RL_FORM_BOUND ? 1e-3 : 1e-9) * fabs(v->value);

	if (f->is == RL_FORM_BOUND)
		return is_upper(v->metric) ? lo <= v->value + near : hi >= v->value - near;
	return lo - near <= v->value && v->value <= hi + near;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static const char *const columns[] = {"row", "name", "metric", "value", "unit", "is", "simulated",
	"ci_lo", "ci_hi", "difference", "agrees", "note", NULL};

static void row_begin(struct rl_out *o, const char *row, const char *name, const char *metric,
	double value, const char *unit, const char *is)
{
	rl_out_text(o, row);
	rl_out_text(o, name);
	rl_out_text(o, metric);
	rl_out_real(o, value, 5);
	rl_out_text(o, unit);
	rl_out_text(o, is);
}

static void row_end(struct rl_out *o, const struct rl_estimate *e, double form, const char *agrees,
	const char *note)
{
	static const struct rl_estimate none = {NAN, NAN, NAN};

	e = e ? e : &none;
	rl_out_real(o, e->value, 5);
	rl_out_real(o, e->lo, 5);
	rl_out_real(o, e->hi, 5);
	rl_out_real(o, e->value / form - 1, 3);
	rl_out_text(o, agrees);
	rl_out_text(o, note);
	rl_out_end_row(o);
}

static void form_rows(
	struct rl_out *o, const struct rl_predict_result *r, const struct rl_predict_form *f)
{
	for (uint32_t i = 0; i < f->p.n; i++) {
		const struct rl_form_value *v = &f->p.v[i];
		struct rl_estimate e = rl_predict_simulated(&f->p, &r->sim.metrics, v->metric);

		row_begin(o, f->form->is == RL_FORM_BOUND ? "bound" : "form", f->form->name,
			v->metric, v->value, v->unit, rl_form_is_name[f->p.is]);
		row_end(o, &e, v->value,
			isfinite(e.value) ? agrees(f->form, v, &e) ? "yes" : "no" : NULL,
			i ? NULL : f->form->summary);
	}
}

static void explain_rows(struct rl_out *o, const struct rl_predict_form *f)
{
	for (uint32_t i = 0; i < f->nsteps; i++) {
		const struct rl_predict_step *step = &f->step[i];

		row_begin(o, "explained_by", f->form->name, step->what->name, step->amount, "ns",
			NULL);
		row_end(o, &step->lat, step->form, NULL, step->what->words);
	}
	if (!f->nsteps)
		return;
	row_begin(o, "unexplained", f->form->name, "lat_mean_ns", f->rest, "ns", NULL);
	row_end(o, NULL, NAN, fabs(f->rest) <= f->rest_half ? "yes" : "no",
		"what is left when all that the form leaves out is taken away");
}

static void demand_rows(struct rl_out *o, const struct rl_demand *d)
{
	for (uint32_t i = 0; i < d->n; i++) {
		char note[64];

		snprintf(note, sizeof(note), "of %.4g together", d->st[i].servers);
		row_begin(o, "demand", d->st[i].name, "ns an I/O, at the least", d->st[i].ns, "ns",
			"bound");
		row_end(o, NULL, NAN, NULL, note);
	}
}

static void crossing_rows(struct rl_out *o, const struct rl_predict_result *r)
{
	for (uint32_t i = 0; i < r->ncrossings; i++) {
		const struct rl_crossing *c = &r->crossing[i];

		row_begin(o, "crossover", c->name, c->forms, c->at, c->unit, "approximate");
		row_end(o, NULL, NAN, NULL, c->what);
	}
}

static int print_rows(const struct rl_predict *in, const struct rl_predict_result *r)
{
	struct rl_out *o = rl_out_create(in->args.format, stdout, columns);

	if (!o)
		return -ENOMEM;
	for (uint32_t i = 0; i < r->nforms; i++)
		if (r->form[i].p.applies)
			form_rows(o, r, &r->form[i]);
	for (uint32_t i = 0; i < r->nforms; i++)
		explain_rows(o, &r->form[i]);
	crossing_rows(o, r);
	demand_rows(o, &r->a.least);
	for (uint32_t i = 0; i < r->nforms; i++) {
		if (r->form[i].p.applies)
			continue;
		row_begin(o, "does not apply", r->form[i].form->name, NULL, NAN, NULL, NULL);
		row_end(o, NULL, NAN, NULL, r->form[i].p.why);
	}
	return rl_out_finish(o);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *real_or_null(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *json_estimate(const struct rl_estimate *e)
{
	return json_pack("{s:o, s:o, s:o}", "value", real_or_null(e->value), "ci_lo",
		real_or_null(e->lo), "ci_hi", real_or_null(e->hi));
}

static json_t *json_values(const struct rl_predict_result *r, const struct rl_predict_form *f)
{
	json_t *all = json_object();

	for (uint32_t i = 0; i < f->p.n; i++) {
		const struct rl_form_value *v = &f->p.v[i];
		struct rl_estimate e = rl_predict_simulated(&f->p, &r->sim.metrics, v->metric);

		json_object_set_new(all, v->metric,
			json_pack("{s:o, s:s, s:o, s:o}", "value", real_or_null(v->value), "unit",
				v->unit, "simulated",
				isfinite(e.value) ? json_estimate(&e) : json_null(), "agrees",
				isfinite(e.value) ? json_boolean(agrees(f->form, v, &e))
						  : json_null()));
	}
	return all;
}

static json_t *json_assumptions(uint32_t bits)
{
	json_t *all = json_array();

	for (int i = 0; i < RL_ASSUME_COUNT; i++)
		if (bits & 1u << i)
			json_array_append_new(all, json_string(rl_assumptions[i].name));
	return all;
}

static json_t *json_steps(const struct rl_predict_form *f)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < f->nsteps; i++)
		json_array_append_new(
			all, json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}", "assumption",
				     f->step[i].what->name, "words", f->step[i].what->words,
				     "amount", real_or_null(f->step[i].amount), "unit", "ns",
				     "simulated", json_estimate(&f->step[i].lat), "form",
				     real_or_null(f->step[i].form)));
	return all;
}

static json_t *json_form(const struct rl_predict_result *r, const struct rl_predict_form *f)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:b}", "name", f->form->name, "summary",
		f->form->summary, "source", f->form->source, "applies", f->p.applies);

	if (!o)
		return NULL;
	if (!f->p.applies) {
		json_object_set_new(o, "why", json_string(f->p.why));
		return o;
	}
	json_object_set_new(o, "is", json_string(rl_form_is_name[f->p.is]));
	json_object_set_new(o, "values", json_values(r, f));
	json_object_set_new(o, "assumes", json_assumptions(f->p.assumes));
	json_object_set_new(o, "broken", json_assumptions(f->p.broken));
	json_object_set_new(o, "difference_ns", real_or_null(f->gap));
	json_object_set_new(o, "explained_by", json_steps(f));
	json_object_set_new(o, "unexplained_ns", f->nsteps ? real_or_null(f->rest) : json_null());
	return o;
}

static json_t *json_demands(const struct rl_demand *d)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < d->n; i++)
		json_array_append_new(all, json_pack("{s:s, s:f, s:f}", "station", d->st[i].name,
						   "ns", d->st[i].ns, "servers", d->st[i].servers));
	return all;
}

static json_t *json_crossings(const struct rl_predict_result *r)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < r->ncrossings; i++)
		json_array_append_new(all,
			json_pack("{s:s, s:o, s:s, s:s, s:s}", "name", r->crossing[i].name, "at",
				real_or_null(r->crossing[i].at), "unit", r->crossing[i].unit,
				"forms", r->crossing[i].forms, "what", r->crossing[i].what));
	return all;
}

static json_t *json_manifest(const struct rl_predict *in, const struct rl_predict_result *r)
{
	json_t *m = rl_manifest_create();

	if (!m)
		return NULL;
	rl_configure_inputs(&in->conf, m);
	json_object_set_new(m, "seed", json_integer((json_int_t)in->sim.seed));
	json_object_set_new(m, "replications", json_integer(r->sim.reps));
	return m;
}

static int print_json(const struct rl_predict *in, const struct rl_predict_result *r)
{
	char *text = rl_scenario_json(r->s);
	json_t *forms = json_array(), *doc;
	int rc;

	for (uint32_t i = 0; i < r->nforms; i++)
		json_array_append_new(forms, json_form(r, &r->form[i]));
	doc = json_pack("{s:o, s:o, s:o, s:o, s:o}", "manifest", json_manifest(in, r), "scenario",
		text ? json_loads(text, 0, NULL) : NULL, "demands", json_demands(&r->a.least),
		"crossovers", json_crossings(r), "forms", forms);
	rc = rl_out_document(doc);
	free(text);
	return rc;
}

int rl_predict_print(const struct rl_predict *in, const struct rl_predict_result *r)
{
	return in->args.format == RL_OUT_JSON ? print_json(in, r) : print_rows(in, r);
}
