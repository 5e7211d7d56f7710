// SPDX-License-Identifier: GPL-2.0-only
/*
 * Create request, enqueue request: from the block layer into the ring.
 *
 * There are as many tags of a queue as slots in its ring, so a request that has a tag has a place.
 * (A later backend may have smaller rings, or fewer: narrow.c.) Requests are published when the
 * block layer says that no more follows at once; one notification then stands for all of them, and
 * is sent only if the backend asked for it.
 */
#include "kern/trace.h"
#include "rlfront.h"

/* blkif's word for a request, or -1 for what no disk here does. */
static int operation_of(const struct request *rq)
{
	switch (req_op(rq)) {
	case REQ_OP_READ:
		return RL_BLKIF_READ;
	case REQ_OP_WRITE:
		return RL_BLKIF_WRITE;
	case REQ_OP_FLUSH:
		return RL_BLKIF_FLUSH;
	case REQ_OP_DISCARD:
		return RL_BLKIF_DISCARD;
	default:
		return -1;
	}
}

static void publish(struct rlfront_ring *ring)
{
	rlk_trace(&ring->waiter, RL_TRACE_PUBLISH, 0, ring->front.req_prod_pvt,
		ring->front.req_prod_pvt - ring->front.req_prod_pub);
	rlk_waiter_notify(&ring->waiter, rl_front_publish(&ring->front));
}

/* One request in some is timed; timing each would cost a clock read a request. */
static void sample(struct rlfront_ring *ring, const struct rlfront_slot *slot)
{
	if (!rlk_waiter_sample(&ring->waiter) || READ_ONCE(ring->sample_id) != RLFRONT_IDLE)
		return;
	ring->sample_ns = ktime_get_ns();
	smp_store_release(&ring->sample_id, slot->req.id); /* after its time */
}

/* The list holds the grants of this request alone, and is the backend's to read until it answers.
 */
static void put_indirect(struct rlfront_slot *slot, void *shared)
{
	struct rl_blkif_indirect in = {
		.operation = RL_BLKIF_INDIRECT,
		.indirect_op = slot->req.operation,
		.nr_segments = slot->count,
		.id = slot->req.id,
		.sector_number = slot->req.sector_number,
		.handle = slot->req.handle,
		.gref = {slot->list_gref},
	};

	memcpy(slot->list, slot->seg + slot->first, slot->count * sizeof(*slot->seg));
	memcpy(shared, &in, sizeof(in));
}

static void put(struct rlfront_slot *slot, struct rl_blkif_request *shared)
{
	unsigned int bytes = slot->count * sizeof(*slot->seg);

	if (slot->count > RL_BLKIF_MAX_SEGMENTS) {
		put_indirect(slot, shared);
		return;
	}
	slot->req.nr_segments = slot->count;
	if (slot->seg != slot->req.seg)
		memcpy(slot->req.seg, slot->seg + slot->first, bytes);
	/* The private copy has no byte that was not set (XSA-216). */
	memcpy(shared, &slot->req, offsetof(struct rl_blkif_request, seg[0]) + bytes);
	/* Not in the private copy: the grants of this tag may stand there. */
	if (unlikely(slot->req.operation == RL_BLKIF_DISCARD))
		shared->discard_sectors = blk_rq_sectors(slot->rq);
}

static void enqueue(struct rlfront_slot *slot, bool last, u64 begun)
{
	struct rlfront_ring *ring = slot->ring;

	spin_lock(&ring->submit_lock);
	put(slot, rl_front_slot(&ring->front));
	rl_front_queue(&ring->front);
	ring->waiter.stats.requests++;
	rlk_trace_at(&ring->waiter, begun, RL_TRACE_SUBMIT, (u32)slot->req.id,
		ring->front.req_prod_pvt - 1, 0);
	sample(ring, slot);
	/* From here on the slot is the consumer's: it may complete before it was published. */
	smp_store_release(&slot->live_id, slot->req.id);
	if (last)
		publish(ring);
	spin_unlock(&ring->submit_lock);
}

/* Returns: 0; -EIO, whatever the reason: see status_of(). */
static int rlfront_flush(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	unsigned long flags;
	bool refused;

	spin_lock_irqsave(&dev->flush_lock, flags);
	dev->rec.written = rlfront_response_wrote(dev);
	refused = rl_recovery_flush(&dev->rec, &slot->mark) < 0;
	dev->stats.flushes_refused += refused;
	spin_unlock_irqrestore(&dev->flush_lock, flags);
	return refused ? -EIO : 0;
}

/* What the request needs beside its slot. Returns: 0 or -errno. */
static int fill(
	struct rlfront_dev *dev, struct rlfront_slot *slot, struct request *rq, u8 operation)
{
	int n = 0;

	slot->count = 0;
	switch (operation) {
	case RL_BLKIF_FLUSH:
		n = rlfront_flush(dev, slot);
		break;
	case RL_BLKIF_DISCARD:
		break;
	default:
		n = rlfront_slot_fill(dev, slot, rq, operation == RL_BLKIF_WRITE);
		break;
	}
	return min(n, 0);
}

static blk_status_t rlfront_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	struct rlfront_dev *dev = hctx->queue->queuedata;
	struct request *rq = bd->rq;
	int op = operation_of(rq), rc;
	u64 begun = rlk_trace_time();
	struct rlfront_slot *slot;

	if (unlikely(!READ_ONCE(dev->live)))
		return READ_ONCE(dev->dead) ? BLK_STS_IOERR : BLK_STS_DEV_RESOURCE;
	slot = (struct rlfront_slot *)hctx->driver_data + rq->tag;
	if (unlikely(op < 0))
		return BLK_STS_NOTSUPP;
	slot->first = 0;
	slot->begun = 0;
	slot->more = false;
	if (likely(!dev->few_slots)) {
		rc = fill(dev, slot, rq, op);
		if (unlikely(rc))
			return errno_to_blk_status(rc);
	}
	slot->rq = rq;
	slot->req.operation = op;
	slot->req.sector_number = blk_rq_pos(rq);
	slot->req.id += 1ull << 32; /* the upper half counts the uses of this tag */
	blk_mq_start_request(rq);
	if (likely(!dev->few_slots))
		enqueue(slot, bd->last, begun);
	else
		rlfront_narrow_wait(dev, slot);
	return BLK_STS_OK;
}

/* The block layer stopped in the middle of a batch: what was queued goes out now. */
static void rlfront_commit_rqs(struct blk_mq_hw_ctx *hctx)
{
	struct rlfront_dev *dev = hctx->queue->queuedata;
	struct rlfront_slot *slots = hctx->driver_data;

	if (!READ_ONCE(dev->live))
		return;
	rlfront_request_publish(slots->ring);
}

/* A queue knows its slots, and these the ring. */
static int rlfront_init_hctx(struct blk_mq_hw_ctx *hctx, void *data, unsigned int queue)
{
	struct rlfront_dev *dev = data;

	hctx->driver_data = dev->slots + queue * dev->depth;
	return 0;
}

static void rlfront_complete(struct request *rq)
{
	blk_mq_end_request(rq, *(blk_status_t *)blk_mq_rq_to_pdu(rq));
}

void rlfront_request_send(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	int rc = fill(dev, slot, slot->rq, slot->req.operation);

	if (rc) {
		rlfront_response_fail(dev, slot, errno_to_blk_status(rc));
		return;
	}
	slot->req.sector_number = blk_rq_pos(slot->rq) + slot->begun;
	enqueue(slot, false, rlk_trace_time());
}

void rlfront_request_publish(struct rlfront_ring *ring)
{
	spin_lock(&ring->submit_lock);
	publish(ring);
	spin_unlock(&ring->submit_lock);
}

/* From its beginning, and filled anew: the grants of its pages are others now. */
static void replay(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	dev->stats.flushes_replayed += slot->req.operation == RL_BLKIF_FLUSH;
	if (unlikely(dev->few_slots)) {
		rlfront_narrow_wait(dev, slot);
		return;
	}
	slot->first = 0;
	slot->begun = 0;
	slot->more = false;
	rlfront_request_send(dev, slot);
}

void rlfront_request_replay(struct rlfront_dev *dev)
{
	unsigned int i;

	for (i = 0; i < dev->nslots; i++)
		if (dev->slots[i].live_id != RLFRONT_IDLE)
			replay(dev, &dev->slots[i]);
	for (i = 0; i < dev->rings; i++)
		rlfront_request_publish(&dev->ring[i]);
}

/*
 * A request is out for long. Either its event was lost, or never sent: then the ring tells; or the
 * backend is frozen or gone. The request keeps its timer until recover.c has ended it.
 */
static enum blk_eh_timer_return rlfront_timeout(struct request *rq)
{
	struct rlfront_dev *dev = rq->q->queuedata;
	struct rlfront_slot *slots = rq->mq_hctx->driver_data;

	if (rq->tag >= 0 && rq->tag < dev->depth)
		rlfront_recover_late(dev, &slots[rq->tag]);
	return BLK_EH_RESET_TIMER;
}

const struct blk_mq_ops rlfront_mq_ops = {
	.init_hctx = rlfront_init_hctx,
	.queue_rq = rlfront_queue_rq,
	.commit_rqs = rlfront_commit_rqs,
	.complete = rlfront_complete,
	.timeout = rlfront_timeout,
};
