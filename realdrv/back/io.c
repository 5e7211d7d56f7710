// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to bios, completions to responses.
 *
 * The thread drains the ring in batches: take and judge the copies, map their grants
 * in one go, submit their bios. A disk that completes at once (a RAM disk, a null
 * device) does so inside submit_bio(), in the thread: those are unmapped in one go
 * and answered with one publication. What completes later is answered by the
 * completion itself, from whatever context it comes in.
 */
#include <linux/ktime.h>

#include "back/rlback.h"
#include "kern/trace.h"

static struct rlb_ring *rlb_of(struct rlk_waiter *w)
{
	return container_of(w, struct rlb_queue, waiter)->ring;
}

u32 rlb_in_flight(const struct rlb_ring *ring)
{
	return ring->back.req_cons - READ_ONCE(ring->back.rsp_prod_pvt);
}

/* ---- responses ----------------------------------------------------------------------------- */

/* Ring lock held. Every field is written: the slot still holds what the peer put there. */
static void rlb_queue_response(struct rlb_ring *ring, const struct rlb_req *req)
{
	struct rl_blkif_response *rsp = rl_back_slot(&ring->back);

	rsp->id = req->id;
	rsp->operation = req->operation;
	rsp->pad = 0;
	rsp->status = req->status;
	rsp->pad2 = 0;
	rl_back_queue(&ring->back);
	ring->queue->waiter.stats.responses++;
}

/* Ring lock held. */
static __always_inline void rlb_publish(struct rlb_ring *ring)
{
	struct rl_ring_back *back = &ring->back;

	rlk_trace(&ring->queue->waiter, RL_TRACE_RESPOND, 0, back->rsp_prod_pvt,
		back->rsp_prod_pvt - back->rsp_prod_pub);
	rlk_waiter_notify(&ring->queue->waiter, rl_back_publish(back));
}

static void rlb_sample(const struct rlb_req *req)
{
	if (req->taken_ns)
		rlk_waiter_completed(&req->ring->queue->waiter, ktime_get_ns() - req->taken_ns);
}

void rlb_answer(struct rlb_req *req, u32 unmapped)
{
	struct rlb_ring *ring = req->ring;
	struct rlb_stats *stats = &ring->queue->stats;
	unsigned long flags;

	rlb_sample(req);
	spin_lock_irqsave(&ring->lock, flags);
	rlb_queue_response(ring, req);
	WRITE_ONCE(req->nr_segs, 0);
	ring->returned[ring->nreturned++] = req;
	stats->late_grants_unmapped += unmapped;
	stats->late_unmap_hypercalls += unmapped > 0;
	rlb_publish(ring);
	if (unlikely(ring->closing))
		wake_up(&ring->drained);
	else if (ring->queue->waiter.plan.no_arm)
		rlk_waiter_kick(&ring->queue->waiter);
	spin_unlock_irqrestore(&ring->lock, flags);
}

/* The thread: answer what the batch completed, with one publication. */
static void rlb_answer_done(struct rlb_ring *ring)
{
	u32 i;

	if (!ring->ndone)
		return;
	rlb_unmap_done(ring);
	for (i = 0; i < ring->ndone; i++)
		rlb_sample(ring->done[i]);
	spin_lock_irq(&ring->lock);
	for (i = 0; i < ring->ndone; i++)
		rlb_queue_response(ring, ring->done[i]);
	if (ring->ndone)
		rlb_publish(ring);
	spin_unlock_irq(&ring->lock);
	for (i = 0; i < ring->ndone; i++) {
		ring->done[i]->nr_segs = 0;
		ring->free[ring->nfree++] = ring->done[i];
	}
	ring->queue->stats.completed_in_thread += ring->ndone;
	ring->ndone = 0;
}

/* ---- bios ---------------------------------------------------------------------------------- */

static s16 rlb_status(const struct rlb_req *req, blk_status_t error)
{
	if (likely(!error))
		return RL_BLKIF_OKAY;
	if (error == BLK_STS_NOTSUPP &&
		(req->operation == RL_BLKIF_FLUSH || req->operation == RL_BLKIF_DISCARD))
		return RL_BLKIF_EOPNOTSUPP;
	return RL_BLKIF_ERROR;
}

static void rlb_end(struct rlb_req *req, blk_status_t error)
{
	struct rlb_ring *ring = req->ring;

	rlk_trace(&ring->queue->waiter, RL_TRACE_DEVICE, (u32)req->id, 0, 0);
	req->status = rlb_status(req, error);
	if (unlikely(req->status))
		ring->queue->stats.io_errors++;
	if (rlk_waiter_is_thread(&ring->queue->waiter) && in_task() && ring->in_batch) {
		ring->done[ring->ndone++] = req;
	} else {
		WRITE_ONCE(ring->late, true);
		rlb_unmap_and_answer(req);
	}
}

static void rlb_end_io(struct bio *bio)
{
	struct rlb_req *req = container_of(bio, struct rlb_req, bio);
	blk_status_t error = bio->bi_status;

	bio_uninit(bio);
	rlb_end(req, error);
}

static void rlb_end_discard(struct bio *bio)
{
	struct rlb_req *req = bio->bi_private;
	blk_status_t error = bio->bi_status;

	bio_put(bio);
	rlb_end(req, error);
}

/* In as many pieces as the disk wants; the last one ends after all others, with their error. */
static void rlb_discard(struct rlb_req *req)
{
	struct bio *bio = NULL;
	int rc = __blkdev_issue_discard(
		req->ring->dev->bdev, req->sector, req->sectors, GFP_KERNEL, &bio);

	if (!bio) {
		rlb_end(req, errno_to_blk_status(rc ?: -EIO));
		return;
	}
	bio->bi_private = req;
	bio->bi_end_io = rlb_end_discard;
	submit_bio(bio);
}

static blk_opf_t rlb_opf(const struct rlb_req *req)
{
	switch (req->operation) {
	case RL_BLKIF_READ:
		return REQ_OP_READ;
	case RL_BLKIF_WRITE:
		return REQ_OP_WRITE | REQ_SYNC | REQ_IDLE;
	default: /* a flush, with or without data */
		return REQ_OP_WRITE | REQ_PREFLUSH;
	}
}

static void rlb_submit(struct rlb_req *req)
{
	struct bio *bio = &req->bio;
	u32 i;

	bio_init(bio, req->ring->dev->bdev, req->vec, req->ring->most, rlb_opf(req));
	bio->bi_iter.bi_sector = req->sector;
	bio->bi_end_io = rlb_end_io;
	/* Never merged into one segment: neighbours here need not be neighbours in the machine. */
	for (i = req->first; i < req->nr_segs; i++)
		__bio_add_page(bio, req->seg[i].page, req->seg[i].bytes, req->seg[i].offset);
	submit_bio(bio);
}

/* ---- requests ------------------------------------------------------------------------------ */

/* A free request; there is one for every slot, so a peer cannot exhaust them. */
static struct rlb_req *rlb_get_req(struct rlb_ring *ring)
{
	if (!ring->nfree) {
		spin_lock_irq(&ring->lock);
		memcpy(ring->free, ring->returned, ring->nreturned * sizeof(ring->free[0]));
		ring->nfree = ring->nreturned;
		ring->nreturned = 0;
		spin_unlock_irq(&ring->lock);
	}
	return ring->nfree ? ring->free[--ring->nfree] : NULL;
}

static void rlb_submit_batch(struct rlb_ring *ring)
{
	struct blk_plug plug;
	/* One that is not plugged may be left to a worker: two switches more. */
	bool plugged = ring->nbatch > 1 || READ_ONCE(ring->late);
	u32 i;

	ring->in_batch = true;
	if (plugged)
		blk_start_plug(&plug);
	for (i = 0; i < ring->nbatch; i++) {
		struct rlb_req *req = ring->batch[i];

		if (unlikely(req->failed)) {
			req->status = RL_BLKIF_ERROR;
			ring->done[ring->ndone++] = req;
		} else if (unlikely(req->operation == RL_BLKIF_DISCARD)) {
			rlb_discard(req);
		} else {
			rlb_submit(req);
		}
	}
	if (plugged)
		blk_finish_plug(&plug);
	ring->in_batch = false;
	ring->nbatch = 0;
}

/* Returns how many of n were taken: all, unless requests ran out, which cannot be. */
static u32 rlb_batch(struct rlb_ring *ring, u32 n)
{
	struct rlb_queue *queue = ring->queue;
	u32 i;

	rlb_disk_look(ring->dev);
	for (i = 0; i < n; i++) {
		struct rlb_req *req = rlb_get_req(ring);

		if (WARN_ON_ONCE(!req))
			break;
		rlb_take(ring, req);
	}
	queue->stats.batches++;
	if (rlk_waiter_sample(&queue->waiter) && ring->nbatch)
		ring->batch[0]->taken_ns = ktime_get_ns();
	queue->waiter.stats.requests += i;
	rlb_map_queued(ring);
	if (ring->nlisted)
		rlb_lists_read(ring);
	rlb_submit_batch(ring);
	rlb_answer_done(ring);
	return i;
}

static int rlb_drain(struct rlk_waiter *w)
{
	struct rlb_ring *ring = rlb_of(w);
	int taken = 0;
	u32 n, got;

	if (unlikely(time_after_eq(jiffies, ring->persistent.look_at)))
		rlb_persistent_look(ring);
	for (;;) {
		int rc = rl_back_pending(&ring->back, &n);

		if (unlikely(rc)) {
			pr_warn(RLK_MODULE
				": %s: more requests than the ring holds; it is stopped\n",
				w->device->name);
			return rc;
		}
		if (!n || rlk_waiter_wanted(w))
			return taken;
		got = rlb_batch(ring, n);
		if (!got)
			return -EPROTO;
		taken += got;
		cond_resched();
	}
}

/* A claim that drain() will refuse is work as well. */
static bool rlb_pending(struct rlk_waiter *w)
{
	const struct rl_ring_back *back = &rlb_of(w)->back;

	return rl_ring_load_acquire(&back->shared->req_prod) != back->req_cons;
}

static bool rlb_arm(struct rlk_waiter *w, u32 offset)
{
	return rl_back_arm(&rlb_of(w)->back, offset);
}

static u32 rlb_waiting(struct rlk_waiter *w)
{
	return rlb_in_flight(rlb_of(w));
}

static void rlb_stats_add(struct rlb_stats *sum, const struct rlb_stats *s)
{
#define RLB_STAT_ADD(name) rlk_add(&sum->name, s->name);
	RLB_STATS(RLB_STAT_ADD)
#undef RLB_STAT_ADD
}

static void rlb_show(struct rlk_device *d, struct seq_file *m)
{
	struct rlb_stats sum = {0};
	u32 q;

	for (q = 0; q < d->nwaiters; q++)
		rlb_stats_add(&sum, &container_of(d->waiter[q], struct rlb_queue, waiter)->stats);
#define RLB_STAT_PRINT(name) seq_printf(m, #name " %llu\n", sum.name);
	RLB_STATS(RLB_STAT_PRINT)
#undef RLB_STAT_PRINT
}

const struct rlk_ops rlb_waiter_ops = {
	.drain = rlb_drain,
	.pending = rlb_pending,
	.arm = rlb_arm,
	.in_flight = rlb_waiting,
	.show = rlb_show,
	.side = RL_TRACE_BACK,
};
