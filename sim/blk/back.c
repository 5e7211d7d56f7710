/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backend: dequeue requests, hand them to the device, answer; publish once a batch. */
#include "sim/core/world.h"

static void back_drain(struct rl_waiter *wt, struct rl_ctx *c);

static bool back_pending(const struct rl_waiter *wt)
{
	const struct rl_ring_back *r = &wt->blk->back;

	return rl_ring_load_acquire(&r->shared->req_prod) != r->req_cons;
}

static bool back_arm(struct rl_waiter *wt, uint32_t offset)
{
	return rl_back_arm(&wt->blk->back, offset);
}

static uint32_t back_in_flight(const struct rl_waiter *wt)
{
	const struct rl_ring_back *r = &wt->blk->back;

	return r->req_cons - r->rsp_prod_pvt;
}

static void answer(struct rl_blk *b, uint64_t id)
{
	struct rl_blkif_response *rsp = rl_back_slot(&b->back);
	struct rl_tag *t = &b->tag[id];

	rl_waiter_completed(&b->bw, b->w->now - t->stamps.at[RL_STAGE_DEQUEUE]);
	rl_stage_mark(&t->stamps, RL_STAGE_DEVICE, b->w->now);
	t->publication = b->publications;
	rsp->id = id;
	rsp->operation = t->operation;
	rsp->status = RL_BLKIF_OKAY;
	rl_back_queue(&b->back);
	b->answered++;
}

static void device_next(struct rl_ctx *c);

/* Of the ring that was served: what follows in the thread, and in the device's handler. */
static void after_publish(struct rl_blk *b, struct rl_ctx *c)
{
	if (c == b->bw.thread) {
		/* Batch after batch, until there is none. */
		if (back_pending(&b->bw))
			back_drain(&b->bw, c);
		else
			rl_waiter_drained(&b->bw, c);
		return;
	}
	rl_waiter_kick(&b->bw);
	device_next(c);
}

/* Whose ring a context of the backend serves just now. */
static struct rl_blk *serves(const struct rl_ctx *c)
{
	return c->v->irq == c ? ((struct rl_vbd *)c->arg)->done : ((struct rl_waiter *)c->arg)->blk;
}

static void send(struct rl_ctx *c)
{
	struct rl_blk *b = serves(c);

	rl_blk_publication(b, b->sending[c == b->bw.thread])->sent = b->w->now;
	rl_evtchn_send(c->v, &b->fw.evtchn);
	after_publish(b, c);
}

/* What was answered becomes visible; a notification costs its send. */
static void publish(struct rl_blk *b, struct rl_ctx *c)
{
	bool notify = rl_back_publish(&b->back);

	if (b->answered) {
		b->held_off += !notify;
		b->sending[c == b->bw.thread] = b->publications;
		*rl_blk_publication(b, b->publications++) =
			(struct rl_publication){.made = b->w->now};
	}
	b->answered = 0;
	rl_ctx_published(b->fw.thread, c->v->cpu);
	if (notify)
		rl_ctx_run(c, RL_CPU_NOTIFY, rl_vcost(c->v, evtchn_send_ns), send);
	else
		after_publish(b, c);
}

static void take_requests(struct rl_ctx *c)
{
	struct rl_blk *b = serves(c);
	struct rl_blkif_request req;

	for (; b->batch; b->batch--) {
		struct rl_tag *t;

		rl_back_take(&b->back, &req, sizeof(req));
		t = &b->tag[req.id];
		rl_stage_mark(&t->stamps, RL_STAGE_BACK_WAKE, b->bw.woke);
		rl_stage_mark(&t->stamps, RL_STAGE_DEQUEUE, b->drain_from);
		rl_stage_mark(&t->stamps, RL_STAGE_PROCESS, b->w->now);
		t->operation = req.operation;
		if (rl_device_submit(&b->vbd->device, &t->r))
			answer(b, req.id);
	}
	publish(b, c);
}

/* Grants that do not persist: a map and an unmap call a batch, and each page. */
static rl_ps map_cost(struct rl_blk *b, uint32_t segments)
{
	struct rl_vcpu *driver = b->bw.thread->v;

	if (b->persistent || !b->batch)
		return 0;
	b->grant_ops += 2;
	driver->st.hypercalls += 2;
	return 2 * rl_vcost(driver, grant_op_ns) +
	       segments * (rl_vcost(driver, grant_map_ns) + rl_vcost(driver, grant_unmap_ns));
}

static void back_drain(struct rl_waiter *wt, struct rl_ctx *c)
{
	struct rl_blk *b = wt->blk;
	uint32_t segments = 0;
	rl_ps cost, grants;

	rl_back_pending(&b->back, &b->batch);
	b->drain_from = wt->w->now;
	cost = b->batch * rl_cost(wt->w, back_request_ns);
	for (uint32_t i = 0; i < b->batch; i++) {
		rl_u32 at = (b->back.req_cons + i) & (b->back.size - 1);
		struct rl_blkif_request *req = (void *)(b->back.slots + at * b->back.slot_bytes);

		segments += req->nr_segments;
	}
	grants = map_cost(b, segments);
	cost += segments * rl_cost(wt->w, back_segment_ns) + grants + rl_blk_line_cost(b, b->batch);
	rl_ctx_run_part(c, RL_CPU_BACKEND, cost, RL_CPU_GRANT, grants, take_requests);
}

/* A device's interrupt serves each ring that has completions, in the order of the first of them. */
static void device_next(struct rl_ctx *c)
{
	struct rl_vbd *d = c->arg;

	d->done->has_done = false;
	d->done = d->done->next_done;
	if (d->done)
		publish(d->done, c);
	else
		rl_irq_end(c->v);
}

void rl_back_device_irq(struct rl_ctx *c)
{
	struct rl_vbd *d = c->arg;
	struct rl_blk **end = &d->done;
	uint64_t id;

	while (rl_device_completed(&d->device, &id)) {
		struct rl_blk *b = &c->v->w->blk[id >> 32];

		answer(b, (uint32_t)id);
		if (b->has_done)
			continue;
		b->has_done = true;
		b->next_done = NULL;
		*end = b;
		end = &b->next_done;
	}
	if (d->done)
		publish(d->done, c);
	else
		rl_irq_end(c->v);
}

const struct rl_waiter_ops rl_back_waiter_ops = {
	.drain = back_drain,
	.pending = back_pending,
	.arm = back_arm,
	.in_flight = back_in_flight,
};
