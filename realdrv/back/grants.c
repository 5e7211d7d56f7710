// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of the other domain.
 *
 * A segment names a grant. It is found in the persistent table, or mapped: all the
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

/* ---- persistent table ---------------------------------------------------------------------- */

static u16 *rlb_persistent_slot(struct rlb_persistent *p, grant_ref_t gref)
{
	u32 h = gref;

	for (;; h++) {
		u16 *slot = &p->slot[h & p->mask];

		if (!*slot || p->entry[*slot - 1].gref == gref)
			return slot;
	}
}

/* Keep the grant just mapped into req->own[i]; a spare page takes that one's place in the first. */
static void rlb_persistent_keep(struct rlb_ring *ring, struct rlb_req *req, u32 i)
{
	struct rlb_persistent *p = &ring->persistent;
	struct rlb_seg *seg = &req->seg[i];
	u16 *slot = rlb_persistent_slot(p, seg->gref);
	struct page *spare = NULL;

	if (*slot || p->count == p->most)
		return; /* named twice in one batch, or no room: it stays temporary */
	if (i < RLB_SEGS)
		spare = rlb_spare(ring);
	if (i < RLB_SEGS && !spare)
		return;
	p->entry[p->count].gref = seg->gref;
	p->entry[p->count].handle = seg->handle;
	p->entry[p->count].page = seg->page;
	*slot = ++p->count;
	req->own[i] = spare;
	seg->temporary = false;
	ring->queue->stats.persistent_grants++;
}

/* ---- maps ---------------------------------------------------------------------------------- */

void rlb_seg_prepare(struct rlb_ring *ring, struct rlb_req *req, u32 i)
{
	struct rlb_seg *seg = &req->seg[i];
	u32 flags = GNTMAP_host_map, n;

	seg->temporary = false;
	if (ring->use_persistent) {
		u16 slot = *rlb_persistent_slot(&ring->persistent, seg->gref);

		if (slot) {
			seg->page = ring->persistent.entry[slot - 1].page;
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

/* Unmaps entries from..from+n of the table; only at the end of a connection. */
static void rlb_persistent_unmap_some(struct rlb_ring *ring, u32 from, u32 n)
{
	struct rlb_persistent *p = &ring->persistent;
	u32 i;

	for (i = 0; i < n; i++) {
		gnttab_set_unmap_op(&ring->unmap_ops[i], rlb_page_addr(p->entry[from + i].page),
			GNTMAP_host_map, p->entry[from + i].handle);
		ring->unmap_ops[i].status = 1;
		ring->unmap_pages[i] = p->entry[from + i].page;
	}
	/* Not on the stack: a work item is initialised in it, as one that is elsewhere. */
	ring->unmap = (struct gntab_unmap_queue_data){
		.unmap_ops = ring->unmap_ops, .pages = ring->unmap_pages, .count = n};
	gnttab_unmap_refs_sync(&ring->unmap);
	for (i = 0; i < n; i++) {
		if (ring->unmap_ops[i].status == GNTST_okay)
			gnttab_free_pages(1, &ring->unmap_pages[i]);
		else
			ring->queue->stats.pages_lost++;
	}
}

void rlb_persistent_unmap(struct rlb_ring *ring)
{
	u32 from, n;

	for (from = 0; from < ring->persistent.count; from += n) {
		n = min_t(u32, RLB_OPS, ring->persistent.count - from);
		rlb_persistent_unmap_some(ring, from, n);
	}
	ring->queue->stats.persistent_grants -= ring->persistent.count;
	ring->persistent.count = 0;
}
