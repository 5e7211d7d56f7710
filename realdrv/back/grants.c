// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of the other domain.
 *
 * A segment names a grant. It is found in the persistent table (persistent.c), or mapped: all the
 * maps of a drained batch go in one hypercall, and all the unmaps of the requests
 * that were done when the batch was submitted in another, which also means one flush
 * of the TLB. Each result is looked at; a grant that fails takes its request with it,
 * never its neighbours (XSA-361, 371).
 *
 * A page whose unmap failed may still be the peer's: it is given up for good rather
 * than used again (XSA-396 seen from this side).
 */
#include <linux/mm.h>

#include "back/rlback.h"

/* ---- maps ---------------------------------------------------------------------------------- */

void rlb_seg_prepare(struct rlb_ring *ring, struct rlb_req *req, u32 i)
{
	struct rlb_seg *seg = &req->seg[i];
	u32 flags = GNTMAP_host_map, n;

	seg->temporary = false;
	if (ring->use_persistent) {
		u16 slot = *rlb_persistent_slot(&ring->persistent, seg->gref);

		if (slot) {
			struct rlb_entry *entry = &ring->persistent.entry[slot - 1];

			entry->used = (u32)jiffies;
			seg->page = entry->page;
			ring->queue->stats.persistent_hits++;
			return;
		}
	} else if (i < req->first || req->operation != RL_BLKIF_READ) {
		flags |= GNTMAP_readonly;
	}
	if (unlikely(!req->own[i]))
		req->own[i] = rlb_spare(ring);
	seg->page = req->own[i];
	if (unlikely(!seg->page)) {
		req->failed = true;
		return;
	}
	if (unlikely(ring->nmap == RLB_OPS))
		rlb_map_queued(ring);
	n = ring->nmap;
	gnttab_set_map_op(&ring->map_ops[n], rlb_page_addr(seg->page), flags, seg->gref,
		ring->dev->xdev->otherend_id);
	/* Neither success nor an error that the hypervisor reports: it was not looked at. */
	ring->map_ops[n].status = 1;
	ring->map_pages[n] = seg->page;
	ring->map_req[n] = req;
	ring->map_seg[n] = i;
	ring->nmap = n + 1;
}

static void rlb_map_result(struct rlb_ring *ring, u32 n)
{
	const struct gnttab_map_grant_ref *op = &ring->map_ops[n];
	struct rlb_req *req = ring->map_req[n];
	u32 i = ring->map_seg[n];

	if (unlikely(op->status != GNTST_okay)) {
		req->failed = true;
		ring->queue->stats.map_failures++;
		return;
	}
	req->seg[i].handle = op->handle;
	req->seg[i].temporary = true;
	if (ring->use_persistent)
		rlb_persistent_keep(ring, req, i);
}

void rlb_map_queued(struct rlb_ring *ring)
{
	struct rlb_stats *stats = &ring->queue->stats;
	u32 n;

	if (!ring->nmap)
		return;
	stats->map_hypercalls++;
	stats->grants_mapped += ring->nmap;
	if (unlikely(gnttab_map_refs(ring->map_ops, NULL, ring->map_pages, ring->nmap)))
		pr_warn_once(RLK_MODULE ": mapping grants failed as a whole\n");
	for (n = 0; n < ring->nmap; n++)
		rlb_map_result(ring, n);
	ring->nmap = 0;
}

/* ---- unmaps -------------------------------------------------------------------------------- */

/* Appends what req mapped for its I/O to ops and pages; returns the new count. */
static u32 rlb_unmap_list(
	struct rlb_req *req, struct gnttab_unmap_grant_ref *ops, struct page **pages, u32 n)
{
	u32 i;

	for (i = 0; i < req->nr_segs; i++) {
		struct rlb_seg *seg = &req->seg[i];

		if (!seg->temporary)
			continue;
		gnttab_set_unmap_op(
			&ops[n], rlb_page_addr(seg->page), GNTMAP_host_map, seg->handle);
		ops[n].status = 1;
		pages[n++] = seg->page;
	}
	return n;
}

/* After an unmap that did not succeed as a whole: give up the pages whose own did not. */
static void rlb_unmap_failed(struct rlb_req *req, const struct gnttab_unmap_grant_ref *ops, u32 *at)
{
	u32 i;

	for (i = 0; i < req->nr_segs; i++) {
		if (!req->seg[i].temporary)
			continue;
		if (ops[(*at)++].status == GNTST_okay)
			continue;
		req->ring->queue->stats.pages_lost++;
		req->own[i] = NULL;
		pr_warn_once(RLK_MODULE ": a grant could not be unmapped; its page is given up\n");
	}
}

static bool rlb_pages_held(const struct rlb_req *req)
{
	u32 i;

	for (i = 0; i < req->nr_segs; i++)
		if (req->seg[i].temporary && page_count(req->seg[i].page) > 1)
			return true;
	return false;
}

static void rlb_unmap_later(int result, struct gntab_unmap_queue_data *data)
{
	struct rlb_req *req = data->data;
	u32 at = 0;

	if (unlikely(result))
		rlb_unmap_failed(req, req->unmap_ops, &at);
	rlb_answer(req, data->count);
}

void rlb_unmap_and_answer(struct rlb_req *req)
{
	u32 n = rlb_unmap_list(req, req->unmap_ops, req->unmap_pages, 0);

	if (!n) {
		rlb_answer(req, 0);
		return;
	}
	req->unmap = (struct gntab_unmap_queue_data){
		.data = req,
		.done = rlb_unmap_later,
		.unmap_ops = req->unmap_ops,
		.pages = req->unmap_pages,
		.count = n,
	};
	gnttab_unmap_refs_async(&req->unmap);
}

/* Unmaps the n pages that are listed, of the requests from..to of ring->done. */
static void rlb_unmap_some(struct rlb_ring *ring, u32 from, u32 to, u32 n)
{
	struct rlb_stats *stats = &ring->queue->stats;
	u32 at = 0;

	if (!n)
		return;
	stats->unmap_hypercalls++;
	stats->grants_unmapped += n;
	if (likely(!gnttab_unmap_refs(ring->unmap_ops, NULL, ring->unmap_pages, n)))
		return;
	for (; from < to; from++)
		rlb_unmap_failed(ring->done[from], ring->unmap_ops, &at);
}

void rlb_unmap_done(struct rlb_ring *ring)
{
	u32 r, from = 0, kept = 0, n = 0;

	for (r = 0; r < ring->ndone; r++) {
		struct rlb_req *req = ring->done[r];

		if (unlikely(rlb_pages_held(req))) {
			rlb_unmap_and_answer(req);
			continue;
		}
		if (unlikely(n + req->nr_segs > RLB_OPS)) {
			rlb_unmap_some(ring, from, kept, n);
			from = kept;
			n = 0;
		}
		n = rlb_unmap_list(req, ring->unmap_ops, ring->unmap_pages, n);
		ring->done[kept++] = req;
	}
	ring->ndone = kept;
	rlb_unmap_some(ring, from, kept, n);
}
