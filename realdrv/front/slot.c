// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a tag of the block layer owns: as many grants as a request may have pages and, when they are
 * persistent, the pages behind them; with indirect requests also a page that is shared for the
 * connection and holds the list of their segments.
 *
 * A page that the peer still maps when it is to be taken back is neither freed nor granted
 * again (XSA-396). While the disk is there we keep a reference to it and the grant ourselves, for
 * as long as there is one such page nothing is granted to another backend; when the disk goes,
 * gnttab_end_foreign_access() keeps both.
 */
#include <linux/slab.h>
#include <xen/page.h>

#include "rlfront.h"

void rlfront_slot_keep(struct rlfront_slot *slot, unsigned int i)
{
	get_page(slot->page[i]);
	__set_bit(i, slot->stuck);
}

/* ---- made ---------------------------------------------------------------------------------- */

static bool has_list(const struct rlfront_dev *dev)
{
	return dev->pages > RL_BLKIF_MAX_SEGMENTS;
}

/* The lower half of an id is the slot's number among all of the disk. */
static void init_slot(struct rlfront_dev *dev, u32 s)
{
	struct rlfront_slot *slot = &dev->slots[s];
	u32 i;

	slot->live_id = slot->late_id = RLFRONT_IDLE;
	slot->req.id = s;
	slot->req.handle = dev->handle;
	slot->seg = has_list(dev) ? dev->all_segs + s * dev->pages : slot->req.seg;
	slot->page = dev->all_pages + s * dev->pages;
	slot->list_gref = INVALID_GRANT_REF;
	for (i = 0; i < dev->pages; i++)
		slot->seg[i].gref = INVALID_GRANT_REF;
}

static void free_slots(struct rlfront_dev *dev)
{
	kvfree(dev->slots);
	kvfree(dev->all_segs);
	kvfree(dev->all_pages);
	dev->slots = NULL;
	dev->all_segs = NULL;
	dev->all_pages = NULL;
}

int rlfront_slots_create(struct rlfront_dev *dev, u32 pages)
{
	u32 s;

	if (dev->slots)
		return 0;
	dev->queues = dev->rings;
	dev->depth = dev->ring->front.size;
	dev->nslots = dev->queues * dev->depth;
	dev->pages = clamp(pages, RL_BLKIF_MAX_SEGMENTS, RLFRONT_GRANTS / dev->nslots);
	dev->slots = kvcalloc(dev->nslots, sizeof(*dev->slots), GFP_KERNEL);
	dev->all_pages = kvcalloc(dev->nslots * dev->pages, sizeof(void *), GFP_KERNEL);
	if (has_list(dev))
		dev->all_segs =
			kvcalloc(dev->nslots * dev->pages, sizeof(*dev->all_segs), GFP_KERNEL);
	if (!dev->slots || !dev->all_pages || (has_list(dev) && !dev->all_segs)) {
		free_slots(dev);
		return -ENOMEM;
	}
	for (s = 0; s < dev->nslots; s++)
		init_slot(dev, s);
	return 0;
}

/* Neighbouring queues go through one ring where there are fewer of these. */
void rlfront_slots_share_out(struct rlfront_dev *dev)
{
	u32 r, s, end;

	dev->few_slots = false;
	for (r = 0; r < dev->rings; r++) {
		struct rlfront_ring *ring = &dev->ring[r];

		ring->first = dev->queues * r / dev->rings * dev->depth;
		end = dev->queues * (r + 1) / dev->rings * dev->depth;
		ring->slots = dev->slots + ring->first;
		ring->nslots = end - ring->first;
		ring->next_sent = 0;
		for (s = ring->first; s < end; s++)
			dev->slots[s].ring = ring;
		dev->few_slots |= ring->front.size < ring->nslots;
	}
}

/* ---- granted ------------------------------------------------------------------------------- */

/* One that was shared before still holds what a request in flight is about. */
static int share(struct rlfront_dev *dev, void **mem, grant_ref_t gref, bool readonly)
{
	if (!*mem)
		*mem = (void *)get_zeroed_page(GFP_KERNEL);
	if (!*mem)
		return -ENOMEM;
	gnttab_grant_foreign_access_ref(gref, dev->xbdev->otherend_id, virt_to_gfn(*mem), readonly);
	return 0;
}

static int grant_slot(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	grant_ref_t head;
	u32 i;
	int rc = 0;

	if (gnttab_alloc_grant_references(dev->pages + has_list(dev), &head))
		return -ENOSPC;
	for (i = 0; i < dev->pages; i++)
		slot->seg[i].gref = gnttab_claim_grant_reference(&head);
	if (has_list(dev)) {
		slot->list_gref = gnttab_claim_grant_reference(&head);
		/* A backend that keeps grants maps all of them to be written. */
		rc = share(dev, &slot->list, slot->list_gref, !dev->persistent);
	}
	for (i = 0; dev->persistent && !rc && i < dev->pages; i++)
		rc = share(dev, &slot->page[i], slot->seg[i].gref, false);
	return rc;
}

int rlfront_slots_grant(struct rlfront_dev *dev)
{
	u32 s;
	int rc = 0;

	for (s = 0; !rc && s < dev->nslots; s++)
		rc = grant_slot(dev, &dev->slots[s]);
	return rc;
}

/* ---- taken back ---------------------------------------------------------------------------- */

/* A grant that grants nothing is taken back like one that does. */
static bool fence(grant_ref_t *gref)
{
	if (*gref == INVALID_GRANT_REF)
		return true;
	if (!gnttab_try_end_foreign_access(*gref))
		return false;
	*gref = INVALID_GRANT_REF;
	return true;
}

static bool fence_page(struct rlfront_slot *slot, u32 i)
{
	if (!fence(&slot->seg[i].gref))
		return false;
	if (__test_and_clear_bit(i, slot->stuck))
		put_page(slot->page[i]);
	return true;
}

bool rlfront_slots_fence(struct rlfront_dev *dev)
{
	bool all = true;
	u32 s, i;

	for (s = 0; dev->slots && s < dev->nslots; s++) {
		for (i = 0; i < dev->pages; i++)
			all &= fence_page(&dev->slots[s], i);
		all &= fence(&dev->slots[s].list_gref);
	}
	return all;
}

/* The page goes with the grant, at once or when the peer lets go. */
static void free_page_of(grant_ref_t gref, struct page *page)
{
	if (gref != INVALID_GRANT_REF && page)
		gnttab_end_foreign_access(gref, page);
	else if (gref != INVALID_GRANT_REF)
		gnttab_free_grant_reference(gref);
	else if (page)
		put_page(page);
}

static void free_slot(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	struct page *page;
	u32 i;

	for (i = 0; i < dev->pages; i++) {
		page = NULL;
		if (dev->persistent && slot->page[i])
			page = virt_to_page(slot->page[i]);
		else if (test_bit(i, slot->stuck))
			page = slot->page[i];
		free_page_of(slot->seg[i].gref, page);
	}
	free_page_of(slot->list_gref, slot->list ? virt_to_page(slot->list) : NULL);
}

void rlfront_slots_destroy(struct rlfront_dev *dev)
{
	u32 s;

	if (!dev->slots)
		return;
	for (s = 0; s < dev->nslots; s++)
		free_slot(dev, &dev->slots[s]);
	free_slots(dev);
}
