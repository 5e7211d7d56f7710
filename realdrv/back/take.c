// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a slot of the ring to a request whose grants are found or queued to be mapped: what it may
 * ask for is judged here, on a private copy, before anything of it is used.
 */
#include "back/rlback.h"
#include "kern/trace.h"

void rlb_count(struct rlb_stats *stats, const struct rl_blkif_plan *plan)
{
	switch (plan->operation) {
	case RL_BLKIF_READ:
		stats->reads++;
		break;
	case RL_BLKIF_WRITE:
		stats->writes++;
		break;
	case RL_BLKIF_DISCARD:
		stats->discards++;
		return; /* its sectors were not moved */
	default:
		stats->flushes++;
	}
	stats->sectors += plan->sectors;
}

/* Blocks of more than a sector: neither start nor length of any segment may cut one. */
bool rlb_aligned(
	const struct rlback *dev, u64 bits, const struct rl_blkif_segment *seg, u32 nr_segs)
{
	u32 i;

	if (likely(!dev->align_mask))
		return true;
	for (i = 0; i < nr_segs; i++)
		bits |= seg[i].last_sect + 1u - seg[i].first_sect;
	return !(bits & dev->align_mask);
}

/* Of a request whose segments are known. */
static bool rlb_fits(const struct rlback *dev, const struct rl_blkif_request *copy,
	const struct rl_blkif_plan *plan)
{
	u64 bits = plan->sector;

	if (plan->operation == RL_BLKIF_DISCARD)
		bits |= plan->sectors;
	return rlb_aligned(dev, bits, copy->seg, plan->nr_segments);
}

/* Judges the copy. Returns whether the request is to be carried out; req->status if not. */
static bool rlb_judge(struct rlb_ring *ring, const struct rl_blkif_request *copy,
	struct rlb_req *req, struct rl_blkif_plan *plan)
{
	struct rlb_stats *stats = &ring->queue->stats;
	bool ok = rl_blkif_check(copy, &ring->dev->limits, plan);

	req->id = plan->id;
	req->operation = plan->operation;
	req->status = plan->status;
	req->sector = plan->sector;
	req->sectors = plan->sectors;
	req->nr_segs = 0;
	req->first = 0;
	req->failed = false;
	req->taken_ns = 0;
	if (likely(ok) && !plan->indirect) {
		ok = rlb_fits(ring->dev, copy, plan);
		if (unlikely(!ok))
			req->status = RL_BLKIF_ERROR;
		else
			rlb_count(stats, plan);
	}
	if (unlikely(!ok))
		stats->refused++;
	return ok;
}

void rlb_segs_prepare(
	struct rlb_ring *ring, struct rlb_req *req, const struct rl_blkif_segment *seg, u32 nr_segs)
{
	u32 i;

	for (i = 0; i < nr_segs; i++) {
		struct rlb_seg *to = &req->seg[req->nr_segs];

		to->gref = seg[i].gref;
		to->offset = seg[i].first_sect * RL_SECTOR_BYTES;
		to->bytes = (seg[i].last_sect + 1u - seg[i].first_sect) * RL_SECTOR_BYTES;
		rlb_seg_prepare(ring, req, req->nr_segs++);
	}
}

/* One slot: copy once, judge the copy, find or queue its grants. */
void rlb_take(struct rlb_ring *ring, struct rlb_req *req)
{
	struct rl_blkif_request copy;
	struct rl_blkif_plan plan;

	rl_back_take(&ring->back, &copy, sizeof(copy));
	rlk_trace(&ring->queue->waiter, RL_TRACE_DEQUEUE, (u32)copy.id, ring->back.req_cons - 1, 0);
	if (!rlb_judge(ring, &copy, req, &plan)) {
		ring->done[ring->ndone++] = req;
		return;
	}
	if (unlikely(plan.indirect))
		rlb_list_prepare(ring, req, &plan);
	else
		rlb_segs_prepare(ring, req, copy.seg, plan.nr_segments);
	ring->batch[ring->nbatch++] = req;
}
