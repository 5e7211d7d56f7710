/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all forms look at, and how one is asked; see the header. */
#include "model/analytic/analytic.h"

#include "model/device.h"
#include "model/metrics.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const rl_form_is_name[] = {
	[RL_FORM_EXACT] = "exact",
	[RL_FORM_BOUND] = "bound",
	[RL_FORM_APPROXIMATE] = "approximate",
};

/* ---- a scenario ---------------------------------------------------------------------------- */

static double back(const struct rl_steps *r, const void *arg)
{
	(void)arg;
	return r->back;
}

/* Of its square. With jitter a batch varies as a whole; one request alone, like this. */
static double back_square(const struct rl_steps *r, const void *arg)
{
	double jitter = *(const double *)arg;

	return r->back * r->back * (1 + jitter * jitter);
}

#define FIELD(r, i) (((const double *)(const void *)(r))[i])

static double field(const struct rl_steps *r, const void *arg)
{
	return FIELD(r, *(const size_t *)arg);
}

static double arrivals(const struct rl_job *j)
{
	double per_s = 0;

	for (int d = 0; d < RL_DIRS; d++)
		if (rl_job_does(j, (enum rl_dir)d))
			per_s += j->rate_iops[d] ? (double)j->rate_iops[d]
						 : (double)j->rate_bytes_per_s[d] /
							   rl_job_mean_bytes(j, (enum rl_dir)d);
	return j->offload && !j->replay ? per_s * j->numjobs / 1e9 : 0;
}

void rl_analytic_init(struct rl_analytic *a, const struct rl_scenario *s)
{
	double jitter = s->costs.v[RL_PARAM_jitter_frac];

	*a = (struct rl_analytic){.s = s, .poisson = s->job.poisson};
	if (rl_spec_read(&rl_device_set, s->disk.device, &a->device, NULL))
		return; /* a checked scenario has a device */
	if (a->device.type->station)
		a->device.type->station(&a->device, &a->station);
	a->at_once = !a->device.type->service && !s->costs.v[RL_PARAM_device_ns];
	a->back = rl_wait_of(s->back_policy, !a->at_once);
	a->front = rl_wait_of(s->front_policy, true);
	for (size_t i = 0; i < sizeof(a->mean) / sizeof(double); i++)
		((double *)(void *)&a->mean)[i] = rl_demand_mean(s, &a->device, field, &i);
	a->back_mean = rl_demand_mean(s, &a->device, back, NULL);
	a->back_second = rl_demand_mean(s, &a->device, back_square, &jitter);
	a->lambda = s->njobs == 1 ? arrivals(&s->job) : 0;
	rl_demand_of(s, &a->device, &RL_TOLD_LEAST, &a->least);
}

double rl_guest_work(const struct rl_analytic *a)
{
	const struct rl_steps *r = &a->mean;

	return r->fio + r->submit + r->make + r->ret + r->reap + r->complete;
}

/* ---- forms --------------------------------------------------------------------------------- */

bool rl_form_no(struct rl_prediction *p, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(p->why, sizeof(p->why), fmt, args);
	va_end(args);
	p->applies = false;
	return false;
}

void rl_form_say(struct rl_prediction *p, const char *metric, double value)
{
	int m = rl_metric_find(strncmp(metric, "iops", 4) == 0 ? "iops" : metric);
	size_t n = strlen(metric);
	bool ns = n > 3 && strcmp(metric + n - 3, "_ns") == 0;

	p->v[p->n++] = (struct rl_form_value){metric,
		m >= 0 ? rl_metric_info[m].unit
		: ns   ? "ns"
		       : "1",
		value};
}

double rl_form_value(const struct rl_prediction *p, const char *metric)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].metric, metric) == 0)
			return p->v[i].value;
	return NAN;
}

void rl_form_predict(
	const struct rl_form *form, const struct rl_analytic *a, struct rl_prediction *p)
{
	*p = (struct rl_prediction){.applies = true, .is = form->is, .assumes = form->assumes};
	if (a->s->njobs != 1)
		rl_form_no(p, "%u jobs (expected one)", a->s->njobs);
	else if (a->s->job.replay)
		rl_form_no(p, "a replay (expected I/Os by a rule)");
	else
		form->predict(a, p);
	if (!p->applies) {
		p->n = 0;
		return;
	}
	for (int i = 0; i < RL_ASSUME_COUNT; i++)
		if (p->assumes & 1u << i && !rl_assumptions[i].holds(a))
			p->broken |= 1u << i;
	if (p->broken)
		p->is = RL_FORM_APPROXIMATE;
}

const struct rl_form *rl_form_find(const char *name)
{
	for (const struct rl_form *const *f = rl_forms; *f; f++)
		if (strcmp((*f)->name, name) == 0)
			return *f;
	return NULL;
}
