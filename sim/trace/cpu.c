/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tracks of pCPUs and vCPUs. What a vCPU was charged since the last look is one stretch of one
 * context up to now, and its purposes follow each other as in rl_seg_charge(): so the accounts tell
 * the spans. Who has no pCPU is blocked, until the accounts say that it waited for one.
 */
#include "sim/trace/private.h"

#include <assert.h>

/* ---- spans --------------------------------------------------------------------------------- */

static void span(struct rl_tracer *t, struct rl_timeline_event *e, rl_ps from, rl_ps to)
{
	if (!rl_tracer_clip(t, &from, &to))
		return;
	e->kind = RL_TIMELINE_BEGIN;
	e->at = from;
	rl_tracer_emit(t, e);
	e->kind = RL_TIMELINE_END;
	e->at = to;
	e->nargs = 0;
	rl_tracer_emit(t, e);
}

static void flow(struct rl_tracer *t, const struct rl_tracer_vcpu *tv, enum rl_timeline_kind kind,
	rl_ps at, uint64_t id)
{
	rl_tracer_emit(t, &(struct rl_timeline_event){.kind = kind,
				  .group = tv->group,
				  .track = tv->track,
				  .at = at,
				  .id = id,
				  .name = "evtchn"});
}

/* The piece is over. @sent: it ended by sending this event, 0 if it was pending already. */
static void put(struct rl_tracer *t, const struct rl_vcpu *v, const uint64_t *sent)
{
	struct rl_tracer_vcpu *tv = &t->vcpu[v->id];
	struct rl_tracer_piece *p = &tv->last;
	struct rl_timeline_event e = {.kind = RL_TIMELINE_BEGIN,
		.group = tv->group,
		.track = tv->track,
		.name = rl_purpose_name[p->purpose]};
	rl_ps from = p->from, to = p->to;

	p->from = p->to;
	if (!rl_tracer_clip(t, &from, &to))
		return;
	if (p->ctx)
		e.arg[e.nargs++] = (struct rl_timeline_arg){
			.key = "in", .text = rl_tracer_context(t, v, p->ctx)};
	if (sent && !*sent)
		e.arg[e.nargs++] =
			(struct rl_timeline_arg){.key = "evtchn", .text = "was pending already"};
	e.at = from;
	rl_tracer_emit(t, &e);
	if (p->flow_to)
		flow(t, tv, RL_TIMELINE_FLOW_END, from, p->flow_to);
	if (sent && *sent)
		flow(t, tv, RL_TIMELINE_FLOW_BEGIN, to, *sent);
	e.kind = RL_TIMELINE_END;
	e.at = to;
	e.nargs = 0;
	rl_tracer_emit(t, &e);
}

/* ---- vCPUs --------------------------------------------------------------------------------- */

static bool polls(enum rl_purpose purpose)
{
	return purpose == RL_CPU_SPIN || purpose == RL_CPU_MONITOR;
}

/* What follows: a poller goes on after it offered its place, a piece when it was but noted. */
static void piece(struct rl_tracer *t, const struct rl_vcpu *v, const struct rl_ctx *ctx,
	enum rl_purpose purpose, rl_ps lasts)
{
	struct rl_tracer_vcpu *tv = &t->vcpu[v->id];
	struct rl_tracer_piece *p = &tv->last;
	bool goes_on = p->from < p->to && p->to == tv->covered && p->ctx == ctx &&
		       p->purpose == purpose && (p->open || polls(purpose));
	rl_ps from = tv->covered;

	tv->covered += lasts;
	if (goes_on) {
		p->to = tv->covered;
		p->open = false;
		return;
	}
	put(t, v, NULL);
	*p = (struct rl_tracer_piece){
		.ctx = ctx, .purpose = purpose, .from = from, .to = tv->covered};
	if (tv->flow && purpose != RL_CPU_VCPU_SWITCH && purpose != RL_CPU_THREAD_SWITCH) {
		p->flow_to = tv->flow;
		tv->flow = 0;
	}
}

static void charged(struct rl_tracer *t, const struct rl_tracer_pcpu *tp, enum rl_purpose purpose)
{
	const struct rl_vcpu *v = tp->cur;
	struct rl_tracer_vcpu *tv = &t->vcpu[v->id];
	rl_ps lasts = v->st.cpu[purpose] - tv->cpu[purpose];

	if (!lasts)
		return;
	tv->cpu[purpose] = v->st.cpu[purpose];
	piece(t, v, purpose == RL_CPU_VCPU_SWITCH ? NULL : tp->ctx, purpose, lasts);
}

/* What the vCPU was charged since the last look, in the order in which it was. */
static void pieces(struct rl_tracer *t, const struct rl_tracer_pcpu *tp)
{
	charged(t, tp, RL_CPU_VCPU_SWITCH);
	charged(t, tp, RL_CPU_THREAD_SWITCH);
	charged(t, tp, tp->part);
	for (int k = 0; k < RL_CPU_COUNT; k++)
		charged(t, tp, (enum rl_purpose)k);
}

/* From when it left its pCPU until it comes to one, or the window ends. */
static void rested(struct rl_tracer *t, const struct rl_vcpu *v)
{
	struct rl_tracer_vcpu *tv = &t->vcpu[v->id];
	rl_ps now = t->w->now, wants = now - (v->st.wait_ps - tv->wait_ps);
	struct rl_timeline_event e = {.group = tv->group, .track = tv->track, .name = "blocked"};

	put(t, v, NULL);
	if (tv->on_port)
		e.arg[e.nargs++] = (struct rl_timeline_arg){.key = "in", .text = "SCHEDOP_poll"};
	span(t, &e, tv->covered, wants);
	e.name = "runnable";
	span(t, &e, wants, now);
	tv->covered = now;
	tv->wait_ps = v->st.wait_ps;
}

static void leaves(struct rl_tracer *t, const struct rl_vcpu *v)
{
	struct rl_tracer_vcpu *tv = &t->vcpu[v->id];

	assert(tv->covered == t->w->now);
	tv->wait_ps = v->st.wait_ps;
	tv->on_port = v->port_wait;
	tv->polled = v->polled;
	tv->npolled = v->npolled;
}

/* Of the ports for which it waited, the one with an event. */
static struct rl_port *came(const struct rl_tracer_vcpu *tv)
{
	for (uint32_t i = 0; i < tv->npolled; i++)
		if (tv->polled[i].pending)
			return &tv->polled[i];
	return NULL;
}

/* An event whose interrupt is taken now, or that ended the wait for its port. */
static void received(struct rl_tracer *t, const struct rl_vcpu *v)
{
	struct rl_tracer_vcpu *tv = &t->vcpu[v->id];
	struct rl_port *p = NULL;

	if (tv->polled && tv->polled != v->polled)
		p = came(tv);
	else if (v->on && v->active == &v->irqs[RL_IRQ_EVTCHN] && v->upcall_of &&
		 !v->upcall_of->pending)
		p = v->upcall_of;
	tv->polled = v->polled;
	tv->npolled = v->npolled;
	if (p && p->flow) {
		tv->flow = p->flow;
		p->flow = 0;
	}
}

/* ---- pCPUs --------------------------------------------------------------------------------- */

static bool same(const struct rl_tracer_pcpu *tp, const struct rl_pcpu *p)
{
	const struct rl_vcpu *v = p->cur;

	if (tp->cur != v || tp->switching != p->switching)
		return false;
	if (!v)
		return true;
	if (tp->seg_from != v->seg_from || tp->ctx != (v->on ? v->active : NULL))
		return false;
	return !tp->ctx || (tp->purpose == tp->ctx->purpose && tp->part == tp->ctx->part);
}

static void show_pcpu(struct rl_tracer *t, uint32_t i)
{
	struct rl_tracer_pcpu *tp = &t->pcpu[i];
	const char *who = tp->cur ? t->vcpu[tp->cur->id].name : "idle";
	struct rl_timeline_event e = {.group = 1, .track = t->first_track + i, .name = who};

	if (tp->switching) {
		e.name = "switch";
		e.arg[e.nargs++] = (struct rl_timeline_arg){.key = "to", .text = who};
	}
	span(t, &e, tp->since, t->w->now);
	tp->since = t->w->now;
}

static void note(struct rl_tracer_pcpu *tp, const struct rl_pcpu *p)
{
	const struct rl_vcpu *v = p->cur;

	tp->cur = p->cur;
	tp->switching = p->switching;
	tp->ctx = v && v->on ? v->active : NULL;
	tp->purpose = tp->part = RL_CPU_VCPU_SWITCH;
	if (tp->ctx) {
		tp->purpose = tp->ctx->purpose;
		tp->part = tp->ctx->part;
	}
	tp->seg_from = v ? v->seg_from : 0;
}

static void send_flow(struct rl_tracer *t)
{
	struct rl_tracer_piece *p;

	if (!t->sender)
		return;
	p = &t->vcpu[t->sender->id].last;
	if (p->from < p->to && p->to == t->w->now)
		put(t, t->sender, &t->sent);
	t->sender = NULL;
}

/* Who left a pCPU is looked at first: the event may have brought it to another one. */
void rl_tracer_cpu_look(struct rl_tracer *t)
{
	struct rl_world *w = t->w;

	for (uint32_t i = 0; i < w->npcpus; i++) {
		struct rl_tracer_pcpu *tp = &t->pcpu[i];

		if (!tp->cur || same(tp, &w->pcpu[i]))
			continue;
		pieces(t, tp);
		if (tp->cur != w->pcpu[i].cur)
			leaves(t, tp->cur);
	}
	send_flow(t);
	for (uint32_t i = 0; i < w->npcpus; i++) {
		struct rl_tracer_pcpu *tp = &t->pcpu[i];
		struct rl_pcpu *p = &w->pcpu[i];

		if (same(tp, p))
			continue;
		if (tp->cur != p->cur || tp->switching != p->switching)
			show_pcpu(t, i);
		if (p->cur && p->cur != tp->cur)
			rested(t, p->cur);
		note(tp, p);
		if (p->cur)
			received(t, p->cur);
	}
}

void rl_tracer_cpu_mark(struct rl_tracer *t)
{
	struct rl_world *w = t->w;

	for (uint32_t i = 0; i < w->npcpus; i++) {
		struct rl_tracer_pcpu *tp = &t->pcpu[i];
		struct rl_tracer_vcpu *tv;
		rl_ps before;

		if (!tp->cur)
			continue;
		tv = &t->vcpu[tp->cur->id];
		before = tv->covered;
		pieces(t, tp);
		tv->last.open |= tv->covered > before;
		tp->seg_from = tp->cur->seg_from;
	}
}

void rl_tracer_cpu_end(struct rl_tracer *t)
{
	struct rl_world *w = t->w;

	rl_xen_settle(w);
	rl_tracer_cpu_mark(t);
	for (uint32_t i = 0; i < w->npcpus; i++)
		show_pcpu(t, i);
	for (uint32_t i = 0; i < w->nvcpus; i++) {
		put(t, &w->vcpu[i], NULL);
		if (w->vcpu[i].state != RL_V_RUNNING)
			rested(t, &w->vcpu[i]);
	}
}
