/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rings hold, the way of each I/O, and calls of fsync. */
#include "sim/trace/private.h"

#include <stdio.h>
#include <string.h>

/* ---- rings --------------------------------------------------------------------------------- */

void rl_tracer_rings_begin(struct rl_tracer *t)
{
	const struct rl_world *w = t->w;
	uint32_t queues = w->nblk / w->nguests;

	for (uint32_t i = 0; i < w->nblk; i++)
		snprintf(t->ring[i].name, sizeof(t->ring[i].name), queues > 1 ? "ring %u" : "ring",
			i % queues);
}

static void show_ring(struct rl_tracer *t, uint32_t i, rl_ps at)
{
	const struct rl_tracer_ring *r = &t->ring[i];
	struct rl_timeline_event e = {.kind = RL_TIMELINE_COUNTER,
		.group = 2 + t->w->blk[i].guest->dom->id,
		.at = at,
		.name = r->name,
		.nargs = 3,
		.arg = {{.key = "requests", .number = r->slots[0]},
			{.key = "in the backend", .number = r->slots[1]},
			{.key = "responses", .number = r->slots[2]}}};

	rl_tracer_emit(t, &e);
}

void rl_tracer_rings_show(struct rl_tracer *t, rl_ps at)
{
	for (uint32_t i = 0; i < t->w->nblk; i++)
		show_ring(t, i, at);
}

/* Slots that are being filled count: nobody else can have them. */
void rl_tracer_rings_look(struct rl_tracer *t)
{
	for (uint32_t i = 0; i < t->w->nblk; i++) {
		const struct rl_blk *b = &t->w->blk[i];
		uint32_t slots[3] = {b->front.req_prod_pvt - b->back.req_cons,
			b->back.req_cons - b->back.rsp_prod_pvt,
			b->back.rsp_prod_pvt - b->front.rsp_cons};

		if (memcmp(slots, t->ring[i].slots, sizeof(slots)) == 0)
			continue;
		memcpy(t->ring[i].slots, slots, sizeof(slots));
		if (t->rings_begun && !t->rings_ended)
			show_ring(t, i, t->w->now);
	}
}

/* ---- I/Os ---------------------------------------------------------------------------------- */

/* "stage_back_wake_ns" without what surrounds it. */
static void stage_name(int stage, char *buf, size_t size)
{
	const char *name = rl_metric_info[RL_METRIC_stage_submit_ns + stage].name;

	name += strlen("stage_");
	snprintf(buf, size, "%.*s", (int)(strlen(name) - strlen("_ns")), name);
}

static void async(
	struct rl_tracer *t, struct rl_timeline_event *e, const char *name, rl_ps from, rl_ps to)
{
	e->kind = RL_TIMELINE_ASYNC_BEGIN;
	e->name = name;
	e->at = from;
	rl_tracer_emit(t, e);
	e->kind = RL_TIMELINE_ASYNC_END;
	e->at = to;
	rl_tracer_emit(t, e);
}

static void begin_io(struct rl_tracer *t, const struct rl_fio *f, const struct rl_io *io,
	struct rl_timeline_event *e)
{
	const struct rl_tracer_vcpu *tv = &t->vcpu[f->v->id];

	*e = (struct rl_timeline_event){.kind = RL_TIMELINE_ASYNC_BEGIN,
		.group = tv->group,
		.track = tv->track,
		.at = io->start,
		.id = ++t->ios,
		.name = io->write ? "write" : "read",
		.nargs = 3,
		.arg = {{.key = "bytes", .number = io->bytes},
			{.key = "sector", .number = io->sector},
			{.key = "in", .text = rl_tracer_context(t, f->ctx->v, f->ctx)}}};
	t->shown.ios++;
}

static void end_io(
	struct rl_tracer *t, struct rl_timeline_event *e, const struct rl_io *io, rl_ps at)
{
	e->kind = RL_TIMELINE_ASYNC_END;
	e->name = io->write ? "write" : "read";
	e->at = at;
	rl_tracer_emit(t, e);
}

void rl_tracer_io(struct rl_tracer *t, const struct rl_fio *f, const struct rl_io *io)
{
	rl_ps at = io->start, now = t->w->now;
	rl_ps_sum stage[RL_STAGE_COUNT] = {0};
	struct rl_timeline_event e;
	char name[24];

	if (now > t->to && io->start <= t->to)
		t->late++;
	if (t->from == RL_PS_NEVER || now <= t->from || io->start >= t->to)
		return;
	rl_stage_add(stage, &io->stamps, io->start);
	begin_io(t, f, io, &e);
	rl_tracer_emit(t, &e);
	e.nargs = 0;
	for (int i = 0; i < RL_STAGE_COUNT; i++) {
		if (!stage[i])
			continue;
		stage_name(i, name, sizeof(name));
		async(t, &e, name, at, at + (rl_ps)stage[i]);
		at += (rl_ps)stage[i];
	}
	end_io(t, &e, io, now);
}

void rl_tracer_sync(struct rl_tracer *t, const struct rl_fio *f)
{
	const struct rl_tracer_vcpu *tv = &t->vcpu[f->v->id];
	struct rl_timeline_event e = {.group = tv->group, .track = tv->track, .id = t->ios + 1};
	rl_ps now = t->w->now;

	if (t->from == RL_PS_NEVER || now <= t->from || f->sync_from >= t->to)
		return;
	t->ios++;
	async(t, &e, "fsync", f->sync_from, now);
}

static bool is_free(const struct rl_fio *f, uint32_t io)
{
	for (uint32_t i = 0; i < f->free.n; i++)
		if (f->free.at[(f->free.head + i) % f->depth] == io)
			return true;
	return false;
}

static void unfinished(struct rl_tracer *t, const struct rl_fio *f, uint32_t i)
{
	const struct rl_io *io = &f->io[i];
	struct rl_timeline_event e;

	if (io->start >= t->to || is_free(f, i))
		return;
	begin_io(t, f, io, &e);
	e.arg[e.nargs++] = (struct rl_timeline_arg){.key = "end", .text = "did not complete"};
	rl_tracer_emit(t, &e);
	e.nargs = 0;
	end_io(t, &e, io, t->to);
	t->shown.unfinished++;
}

void rl_tracer_ios_end(struct rl_tracer *t)
{
	for (uint32_t g = 0; g < t->w->nguests; g++)
		for (uint32_t k = 0; k < t->w->jobs[g].n; k++)
			for (uint32_t i = 0; i < t->w->jobs[g].fio[k].depth; i++)
				unfinished(t, &t->w->jobs[g].fio[k], i);
}
