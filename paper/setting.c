/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a cell is not drawn as an axis or a colour; see setting.h. */
#include "paper/setting.h"

#include "calibrate/baseline.h"
#include "data/format/fio_job.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The job without what curves run over, and without how long it ran. */
static struct rl_job rest_of(const struct rl_job *job)
{
	struct rl_job j = *job;

	memset(j.name, 0, sizeof(j.name));
	j.bs_bytes = j.size_bytes = j.io_size_bytes = j.seed = 0;
	j.runtime_ns = j.ramp_ns = 0;
	j.time_based = false;
	j.iodepth = 0;
	return j;
}

static bool same_setting(const struct rl_measured_cell *a, const struct rl_measured_cell *b)
{
	struct rl_job x = rest_of(&a->scenario.job), y = rest_of(&b->scenario.job);
	struct rl_measured_cell c = *b;

	memcpy(c.scenario.back_policy, a->scenario.back_policy, sizeof(c.scenario.back_policy));
	return memcmp(&x, &y, sizeof(x)) == 0 && rl_cell_same_setting(a, &c);
}

__attribute__((format(printf, 2, 3))) static void add(struct rl_setting *s, const char *format, ...)
{
	size_t used = strlen(s->label);
	va_list args;

	va_start(args, format);
	vsnprintf(s->label + used, sizeof(s->label) - used, format, args);
	va_end(args);
}

static void add_job(struct rl_setting *s, const struct rl_job *j)
{
	uint64_t rate =
		j->rate_iops[RL_DIR_READ] ? j->rate_iops[RL_DIR_READ] : j->rate_iops[RL_DIR_WRITE];

	add(s, "%s", rl_fio_rw_name(j->rw));
	if (j->rw == RL_RW_RW || j->rw == RL_RW_RANDRW)
		add(s, " (%u %% reads)", j->rwmixread);
	if (j->nsplit[RL_DIR_READ] || j->nsplit[RL_DIR_WRITE])
		add(s, ", mixed sizes");
	if (j->numjobs > 1)
		add(s, ", %u jobs", j->numjobs);
	if (rate)
		add(s, ", %llu/s%s", (unsigned long long)rate, j->poisson ? " at random" : "");
	if (j->thinktime_ns)
		add(s, ", thinks");
}

static void describe(struct rl_setting *s, const struct rl_scenario *c)
{
	struct rl_scenario usual;

	rl_scenario_default(&usual);
	s->pcpus = c->machine.pcpus;
	s->rw = c->job.rw;
	add_job(s, &c->job);
	if (strcmp(c->front_policy, usual.front_policy) != 0)
		add(s, ", frontend %.30s", c->front_policy);
	if (c->load.vcpus)
		add(s, ", beside a third domain of weight %u", c->load.weight);
	if (c->load.vcpus && c->load.cap)
		add(s, ", cap %u %%", c->load.cap);
	if (c->disk.grants != usual.disk.grants)
		add(s, ", grants %s", rl_grants_name[c->disk.grants]);
	if (strcmp(c->disk.device, usual.disk.device) != 0)
		add(s, ", on %.30s", c->disk.device);
	if (c->disk.ring_pages != usual.disk.ring_pages)
		add(s, ", %u ring pages", c->disk.ring_pages);
}

static int compare(const void *x, const void *y, void *settings)
{
	const struct rl_settings *sorted = settings;
	size_t i = *(const size_t *)x, k = *(const size_t *)y;
	const struct rl_setting *a = &sorted->v[i], *b = &sorted->v[k];

	if (a->pcpus != b->pcpus)
		return a->pcpus < b->pcpus ? -1 : 1;
	if (a->ncells != b->ncells)
		return a->ncells > b->ncells ? -1 : 1;
	return (i > k) - (i < k);
}

static int sort(struct rl_settings *s, size_t ncells)
{
	struct rl_setting *v = calloc(s->n + 1, sizeof(*v));
	size_t *order = calloc(s->n + 1, sizeof(*order)), *rank = calloc(s->n + 1, sizeof(*rank));
	bool ok = v && order && rank;

	for (size_t i = 0; ok && i < s->n; i++)
		order[i] = i;
	if (ok)
		qsort_r(order, s->n, sizeof(*order), compare, s);
	for (size_t i = 0; ok && i < s->n; i++) {
		v[i] = s->v[order[i]];
		rank[order[i]] = i;
	}
	for (size_t i = 0; ok && i < ncells; i++)
		s->of[i] = rank[s->of[i]];
	if (ok) {
		free(s->v);
		s->v = v;
	} else {
		free(v);
	}
	free(order);
	free(rank);
	return ok ? 0 : -ENOMEM;
}

/* What the label does not say still tells two settings apart. */
static void number_twins(struct rl_settings *s)
{
	for (size_t i = 0; i < s->n; i++) {
		char was[sizeof(s->v[i].label)];
		unsigned twins = 1;

		memcpy(was, s->v[i].label, sizeof(was));
		for (size_t k = i + 1; k < s->n; k++)
			if (s->v[k].pcpus == s->v[i].pcpus && strcmp(s->v[k].label, was) == 0)
				add(&s->v[k], " (%u)", ++twins);
	}
}

int rl_settings_make(const struct rl_cells *cells, struct rl_settings *out)
{
	int code;

	memset(out, 0, sizeof(*out));
	out->v = calloc(cells->n + 1, sizeof(*out->v));
	out->of = calloc(cells->n + 1, sizeof(*out->of));
	if (!out->v || !out->of) {
		rl_settings_fini(out);
		return -ENOMEM;
	}
	for (size_t i = 0; i < cells->n; i++) {
		size_t k = 0;

		while (k < out->n && !same_setting(&cells->v[out->v[k].first], &cells->v[i]))
			k++;
		if (k == out->n) {
			out->v[out->n++].first = i;
			describe(&out->v[k], &cells->v[i].scenario);
		}
		out->of[i] = k;
		out->v[k].ncells++;
	}
	number_twins(out);
	code = sort(out, cells->n);
	if (code)
		rl_settings_fini(out);
	return code;
}

void rl_settings_fini(struct rl_settings *s)
{
	free(s->v);
	free(s->of);
	memset(s, 0, sizeof(*s));
}
