/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a sensitivity analysis found: a metric after the other, what matters most first. */
#include "cli/sensitivity.h"

#include "cli/manifest.h"
#include "data/format/scenario.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN	 0.01 /* of the most that a parameter does: people are spared the rest */
#define AXIS_END (1 - 0x1p-53)

/* ---- what comes first ---------------------------------------------------------------------- */

static const struct rl_estimate *weight_of(
	const struct rl_sensitivity_input *in, const struct rl_sensitivity_metric *m, uint32_t axis)
{
	return in->method == RL_SENS_MORRIS ? &m->effect[axis].mu_star : &m->index[axis].total;
}

/* What is not known comes last; what is alike stays in order. */
static void rank(const struct rl_sensitivity_input *in, const struct rl_sensitivity_metric *m,
	uint32_t *order)
{
	for (uint32_t k = 0; k < in->w.naxes; k++) {
		double own = weight_of(in, m, k)->value;
		uint32_t at = k;

		for (; at > 0 && own > weight_of(in, m, order[at - 1])->value; at--)
			order[at] = order[at - 1];
		order[at] = k;
	}
}

/* Could it come to something beside the first? */
static bool matters(const struct rl_sensitivity_input *in, const struct rl_sensitivity_metric *m,
	const uint32_t *order, uint32_t axis)
{
	const struct rl_estimate *e = weight_of(in, m, axis);
	double most = weight_of(in, m, order[0])->value;

	return !isfinite(most) || fmax(e->value, e->hi) > SHOWN * most;
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

static json_t *json_parameter(
	const struct rl_sensitivity_input *in, const struct rl_sensitivity_metric *m, uint32_t k)
{
	const struct rl_axis *a = &in->w.axis[k];
	char lo[RL_SWEEP_VALUE], hi[RL_SWEEP_VALUE];
	json_t *p = json_pack("{s:s, s:s, s:s, s:s}", "path", a->path, "low",
		rl_axis_value(a, 0, lo, sizeof(lo)), "high",
		rl_axis_value(a, AXIS_END, hi, sizeof(hi)), "scale",
		a->nlevels ? "values"
		: a->log   ? "log"
			   : "linear");

	if (in->method == RL_SENS_MORRIS) {
		json_object_set_new(p, "mu_star", json_estimate(&m->effect[k].mu_star));
		json_object_set_new(p, "mu", real_or_null(m->effect[k].mu));
		json_object_set_new(p, "sigma", real_or_null(m->effect[k].sigma));
	} else {
		json_object_set_new(p, "first", json_estimate(&m->index[k].first));
		json_object_set_new(p, "total", json_estimate(&m->index[k].total));
	}
	return p;
}

static json_t *json_metric(const struct rl_sensitivity_input *in,
	const struct rl_sensitivity_metric *m, const char *unit)
{
	uint32_t order[RL_SWEEP_AXES];
	json_t *all = json_array();

	rank(in, m, order);
	for (uint32_t i = 0; i < in->w.naxes; i++)
		json_array_append_new(all, json_parameter(in, m, order[i]));
	return json_pack("{s:s, s:o, s:o, s:o}", "unit", unit, "mean", real_or_null(m->mean), "sd",
		real_or_null(m->sd), "parameters", all);
}

static json_t *json_manifest(const struct rl_sensitivity_input *in)
{
	json_t *m = rl_manifest_create();

	if (!m)
		return NULL;
	rl_configure_inputs(&in->conf, m);
	json_object_set_new(m, "seed", json_integer((json_int_t)in->sim.seed));
	json_object_set_new(m, "reps", json_integer(in->sim.reps));
	json_object_set_new(m, "requests", json_integer((json_int_t)in->sim.requests));
	json_object_set_new(m, "method", json_string(rl_sens_name[in->method]));
	json_object_set_new(m, "samples", json_integer(in->samples));
	json_object_set_new(m, "configurations", json_integer(in->w.npoints));
	return m;
}

static int print_json(const struct rl_sensitivity_input *in, const struct rl_sensitivity_metric *m)
{
	char *text = rl_scenario_json(&in->w.base);
	json_t *scenario = text ? json_loads(text, 0, NULL) : NULL, *metrics = json_object();

	free(text);
	for (uint32_t i = 0; i < in->nmetrics; i++) {
		const struct rl_metric_info *info = &rl_metric_info[in->metric[i]];

		json_object_set_new(metrics, info->name, json_metric(in, &m[i], info->unit));
	}
	return rl_out_document(json_pack("{s:o, s:o, s:o}", "manifest", json_manifest(in),
		"scenario", scenario, "metrics", metrics));
}

/* ---- rows ---------------------------------------------------------------------------------- */

static const char *const morris_columns[] = {"metric", "unit", "parameter", "low", "high",
	"mu_star", "mu_star_lo", "mu_star_hi", "mu", "sigma", "relative", NULL};
static const char *const sobol_columns[] = {"metric", "parameter", "low", "high", "first",
	"first_lo", "first_hi", "total", "total_lo", "total_hi", NULL};

static void put_estimate(struct rl_out *out, const struct rl_estimate *e)
{
	rl_out_real(out, e->value, 3);
	rl_out_real(out, e->lo, 3);
	rl_out_real(out, e->hi, 3);
}

static void put_row(const struct rl_sensitivity_input *in, struct rl_out *out, uint32_t metric,
	const struct rl_sensitivity_metric *m, uint32_t k)
{
	const struct rl_axis *a = &in->w.axis[k];
	char buf[RL_SWEEP_VALUE];

	rl_out_text(out, rl_metric_info[in->metric[metric]].name);
	if (in->method == RL_SENS_MORRIS)
		rl_out_text(out, rl_metric_info[in->metric[metric]].unit);
	rl_out_text(out, a->path);
	rl_out_text(out, rl_axis_value(a, 0, buf, sizeof(buf)));
	rl_out_text(out, rl_axis_value(a, AXIS_END, buf, sizeof(buf)));
	if (in->method == RL_SENS_MORRIS) {
		put_estimate(out, &m->effect[k].mu_star);
		rl_out_real(out, m->effect[k].mu, 3);
		rl_out_real(out, m->effect[k].sigma, 3);
		rl_out_real(out, m->effect[k].mu_star.value / fabs(m->mean), 3);
	} else {
		put_estimate(out, &m->index[k].first);
		put_estimate(out, &m->index[k].total);
	}
	rl_out_end_row(out);
}

/* Returns: how many it left out. */
static uint32_t put_metric(const struct rl_sensitivity_input *in, struct rl_out *out,
	uint32_t metric, const struct rl_sensitivity_metric *m)
{
	uint32_t order[RL_SWEEP_AXES], left = 0;

	rank(in, m, order);
	for (uint32_t i = 0; i < in->w.naxes; i++)
		if (in->args.format == RL_OUT_TABLE && !matters(in, m, order, order[i]))
			left++;
		else
			put_row(in, out, metric, m, order[i]);
	return left;
}

/* What parameters do together is what their first-order shares leave. */
static void print_sum(const struct rl_sensitivity_input *in, uint32_t metric,
	const struct rl_sensitivity_metric *m)
{
	double sum = 0;

	for (uint32_t k = 0; k < in->w.naxes; k++)
		sum += m->index[k].first.value;
	if (isfinite(sum))
		printf("%s: first adds up to %.2f; the rest of 1 is what parameters do together.\n",
			rl_metric_info[in->metric[metric]].name, sum);
}

static void print_summary(const struct rl_sensitivity_input *in,
	const struct rl_sensitivity_metric *m, const uint32_t *left)
{
	puts("");
	for (uint32_t i = 0; i < in->nmetrics; i++) {
		const char *name = rl_metric_info[in->metric[i]].name;

		if (!isfinite(m[i].mean))
			printf("%s: not known in all configurations.\n", name);
		else if (m[i].sd == 0)
			printf("%s: the same in all configurations.\n", name);
		else if (in->method == RL_SENS_SOBOL)
			print_sum(in, i, &m[i]);
		if (left[i])
			printf("%s: %u parameters that do less than a hundredth of the first are "
			       "left out.\n",
				name, left[i]);
	}
	printf("%s, %u samples: %u configurations.\n", rl_sens_name[in->method], in->samples,
		in->w.npoints);
}

int rl_sensitivity_print(
	const struct rl_sensitivity_input *in, const struct rl_sensitivity_metric *m)
{
	uint32_t left[RL_METRIC_COUNT];
	struct rl_out *out;
	int rc;

	if (in->args.format == RL_OUT_JSON)
		return print_json(in, m);
	out = rl_out_create(in->args.format, stdout,
		in->method == RL_SENS_MORRIS ? morris_columns : sobol_columns);
	if (!out)
		return -ENOMEM;
	for (uint32_t i = 0; i < in->nmetrics; i++)
		left[i] = put_metric(in, out, i, &m[i]);
	rc = rl_out_finish(out);
	if (!rc && in->args.format == RL_OUT_TABLE)
		print_summary(in, m, left);
	return rc;
}
