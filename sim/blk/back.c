/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backend: dequeue requests, hand them to the device, answer; publish once a batch. */
#include "sim/core/world.h"

#define PUBLISH_EVERY 8u

bool rl_back_waits(const struct rl_blk *b)
{
	return rl_ring_load_acquire(&b->back.shared->req_prod) != b->back.req_cons;
}

/* The device has done a request. */
static void done(struct rl_blk *b, struct rl_tag *t, bool in_thread)
{
	/* A process times what the device takes, without the batch around it. */
	rl_waiter_completed(&b->server->wt, b->w->hosted && in_thread
						    ? rl_cost(b->w, clock_ns)
						    : b->w->now - t->stamps.at[RL_STAGE_DEQUEUE]);
	rl_stage_mark(&t->stamps, RL_STAGE_DEVICE, b->w->now);
	t->next = NULL;
	*b->done[in_thread].end = t;
	b->done[in_thread].end = &t->next;
}

static void answer(struct rl_blk *b, struct rl_tag *t)
{
	struct rl_blkif_response *rsp = rl_back_slot(&b->back);

	t->publication = b->publications;
	rsp->id = (uint32_t)t->r.id;
	rsp->operation = t->operation;
	rsp->status = RL_BLKIF_OKAY;
	rl_back_queue(&b->back);
}

static void device_next(struct rl_ctx *c);

/* Of the ring that was served: what follows in the thread, and in the device's handler. */
static void after_publish(struct rl_blk *b, struct rl_ctx *c)
{
	if (c == b->server->wt.thread) {
		/* Batch after batch, until there is none. */
		if (b->later || rl_back_waits(b))
			rl_back_serve(b, c);
		else
			rl_server_next(b->server, c);
		return;
	}
	rl_waiter_kick(&b->server->wt);
	device_next(c);
}

/* Whose ring a context of the backend serves just now. */
static struct rl_blk *serves(const struct rl_ctx *c)
{
	const struct rl_server *s = c->arg; /* of its waiter, the thread's argument */

	return c->v->irq == c ? ((struct rl_vbd_irq *)c->arg)->done : s->ring[s->at];
}

static void returned(struct rl_ctx *c)
{
	after_publish(serves(c), c);
}

static void send(struct rl_ctx *c)
{
	struct rl_blk *b = serves(c);

	rl_blk_publication(b, b->sending[c == b->server->wt.thread])->sent = b->w->now;
	rl_evtchn_send(c->v, b->fw.evtchn);
	rl_ctx_return(c, returned);
}

/* What is done is answered and becomes visible; a notification costs its send. */
static void publish(struct rl_ctx *c)
{
	struct rl_blk *b = serves(c);
	bool in_thread = c == b->server->wt.thread, notify;
	struct rl_tag_list *list = &b->done[in_thread];

	for (struct rl_tag *t = list->first; t; t = t->next)
		answer(b, t);
	notify = rl_back_publish(&b->back);
	if (list->first) {
		b->held_off += !notify;
		b->sending[in_thread] = b->publications;
		*rl_blk_publication(b, b->publications++) =
			(struct rl_publication){.made = b->w->now};
	}
	rl_back_forget(list);
	rl_ctx_published(b->fw.thread, c->v->cpu, 0);
	if (notify)
		rl_ctx_run(c, RL_CPU_NOTIFY, rl_vcost(c->v, evtchn_send_ns), send);
	else
		after_publish(b, c);
}

/* First what the grants of those that are done cost; by one call in the thread. */
static void release(struct rl_ctx *c)
{
	struct rl_blk *b = serves(c);
	bool in_thread = c == b->server->wt.thread;
	rl_ps lock, cost = rl_grant_release_cost(b, b->done[in_thread].first, in_thread, &lock);

	if (cost)
		rl_ctx_run_part(c, rl_grant_purpose(b), cost, RL_CPU_LOCK, lock, publish);
	else
		publish(c);
}

static void take_requests(struct rl_ctx *c)
{
	struct rl_blk *b = serves(c);
	struct rl_blkif_request req;

	for (; b->batch; b->batch--) {
		struct rl_tag *t;

		rl_back_take(&b->back, &req, RL_REQUEST_HEAD_BYTES);
		t = &b->tag[req.id];
		rl_stage_mark(&t->stamps, RL_STAGE_BACK_WAKE, b->server->wt.woke);
		rl_stage_mark(&t->stamps, RL_STAGE_DEQUEUE, b->drain_from);
		rl_stage_mark(&t->stamps, RL_STAGE_PROCESS, b->w->now);
		t->operation = req.operation;
		if (rl_device_submit(&b->vbd->device, &t->r))
			done(b, t, true);
	}
	release(c);
}

/*
 * All that waits; a process publishes every eighth response within them, so that the frontend on
 * another pCPU begins early (realdrv/hosted/back.c).
 */
static uint32_t next_batch(struct rl_blk *b)
{
	uint32_t n;

	if (!b->later)
		rl_back_pending(&b->back, &b->later);
	n = b->w->hosted && b->later ? (b->later - 1) % PUBLISH_EVERY + 1 : b->later;
	b->later -= n;
	return n;
}

void rl_back_serve(struct rl_blk *b, struct rl_ctx *c)
{
	struct rl_grant_sum sum = {0};
	rl_ps cost, grants;

	b->batch = next_batch(b);
	b->batches++;
	b->drain_from = b->w->now;
	for (uint32_t i = 0; i < b->batch; i++) {
		rl_u32 at = (b->back.req_cons + i) & (b->back.size - 1);
		struct rl_blkif_request *req = (void *)(b->back.slots + at * b->back.slot_bytes);

		rl_grant_add(&sum, &b->tag[req->id]);
	}
	grants = rl_grant_take_cost(b, &sum);
	cost = b->batch * rl_cost(b->w, back_request_ns) +
	       sum.segments * rl_cost(b->w, back_segment_ns) + grants +
	       rl_blk_line_cost(b, b->batch);
	rl_ctx_run_part(c, RL_CPU_BACKEND, cost, rl_grant_purpose(b), grants, take_requests);
}

/* A device's interrupt serves each ring that has completions, in the order of the first of them. */
static void device_next(struct rl_ctx *c)
{
	struct rl_vbd_irq *d = c->arg;

	d->done->has_done = false;
	d->done = d->done->next_done;
	if (d->done)
		release(c);
	else
		rl_irq_end(c->v);
}

void rl_back_device_irq(struct rl_ctx *c)
{
	struct rl_vbd_irq *d = c->arg;
	struct rl_blk **end = &d->done;
	uint32_t nth = (uint32_t)(d - d->vbd->irq);
	uint64_t id;

	while (rl_device_completed(&d->vbd->device, nth, &id)) {
		struct rl_blk *b = &c->v->w->blk[id >> 32];

		done(b, &b->tag[(uint32_t)id], false);
		if (b->has_done)
			continue;
		b->has_done = true;
		b->next_done = NULL;
		*end = b;
		end = &b->next_done;
	}
	if (d->done)
		release(c);
	else
		rl_irq_end(c->v);
}
