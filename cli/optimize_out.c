/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was tried, a configuration a line: the answer first, then who was nearest to it. */
#include "cli/optimize.h"

#include "calibrate/anytime.h"
#include "cli/manifest.h"
#include "data/format/scenario.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL	    0.05 /* of the intervals that are shown: 95 %, of each alone */
#define COLUMNS	    (RL_SWEEP_AXES + 3 * (1 + RL_SELECT_BOUNDS) + 8)
#define NAME_LENGTH 48

/* In the order in which they are listed. */
enum verdict { SELECTED, LEADS, OPEN, AS_GOOD, WORSE, NO_ROOM, INFEASIBLE, FAILED };

static const char *const verdict_name[] = {
	"selected", "leads", "open", "as good", "worse", "no room", "infeasible", "stands still"};

struct line {
	uint32_t config;
	enum verdict verdict;
	double objective; /* smaller is better */
};

struct print {
	const struct rl_optimize_input *in;
	struct rl_optimize *o;
	struct line *line;
};

/* ---- verdicts ------------------------------------------------------------------------------ */

/* Is the mean on the right side of the bound for which it is out? Then it has not enough to spare.
 */
static bool keeps(const struct rl_select *s, uint32_t i)
{
	uint32_t by = s->system[i].by;
	double mean = rl_select_mean(s, i, 1 + by), bound = s->rule.bound[by].value;

	return s->rule.bound[by].least ? mean > bound : mean < bound;
}

static enum verdict judge(struct rl_optimize *o, uint32_t i)
{
	struct rl_select *s = &o->select;

	if (s->system[i].state == RL_SELECT_FAILED)
		return FAILED;
	if (s->system[i].state == RL_SELECT_INFEASIBLE)
		return keeps(s, i) ? NO_ROOM : INFEASIBLE;
	if (i == s->best)
		return s->end == RL_SELECT_CHOSEN ? SELECTED : LEADS;
	if (!s->settled[i])
		return OPEN;
	return rl_select_better(s, s->best, i) ? WORSE : AS_GOOD;
}

static int by_verdict(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->verdict != y->verdict)
		return x->verdict < y->verdict ? -1 : 1;
	if (x->objective != y->objective && !isnan(x->objective) && !isnan(y->objective))
		return x->objective < y->objective ? -1 : 1;
	return x->config < y->config ? -1 : x->config > y->config;
}

static void sort(struct print *p)
{
	const struct rl_select *s = &p->o->select;

	for (uint32_t i = 0; i < s->k; i++)
		p->line[i] = (struct line){i, judge(p->o, i),
			rl_select_mean(s, i, 0) * (p->in->rule.maximize ? -1 : 1)};
	qsort(p->line, s->k, sizeof(*p->line), by_verdict);
}

/* Which constraint it breaks, or why it stands still; null: nothing to tell. */
static const char *because(const struct print *p, const struct line *l)
{
	if (l->verdict == FAILED)
		return p->o->spent[l->config].failed;
	return l->verdict == INFEASIBLE || l->verdict == NO_ROOM
		       ? p->in->bound[p->o->select.system[l->config].by].text
		       : NULL;
}

static int metric_of(const struct rl_optimize_input *in, uint32_t response)
{
	return response ? in->bound[response - 1].metric : in->metric;
}

/* The same metric is told once, whatever is asked of it. */
static bool told(const struct rl_optimize_input *in, uint32_t response)
{
	for (uint32_t r = 0; r < response; r++)
		if (metric_of(in, r) == metric_of(in, response))
			return true;
	return false;
}

static struct rl_estimate estimate(const struct print *p, uint32_t config, uint32_t response)
{
	const struct rl_select_system *y = &p->o->select.system[config];

	if (!y->n)
		return (struct rl_estimate){NAN, NAN, NAN};
	return rl_anytime_mean(y->x + (size_t)response * y->room, y->n, LEVEL);
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void name_columns(
	const struct print *p, const char *columns[COLUMNS], char names[][NAME_LENGTH])
{
	bool table = p->in->args.format == RL_OUT_TABLE;
	size_t n = 0;

	columns[n++] = "config";
	for (uint32_t k = 0; k < p->in->w.naxes; k++)
		columns[n++] = p->in->w.axis[k].path;
	for (uint32_t r = 0; r <= p->in->rule.nbounds; r++) {
		const char *name = rl_metric_info[metric_of(p->in, r)].name;

		if (told(p->in, r))
			continue;
		snprintf(names[2 * r], NAME_LENGTH, table ? "low" : "%s_lo", name);
		snprintf(names[2 * r + 1], NAME_LENGTH, table ? "high" : "%s_hi", name);
		columns[n++] = name;
		columns[n++] = names[2 * r];
		columns[n++] = names[2 * r + 1];
	}
	columns[n++] = "replications";
	if (!table)
		columns[n++] = "requests";
	columns[n++] = "verdict";
	columns[n++] = "because";
	columns[n] = NULL;
}

static void put_point(const struct print *p, struct rl_out *out, uint32_t config)
{
	char buf[RL_SWEEP_VALUE];

	for (uint32_t k = 0; k < p->in->w.naxes; k++) {
		const struct rl_axis *a = &p->in->w.axis[k];
		const char *value = rl_sweep_value(&p->in->w, config, k, buf);
		double x = p->in->args.format == RL_OUT_TABLE ? NAN : rl_axis_number(a, value);

		if (isnan(x))
			rl_out_text(out, value);
		else
			rl_out_real(out, x, 6);
	}
}

static void put_line(const struct print *p, struct rl_out *out, const struct line *l)
{
	rl_out_count(out, l->config);
	put_point(p, out, l->config);
	for (uint32_t r = 0; r <= p->in->rule.nbounds; r++) {
		struct rl_estimate e = estimate(p, l->config, r);

		if (told(p->in, r))
			continue;
		rl_out_real(out, e.value, 4);
		rl_out_real(out, e.lo, 4);
		rl_out_real(out, e.hi, 4);
	}
	rl_out_count(out, p->o->select.system[l->config].n);
	if (p->in->args.format != RL_OUT_TABLE)
		rl_out_count(out, (int64_t)p->o->spent[l->config].requests);
	rl_out_text(out, verdict_name[l->verdict]);
	rl_out_text(out, because(p, l));
	rl_out_end_row(out);
}

static int print_rows(struct print *p)
{
	char names[2 * (1 + RL_SELECT_BOUNDS)][NAME_LENGTH];
	const char *columns[COLUMNS];
	char *answer = rl_optimize_answer(p->in, p->o);
	struct rl_out *out;
	int rc = -ENOMEM;

	name_columns(p, columns, names);
	out = answer ? rl_out_create(p->in->args.format, stdout, columns) : NULL;
	for (uint32_t i = 0; out && i < p->o->select.k; i++)
		put_line(p, out, &p->line[i]);
	if (out)
		rc = rl_out_finish(out);
	/* A program that reads rows wants nothing else among them. */
	if (!rc)
		rc = fprintf(p->in->args.format == RL_OUT_TABLE ? stdout : stderr, "%s\n", answer) <
					     0 ||
				     fflush(stdout)
			     ? -EIO
			     : 0;
	free(answer);
	return rc;
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *real_or_null(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *json_point(const struct rl_sweep *w, uint32_t config)
{
	json_t *point = json_object();
	char buf[RL_SWEEP_VALUE];

	for (uint32_t k = 0; k < w->naxes; k++)
		json_object_set_new(
			point, w->axis[k].path, json_string(rl_sweep_value(w, config, k, buf)));
	return point;
}

static json_t *json_metrics(const struct print *p, uint32_t config)
{
	json_t *all = json_object();

	for (uint32_t r = 0; r <= p->in->rule.nbounds; r++) {
		const struct rl_metric_info *info = &rl_metric_info[metric_of(p->in, r)];
		struct rl_estimate e = estimate(p, config, r);

		json_object_set_new(all, info->name,
			json_pack("{s:o, s:o, s:o, s:s}", "value", real_or_null(e.value), "ci_lo",
				real_or_null(e.lo), "ci_hi", real_or_null(e.hi), "unit",
				info->unit));
	}
	return all;
}

static json_t *json_line(const struct print *p, const struct line *l)
{
	return json_pack("{s:I, s:o, s:o, s:I, s:I, s:s, s:s?}", "config", (json_int_t)l->config,
		"point", json_point(&p->in->w, l->config), "metrics", json_metrics(p, l->config),
		"replications", (json_int_t)p->o->select.system[l->config].n, "requests",
		(json_int_t)p->o->spent[l->config].requests, "verdict", verdict_name[l->verdict],
		"because", because(p, l));
}

static json_t *json_tried(const struct print *p)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < p->o->select.k; i++)
		json_array_append_new(all, json_line(p, &p->line[i]));
	return all;
}

static json_t *json_asked(const struct rl_optimize_input *in)
{
	json_t *bounds = json_array();

	for (uint32_t i = 0; i < in->rule.nbounds; i++)
		json_array_append_new(
			bounds, json_pack("{s:s, s:s, s:f}", "metric",
					rl_metric_info[in->bound[i].metric].name, "relation",
					in->rule.bound[i].least ? ">" : "<", "value",
					in->rule.bound[i].value));
	return json_pack("{s:s, s:s, s:o, s:f, s:f}", "goal",
		in->rule.maximize ? "maximize" : "minimize", "metric",
		rl_metric_info[in->metric].name, "subject_to", bounds, "confidence",
		in->rule.confidence, "indifference", in->rule.indifference);
}

static json_t *json_manifest(const struct print *p)
{
	json_t *m = rl_manifest_create();

	if (!m)
		return NULL;
	rl_configure_inputs(&p->in->conf, m);
	json_object_set_new(m, "seed", json_integer((json_int_t)p->in->sim.seed));
	json_object_set_new(m, "replications", json_integer((json_int_t)p->o->reps));
	json_object_set_new(m, "requests", json_integer((json_int_t)p->o->requests));
	json_object_set_new(m, "tests", json_integer(rl_select_tests(&p->o->select)));
	return m;
}

static int print_json(const struct print *p)
{
	const struct rl_select *s = &p->o->select;
	char *text = rl_scenario_json(&p->in->w.base), *answer = rl_optimize_answer(p->in, p->o);
	json_t *scenario = text ? json_loads(text, 0, NULL) : NULL;
	const char *outcome = s->end == RL_SELECT_CHOSEN ? "selected"
			      : s->end == RL_SELECT_NONE ? "infeasible"
							 : "undecided";
	json_t *selected = s->end == RL_SELECT_CHOSEN ? json_line(p, &p->line[0]) : json_null();
	json_t *doc = json_pack("{s:o, s:o, s:o, s:s, s:s, s:o, s:o}", "manifest", json_manifest(p),
		"scenario", scenario, "asked", json_asked(p->in), "outcome", outcome, "answer",
		answer, "selected", selected, "tried", json_tried(p));

	free(text);
	free(answer);
	return rl_out_document(doc);
}

int rl_optimize_print(const struct rl_optimize_input *in, struct rl_optimize *o)
{
	struct print p = {.in = in, .o = o};
	int rc;

	p.line = calloc(o->select.k, sizeof(*p.line));
	if (!p.line)
		return -ENOMEM;
	sort(&p);
	rc = in->args.format == RL_OUT_JSON ? print_json(&p) : print_rows(&p);
	free(p.line);
	return rc;
}
