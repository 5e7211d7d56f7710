/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of what a result spent; see the header. */
#include "cli/account.h"

#include "model/stat.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const rl_account_section_name[RL_ACCOUNT_SECTIONS] = {
	"result", "latency", "cpu", "events", "limit", "driver"};

static struct rl_account_row *add(struct rl_account *a, enum rl_account_section section,
	const char *what, const char *unit, struct rl_estimate e)
{
	struct rl_account_row *r = &a->row[a->n];

	if (a->n + 1 < RL_ACCOUNT_ROWS)
		a->n++;
	*r = (struct rl_account_row){.section = section, .unit = unit, .e = e, .share = NAN};
	snprintf(r->what, sizeof(r->what), "%s", what);
	return r;
}

static struct rl_estimate times(struct rl_estimate e, double by)
{
	return (struct rl_estimate){e.value * by, e.lo * by, e.hi * by};
}

/* ---- what metrics say ---------------------------------------------------------------------- */

/* What only some jobs have is left out where it is not known. */
static void add_metric(struct rl_account *a, enum rl_account_section section,
	const struct rl_metrics *m, int metric)
{
	const struct rl_metric_info *i = &rl_metric_info[metric];

	if ((metric >= RL_METRIC_read_iops && metric <= RL_METRIC_write_lat_mean_ns) ||
		metric >= RL_METRIC_sync_iops)
		if (isnan(m->m[metric].value))
			return;
	add(a, section, i->name, i->unit, m->m[metric]);
}

static void add_result(struct rl_account *a, const struct rl_metrics *m)
{
	for (int i = 0; i < RL_METRIC_COUNT; i++)
		if (i <= RL_METRIC_lat_mean_ns ||
			(i >= RL_METRIC_read_iops && i <= RL_METRIC_write_lat_mean_ns) ||
			i >= RL_METRIC_sync_iops)
			add_metric(a, RL_ACCOUNT_RESULT, m, i);
}

static void add_stages(struct rl_account *a, const struct rl_metrics *m)
{
	double sum = 0;

	for (int i = RL_METRIC_stage_submit_ns; i <= RL_METRIC_stage_reap_ns; i++)
		if (isfinite(m->m[i].value))
			sum += m->m[i].value;
	for (int i = RL_METRIC_stage_submit_ns; i <= RL_METRIC_stage_reap_ns; i++)
		add(a, RL_ACCOUNT_LATENCY, rl_metric_info[i].name, "ns", m->m[i])->share =
			m->m[i].value / sum;
}

/*
 * How long a request is in the window in which CPU time was counted, which is not quite that of
 * fio's IOPS where it was measured.
 */
static double window_of(const struct rl_metrics *m)
{
	double used = m->m[RL_METRIC_front_cpu_frac].value + m->m[RL_METRIC_back_cpu_frac].value;

	return used > 0 ? m->m[RL_METRIC_cpu_ns_per_request].value / used
			: 1e9 / m->m[RL_METRIC_iops].value;
}

/* A share of one pCPU as time a request; its interval is that of the share. */
static void add_cpu(struct rl_account *a, const char *what, struct rl_estimate cores,
	const struct rl_metrics *m, const struct rl_machine *machine)
{
	add(a, RL_ACCOUNT_CPU, what, "ns", times(cores, window_of(m)))->share =
		cores.value / machine->pcpus;
}

static void add_domains(
	struct rl_account *a, const struct rl_metrics *m, const struct rl_machine *machine)
{
	static const struct {
		const char *what;
		int metric;
	} rows[] = {{"guest", RL_METRIC_front_cpu_frac}, {"driver domain", RL_METRIC_back_cpu_frac},
		{"switching in Xen", RL_METRIC_hyp_cpu_frac},
		{"frontend polls in vain", RL_METRIC_front_spin_frac},
		{"backend polls in vain", RL_METRIC_back_spin_frac},
		{"guest waits for a pCPU", RL_METRIC_front_steal_frac},
		{"driver domain waits for a pCPU", RL_METRIC_back_steal_frac}};

	add(a, RL_ACCOUNT_CPU, RL_ACCOUNT_CPU_ALL, "ns", m->m[RL_METRIC_cpu_ns_per_request]);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		add_cpu(a, rows[i].what, m->m[rows[i].metric], m, machine);
}

static void add_events(struct rl_account *a, const struct rl_metrics *m)
{
	for (int i = RL_METRIC_notifications_per_request; i <= RL_METRIC_batches_per_request; i++)
		if (i != RL_METRIC_cpu_ns_per_request)
			add_metric(a, RL_ACCOUNT_EVENTS, m, i);
}

static void add_metrics(
	struct rl_account *a, const struct rl_scenario *s, const struct rl_metrics *m)
{
	a->n = 0;
	add_result(a, m);
	add_stages(a, m);
	add_domains(a, m, &s->machine);
	add_events(a, m);
}

/* ---- what only one of them has ------------------------------------------------------------- */

/* Of several replications the mean of a quotient is not the quotient of the means: what a domain
 * took is the sum of its cells, which are such means, so that the account adds up. */
static void set_domain(
	struct rl_account *a, const char *what, const struct rl_sim_result *r, const char *domain)
{
	struct rl_account_row *row = &a->row[rl_account_find(a, RL_ACCOUNT_CPU, what) - a->row];
	double sum = 0;

	for (uint32_t i = 0; i < r->ncells; i++)
		if (strcmp(r->cell[i].domain, domain) == 0)
			sum += r->cell[i].ns.value;
	if (row->e.value > 0)
		row->e = times(row->e, sum / row->e.value);
}

void rl_account_simulated(
	const struct rl_scenario *s, const struct rl_sim_result *r, struct rl_account *out)
{
	char what[80];

	add_metrics(out, s, &r->metrics);
	set_domain(out, "guest", r, "guest");
	set_domain(out, "driver domain", r, "driver");
	for (uint32_t i = 0; i < r->ncells; i++) {
		const struct rl_sim_cell *c = &r->cell[i];

		snprintf(what, sizeof(what), "%s: %s", *c->domain ? c->domain : "nobody",
			c->purpose);
		add(out, RL_ACCOUNT_CPU, what, "ns", c->ns)->share =
			c->cores.value / s->machine.pcpus;
	}
	for (uint32_t i = 0; i < r->nlimits; i++)
		add(out, RL_ACCOUNT_LIMIT, r->limit[i].what, "1",
			(struct rl_estimate){r->limit[i].busy_frac, NAN, NAN});
}

static void add_limit(struct rl_account *a, const char *what, double busy)
{
	size_t at = a->n, first = at;

	while (first > 0 && a->row[first - 1].section == RL_ACCOUNT_LIMIT)
		first--;
	add(a, RL_ACCOUNT_LIMIT, what, "1", (struct rl_estimate){busy, NAN, NAN});
	for (; at > first && a->row[at - 1].e.value < busy; at--) {
		struct rl_account_row less = a->row[at - 1];

		a->row[at - 1] = a->row[at];
		a->row[at] = less;
	}
}

/* As far as the CPU times of the domains tell; of a device nobody kept the time. */
static void add_limits(
	struct rl_account *a, const struct rl_scenario *s, const struct rl_metrics *m)
{
	double front = m->m[RL_METRIC_front_cpu_frac].value;
	double back = m->m[RL_METRIC_back_cpu_frac].value;

	add_limit(a, "guest vCPU", front / (s->guest.vcpus * s->guest.count));
	add_limit(a, "driver domain vCPU", back / (s->driver.vcpus * s->driver.count));
	if (s->machine.pcpus == 1)
		add_limit(a, "pCPU", front + back);
}

/* What counts requests, or does not count anything. */
static bool is_count(const struct rl_stat *st)
{
	static const char *const others[] = {
		"requests", "responses", "now_ns", "mean_completion_ns", "persistent_grants"};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(st->key, others[i]) == 0)
			return false;
	return true;
}

static void add_stats(struct rl_account *a, const struct rl_run *run)
{
	char what[80];

	for (size_t i = 0; i < run->nstats; i++) {
		const struct rl_stat *st = &run->stats[i];
		double requests = rl_run_stat(run, st->side, "requests");
		size_t n = strlen(st->key);

		if (!is_count(st) || st->value == 0 || !(requests > 0))
			continue;
		snprintf(what, sizeof(what), "%s %s", st->side, st->key);
		add(a, RL_ACCOUNT_DRIVER, what,
			n > 3 && strcmp(st->key + n - 3, "_ns") == 0 ? "ns" : "1",
			(struct rl_estimate){st->value / requests, NAN, NAN});
	}
}

void rl_account_measured(const struct rl_run *run, struct rl_account *out)
{
	add_metrics(out, &run->scenario, &run->metrics);
	add_limits(out, &run->scenario, &run->metrics);
	add_stats(out, run);
}

/* ---- several ------------------------------------------------------------------------------- */

const struct rl_account_row *rl_account_find(
	const struct rl_account *a, enum rl_account_section section, const char *what)
{
	for (size_t i = 0; a && i < a->n; i++)
		if (a->row[i].section == section && strcmp(a->row[i].what, what) == 0)
			return &a->row[i];
	return NULL;
}

void rl_account_pool(const struct rl_account *a, size_t n, struct rl_account *out)
{
	double x[RL_ACCOUNT_ROWS];

	*out = a[0];
	if (n > RL_ACCOUNT_ROWS)
		n = RL_ACCOUNT_ROWS;
	for (size_t i = 0; i < out->n; i++) {
		struct rl_account_row *r = &out->row[i];
		double share = 0;

		for (size_t k = 0; k < n; k++) {
			const struct rl_account_row *at =
				rl_account_find(&a[k], r->section, r->what);

			x[k] = at ? at->e.value : NAN;
			share += at ? at->share / (double)n : NAN;
		}
		r->e = n > 1 ? rl_stat_mean95(x, (uint32_t)n)
			     : (struct rl_estimate){x[0], NAN, NAN};
		r->share = share;
	}
}
