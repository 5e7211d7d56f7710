/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics over replications, summed in the order of their numbers. */
#include "sim/core/estimate.h"
#include "model/bounds.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "model/stat.h"

#define TAIL_SAMPLES 100000u /* below it p99.99 says nothing */
#define WAITED_FOR   0.05    /* of the time: a shared pCPU is scarce */
#define SATURATED    0.9     /* busy so much, it is a limit whatever waits for it */

void rl_estimate_means(const struct rl_pool *p, uint32_t n, struct rl_metrics *m)
{
	double x[RL_SIM_MAX_REPS];

	for (int k = 0; k < RL_METRIC_COUNT; k++) {
		for (uint32_t i = 0; i < n; i++)
			x[i] = p->rep[i].m[k];
		m->m[k] = rl_stat_mean95(x, n);
	}
}

/*
 * Percentiles are those of all samples, rounded to bins as fio does. Their intervals are those of
 * the mean of the replications' own percentiles, within the bin, and hold the value: around the
 * percentile of all samples, which varies more than the replications' spread says, they hold the
 * truth less often (p99 behind a wake-up: 92 % of 95 %).
 */
static void percentiles(struct rl_estimate *e, const struct rl_hist *h)
{
	static const double percent[] = {50, 90, 99, 99.9, 99.99};

	for (int k = 0; k < 5; k++) {
		struct rl_estimate *one = &e[RL_METRIC_clat_p50_ns + k];

		if (percent[k] > 99.9 && h->n < TAIL_SAMPLES) {
			*one = (struct rl_estimate){NAN, NAN, NAN};
			continue;
		}
		one->value = rl_hist_percentile(h, percent[k]);
		if (isnan(one->lo))
			continue;
		one->lo = fmin(one->lo, one->value);
		one->hi = fmax(one->hi, one->value);
	}
}

static void all_percentiles(const struct rl_hist *h, struct rl_estimate *e)
{
	static const int first[] = {RL_METRIC_read_iops, RL_METRIC_write_iops};
	struct rl_hist all = h[RL_CLASS_READ];

	rl_hist_merge(&all, &h[RL_CLASS_WRITE]);
	percentiles(e, &all);
	for (int c = 0; c < RL_CLASSES; c++)
		if (h[RL_CLASS_READ].n && h[RL_CLASS_WRITE].n)
			percentiles(e + first[c], &h[c]);
}

/* Returns: its place among those that are there. */
static uint32_t add_limit(struct rl_sim_result *out, const char *what, double busy)
{
	uint32_t at = out->nlimits++;

	for (; at && out->limit[at - 1].busy_frac < busy; at--)
		out->limit[at] = out->limit[at - 1];
	snprintf(out->limit[at].what, sizeof(out->limit[at].what), "%s", what);
	out->limit[at].busy_frac = busy;
	return at;
}

/* Domains' vCPUs, by the pCPU that they are pinned to. Returns: how many are free to go anywhere.
 */
static uint32_t place(uint8_t *on, uint32_t vcpus, int32_t pcpu, uint32_t pcpus)
{
	if (pcpu < 0)
		return vcpus;
	for (uint32_t i = 0; i < vcpus; i++) {
		uint8_t *p = &on[(uint32_t)pcpu + i % (pcpus ? pcpus : 1)];

		*p = *p ? 2 : 1;
	}
	return 0;
}

/*
 * May two that do I/O or compute want one pCPU at a time? A spinner fills a pCPU of its own and
 * nobody minds; and who merely wakes slowly waits as well, but not for another.
 */
static bool shared(const struct rl_scenario *s)
{
	const struct rl_domain *g = &s->guest, *d = &s->driver;
	uint8_t on[RL_MAX_PCPUS] = {0};
	uint32_t vcpus = g->count * g->vcpus + d->count * d->vcpus + s->load.vcpus;
	uint32_t free = place(on, g->count * g->vcpus, g->pcpu, g->pcpus);

	free += place(on, d->count * d->vcpus, d->pcpu, d->pcpus);
	free += place(on, s->load.vcpus, s->load.pcpu, 1);
	for (uint32_t i = 0; i < s->machine.pcpus; i++)
		if (on[i] > 1)
			return true;
	return free && vcpus > s->machine.pcpus;
}

/* What is full because somebody behind it is busy is no limit of its own. */
static void add_room(struct rl_sim_result *out, const char *what, double full)
{
	uint32_t busy = 0;

	while (busy < out->nlimits && out->limit[busy].busy_frac >= SATURATED)
		busy++;
	for (uint32_t at = add_limit(out, what, full); at < busy; at++) {
		struct rl_sim_limit room = out->limit[at];

		out->limit[at] = out->limit[at + 1];
		out->limit[at + 1] = room;
	}
}

/* I/Os between issue and completion: Little's law. */
static double in_flight(const struct rl_sim_result *out)
{
	const struct rl_estimate *m = out->metrics.m;

	return m[RL_METRIC_iops].value * m[RL_METRIC_lat_mean_ns].value * 1e-9;
}

static void limits(const struct rl_pool *p, uint32_t n, struct rl_sim_result *out)
{
	double guest = 0, driver = 0, device = 0, pcpu = 0, waited = 0;
	double slots = 0, ring_lock = 0, flush_lock = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct rl_rep *r = &p->rep[i];

		guest += r->busy[RL_GUEST] / n;
		driver += r->busy[RL_DRIVER] / n;
		device += r->device / n;
		pcpu += r->pcpu / n;
		waited += r->waited / n;
		slots += r->slots / n;
		ring_lock += r->ring_lock / n;
		flush_lock += r->flush_lock / n;
	}
	add_limit(out, "guest vCPU", guest);
	add_limit(out, "driver domain vCPU", driver);
	add_limit(out, "device", device);
	if (p->args.s->machine.pcpus == 1 || (shared(p->args.s) && waited > WAITED_FOR))
		add_limit(out, "pCPU", pcpu);
	if (ring_lock > 0)
		add_limit(out, "ring lock", ring_lock);
	if (flush_lock > 0)
		add_limit(out, "TLB flush lock", flush_lock);
	add_room(out, "ring slots", slots);
	if (rl_bounds_sampled(p->args.s))
		add_room(out, "the job's iodepth", in_flight(out) / (double)rl_rep_depth(&p->args));
}

/* @at: where a cell is in struct rl_rep. */
static void add_cell(const struct rl_pool *p, uint32_t n, size_t at, const char *domain,
	const char *purpose, struct rl_sim_result *out)
{
	double cores[RL_SIM_MAX_REPS], ns[RL_SIM_MAX_REPS], sum = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct rl_rep *r = &p->rep[i];
		rl_ps spent = *(const rl_ps *)((const char *)r + at);

		cores[i] = (double)spent / (double)r->time * p->args.s->machine.pcpus;
		ns[i] = (double)spent / RL_PS_PER_NS / (double)r->requests;
		sum += cores[i];
	}
	if (sum > 0 && out->ncells < RL_SIM_MAX_CELLS)
		out->cell[out->ncells++] = (struct rl_sim_cell){
			domain, purpose, rl_stat_mean95(cores, n), rl_stat_mean95(ns, n)};
}

static void cells(const struct rl_pool *p, uint32_t n, struct rl_sim_result *out)
{
	static const char *const domain[RL_ROLES] = {[RL_GUEST] = "guest",
		[RL_DRIVER] = "driver",
		[RL_DOM0] = "dom0",
		[RL_LOAD] = "load"};

	for (size_t v = 0; v < RL_ROLES; v++)
		for (size_t k = 0; k < RL_CPU_COUNT; k++)
			add_cell(p, n,
				offsetof(struct rl_rep, cpu) +
					(v * RL_CPU_COUNT + k) * sizeof(rl_ps),
				domain[v], rl_purpose_name[k], out);
	add_cell(p, n, offsetof(struct rl_rep, idle), "", "idle", out);
}

/* Job number @j of several. */
static void section(const struct rl_pool *p, uint32_t n, uint32_t j, struct rl_sim_section *out)
{
	const struct rl_section_rep *r = &p->section[j];
	double x[RL_SIM_MAX_REPS];

	for (int k = 0; k < RL_METRIC_COUNT; k++) {
		for (uint32_t i = 0; i < n; i++)
			x[i] = r[(size_t)i * p->nsections].m[k];
		out->metrics.m[k] = rl_stat_mean95(x, n);
	}
	all_percentiles(p->section_hist[j], out->metrics.m);
	for (uint32_t i = 0; i < n; i++) {
		x[i] = r[(size_t)i * p->nsections].runtime_ns;
		out->requests += r[(size_t)i * p->nsections].requests;
		out->left_out += r[(size_t)i * p->nsections].left_out;
	}
	out->runtime_ns = rl_stat_mean95(x, n);
}

void rl_estimate_all(const struct rl_pool *p, uint32_t n, struct rl_sim_result *out)
{
	rl_estimate_means(p, n, &out->metrics);
	all_percentiles(p->hist, out->metrics.m);
	limits(p, n, out);
	cells(p, n, out);
	out->nsections = p->nsections;
	for (uint32_t j = 0; j < p->nsections; j++)
		section(p, n, j, &out->section[j]);
	out->reps = n;
	for (uint32_t i = 0; i < n; i++) {
		out->events += p->rep[i].events;
		out->requests += p->rep[i].requests;
	}
}

void rl_estimate_one(const struct rl_pool *p, uint32_t i, struct rl_sim_result *out)
{
	const struct rl_pool one = {.args = p->args, .rep = &p->rep[i]};

	memset(out, 0, sizeof(*out));
	rl_estimate_means(&one, 1, &out->metrics);
	limits(&one, 1, out);
	cells(&one, 1, out);
	out->reps = 1;
	out->events = p->rep[i].events;
	out->requests = p->rep[i].requests;
}
