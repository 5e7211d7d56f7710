/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people read: names of domains, of their vCPUs and of what runs on them. */
#include "sim/trace/private.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const irq_name[RL_IRQ_COUNT] = {
	[RL_IRQ_TICK] = "tick",
	[RL_IRQ_TIMER] = "timer interrupt",
	[RL_IRQ_DEVICE] = "device interrupt",
	[RL_IRQ_EVTCHN] = "event interrupt",
};

static const char *const role_name[RL_ROLES] = {
	[RL_GUEST] = "guest",
	[RL_DRIVER] = "driver domain",
	[RL_DOM0] = "dom0",
	[RL_LOAD] = "neighbour",
};

static void say(struct rl_tracer *t, enum rl_timeline_kind kind, uint32_t group, uint32_t track,
	const char *name)
{
	rl_tracer_emit(t, &(struct rl_timeline_event){
				  .kind = kind, .group = group, .track = track, .name = name});
}

/* Of several alike, its number: "guest 3"; else "guest". */
static void name_domain(const struct rl_world *w, const struct rl_dom *d, char *buf, size_t size)
{
	uint32_t n = d->role == RL_GUEST ? w->nguests : d->role == RL_DRIVER ? w->ndrivers : 1;
	uint32_t nth = d->role == RL_GUEST ? d->id : d->id - w->nguests;

	if (n > 1)
		snprintf(buf, size, "%s %u", role_name[d->role], nth);
	else
		snprintf(buf, size, "%s", role_name[d->role]);
}

static void name_vcpu(struct rl_tracer *t, uint32_t id, uint32_t nth, const char *domain)
{
	struct rl_tracer_vcpu *tv = &t->vcpu[id];
	char track[24];

	tv->group = 2 + t->w->vcpu[id].dom->id;
	tv->track = t->first_track + t->w->npcpus + id;
	if (t->w->vcpu[id].dom->nvcpus > 1)
		snprintf(tv->name, sizeof(tv->name), "%s, vCPU %u", domain, nth);
	else
		snprintf(tv->name, sizeof(tv->name), "%s", domain);
	snprintf(track, sizeof(track), "vCPU %u", nth);
	say(t, RL_TIMELINE_TRACK, tv->group, tv->track, track);
}

void rl_tracer_name(struct rl_tracer *t)
{
	const struct rl_world *w = t->w;
	const struct rl_dom *last = NULL;
	char name[32];
	uint32_t nth = 0;

	/* Above all groups' numbers, which are process ids to some who read this. */
	for (t->first_track = 10; t->first_track < w->ndoms + 2;)
		t->first_track *= 10;
	say(t, RL_TIMELINE_GROUP, 1, 0, "pCPUs");
	for (uint32_t i = 0; i < w->npcpus; i++) {
		snprintf(name, sizeof(name), "pCPU %u", i);
		say(t, RL_TIMELINE_TRACK, 1, t->first_track + i, name);
	}
	for (uint32_t i = 0; i < w->nvcpus; i++) {
		const struct rl_dom *d = w->vcpu[i].dom;

		if (d != last) {
			name_domain(w, d, name, sizeof(name));
			say(t, RL_TIMELINE_GROUP, 2 + d->id, 0, name);
			nth = 0;
		}
		name_vcpu(t, i, nth++, name);
		last = d;
	}
}

/* ---- contexts ------------------------------------------------------------------------------ */

static int by_ctx(const void *a, const void *b)
{
	const struct rl_ctx *x = ((const struct rl_tracer_thread *)a)->ctx;
	const struct rl_ctx *y = ((const struct rl_tracer_thread *)b)->ctx;

	return (x > y) - (x < y);
}

static char *thread(struct rl_tracer *t, const struct rl_ctx *c)
{
	struct rl_tracer_thread *th = &t->thread[t->nthreads++];

	th->ctx = c;
	return th->name;
}

/* Who serves the two ends of a ring. A thread that serves several is named once. */
static void name_ends(struct rl_tracer *t, const struct rl_blk *b)
{
	uint32_t queues = t->w->nblk / t->w->nguests;
	const size_t size = sizeof(t->thread->name);
	char of[24] = "", queue[20] = "";

	if (queues > 1)
		snprintf(queue, sizeof(queue), ", ring %u", b->id % queues);
	if (t->w->nguests > 1)
		snprintf(of, sizeof(of), " of guest %u", b->id / queues);
	snprintf(thread(t, b->fw.thread), size, "frontend%s", queue);
	if (b->server->ring[0] != b)
		return;
	if (b->server->n > 1)
		snprintf(
			thread(t, b->server->wt.thread), size, "backend of %u rings", b->server->n);
	else
		snprintf(thread(t, b->server->wt.thread), size, "backend%s%s", of, queue);
}

int rl_tracer_name_threads(struct rl_tracer *t)
{
	const struct rl_world *w = t->w;
	size_t n = 2 * (size_t)w->nblk;

	for (uint32_t g = 0; g < w->nguests; g++)
		n += w->jobs[g].n;
	t->thread = calloc(n, sizeof(*t->thread));
	if (!t->thread)
		return -1;
	for (uint32_t i = 0; i < w->nblk; i++)
		name_ends(t, &w->blk[i]);
	for (uint32_t g = 0; g < w->nguests; g++)
		for (uint32_t i = 0; i < w->jobs[g].n; i++)
			snprintf(thread(t, w->jobs[g].fio[i].ctx), sizeof(t->thread->name),
				w->jobs[g].n > 1 ? "fio %u" : "fio", i);
	qsort(t->thread, t->nthreads, sizeof(*t->thread), by_ctx);
	return 0;
}

const char *rl_tracer_context(
	const struct rl_tracer *t, const struct rl_vcpu *v, const struct rl_ctx *c)
{
	const struct rl_tracer_thread key = {.ctx = c}, *th;

	if (c == &v->idle)
		return "idle loop";
	for (int i = 0; i < RL_IRQ_COUNT; i++)
		if (c == &v->irqs[i])
			return irq_name[i];
	th = bsearch(&key, t->thread, t->nthreads, sizeof(key), by_ctx);
	return th ? th->name : "thread";
}
