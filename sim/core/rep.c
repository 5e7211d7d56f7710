/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One replication: start, warm up, measure, and say what was seen. */
#include "sim/core/rep.h"

#include <errno.h>
#include <string.h>

#include "sim/core/still.h"
#include "sim/trace/trace.h"

#define STILL_PS     (60 * RL_PS_PER_S) /* longer than any timer of a policy */
#define STILL_EVENTS 20000000u		/* of STILL_PS */
#define WARM_DEPTHS  8u /* the start: so many times the depth, or a tenth, whichever is more */

/* Names of random streams: who draws. */
enum { STREAM_MACHINE = 1, STREAM_DEVICE, STREAM_JOB, STREAM_DOM0, STREAM_COST, STREAM_LOAD };

static void costs(struct rl_world *w, const struct rl_costs *c)
{
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		w->cost[i] = (rl_ps)(c->v[i] * RL_PS_PER_NS + 0.5);
}

/* Timers of rings (a side each), devices and jobs. */
static uint32_t slots_of(const struct rl_scenario *s)
{
	return rl_blk_timers(s) + s->guest.count * (1 + rl_jobs_slots(s));
}

/* An interrupt a ring of the disk, on the vCPU where that is served. */
static struct rl_device_vector *irqs_init(struct rl_world *w, struct rl_vbd *d, uint32_t n)
{
	const struct rl_blk *ring = &w->blk[(d - w->vbd) * n];
	struct rl_device_vector *v = rl_world_alloc(w, n * sizeof(*v));

	d->irq = rl_world_alloc(w, n * sizeof(*d->irq));
	for (uint32_t i = 0; i < n; i++) {
		d->irq[i].vbd = d;
		v[i].irq = &d->irq[i].port;
		rl_port_init(
			v[i].irq, ring[i].driver, RL_IRQ_DEVICE, rl_back_device_irq, &d->irq[i]);
	}
	return v;
}

/* A disk a guest. */
static void vbds_init(struct rl_world *w, const struct rl_rep_args *a, uint32_t rep)
{
	const struct rl_disk *disk = &a->s->disk;
	uint32_t requests =
		disk->queues * rl_ring_slots(disk->ring_pages * RL_PAGE_BYTES, RL_BLKIF_SLOT_BYTES);

	w->nvbds = w->nguests;
	w->vbd = rl_world_alloc(w, w->nvbds * sizeof(*w->vbd));
	for (uint32_t i = 0; i < w->nvbds; i++) {
		struct rl_vbd *d = &w->vbd[i];
		struct rl_device_setup setup = {.spec = a->s->disk.device,
			.vector = irqs_init(w, d, disk->queues),
			.nvectors = disk->queues,
			.mem = rl_world_alloc(w, RL_DEVICE_BYTES(requests, disk->queues)),
			.capacity = requests};

		rl_rng_init(&setup.rng, a->seed, rep, STREAM_DEVICE, i);
		rl_device_init(&d->device, w, &setup);
	}
}

int rl_rep_start(struct rl_world *w, const struct rl_rep_args *a, uint32_t rep)
{
	struct rl_rng machine;
	int rc = rl_world_reset(
		w, rl_xen_slots(a->s, a->sched) + slots_of(a->s), rl_pcpu_slots(a->s));

	if (rc)
		return rc;
	costs(w, &a->s->costs);
	w->sched = a->sched;
	w->waker = -1;
	w->mwait = a->s->machine.mwait;
	w->hosted = a->s->machine.hosted;
	w->copy_ps = w->hosted ? a->s->costs.v[RL_PARAM_copy_ns_per_byte] * RL_PS_PER_NS
			       : (double)rl_cost(w, copy_ns_per_byte);
	rl_rng_init(&machine, a->seed, rep, STREAM_MACHINE, 0);
	rl_rng_init(&w->dom0_rng, a->seed, rep, STREAM_DOM0, 0);
	rl_rng_init(&w->load_rng, a->seed, rep, STREAM_LOAD, 0);
	rl_rng_init(&w->cost_rng, a->seed, rep, STREAM_COST, 0);
	rl_xen_init(w, a->s, &machine);
	rl_blk_create(w, a->s);
	vbds_init(w, a, rep);
	rl_jobs_init(w, a->s, a->seed, rep, STREAM_JOB);
	for (uint32_t i = 0; i < w->nblk; i++)
		rl_blk_init(&w->blk[i], a->s, &w->vbd[i / a->s->disk.queues]);
	for (uint32_t i = 0; i < w->ndrivers * w->driver_vcpus; i++)
		rl_vcpu_start(rl_world_driver(w, 0, i));
	for (uint32_t i = 0; i < w->nguests * w->guest_vcpus; i++)
		rl_vcpu_start(rl_world_guest(w, 0, i));
	w->tracer = a->tracer;
	return w->tracer ? rl_tracer_begin(w->tracer, w) : 0;
}

static bool watched_step(struct rl_world *w)
{
	return rl_tracer_step(w->tracer);
}

/*
 * Until @n I/Os are complete, or the jobs are over. Two loops are made of it: to ask at each event
 * whether somebody watches would cost all who do not.
 * Returns: 0; -EDEADLK when none completes any more.
 */
static inline __attribute__((always_inline)) int until_by(struct rl_world *w,
	const struct rl_rep_args *a, uint64_t n, bool (*step)(struct rl_world *))
{
	rl_ps still = STILL_PS + rl_jobs_longest_rest(a->s);
	uint64_t most = STILL_EVENTS * (still / STILL_PS);

	while (w->completed < n && !rl_jobs_over(w)) {
		uint64_t done = w->completed, events = w->engine.events;
		rl_ps since = w->now;

		while (w->completed == done && !rl_jobs_over(w)) {
			if (!step(w) || w->now - since > still || w->engine.events - events > most)
				return -EDEADLK;
		}
	}
	return 0;
}

static int until(struct rl_world *w, const struct rl_rep_args *a, uint64_t n)
{
	return w->tracer ? until_by(w, a, n, watched_step) : until_by(w, a, n, rl_world_step);
}

uint64_t rl_rep_depth(const struct rl_rep_args *a)
{
	return (uint64_t)a->s->guest.count * a->s->job.iodepth * a->s->job.numjobs;
}

uint64_t rl_rep_tenth(const struct rl_rep_args *a)
{
	uint64_t tenth = a->requests / 10, fill = WARM_DEPTHS * rl_rep_depth(a);

	return tenth > fill ? tenth : fill;
}

uint64_t rl_rep_total(const struct rl_rep_args *a)
{
	return a->requests + rl_rep_tenth(a);
}

uint64_t rl_rep_mark(const struct rl_rep_args *a, uint32_t k)
{
	return rl_rep_total(a) * k / (2 * RL_REP_STARTS);
}

/* On to the @n-th completion, and a mark. Returns: whether that went well. */
static bool reach(struct rl_world *w, const struct rl_rep_args *a, uint64_t n, struct rl_mark *m,
	struct rl_rep *out)
{
	out->failed = until(w, a, n);
	if (out->failed)
		return false;
	out->broken = rl_mark_take(w, m);
	if (w->tracer)
		rl_tracer_mark(w->tracer, n);
	return !out->broken;
}

/* The jobs from the end of the first ramp_time to their own end. */
static bool whole(
	struct rl_world *w, const struct rl_rep_args *a, struct rl_mark *mark, struct rl_rep *out)
{
	rl_ps ramp = rl_jobs_ramp_end(w);

	while (!out->failed && w->now < ramp && !rl_jobs_over(w))
		out->failed = (w->tracer ? watched_step(w) : rl_world_step(w)) ? 0 : -EDEADLK;
	if (out->failed || !reach(w, a, 0, &mark[0], out))
		return false;
	rl_sections_measure(w);
	return reach(w, a, UINT64_MAX, &mark[1], out);
}

static bool sample(
	struct rl_world *w, const struct rl_rep_args *a, struct rl_mark *mark, struct rl_rep *out)
{
	return reach(w, a, a->warm, &mark[0], out) && reach(w, a, rl_rep_total(a), &mark[1], out);
}

void rl_rep_run(struct rl_world *w, const struct rl_rep_args *a, uint32_t rep, struct rl_rep *out,
	struct rl_mark *mark, struct rl_hist *hist)
{
	memset(out, 0, sizeof(*out));
	out->failed = rl_rep_start(w, a, rep);
	if (out->failed)
		return;
	if (!(w->jobs[0].sampled ? sample(w, a, mark, out) : whole(w, a, mark, out))) {
		rl_still_why(w, a->s, out->why, sizeof(out->why));
		return;
	}
	rl_mark_fill(&mark[0], &mark[1], out, hist);
	out->events = w->engine.events;
}

void rl_rep_explore(struct rl_world *w, const struct rl_rep_args *a, uint32_t rep,
	struct rl_rep *out, struct rl_mark *mark, struct rl_mser *series)
{
	bool ok = true;

	memset(out, 0, sizeof(*out));
	out->failed = rl_rep_start(w, a, rep);
	if (out->failed)
		return;
	rl_mser_init(series);
	w->tally.series = series;
	for (uint32_t k = 0; ok && k <= RL_REP_STARTS; k++)
		ok = reach(w, a, rl_rep_mark(a, k), &mark[k], out);
	if (!ok || !reach(w, a, rl_rep_total(a), &mark[RL_REP_STARTS + 1], out))
		rl_still_why(w, a->s, out->why, sizeof(out->why));
	out->events = w->engine.events;
}
