/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A simulation's result: JSON with all that goes with it, or rows. */
#include "cli/simulate.h"

#include "cli/manifest.h"
#include "data/format/scenario.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *real_or_null(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *json_estimate(const struct rl_estimate *e, const char *unit)
{
	return json_pack("{s:o, s:o, s:o, s:s}", "value", real_or_null(e->value), "ci_lo",
		real_or_null(e->lo), "ci_hi", real_or_null(e->hi), "unit", unit);
}

static json_t *json_metrics(const struct rl_metrics *m)
{
	json_t *all = json_object();

	for (int i = 0; i < RL_METRIC_COUNT; i++)
		json_object_set_new(all, rl_metric_info[i].name,
			json_estimate(&m->m[i], rl_metric_info[i].unit));
	return all;
}

/* What was asked of the intervals, and what became of it; null: nothing. */
static json_t *json_precision(const struct rl_sim_options *o, const struct rl_sim_result *r)
{
	double half;
	int widest = rl_sim_target(o, &r->metrics, &half);

	if (o->precision == 0)
		return json_null();
	return json_pack("{s:f, s:b, s:s, s:o}", "requested", o->precision, "reached", r->precise,
		"widest", rl_metric_info[widest].name, "half_width", real_or_null(half));
}

json_t *rl_simulate_manifest(const struct rl_simulate *in, const struct rl_sim_result *r)
{
	json_t *m = rl_manifest_create();
	char digest[17];

	if (!m)
		return NULL;
	snprintf(digest, sizeof(digest), "%016" PRIx64, rl_sim_digest(r));
	rl_configure_inputs(&in->conf, m);
	json_object_set_new(m, "seed", json_integer((json_int_t)in->sim.seed));
	json_object_set_new(m, "replications", json_integer(r->reps));
	json_object_set_new(m, "requests", json_integer((json_int_t)r->requests));
	json_object_set_new(m, "events", json_integer((json_int_t)r->events));
	json_object_set_new(m, "warmup_requests", json_integer((json_int_t)r->warmup));
	json_object_set_new(m, "warmup_found", json_boolean(r->warm));
	json_object_set_new(m, "digest", json_string(digest));
	json_object_set_new(m, "precision", json_precision(&in->sim, r));
	return m;
}

/* domain -> purpose -> cores */
static json_t *json_cpu(const struct rl_sim_result *r)
{
	json_t *all = json_object();

	for (uint32_t i = 0; i < r->ncells; i++) {
		const struct rl_sim_cell *c = &r->cell[i];
		const char *domain = *c->domain ? c->domain : "none";

		if (!json_object_get(all, domain))
			json_object_set_new(all, domain, json_object());
		json_object_set_new(json_object_get(all, domain), c->purpose,
			json_estimate(&c->cores, "pCPUs"));
	}
	return all;
}

/* Is it told of each of several jobs? The others are the whole's. */
static bool is_of_job(int metric)
{
	return metric <= RL_METRIC_lat_mean_ns ||
	       (metric >= RL_METRIC_read_iops && metric <= RL_METRIC_write_lat_mean_ns) ||
	       metric == RL_METRIC_sync_iops || metric == RL_METRIC_sync_lat_mean_ns;
}

static json_t *json_job(const struct rl_sim_section *s, const char *name)
{
	json_t *metrics = json_object();

	for (int i = 0; i < RL_METRIC_COUNT; i++)
		if (is_of_job(i))
			json_object_set_new(metrics, rl_metric_info[i].name,
				json_estimate(&s->metrics.m[i], rl_metric_info[i].unit));
	return json_pack("{s:s, s:I, s:I, s:o, s:o}", "name", name, "requests",
		(json_int_t)s->requests, "ramp_requests", (json_int_t)s->left_out, "runtime_ns",
		json_estimate(&s->runtime_ns, "ns"), "metrics", metrics);
}

/* Each of several jobs apart. */
static json_t *json_jobs(const struct rl_scenario *s, const struct rl_sim_result *r)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < r->nsections; i++)
		json_array_append_new(all, json_job(&r->section[i], s->jobs[i].name));
	return all;
}

static json_t *json_limits(const struct rl_sim_result *r)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < r->nlimits; i++)
		json_array_append_new(all, json_pack("{s:s, s:f}", "resource", r->limit[i].what,
						   "busy_frac", r->limit[i].busy_frac));
	return all;
}

static int print_json(
	const struct rl_simulate *in, const struct rl_scenario *s, const struct rl_sim_result *r)
{
	char *text = rl_scenario_json(s);
	json_t *scenario = text ? json_loads(text, 0, NULL) : NULL;
	json_t *doc = json_pack("{s:o, s:o, s:o, s:o, s:o}", "manifest",
		rl_simulate_manifest(in, r), "scenario", scenario, "metrics",
		json_metrics(&r->metrics), "cpu", json_cpu(r), "limits", json_limits(r));
	int rc;

	if (doc && r->nsections)
		json_object_set_new(doc, "jobs", json_jobs(s, r));
	rc = rl_out_document(doc);
	free(text);
	return rc;
}

/* One line a domain: what its pCPU time went into, in pCPUs. */
static void print_cells(const struct rl_sim_result *r)
{
	const char *domain = NULL;

	for (uint32_t i = 0; i < r->ncells; i++) {
		const struct rl_sim_cell *c = &r->cell[i];

		if (!domain || strcmp(domain, c->domain) != 0)
			printf("%s%s:", i ? "\n" : "\nTime of the pCPUs, ",
				*c->domain ? c->domain : "nobody");
		domain = c->domain;
		printf(" %s %.3g", c->purpose, c->cores.value);
	}
	puts("");
}

/* One line a job of several. */
static void print_jobs(const struct rl_scenario *s, const struct rl_sim_result *r)
{
	for (uint32_t i = 0; i < r->nsections; i++) {
		const struct rl_estimate *m = r->section[i].metrics.m;

		printf("%sJob %s: %.4g IOPS, %.4g MB/s, clat mean %.4g us, p99 %.4g us, in %.4g "
		       "s\n",
			i ? "" : "\n", s->jobs[i].name, m[RL_METRIC_iops].value,
			m[RL_METRIC_bw_bytes_per_s].value / 1e6,
			m[RL_METRIC_clat_mean_ns].value / 1e3, m[RL_METRIC_clat_p99_ns].value / 1e3,
			r->section[i].runtime_ns.value / 1e9);
	}
}

static void print_summary(const struct rl_simulate *in, const struct rl_sim_result *r)
{
	double half;
	int widest = rl_sim_target(&in->sim, &r->metrics, &half);

	print_cells(r);
	printf("Limited by: %s, busy %.0f %%.\n", r->limit[0].what, 100 * r->limit[0].busy_frac);
	printf("%u replications, each without its first %llu I/Os", r->reps,
		(unsigned long long)r->warmup);
	if (isfinite(half))
		printf("; %s is known to %.2g %%", rl_metric_info[widest].name, 100 * half);
	puts(".");
}

/* What a person should know who reads the numbers. */
static void warn(const struct rl_simulate *in, const struct rl_sim_result *r)
{
	double half;
	int widest = rl_sim_target(&in->sim, &r->metrics, &half);

	if (!r->warm)
		fprintf(stderr,
			"warning: the warm-up does not end within half a replication; the second "
			"half is shown (expected more --requests)\n");
	if (!r->precise)
		fprintf(stderr,
			"warning: %s is known to %.2g %% after %u replications (expected %g %%): "
			"raise --max-reps or --requests\n",
			rl_metric_info[widest].name, 100 * half, r->reps, 100 * in->sim.precision);
}

static int print_rows(
	const struct rl_simulate *in, const struct rl_scenario *s, const struct rl_sim_result *r)
{
	static const char *const columns[] = {"metric", "value", "ci_lo", "ci_hi", "unit", NULL};
	struct rl_out *out = rl_out_create(in->args.format, stdout, columns);
	int rc;

	if (!out)
		return -ENOMEM;
	for (int i = 0; i < RL_METRIC_COUNT; i++) {
		const struct rl_estimate *e = &r->metrics.m[i];

		/* People are spared what does not apply: reads and writes apart, without both. */
		if (in->args.format == RL_OUT_TABLE && i >= RL_METRIC_read_iops && isnan(e->value))
			continue;
		rl_out_text(out, rl_metric_info[i].name);
		rl_out_real(out, e->value, 4);
		rl_out_real(out, e->lo, 4);
		rl_out_real(out, e->hi, 4);
		rl_out_text(out, rl_metric_info[i].unit);
		rl_out_end_row(out);
	}
	rc = rl_out_finish(out);
	if (!rc && in->args.format == RL_OUT_TABLE) {
		print_jobs(s, r);
		print_summary(in, r);
	}
	return rc;
}

int rl_simulate_print(
	const struct rl_simulate *in, const struct rl_scenario *s, const struct rl_sim_result *r)
{
	warn(in, r);
	return in->args.format == RL_OUT_JSON ? print_json(in, s, r) : print_rows(in, s, r);
}
