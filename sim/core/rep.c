/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One replication: start, warm up, measure, and say what was seen. */
#include "sim/core/rep.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define STILL_PS     (60 * RL_PS_PER_S) /* longer than any timer of a policy */
#define STILL_EVENTS 20000000u
#define WARM_DEPTHS  8u /* the warm-up: so many times the depth, or a tenth, whichever is more */

/* Names of random streams: who draws. */
enum { STREAM_MACHINE = 1, STREAM_DEVICE, STREAM_JOB, STREAM_DOM0, STREAM_COST };

/* Counters at the start of the measured part. */
struct snap {
	rl_ps now;
	struct rl_vcpu_stats v[RL_VCPUS];
	rl_ps hyp, idle[RL_PCPUS], device_busy;
	uint64_t switches, requests, copy_bytes, grant_ops;
};

static void take(struct rl_world *w, struct snap *s)
{
	rl_xen_settle(w);
	*s = (struct snap){
		.now = w->now,
		.device_busy = w->device.busy_ps,
		.requests = w->blk.requests,
		.copy_bytes = w->blk.copy_bytes,
		.grant_ops = w->blk.grant_ops,
	};
	for (uint32_t i = 0; i < w->nvcpus; i++)
		s->v[i] = w->vcpu[i].st;
	for (uint32_t i = 0; i < w->npcpus; i++) {
		s->hyp += w->pcpu[i].hyp_ps;
		s->idle[i] = w->pcpu[i].idle_ps;
		s->switches += w->pcpu[i].switches;
	}
}

static void fill_latencies(struct rl_rep *r, const struct rl_fio *f)
{
	double n = (double)f->n;
	const double pct[] = {50, 90, 99, 99.9, 99.99};

	r->m[RL_METRIC_slat_mean_ns] = (double)f->slat / RL_PS_PER_NS / n;
	r->m[RL_METRIC_clat_mean_ns] = (double)f->clat / RL_PS_PER_NS / n;
	r->m[RL_METRIC_lat_mean_ns] = (double)(f->slat + f->clat) / RL_PS_PER_NS / n;
	for (int i = 0; i < 5; i++)
		r->m[RL_METRIC_clat_p50_ns + i] = rl_hist_percentile(&f->clat_ns, pct[i]);
	r->clat_ns = f->clat_ns;
}

static void fill_use(
	struct rl_rep *r, const struct rl_world *w, const struct snap *a, const struct snap *b)
{
	double t = (double)(b->now - a->now);
	const struct rl_vcpu_stats *fa = &a->v[RL_GUEST], *fb = &b->v[RL_GUEST];
	const struct rl_vcpu_stats *da = &a->v[RL_DRIVER], *db = &b->v[RL_DRIVER];

	r->m[RL_METRIC_front_cpu_frac] = (double)(fb->run_ps - fa->run_ps) / t;
	r->m[RL_METRIC_back_cpu_frac] = (double)(db->run_ps - da->run_ps) / t;
	r->m[RL_METRIC_hyp_cpu_frac] = (double)(b->hyp - a->hyp) / t;
	r->m[RL_METRIC_front_spin_frac] = (double)(fb->spin_ps - fa->spin_ps) / t;
	r->m[RL_METRIC_back_spin_frac] = (double)(db->spin_ps - da->spin_ps) / t;
	for (uint32_t i = 0; i < w->nvcpus; i++)
		r->busy[i] = (double)((b->v[i].run_ps - a->v[i].run_ps) -
				      (b->v[i].spin_ps - a->v[i].spin_ps)) /
			     t;
	for (uint32_t i = 0; i < w->npcpus; i++)
		r->pcpu = fmax(r->pcpu, 1 - (double)(b->idle[i] - a->idle[i]) / t);
	r->device = (double)(b->device_busy - a->device_busy) / t;
}

static void fill_counts(
	struct rl_rep *r, const struct rl_world *w, const struct snap *a, const struct snap *b)
{
	const struct rl_fio *f = &w->fio;
	double n = (double)f->n, t = (double)(b->now - a->now) / RL_PS_PER_S;
	double sends = 0, upcalls = 0, hypercalls = 0, cpu = 0;

	for (int i = RL_GUEST; i <= RL_DRIVER; i++) {
		sends += (double)(b->v[i].sends - a->v[i].sends);
		upcalls += (double)(b->v[i].upcalls - a->v[i].upcalls);
		hypercalls += (double)(b->v[i].hypercalls - a->v[i].hypercalls);
		cpu += (double)(b->v[i].run_ps - a->v[i].run_ps) / RL_PS_PER_NS;
	}
	r->m[RL_METRIC_iops] = n / t;
	r->m[RL_METRIC_bw_bytes_per_s] = n * f->bytes / t;
	r->m[RL_METRIC_notifications_per_request] = sends / n;
	r->m[RL_METRIC_upcalls_per_request] = upcalls / n;
	r->m[RL_METRIC_hypercalls_per_request] = hypercalls / n;
	r->m[RL_METRIC_switches_per_request] = (double)(b->switches - a->switches) / n;
	r->m[RL_METRIC_copy_bytes_per_request] = (double)(b->copy_bytes - a->copy_bytes) / n;
	r->m[RL_METRIC_cpu_ns_per_request] = cpu / n;
	r->requests = f->n;
}

static void costs(struct rl_world *w, const struct rl_costs *c)
{
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		w->cost[i] = (rl_ps)(c->v[i] * RL_PS_PER_NS + 0.5);
}

int rl_rep_start(struct rl_world *w, const struct rl_rep_args *a, uint32_t rep)
{
	struct rl_rng machine, device, job;
	int rc = rl_world_reset(w, RL_VCPUS * 4 + a->s->machine.pcpus + 1);

	if (rc)
		return rc;
	costs(w, &a->s->costs);
	w->sched = a->sched;
	w->waker = -1;
	w->mwait = a->s->machine.mwait;
	rl_rng_init(&machine, a->seed, rep, STREAM_MACHINE, 0);
	rl_rng_init(&device, a->seed, rep, STREAM_DEVICE, 0);
	rl_rng_init(&job, a->seed, rep, STREAM_JOB, 0);
	rl_rng_init(&w->dom0_rng, a->seed, rep, STREAM_DOM0, 0);
	rl_rng_init(&w->cost_rng, a->seed, rep, STREAM_COST, 0);
	rl_xen_init(w, a->s, &machine);
	rl_device_init(&w->device, w,
		&(struct rl_device_setup){.ops = a->device,
			.rng = device,
			.irq = &w->vcpu[RL_DRIVER],
			.mem = w->device_mem,
			.capacity = RL_RING_MAX_SLOTS});
	rl_blk_init(w, a->s);
	rl_fio_init(w, a->s, job);
	rl_vcpu_start(&w->vcpu[RL_DRIVER]);
	rl_vcpu_start(&w->vcpu[RL_GUEST]);
	return 0;
}

/* Until @n I/Os are complete. Returns: 0; -EDEADLK when none completes any more. */
static int until(struct rl_world *w, uint64_t n)
{
	while (w->completed < n) {
		uint64_t done = w->completed, events = w->engine.events;
		rl_ps since = w->now;

		while (w->completed == done) {
			if (!rl_world_step(w) || w->now - since > STILL_PS ||
				w->engine.events - events > STILL_EVENTS)
				return -EDEADLK;
		}
	}
	return 0;
}

void rl_rep_run(struct rl_world *w, const struct rl_rep_args *a, uint32_t rep, struct rl_rep *out)
{
	uint64_t warm = a->requests / 10;
	struct snap begin, end;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < RL_METRIC_COUNT; i++)
		out->m[i] = NAN;
	out->failed = rl_rep_start(w, a, rep);
	if (out->failed)
		return;
	if (warm < WARM_DEPTHS * a->s->job.iodepth)
		warm = WARM_DEPTHS * a->s->job.iodepth;
	out->failed = until(w, warm);
	if (out->failed)
		return;
	take(w, &begin);
	rl_fio_measure(w);
	out->failed = until(w, warm + a->requests);
	if (out->failed)
		return;
	take(w, &end);
	fill_latencies(out, &w->fio);
	fill_use(out, w, &begin, &end);
	fill_counts(out, w, &begin, &end);
	out->events = w->engine.events;
}
