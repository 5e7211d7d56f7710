// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dequeue response: out of a ring, back to the block layer.
 *
 * Whatever a response says is held against what this side remembers of the request: an id that
 * was never given out through this ring, or was answered already, an operation that is not
 * the one sent, more responses than requests. Each of these disables the device with all its rings,
 * once, and the disk is parked (recover.c); the guest goes on.
 *
 * The ops here are called by who is in charge of the ring (kern/waiter.h): under an event policy
 * the interrupt handler, which then is all that runs.
 */
#include <linux/nospec.h>
#include <linux/version.h>

#include <xen/events.h>

#include "kern/trace.h"
#include "rlfront.h"

/* Requests that end together are a pointer in Linux 6.1, and have a type of their own in 6.12. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
typedef struct request *rq_stack;
#define rq_list_add_head(list, rq) rq_list_add(list, rq)
#define rq_stack_empty(list)	   rq_list_empty(*(list))
#else
typedef struct rq_list rq_stack;
#define rq_stack_empty(list) rq_list_empty(list)
#endif

static struct rlfront_ring *ring_of(struct rlk_waiter *w)
{
	return container_of(w, struct rlfront_ring, waiter);
}

static blk_status_t status_of(const struct rl_blkif_response *rsp)
{
	if (likely(rsp->status == RL_BLKIF_OKAY))
		return BLK_STS_OK;
	/* Of a flush fsync() takes "not supported" for done: what was not executed is an error. */
	return rsp->status == RL_BLKIF_EOPNOTSUPP && rsp->operation != RL_BLKIF_FLUSH
		       ? BLK_STS_NOTSUPP
		       : BLK_STS_IOERR;
}

/* Requests that went well end together: one look at the clock and one at the tags for all. */
static void complete_request(struct request *rq, blk_status_t status, struct io_comp_batch *done)
{
	if (unlikely(blk_should_fake_timeout(rq->q)))
		return;
	*(blk_status_t *)blk_mq_rq_to_pdu(rq) = status;
	if (blk_mq_complete_request_remote(rq))
		return;
	if (!blk_mq_add_to_batch(rq, done, status != BLK_STS_OK, blk_mq_end_request_batch))
		blk_mq_end_request(rq, status);
}

static void end_sample(struct rlfront_ring *ring)
{
	rlk_waiter_completed(&ring->waiter, ktime_get_ns() - ring->sample_ns);
	smp_store_release(&ring->sample_id, RLFRONT_IDLE); /* sample_ns is no longer needed */
}

/* The slot that a response answers, or null when it answers none. */
static struct rlfront_slot *find_slot(
	struct rlfront_ring *ring, const struct rl_blkif_response *rsp)
{
	u32 n = (u32)rsp->id - ring->first;
	struct rlfront_dev *dev = ring->dev;
	struct rlfront_slot *slot;

	if (unlikely(n >= ring->nslots)) {
		rlfront_broken(dev, "a response has the unknown id %#lx", rsp->id);
		return NULL;
	}
	slot = &ring->slots[array_index_nospec(n, ring->nslots)];
	/* Pairs with enqueue(): of a request that is live all else was set. */
	if (unlikely(smp_load_acquire(&slot->live_id) != rsp->id)) {
		rlfront_broken(dev, "a response answers no request in flight, id %#lx", rsp->id);
		return NULL;
	}
	if (unlikely(slot->req.operation != rsp->operation)) {
		rlfront_broken(dev, "a response has operation %u instead of %u", rsp->operation,
			slot->req.operation);
		return NULL;
	}
	return slot;
}

/* What a flush may claim; a discard is a write. Before the caller hears of either. */
static void account(struct rlfront_ring *ring, const struct rlfront_slot *slot)
{
	struct rlfront_dev *dev = ring->dev;
	unsigned long flags;

	if (likely(slot->req.operation != RL_BLKIF_FLUSH)) {
		WRITE_ONCE(ring->written, ring->written + 1);
		return;
	}
	spin_lock_irqsave(&dev->flush_lock, flags);
	dev->rec.written = rlfront_response_wrote(dev);
	rl_recovery_flushed(&dev->rec, slot->mark);
	spin_unlock_irqrestore(&dev->flush_lock, flags);
}

/* Of a write that its caller heard of before he asks here. */
u32 rlfront_response_wrote(const struct rlfront_dev *dev)
{
	u32 r, n = 0;

	for (r = 0; r < dev->max_rings; r++)
		n += READ_ONCE(dev->ring[r].written);
	return n;
}

static int take_response(struct rlfront_ring *ring, struct io_comp_batch *done)
{
	struct rlfront_dev *dev = ring->dev;
	struct rl_blkif_response rsp;
	struct rlfront_slot *slot;
	struct request *rq;
	blk_status_t status;

	rl_front_take(&ring->front, &rsp, sizeof(rsp));
	slot = find_slot(ring, &rsp);
	if (unlikely(!slot))
		return -EPROTO;
	if (unlikely(READ_ONCE(ring->sample_id) == rsp.id))
		end_sample(ring);
	status = status_of(&rsp);
	rq = slot->rq;
	if (rsp.operation != RL_BLKIF_READ && status == BLK_STS_OK)
		account(ring, slot);
	if (unlikely(!rlfront_slot_drain(dev, slot,
		    rsp.operation == RL_BLKIF_READ && status == BLK_STS_OK && !slot->more))) {
		rlfront_broken(dev, "the backend still maps a page that it answered for");
		status = BLK_STS_IOERR;
	}
	rlk_trace(&ring->waiter, RL_TRACE_COMPLETE, (u32)rsp.id, ring->front.rsp_cons - 1, 0);
	if (unlikely(slot->more) && status == BLK_STS_OK) {
		rlfront_narrow_part(dev, slot);
		return 0;
	}
	WRITE_ONCE(slot->live_id, RLFRONT_IDLE);
	complete_request(rq, status, done); /* from here on the tag may be used again */
	return unlikely(status) && READ_ONCE(dev->broken) ? -EPROTO : 0;
}

/*
 * Ends a batch in the order of its responses. The batch is a stack: ended as it is, of n requests
 * in flight the first one answered would be the last one that its owner hears of, and where he
 * issues the next for each, one request's latency would be twice the mean and another's nearly
 * none.
 */
static void end_batch(struct io_comp_batch *done)
{
	rq_stack in_order = {NULL};
	struct request *rq;

	while ((rq = rq_list_pop(&done->req_list)))
		rq_list_add_head(&in_order, rq);
	done->req_list = in_order;
	if (!rq_stack_empty(&in_order))
		blk_mq_end_request_batch(done);
}

static int rlfront_drain(struct rlk_waiter *w)
{
	struct rlfront_ring *ring = ring_of(w);
	struct rlfront_dev *dev = ring->dev;
	DEFINE_IO_COMP_BATCH(done);
	u32 n, i;
	int rc = 0;

	/* Seen at another ring: nothing that it says counts. */
	if (unlikely(READ_ONCE(dev->broken)))
		return -EPROTO;
	if (unlikely(rl_front_pending(&ring->front, &n))) {
		rlfront_broken(dev, "rsp_prod claims more responses than requests in flight");
		return -EPROTO;
	}
	for (i = 0; i < n && likely(!rc); i++)
		rc = take_response(ring, &done);
	w->stats.responses += i;
	if (unlikely(dev->few_slots) && i)
		rlfront_narrow_room(dev);
	end_batch(&done);
	return unlikely(rc) ? rc : n;
}

static bool rlfront_pending(struct rlk_waiter *w)
{
	const struct rl_ring_front *front = &ring_of(w)->front;

	return rl_ring_load_acquire(&front->shared->rsp_prod) != front->rsp_cons;
}

static bool rlfront_arm(struct rlk_waiter *w, u32 offset)
{
	return rl_front_arm(&ring_of(w)->front, offset);
}

static u32 rlfront_in_flight(struct rlk_waiter *w)
{
	const struct rl_ring_front *front = &ring_of(w)->front;

	return READ_ONCE(front->req_prod_pub) - front->rsp_cons;
}

static void rlfront_show(struct rlk_device *d, struct seq_file *m)
{
	const struct rlfront_stats *s = &container_of(d, struct rlfront_dev, common)->stats;

#define RLFRONT_STAT_PRINT(name) seq_printf(m, #name " %llu\n", s->name);
	RLFRONT_STATS(RLFRONT_STAT_PRINT)
#undef RLFRONT_STAT_PRINT
}

const struct rlk_ops rlfront_waiter_ops = {
	.drain = rlfront_drain,
	.pending = rlfront_pending,
	.arm = rlfront_arm,
	.in_flight = rlfront_in_flight,
	.show = rlfront_show,
	.in_irq = true,
	.side = RL_TRACE_FRONT,
};

static int start_ring(struct rlfront_ring *ring)
{
	int rc;

	ring->sample_id = RLFRONT_IDLE;
	rc = bind_evtchn_to_irqhandler_lateeoi(
		ring->port, rlk_waiter_irq, 0, dev_name(&ring->dev->xbdev->dev), &ring->waiter);
	if (rc <= 0)
		return rc ? rc : -EINVAL;
	ring->irq = rc;
	return rlk_waiter_start(&ring->waiter, ring->irq);
}

int rlfront_response_start(struct rlfront_dev *dev)
{
	int rc = 0;
	u32 r;

	for (r = 0; !rc && r < dev->rings; r++)
		rc = start_ring(&dev->ring[r]);
	if (rc)
		rlfront_response_stop(dev);
	return rc;
}

static void stop_ring(struct rlfront_ring *ring)
{
	if (!ring->irq)
		return;
	rlk_waiter_stop(&ring->waiter);
	unbind_from_irqhandler(ring->irq, &ring->waiter); /* closes the port */
	ring->irq = 0;
	ring->port = 0;
}

void rlfront_response_stop(struct rlfront_dev *dev)
{
	u32 r;

	for (r = 0; r < dev->rings; r++)
		stop_ring(&dev->ring[r]);
}

void rlfront_response_fail(struct rlfront_dev *dev, struct rlfront_slot *slot, blk_status_t status)
{
	struct request *rq = slot->rq;

	slot->live_id = RLFRONT_IDLE;
	blk_mq_end_request(rq, status);
}

unsigned int rlfront_response_held(const struct rlfront_dev *dev)
{
	unsigned int i, n = 0;

	for (i = 0; i < dev->nslots; i++)
		n += dev->slots[i].live_id != RLFRONT_IDLE;
	return n;
}

unsigned int rlfront_response_fail_all(struct rlfront_dev *dev)
{
	unsigned int i, n = rlfront_response_held(dev);

	for (i = 0; i < dev->nslots; i++) {
		struct rlfront_slot *slot = &dev->slots[i];

		if (slot->live_id == RLFRONT_IDLE)
			continue;
		rlfront_slot_abandon(dev, slot);
		rlfront_response_fail(dev, slot, BLK_STS_IOERR);
	}
	return n;
}
