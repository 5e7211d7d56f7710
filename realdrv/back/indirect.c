// SPDX-License-Identifier: GPL-2.0-only
/*
 * Indirect requests: their segments stand on a page of the frontend's, the list.
 *
 * A batch with such requests is mapped in two steps: the lists together with the segments of all
 * direct requests, then what the lists name. A list is copied once, when it is mapped, and what is
 * judged and used is the copy: its frontend may write there at any time (XSA-155). It is unmapped
 * together with the data, or kept where grants are persistent; it is segment 0 of its request.
 */
#include "back/rlback.h"

void rlb_list_prepare(struct rlb_ring *ring, struct rlb_req *req, const struct rl_blkif_plan *plan)
{
	req->first = 1;
	req->nr_segs = 1;
	req->listed = plan->nr_segments;
	req->seg[0].gref = plan->list;
	rlb_seg_prepare(ring, req, 0);
	ring->nlisted++;
}

static void rlb_list_copy(struct rlb_ring *ring, const struct rlb_req *req)
{
	memcpy(ring->list, (const void *)(unsigned long)rlb_page_addr(req->seg[0].page),
		req->listed * sizeof(ring->list[0]));
	barrier(); /* the compiler may not read the page again */
}

static void rlb_list_read(struct rlb_ring *ring, struct rlb_req *req)
{
	struct rlback *dev = ring->dev;
	struct rl_blkif_plan plan = {
		.id = req->id,
		.sector = req->sector,
		.nr_segments = req->listed,
		.operation = req->operation,
		.indirect = true,
	};

	rlb_list_copy(ring, req);
	if (unlikely(!rl_blkif_check_list(ring->list, &dev->limits, &plan) ||
		     !rlb_aligned(dev, req->sector, ring->list, req->listed))) {
		ring->queue->stats.refused++;
		req->failed = true;
		return;
	}
	rlb_count(&ring->queue->stats, &plan);
	ring->queue->stats.indirect++;
	rlb_segs_prepare(ring, req, ring->list, req->listed);
}

void rlb_lists_read(struct rlb_ring *ring)
{
	u32 i;

	for (i = 0; i < ring->nbatch; i++)
		if (ring->batch[i]->first && !ring->batch[i]->failed)
			rlb_list_read(ring, ring->batch[i]);
	ring->nlisted = 0;
	rlb_map_queued(ring);
}
