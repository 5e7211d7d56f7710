/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frontend: create and enqueue requests, dequeue responses. As many tags as slots. */
#include "sim/core/world.h"

rl_ps rl_front_submit_cost(const struct rl_blk *b, uint32_t bytes, bool write, rl_ps *copy)
{
	*copy = write ? rl_grant_front_copy(b, bytes) : 0;
	return rl_cost(b->w, front_request_ns) +
	       rl_segments_of(bytes) * rl_cost(b->w, front_segment_ns) + *copy;
}

rl_ps rl_front_lock(struct rl_blk *b, uint32_t bytes, bool write)
{
	rl_ps copy, cost;

	if (!b->shared)
		return 0;
	cost = rl_front_submit_cost(b, bytes, write, &copy);
	return rl_lock_take(
		&b->lock, b->w->now, cost * rl_cost(b->w, front_lock_frac) / RL_PS_PER_NS);
}

static rl_u8 operation(const struct rl_device_request *r)
{
	if (r->flush)
		return RL_BLKIF_FLUSH;
	return r->write ? RL_BLKIF_WRITE : RL_BLKIF_READ;
}

bool rl_front_reserve(struct rl_blk *b)
{
	if (b->reserved == b->nfree)
		return false;
	b->reserved++;
	return true;
}

static struct rl_tag *tag_at(struct rl_blk *b, rl_u32 index)
{
	rl_u32 at = index & (b->front.size - 1);
	struct rl_blkif_request *req = (void *)(b->front.slots + at * b->front.slot_bytes);

	return &b->tag[req->id];
}

bool rl_front_flush(struct rl_blk *b, const struct rl_vcpu *v)
{
	rl_u32 from = b->front.req_prod_pub;
	bool notify;

	for (; from != b->front.req_prod_pvt; from++)
		rl_stage_mark(&tag_at(b, from)->stamps, RL_STAGE_PUBLISH, b->w->now);
	notify = rl_front_publish(&b->front);
	b->held_off += !notify;
	rl_ctx_published(b->server->wt.thread, v->cpu, b->line);
	return notify;
}

void rl_front_submit(struct rl_blk *b, struct rl_fio *fio, uint32_t io,
	const struct rl_device_request *r, rl_ps asked, rl_ps slot)
{
	uint32_t tag = b->free_tag[--b->nfree];
	struct rl_blkif_request *req = rl_front_slot(&b->front);
	struct rl_tag *t = &b->tag[tag];
	bool indirect;

	b->reserved--;
	t->r = *r;
	t->r.id = (uint64_t)b->id << 32 | tag;
	t->r.queue = b->queue;
	t->fio = fio;
	t->io = io;
	t->segments = rl_segments_of(r->bytes);
	indirect = t->segments > RL_BLKIF_MAX_SEGMENTS;
	rl_grant_claim(b, t);
	rl_stage_mark(&t->stamps, RL_STAGE_SUBMIT, asked);
	rl_stage_mark(&t->stamps, RL_STAGE_SLOT, slot);
	rl_stage_mark(&t->stamps, RL_STAGE_NOTIFY, 0); /* the only one that may stay away */
	req->operation = indirect ? RL_BLKIF_INDIRECT : operation(r);
	req->nr_segments = indirect ? 0 : (rl_u8)t->segments;
	req->id = tag;
	req->sector_number = r->sector;
	rl_front_queue(&b->front);
	b->requests++;
	b->slot_sum -= b->w->now;
	if (r->write && b->grants == RL_GRANTS_PERSISTENT)
		b->copy_bytes += r->bytes;
}

/*
 * A slot may hold a response by now. Its request was dequeued then: the notification is too late to
 * have been a step of its way.
 */
void rl_front_sent(struct rl_blk *b, const struct rl_fio *fio, rl_ps when)
{
	for (rl_u32 i = b->front.req_prod_pub; i != b->back.rsp_prod_pvt; i--) {
		struct rl_tag *t = tag_at(b, i - 1);

		if (t->stamps.at[RL_STAGE_PUBLISH] < when)
			break;
		if (t->fio == fio && t->stamps.at[RL_STAGE_PUBLISH] == when)
			rl_stage_mark(&t->stamps, RL_STAGE_NOTIFY, b->w->now);
	}
}

static bool front_pending(const struct rl_waiter *wt)
{
	const struct rl_ring_front *r = &rl_blk_of(wt)->front;

	return rl_ring_load_acquire(&r->shared->rsp_prod) != r->rsp_cons;
}

static bool front_arm(struct rl_waiter *wt, uint32_t offset)
{
	return rl_front_arm(&rl_blk_of(wt)->front, offset);
}

static uint32_t front_in_flight(const struct rl_waiter *wt)
{
	const struct rl_ring_front *r = &rl_blk_of(wt)->front;

	return r->req_prod_pub - r->rsp_cons;
}

static void stamp_response(const struct rl_blk *b, struct rl_tag *t)
{
	const struct rl_publication *p = rl_blk_publication(b, t->publication);

	rl_stage_mark(&t->stamps, RL_STAGE_RESPOND, p->made);
	rl_stage_mark(&t->stamps, RL_STAGE_RSP_NOTIFY, p->sent);
	rl_stage_mark(&t->stamps, RL_STAGE_FRONT_WAKE, b->fw.woke);
	rl_stage_mark(&t->stamps, RL_STAGE_COMPLETE, b->w->now);
}

static void tell(struct rl_ctx *c);

/* Threads on other vCPUs of the guest were woken: an event to each of those. */
static void tell_others(struct rl_ctx *c)
{
	struct rl_waiter *wt = c->arg;

	if (rl_blk_of(wt)->gate.kick)
		rl_ctx_run(c, RL_CPU_NOTIFY, rl_vcost(c->v, evtchn_send_ns), tell);
	else
		rl_waiter_drained(wt, c);
}

static void tell(struct rl_ctx *c)
{
	struct rl_fio_gate *g = &rl_blk_of(c->arg)->gate;
	struct rl_fio *f = g->kick;

	g->kick = f->next_kick;
	rl_evtchn_send(c->v, &f->v->wake_port);
	tell_others(c);
}

static void take_responses(struct rl_ctx *c)
{
	struct rl_waiter *wt = c->arg;
	struct rl_blk *b = rl_blk_of(wt);
	struct rl_blkif_response rsp;

	for (; b->fbatch; b->fbatch--) {
		struct rl_tag *t;

		rl_front_take(&b->front, &rsp, sizeof(rsp));
		t = &b->tag[rsp.id];
		rl_waiter_completed(wt, wt->w->now - t->stamps.at[RL_STAGE_PUBLISH]);
		stamp_response(b, t);
		if (!t->r.write && b->grants == RL_GRANTS_PERSISTENT)
			b->copy_bytes += t->r.bytes;
		b->responses++;
		b->slot_sum += b->w->now;
		rl_grant_return(b, t);
		b->free_tag[b->nfree++] = (uint32_t)rsp.id;
		rl_fio_completed(t->fio, t->io, &t->stamps);
	}
	rl_fio_wake(b, c->v);
	tell_others(c);
}

/* All that wait are taken in one segment: nobody else runs on this vCPU meanwhile. */
static void front_drain(struct rl_waiter *wt, struct rl_ctx *c)
{
	struct rl_blk *b = rl_blk_of(wt);
	rl_ps cost = 0, copy = 0;

	rl_front_pending(&b->front, &b->fbatch);
	for (uint32_t i = 0; i < b->fbatch; i++) {
		rl_u32 at = (b->front.rsp_cons + i) & (b->front.size - 1);
		struct rl_blkif_response *rsp = (void *)(b->front.slots + at * b->front.slot_bytes);
		const struct rl_tag *t = &b->tag[rsp->id];

		cost += rl_cost(wt->w, front_response_ns) +
			t->segments * rl_cost(wt->w, front_segment_ns);
		copy += t->r.write ? 0 : rl_grant_front_copy(b, t->r.bytes);
	}
	cost += rl_blk_line_cost(b, b->fbatch);
	rl_ctx_run_part(c, RL_CPU_FRONTEND, cost + copy, RL_CPU_COPY, copy, take_responses);
}

static bool front_wanted(const struct rl_waiter *wt)
{
	return rl_blk_of(wt)->gate.asleep;
}

const struct rl_waiter_ops rl_front_called_ops = {
	.drain = front_drain,
	.pending = front_pending,
	.arm = front_arm,
	.in_flight = front_in_flight,
	.wanted = front_wanted,
};

const struct rl_waiter_ops rl_front_waiter_ops = {
	.drain = front_drain,
	.pending = front_pending,
	.arm = front_arm,
	.in_flight = front_in_flight,
	.in_irq = true,
};
