// SPDX-License-Identifier: GPL-2.0-only
/*
 * Create request, enqueue request: from the block layer into the ring.
 *
 * There are as many tags as slots in the ring, so a request that has a tag has a place. (A later
 * backend may have a smaller ring: narrow.c.)
 * Requests are published when the block layer says that no more follows at once; one
 * notification then stands for all of them, and is sent only if the backend asked for it.
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

static void publish(struct rlfront_dev *dev)
{
	rlk_trace(&dev->waiter, RL_TRACE_PUBLISH, 0, dev->ring.req_prod_pvt,
		dev->ring.req_prod_pvt - dev->ring.req_prod_pub);
	rlk_waiter_notify(&dev->waiter, rl_front_publish(&dev->ring));
}

/* One request in some is timed; timing each would cost a clock read a request. */
static void sample(struct rlfront_dev *dev, const struct rlfront_slot *slot)
{
	if (!rlk_waiter_sample(&dev->waiter) || READ_ONCE(dev->sample_id) != RLFRONT_IDLE)
		return;
	dev->sample_ns = ktime_get_ns();
	smp_store_release(&dev->sample_id, slot->req.id); /* after its time */
}

/* The list holds the grants of this request alone, and is the backend's to read until it answers.
 */
static void put_indirect(struct rlfront_dev *dev, struct rlfront_slot *slot, void *shared)
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

static void put(struct rlfront_dev *dev, struct rlfront_slot *slot, struct rl_blkif_request *shared)
{
	unsigned int bytes = slot->count * sizeof(*slot->seg);

	if (slot->count > RL_BLKIF_MAX_SEGMENTS) {
		put_indirect(dev, slot, shared);
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

static void enqueue(struct rlfront_dev *dev, struct rlfront_slot *slot, bool last, u64 begun)
{
	spin_lock(&dev->submit_lock);
	put(dev, slot, rl_front_slot(&dev->ring));
	rl_front_queue(&dev->ring);
	dev->waiter.stats.requests++;
	rlk_trace_at(&dev->waiter, begun, RL_TRACE_SUBMIT, (u32)slot->req.id,
		dev->ring.req_prod_pvt - 1, 0);
	sample(dev, slot);
	/* From here on the slot is the consumer's: it may complete before it was published. */
	smp_store_release(&slot->live_id, slot->req.id);
	if (last)
		publish(dev);
	spin_unlock(&dev->submit_lock);
}

/* Returns: 0; -EIO, whatever the reason: see status_of(). */
static int rlfront_flush(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	bool refused = rl_recovery_flush(&dev->rec, &slot->mark) < 0;

	dev->stats.flushes_refused += refused;
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
	slot = &dev->slots[rq->tag];
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
		enqueue(dev, slot, bd->last, begun);
	else
		rlfront_narrow_wait(dev, slot);
	return BLK_STS_OK;
}

/* The block layer stopped in the middle of a batch: what was queued goes out now. */
static void rlfront_commit_rqs(struct blk_mq_hw_ctx *hctx)
{
	struct rlfront_dev *dev = hctx->queue->queuedata;

	if (!READ_ONCE(dev->live))
		return;
	rlfront_request_publish(dev);
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
	enqueue(dev, slot, false, rlk_trace_time());
}

void rlfront_request_publish(struct rlfront_dev *dev)
{
	spin_lock(&dev->submit_lock);
	publish(dev);
	spin_unlock(&dev->submit_lock);
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

	for (i = 0; i < dev->depth; i++)
		if (dev->slots[i].live_id != RLFRONT_IDLE)
			replay(dev, &dev->slots[i]);
	rlfront_request_publish(dev);
}

/*
 * A request is out for long. Either its event was lost, or never sent: then the ring tells; or the
 * backend is frozen or gone. The request keeps its timer until recover.c has ended it.
 */
static enum blk_eh_timer_return rlfront_timeout(struct request *rq)
{
	struct rlfront_dev *dev = rq->q->queuedata;

	if (rq->tag >= 0 && rq->tag < dev->depth)
		rlfront_recover_late(dev, &dev->slots[rq->tag]);
	return BLK_EH_RESET_TIMER;
}

const struct blk_mq_ops rlfront_mq_ops = {
	.queue_rq = rlfront_queue_rq,
	.commit_rqs = rlfront_commit_rqs,
	.complete = rlfront_complete,
	.timeout = rlfront_timeout,
};
