// SPDX-License-Identifier: GPL-2.0-only
/*
 * Grants that stay mapped from one request to the next: a table of a ring, found by gref.
 *
 * The table has a limit, and what finds no room is mapped and unmapped with its request. What no
 * request has named for a while is unmapped: the pages are the frontend's, who may want them back,
 * and the places others'. A frontend that names more than there are places for cannot have the
 * table turned over with each request: who found it full makes room for later, once a second.
 *
 * The thread of the ring's waiter does all of it, between two batches. A clock asks it to when
 * nobody else does.
 */
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "back/rlback.h"

#define RLB_UNUSED_MAX_S 86400u
#define RLB_LOOKS	 4u /* in the time after which an unused grant is unmapped */

static unsigned int max_persistent_grants;
module_param(max_persistent_grants, uint, 0644);
MODULE_PARM_DESC(max_persistent_grants, "grants that stay mapped, of a queue connected from now on "
					"(1 to 16384; default 0: all that "
					"its ring can name at a time, 1056 at least)");

static unsigned int persistent_grant_unused_seconds = 60;
module_param(persistent_grant_unused_seconds, uint, 0644);
MODULE_PARM_DESC(persistent_grant_unused_seconds,
	"seconds after which a grant that no request named is not kept mapped any longer (1 to "
	"86400; 0: it is as long as there is room; default 60)");

/* The table is full: make room for what is used more, but only when a second is over. */
static void rlb_persistent_crowded(struct rlb_persistent *p)
{
	if (p->crowded)
		return;
	p->crowded = true;
	if (time_after(p->look_at, jiffies + HZ))
		p->look_at = jiffies + HZ;
}

void rlb_persistent_keep(struct rlb_ring *ring, struct rlb_req *req, u32 i)
{
	struct rlb_persistent *p = &ring->persistent;
	struct rlb_seg *seg = &req->seg[i];
	u16 *slot = rlb_persistent_slot(p, seg->gref);
	struct page *spare = NULL;

	if (*slot)
		return; /* named twice in one batch: it stays temporary */
	if (p->count == p->most) {
		rlb_persistent_crowded(p);
		return;
	}
	if (i < RLB_SEGS)
		spare = rlb_spare(ring);
	if (i < RLB_SEGS && !spare)
		return;
	p->entry[p->count] = (struct rlb_entry){
		.gref = seg->gref, .handle = seg->handle, .page = seg->page, .used = (u32)jiffies};
	*slot = ++p->count;
	req->own[i] = spare;
	seg->temporary = false;
	ring->queue->stats.persistent_grants++;
}

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

/* Unmaps the entries from @kept on. */
static void rlb_persistent_cut(struct rlb_ring *ring, u32 kept)
{
	struct rlb_persistent *p = &ring->persistent;
	u32 n, from;

	for (from = kept; from < p->count; from += n) {
		n = min_t(u32, RLB_OPS, p->count - from);
		rlb_persistent_unmap_some(ring, from, n);
	}
	ring->queue->stats.persistent_grants -= p->count - kept;
	p->count = kept;
}

void rlb_persistent_unmap(struct rlb_ring *ring)
{
	rlb_persistent_cut(ring, 0);
}

/* ---- what is unused ------------------------------------------------------------------------ */

/* A slow disk may have a request for longer than a grant may be unused. */
static void rlb_persistent_touch(struct rlb_ring *ring)
{
	struct rlb_persistent *p = &ring->persistent;
	u32 r, i;

	for (r = 0; r < ring->slots; r++) {
		struct rlb_req *req = &ring->req[r];

		for (i = 0; i < READ_ONCE(req->nr_segs); i++) {
			u16 slot = *rlb_persistent_slot(p, req->seg[i].gref);

			if (slot)
				p->entry[slot - 1].used = (u32)jiffies;
		}
	}
}

/* Those that were used within @age come first. Returns how many they are. */
static u32 rlb_persistent_sort(struct rlb_persistent *p, u32 age)
{
	u32 i, kept = 0;

	for (i = 0; i < p->count; i++) {
		bool held = page_count(p->entry[i].page) > 1;

		if (!held && (u32)jiffies - p->entry[i].used > age)
			continue;
		swap(p->entry[kept], p->entry[i]);
		kept++;
	}
	return kept;
}

static void rlb_persistent_index(struct rlb_persistent *p)
{
	u32 i;

	memset(p->slot, 0, (p->mask + 1) * sizeof(*p->slot));
	for (i = 0; i < p->count; i++)
		*rlb_persistent_slot(p, p->entry[i].gref) = i + 1;
}

void rlb_persistent_look(struct rlb_ring *ring)
{
	struct rlb_persistent *p = &ring->persistent;
	u32 kept, unused = min(READ_ONCE(persistent_grant_unused_seconds), RLB_UNUSED_MAX_S) * HZ;
	u32 age = p->crowded ? HZ : unused;

	p->crowded = false;
	p->look_at =
		jiffies + (unused ? max_t(u32, HZ, unused / RLB_LOOKS) : RLB_UNUSED_MAX_S * HZ);
	if (!p->count || !age)
		return;
	rlb_persistent_touch(ring);
	kept = rlb_persistent_sort(p, age);
	ring->queue->stats.persistent_purged += p->count - kept;
	rlb_persistent_cut(ring, kept);
	rlb_persistent_index(p);
}

/* A frontend that asks for nothing any more is the one whose grants are unused. */
static void rlb_persistent_clock(struct work_struct *work)
{
	struct rlb_ring *ring = container_of(work, struct rlb_ring, persistent.clock.work);
	u32 seconds = READ_ONCE(persistent_grant_unused_seconds);

	if (READ_ONCE(ring->persistent.count))
		rlk_waiter_kick(&ring->queue->waiter);
	if (seconds)
		rlb_persistent_start(ring);
}

void rlb_persistent_start(struct rlb_ring *ring)
{
	u32 seconds = min(READ_ONCE(persistent_grant_unused_seconds), RLB_UNUSED_MAX_S);

	if (ring->use_persistent && seconds)
		schedule_delayed_work(
			&ring->persistent.clock, max_t(u32, HZ, seconds * HZ / RLB_LOOKS));
}

void rlb_persistent_stop(struct rlb_ring *ring)
{
	cancel_delayed_work_sync(&ring->persistent.clock);
}

/* ---- made and ended ------------------------------------------------------------------------ */

int rlb_persistent_alloc(struct rlb_ring *ring)
{
	struct rlb_persistent *p = &ring->persistent;
	u32 hash, most = READ_ONCE(max_persistent_grants);

	p->most = most ? min(most, RLB_PERSISTENT_MOST)
		       : clamp_t(u32, ring->slots * ring->most, RLB_PERSISTENT_LEAST,
				 RLB_PERSISTENT_MOST);
	hash = roundup_pow_of_two(3 * p->most);
	p->mask = hash - 1;
	p->slot = kvcalloc(hash, sizeof(*p->slot), GFP_KERNEL);
	p->entry = kvcalloc(p->most, sizeof(*p->entry), GFP_KERNEL);
	p->look_at = jiffies;
	INIT_DELAYED_WORK(&p->clock, rlb_persistent_clock);
	return p->slot && p->entry ? 0 : -ENOMEM;
}

void rlb_persistent_free(struct rlb_ring *ring)
{
	kvfree(ring->persistent.slot);
	kvfree(ring->persistent.entry);
}
