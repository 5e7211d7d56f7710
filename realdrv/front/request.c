// SPDX-License-Identifier: GPL-2.0-only
/*
 * Create request, enqueue request: from the block layer into the ring.
 *
 * There are as many tags as slots in the ring, so a request that has a tag has a place.
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

static void enqueue(struct rlfront_dev *dev, struct rlfront_slot *slot, bool last, u64 begun)
{
	unsigned int bytes = offsetof(struct rl_blkif_request, seg[0]) +
			     slot->req.nr_segments * sizeof(struct rl_blkif_segment);

	struct rl_blkif_request *shared;

	spin_lock(&dev->submit_lock);
	shared = rl_front_slot(&dev->ring);
	/* The private copy has no byte that was not set (XSA-216). */
	memcpy(shared, &slot->req, bytes);
	/* Not in the private copy: the grants of this tag stand there. */
	if (unlikely(slot->req.operation == RL_BLKIF_DISCARD))
		shared->discard_sectors = blk_rq_sectors(slot->rq);
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

/* Returns: 0, the number of its segments; -EIO, whatever the reason: see status_of(). */
static int rlfront_flush(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	bool refused = rl_recovery_flush(&dev->rec, &slot->mark) < 0;

	dev->stats.flushes_refused += refused;
	return refused ? -EIO : 0;
}

/* What the request needs beside its slot. Returns: the number of its segments, or -errno. */
static int fill(
	struct rlfront_dev *dev, struct rlfront_slot *slot, struct request *rq, u8 operation)
{
	switch (operation) {
	case RL_BLKIF_FLUSH:
		return rlfront_flush(dev, slot);
	case RL_BLKIF_DISCARD:
		return 0;
	default:
		return rlfront_slot_fill(dev, slot, rq, operation == RL_BLKIF_WRITE);
	}
}

static blk_status_t rlfront_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	struct rlfront_dev *dev = hctx->queue->queuedata;
	struct request *rq = bd->rq;
	int op = operation_of(rq), segments;
	u64 begun = rlk_trace_time();
	struct rlfront_slot *slot;

	if (unlikely(!READ_ONCE(dev->live)))
		return READ_ONCE(dev->dead) ? BLK_STS_IOERR : BLK_STS_DEV_RESOURCE;
	slot = &dev->slots[rq->tag];
	if (unlikely(op < 0))
		return BLK_STS_NOTSUPP;
	segments = fill(dev, slot, rq, op);
	if (unlikely(segments < 0))
		return errno_to_blk_status(segments);
	slot->rq = rq;
	slot->req.operation = op;
	slot->req.nr_segments = segments;
	slot->req.sector_number = blk_rq_pos(rq);
	slot->req.id += 1ull << 32; /* the upper half counts the uses of this tag */
	blk_mq_start_request(rq);
	enqueue(dev, slot, bd->last, begun);
	return BLK_STS_OK;
}

/* The block layer stopped in the middle of a batch: what was queued goes out now. */
static void rlfront_commit_rqs(struct blk_mq_hw_ctx *hctx)
{
	struct rlfront_dev *dev = hctx->queue->queuedata;

	if (!READ_ONCE(dev->live))
		return;
	spin_lock(&dev->submit_lock);
	publish(dev);
	spin_unlock(&dev->submit_lock);
}

static void rlfront_complete(struct request *rq)
{
	blk_mq_end_request(rq, *(blk_status_t *)blk_mq_rq_to_pdu(rq));
}

/* Fills it anew: the grants of its pages are others now. */
static void replay(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	int segments;

	dev->stats.flushes_replayed += slot->req.operation == RL_BLKIF_FLUSH;
	segments = fill(dev, slot, slot->rq, slot->req.operation);
	if (segments < 0) {
		rlfront_response_fail(dev, slot, errno_to_blk_status(segments));
		return;
	}
	slot->req.nr_segments = segments;
	enqueue(dev, slot, false, rlk_trace_time());
}

void rlfront_request_replay(struct rlfront_dev *dev)
{
	unsigned int i;

	for (i = 0; i < RLFRONT_DEPTH; i++)
		if (dev->slots[i].live_id != RLFRONT_IDLE)
			replay(dev, &dev->slots[i]);
	spin_lock(&dev->submit_lock);
	publish(dev);
	spin_unlock(&dev->submit_lock);
}

/*
 * A request is out for long. Either its event was lost, or never sent: then the ring tells; or the
 * backend is frozen or gone. The request keeps its timer until recover.c has ended it.
 */
static enum blk_eh_timer_return rlfront_timeout(struct request *rq)
{
	struct rlfront_dev *dev = rq->q->queuedata;

	if (rq->tag >= 0 && rq->tag < RLFRONT_DEPTH)
		rlfront_recover_late(dev, &dev->slots[rq->tag]);
	return BLK_EH_RESET_TIMER;
}

const struct blk_mq_ops rlfront_mq_ops = {
	.queue_rq = rlfront_queue_rq,
	.commit_rqs = rlfront_commit_rqs,
	.complete = rlfront_complete,
	.timeout = rlfront_timeout,
};
