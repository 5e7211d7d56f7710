/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a form and the simulator differ; see the header. */
#include "cli/predict.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define LAT "lat_mean_ns"

static struct rl_estimate sum_of(
	const struct rl_metrics *m, const int *metric, const double *times, int n, double less)
{
	struct rl_estimate e = {-less, -less, -less};

	/* No wider than those of its parts together. */
	for (int i = 0; i < n; i++) {
		e.value += times[i] * m->m[metric[i]].value;
		e.lo += times[i] * m->m[metric[i]].lo;
		e.hi += times[i] * m->m[metric[i]].hi;
	}
	return e;
}

static struct rl_estimate wait_of(const struct rl_prediction *p, const struct rl_metrics *m)
{
	static const int stage[] = {RL_METRIC_stage_slot_ns, RL_METRIC_stage_notify_ns,
		RL_METRIC_stage_back_wake_ns, RL_METRIC_stage_dequeue_ns,
		RL_METRIC_stage_process_ns};
	static const double times[] = {1, 1, 1, 1, 0.5};

	return sum_of(m, stage, times, 5, p->service_ns / 2);
}

struct rl_estimate rl_predict_simulated(
	const struct rl_prediction *p, const struct rl_metrics *m, const char *metric)
{
	static const int device[] = {RL_METRIC_stage_slot_ns, RL_METRIC_stage_device_ns};
	static const double once[] = {1, 1};
	int found = rl_metric_find(metric);

	if (found >= 0)
		return m->m[found];
	if (strcmp(metric, "iops_at_least") == 0 || strcmp(metric, "iops_at_most") == 0)
		return m->m[RL_METRIC_iops];
	if (strcmp(metric, "wait_ns") == 0)
		return wait_of(p, m);
	if (strcmp(metric, "device_wait_ns") == 0)
		return sum_of(m, device, once, 2, p->service_ns);
	return (struct rl_estimate){NAN, NAN, NAN};
}

/* One step: the scenario without it, asked both ways. */
static int take_away(const struct rl_predict *in, struct rl_scenario *s,
	const struct rl_predict_form *f, struct rl_predict_step *step, struct rl_err *err)
{
	struct rl_sim_result *r = calloc(1, sizeof(*r));
	struct rl_prediction p;
	struct rl_analytic a;
	int rc;

	if (!r)
		return -ENOMEM;
	step->what->enforce(s);
	rc = rl_scenario_check(s, err);
	if (!rc)
		rc = rl_sim_run(s, &in->sim, r, err);
	if (!rc) {
		rl_analytic_init(&a, s);
		rl_form_predict(f->form, &a, &p);
		step->lat = r->metrics.m[RL_METRIC_lat_mean_ns];
		step->form = p.applies ? rl_form_value(&p, LAT) : NAN;
	}
	free(r);
	return rc;
}

int rl_predict_explain(const struct rl_predict *in, const struct rl_predict_result *r,
	struct rl_predict_form *f, struct rl_err *err)
{
	const struct rl_estimate *lat = &r->sim.metrics.m[RL_METRIC_lat_mean_ns];
	struct rl_scenario s = *r->s;
	int rc = 0;

	f->gap = f->rest = lat->value - rl_form_value(&f->p, LAT);
	f->rest_half = (lat->hi - lat->lo) / 2;
	if (!in->explain || f->form->is == RL_FORM_BOUND || !isfinite(f->gap))
		return 0;
	for (int i = 0; i < RL_ASSUME_COUNT && !rc; i++) {
		struct rl_predict_step *step = &f->step[f->nsteps];

		if (!(f->p.broken & 1u << i))
			continue;
		step->what = &rl_assumptions[i];
		rc = take_away(in, &s, f, step, err);
		if (rc)
			break;
		f->nsteps++;
		step->amount = f->rest - (step->lat.value - step->form);
		if (!isfinite(step->form))
			break;
		f->rest -= step->amount;
		f->rest_half = (step->lat.hi - step->lat.lo) / 2;
	}
	return rc;
}
