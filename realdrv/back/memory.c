// SPDX-License-Identifier: GPL-2.0-only
/*
 * All memory of a connection.
 *
 * Requests, and what each of them needs for as many grants as it may name: eleven, or with indirect
 * requests what was offered and the page with the list. Pages to map into are made at once for the
 * first eleven, so that a direct request never waits for one; the others when they are needed for
 * the first time, since most frontends never ask for as much as was offered.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "back/rlback.h"

struct page *rlb_spare(struct rlb_ring *ring)
{
	if (!ring->nspare && !gnttab_alloc_pages(RLB_SPARES, ring->spare))
		ring->nspare = RLB_SPARES;
	return ring->nspare ? ring->spare[--ring->nspare] : NULL;
}

/* One array for all requests, since nothing needs less than all. */
static int rlb_arrays_alloc(struct rlb_ring *ring)
{
	size_t all = (size_t)ring->slots * ring->most;
	struct rlb_req *first = ring->req;

	first->seg = kvcalloc(all, sizeof(*first->seg), GFP_KERNEL);
	first->own = kvcalloc(all, sizeof(*first->own), GFP_KERNEL);
	first->vec = kvcalloc(all, sizeof(*first->vec), GFP_KERNEL);
	first->unmap_ops = kvcalloc(all, sizeof(*first->unmap_ops), GFP_KERNEL);
	first->unmap_pages = kvcalloc(all, sizeof(*first->unmap_pages), GFP_KERNEL);
	return first->seg && first->own && first->vec && first->unmap_ops && first->unmap_pages
		       ? 0
		       : -ENOMEM;
}

static int rlb_requests_alloc(struct rlb_ring *ring)
{
	u32 r, n;
	int rc;

	ring->req = kvcalloc(ring->slots, sizeof(*ring->req), GFP_KERNEL);
	if (!ring->req)
		return -ENOMEM;
	rc = rlb_arrays_alloc(ring);
	for (r = 0; !rc && r < ring->slots; r++) {
		struct rlb_req *req = &ring->req[r];

		n = r * ring->most;
		req->ring = ring;
		req->seg = ring->req->seg + n;
		req->own = ring->req->own + n;
		req->vec = ring->req->vec + n;
		req->unmap_ops = ring->req->unmap_ops + n;
		req->unmap_pages = ring->req->unmap_pages + n;
		ring->free[ring->nfree++] = req;
		rc = gnttab_alloc_pages(RLB_SEGS, req->own);
		if (rc)
			memset(req->own, 0, RLB_SEGS * sizeof(req->own[0]));
	}
	return rc;
}

static int rlb_lists_alloc(struct rlb_ring *ring)
{
	ring->free = kvcalloc(4 * ring->slots, sizeof(*ring->free), GFP_KERNEL);
	ring->batch = ring->free + ring->slots;
	ring->done = ring->batch + ring->slots;
	ring->returned = ring->done + ring->slots;
	return ring->free ? 0 : -ENOMEM;
}

int rlb_queues_alloc(struct rlback *dev)
{
	u32 q;

	dev->queue = kvcalloc(dev->offers_queues, sizeof(*dev->queue), GFP_KERNEL);
	if (!dev->queue)
		return -ENOMEM;
	for (q = 0; q < dev->offers_queues; q++) {
		dev->queue[q].dev = dev;
		rlk_waiter_init(&dev->queue[q].waiter, &dev->common);
	}
	return 0;
}

struct rlb_ring *rlb_ring_alloc(struct rlb_queue *queue, u32 slots)
{
	struct rlb_ring *ring = kvzalloc(sizeof(*ring), GFP_KERNEL);

	if (!ring)
		return NULL;
	ring->dev = queue->dev;
	ring->queue = queue;
	ring->slots = slots;
	ring->most = max(RLB_SEGS, queue->dev->limits.indirect + 1);
	spin_lock_init(&ring->lock);
	init_waitqueue_head(&ring->drained);
	if (!rlb_lists_alloc(ring) && !rlb_requests_alloc(ring) && !rlb_persistent_alloc(ring))
		return ring;
	rlb_ring_release(ring);
	return NULL;
}

static void rlb_requests_free(struct rlb_ring *ring)
{
	struct rlb_req *first = ring->req;
	size_t i;

	if (!first)
		return;
	for (i = 0; first->own && i < (size_t)ring->slots * ring->most; i++)
		if (first->own[i])
			gnttab_free_pages(1, &first->own[i]);
	kvfree(first->seg);
	kvfree(first->own);
	kvfree(first->vec);
	kvfree(first->unmap_ops);
	kvfree(first->unmap_pages);
	kvfree(first);
}

void rlb_ring_release(struct rlb_ring *ring)
{
	rlb_requests_free(ring);
	gnttab_free_pages(ring->nspare, ring->spare);
	rlb_persistent_free(ring);
	kvfree(ring->free);
	kvfree(ring);
}
