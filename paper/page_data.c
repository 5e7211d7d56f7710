/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as the data of its page; see page_data.h. */
#include "paper/page_data.h"

#include "data/store_ask.h"
#include "paper/plots.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* What the charts can show, in the order in which a reader is offered them. */
static const int shown[] = {RL_METRIC_iops, RL_METRIC_clat_mean_ns, RL_METRIC_clat_p50_ns,
	RL_METRIC_clat_p90_ns, RL_METRIC_clat_p99_ns, RL_METRIC_clat_p99_9_ns,
	RL_METRIC_clat_p99_99_ns, RL_METRIC_cpu_ns_per_request, RL_METRIC_front_cpu_frac,
	RL_METRIC_back_cpu_frac, RL_METRIC_hyp_cpu_frac, RL_METRIC_front_spin_frac,
	RL_METRIC_back_spin_frac, RL_METRIC_notifications_per_request,
	RL_METRIC_upcalls_per_request, RL_METRIC_switches_per_request, RL_METRIC_stage_submit_ns,
	RL_METRIC_stage_slot_ns, RL_METRIC_stage_publish_ns, RL_METRIC_stage_notify_ns,
	RL_METRIC_stage_back_wake_ns, RL_METRIC_stage_dequeue_ns, RL_METRIC_stage_process_ns,
	RL_METRIC_stage_device_ns, RL_METRIC_stage_respond_ns, RL_METRIC_stage_rsp_notify_ns,
	RL_METRIC_stage_front_wake_ns, RL_METRIC_stage_complete_ns, RL_METRIC_stage_reap_ns};

#define NSHOWN (sizeof(shown) / sizeof(shown[0]))

#define ROWS_(n) #n
#define ROWS(n)	 ROWS_(n)
#define LIMIT	 " LIMIT " ROWS(RL_PAGE_ROWS)

/* Of a distribution the values at some shares: the first bin that holds so many. */
static const struct {
	const char *name, *sql;
} questions[] = {
	{"stages", "SELECT platform, cell, repeat, stage, n, mean_ns, p50_ns, p90_ns, p99_ns, "
		   "total_frac FROM stages ORDER BY platform, cell, repeat" LIMIT},
	{"latencies",
		"WITH share(frac) AS (VALUES (0.01), (0.05), (0.1), (0.25), (0.5), (0.75), (0.9), "
		"(0.95), (0.99), (0.995), (0.999), (0.9995), (0.9999), (1.0)), "
		"bin AS MATERIALIZED (SELECT * FROM latencies) "
		"SELECT platform, cell, repeat, what, way, frac, min(value_ns) AS value_ns "
		"FROM bin JOIN share ON cum_frac >= frac GROUP BY platform, cell, repeat, what, "
		"way, frac" LIMIT},
	{"sweeps", "SELECT sweep, design, configs, done, failed, paths FROM sweeps" LIMIT},
	{"sweep_results", "SELECT sweep, config, point, iops, cpu_ns_per_request, clat_p99_ns "
			  "FROM sweep_results ORDER BY sweep, config" LIMIT},
	{"sweep_pareto", "SELECT sweep, config, point, iops, cpu_ns_per_request, clat_p99_ns, "
			 "front_cpu, front_p99, front_all FROM sweep_pareto ORDER BY sweep, "
			 "iops" LIMIT},
	{"sweep_crossover", "SELECT sweep, metric, choice, along, rest, leader, overtaker, "
			    "from_number, to_number, crossover FROM sweep_crossover" LIMIT},
};

int rl_page_views(struct rl_store *store, json_t **out, struct rl_err *err)
{
	*out = json_object();
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		json_t *rows;
		int code = rl_store_ask(store, questions[i].sql, &rows, err);

		if (code) {
			json_decref(*out);
			*out = NULL;
			return code;
		}
		json_object_set_new(*out, questions[i].name, rows);
	}
	return 0;
}

static json_t *real(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

/* What is no UTF-8 has no place in a page. */
static json_t *text(const char *s)
{
	json_t *v = json_string(s);

	return v ? v : json_string("?");
}

static json_t *metrics(void)
{
	json_t *list = json_array();

	for (size_t k = 0; k < NSHOWN; k++)
		json_array_append_new(list,
			json_pack("[s, s, s]", rl_metric_info[shown[k]].name,
				rl_metric_info[shown[k]].unit, rl_metric_info[shown[k]].what));
	return list;
}

static json_t *measured(const struct rl_measured_cell *c)
{
	json_t *list = json_array();

	for (size_t k = 0; k < NSHOWN; k++) {
		const struct rl_measured *m = &c->m[shown[k]];

		if (c->repeats > 1 && isfinite(m->value))
			json_array_append_new(list,
				json_pack("[o, o, o]", real(m->value), real(m->lo), real(m->hi)));
		else
			json_array_append_new(list, real(m->value));
	}
	return list;
}

static json_t *predicted(const struct rl_report_platform *p, size_t cell)
{
	json_t *list = json_array();

	for (size_t k = 0; p->predicted && k < NSHOWN; k++)
		json_array_append_new(
			list, real(p->v.predicted[cell * RL_QUANTITY_COUNT + (size_t)shown[k]]));
	return list;
}

/* What CPUs are used for: all domains and purposes that a report's cells have, in their order. */
struct uses {
	const char *domain[RL_SIM_MAX_CELLS], *purpose[RL_SIM_MAX_CELLS];
	size_t n;
};

static size_t find_use(const struct uses *u, const struct rl_sim_cell *c)
{
	size_t k = 0;

	while (k < u->n &&
		(strcmp(u->domain[k], c->domain) != 0 || strcmp(u->purpose[k], c->purpose) != 0))
		k++;
	return k;
}

static void find_uses(struct uses *u, const struct rl_report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct rl_validation *v = &r->platforms[i].v;

		for (size_t c = 0; v->used && c < v->cells.n; c++)
			for (size_t k = 0; k < v->used[c].n; k++) {
				const struct rl_sim_cell *cell = &v->used[c].v[k];

				if (find_use(u, cell) < u->n || u->n == RL_SIM_MAX_CELLS)
					continue;
				u->domain[u->n] = cell->domain;
				u->purpose[u->n++] = cell->purpose;
			}
	}
}

static json_t *uses(const struct uses *u)
{
	json_t *list = json_array();

	for (size_t k = 0; k < u->n; k++)
		json_array_append_new(list, json_pack("[s, s]", u->domain[k], u->purpose[k]));
	return list;
}

/* What is not there is 0, and none of the last ones. */
static json_t *used(const struct uses *u, const struct rl_report_platform *p, size_t cell)
{
	const struct rl_cpu_use *use = p->v.used ? &p->v.used[cell] : NULL;
	json_t *list = json_array();

	for (size_t k = 0; use && k < use->n; k++) {
		size_t at = find_use(u, &use->v[k]);

		while (json_array_size(list) <= at)
			json_array_append_new(list, json_integer(0));
		if (at < u->n)
			json_array_set_new(list, at, real(use->v[k].ns.value));
	}
	return list;
}

static int find_policy(const struct rl_report *r, const char *name)
{
	for (size_t k = 0; k < r->npolicies; k++)
		if (strcmp(r->policies[k], name) == 0)
			return (int)k;
	return -1;
}

static json_t *cells(
	const struct rl_report *r, const struct rl_report_platform *p, const struct uses *u)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->v.cells.n; i++) {
		const struct rl_measured_cell *c = &p->v.cells.v[i];

		json_array_append_new(list,
			json_pack("[o, i, i, I, i, i, i, o, o, o]", text(c->name),
				(int)p->settings.of[i], find_policy(r, c->scenario.back_policy),
				(json_int_t)c->scenario.job.bs_bytes, (int)c->scenario.job.iodepth,
				c->role == RL_ROLE_VALIDATE, (int)c->repeats, measured(c),
				predicted(p, i), used(u, p, i)));
	}
	return list;
}

static int find_shown(int quantity)
{
	for (size_t k = 0; k < NSHOWN; k++)
		if (shown[k] == quantity)
			return (int)k;
	return -1;
}

static json_t *rows(const struct rl_validation *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->nrows; i++) {
		const struct rl_validation_row *row = &v->rows[i];

		if (find_shown(row->quantity) < 0)
			continue;
		json_array_append_new(list,
			json_pack("[i, i, o, o, o, o, o]", (int)row->cell,
				find_shown(row->quantity), real(row->lo), real(row->hi),
				real(row->error), real(row->tolerance),
				isfinite(row->tolerance) ? json_boolean(row->pass) : json_null()));
	}
	return list;
}

static json_t *duels(const struct rl_validation *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->nduels; i++) {
		const struct rl_duel *d = &v->duels[i];

		json_array_append_new(list,
			json_pack("[i, i, o, o, o, o, i, i, b, b]", (int)d->a, (int)d->b,
				real(d->measured), real(d->lo), real(d->hi), real(d->predicted),
				d->winner, d->predicted_winner, d->counts, d->right));
	}
	return list;
}

static json_t *settings(const struct rl_settings *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(
			list, json_pack("[o, i]", text(s->v[i].label), (int)s->v[i].pcpus));
	return list;
}

static json_t *platform(
	const struct rl_report *r, const struct rl_report_platform *p, const struct uses *u)
{
	return json_pack("{s:o, s:s, s:b, s:s, s:o, s:o, s:o, s:o, s:o}", "name", text(p->name),
		"note", rl_plots_label(p->name), "predicted", p->predicted, "duel_metric",
		rl_quantity_name(p->v.duel_quantity), "threshold", real(p->v.duel_threshold),
		"settings", settings(&p->settings), "cells", cells(r, p, u), "rows", rows(&p->v),
		"duels", duels(&p->v));
}

json_t *rl_page_data(const struct rl_report *r)
{
	json_t *platforms = json_array(), *policies = json_array(), *pair = json_array();
	struct uses u = {.n = 0};

	find_uses(&u, r);
	for (size_t i = 0; i < r->n; i++)
		json_array_append_new(platforms, platform(r, &r->platforms[i], &u));
	for (size_t i = 0; i < r->npolicies; i++) {
		json_array_append_new(policies, text(r->policies[i]));
		if (i < 2)
			json_array_append_new(pair, text(r->policies[i]));
	}
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:i, s:O?}", "version", RL_VERSION, "pair",
		pair, "policies", policies, "metrics", metrics(), "uses", uses(&u), "platforms",
		platforms, "limit", RL_PAGE_ROWS, "views", r->views);
}
