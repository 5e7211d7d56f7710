// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a tag of the block layer owns: eleven grants and, when they are persistent, the pages
 * behind them.
 *
 *	persistent  The pages are shared once, for the life of the connection, and the data is
 *	            copied: into them before a write is sent, out of them after a read was
 *	            answered. Data is packed from the first byte on, whatever pages it came from.
 *	            A backend never sees a page of the guest's own.
 *	map         The guest's own pages are granted to the backend for one request (to be read
 *	            only, where it writes the disk) and taken back with the response.
 *
 * A page that the peer still maps when it is to be taken back is neither freed nor granted
 * again (XSA-396). While the disk is there we keep a reference to it and the grant ourselves, for
 *as long as there is one such page nothing is granted to another backend; when the disk goes,
 * gnttab_end_foreign_access() keeps both.
 */
#include <linux/highmem.h>
#include <linux/slab.h>
#include <xen/page.h>

#include "rlfront.h"

/* ---- persistent: copy ---------------------------------------------------------------------- */

/* A whole page has a shorter way than bytes. */
static void copy_bytes(void *to, const void *from, unsigned int n)
{
	if (n == RL_PAGE_BYTES)
		copy_page(to, (void *)from);
	else
		memcpy(to, from, n);
}

/* Copies between mem and the packed pages, starting at byte `at` of the latter. */
static void copy_piece(
	struct rlfront_slot *slot, unsigned int at, void *mem, unsigned int n, bool out)
{
	while (n) {
		unsigned int off = at % RL_PAGE_BYTES, now = min(n, RL_PAGE_BYTES - off);
		void *shared = slot->page[at / RL_PAGE_BYTES] + off;

		if (out)
			copy_bytes(mem, shared, now);
		else
			copy_bytes(shared, mem, now);
		mem += now;
		at += now;
		n -= now;
	}
}

static void copy_request(struct rlfront_slot *slot, struct request *rq, bool out)
{
	struct req_iterator it;
	struct bio_vec bv;
	unsigned int at = 0;

	rq_for_each_segment (bv, rq, it) {
		void *mem = bvec_kmap_local(&bv);

		copy_piece(slot, at, mem, bv.bv_len, out);
		kunmap_local(mem);
		at += bv.bv_len;
	}
}

static int fill_copied(struct rlfront_slot *slot, struct request *rq, bool write)
{
	unsigned int sectors = blk_rq_sectors(rq), n;

	if (write)
		copy_request(slot, rq, false);
	for (n = 0; sectors > RL_PAGE_SECTORS; n++, sectors -= RL_PAGE_SECTORS)
		slot->req.seg[n].last_sect = RL_PAGE_SECTORS - 1;
	slot->req.seg[n++].last_sect = sectors - 1;
	return n;
}

/* ---- map ----------------------------------------------------------------------------------- */

/* The request ends and its owner goes on, but this page must stay what it is. */
static void keep_stuck(struct rlfront_slot *slot, unsigned int i)
{
	get_page(slot->page[i]);
	slot->stuck |= BIT(i);
}

static bool drain_mapped(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	unsigned int i;
	bool clean = true;

	for (i = 0; i < slot->req.nr_segments; i++)
		if (unlikely(!gnttab_end_foreign_access_ref(slot->req.seg[i].gref))) {
			keep_stuck(slot, i);
			clean = false;
		}
	return clean;
}

static int fill_mapped(
	struct rlfront_dev *dev, struct rlfront_slot *slot, struct request *rq, bool write)
{
	struct req_iterator it;
	struct bio_vec bv;
	unsigned int n = 0;

	rq_for_each_segment (bv, rq, it) {
		struct rl_blkif_segment *seg = &slot->req.seg[n];

		if (WARN_ON_ONCE(n == RLFRONT_PAGES)) {
			slot->req.nr_segments = n;
			drain_mapped(dev, slot);
			return -EIO;
		}
		gnttab_grant_foreign_access_ref(
			seg->gref, dev->xbdev->otherend_id, xen_page_to_gfn(bv.bv_page), write);
		slot->page[n++] = bv.bv_page;
		seg->first_sect = bv.bv_offset / RL_SECTOR_BYTES;
		seg->last_sect = (bv.bv_offset + bv.bv_len) / RL_SECTOR_BYTES - 1;
	}
	return n;
}

/* ---- either -------------------------------------------------------------------------------- */

int rlfront_slot_fill(
	struct rlfront_dev *dev, struct rlfront_slot *slot, struct request *rq, bool write)
{
	if (dev->persistent)
		return fill_copied(slot, rq, write);
	return fill_mapped(dev, slot, rq, write);
}

bool rlfront_slot_drain(struct rlfront_dev *dev, struct rlfront_slot *slot, bool copy)
{
	if (!dev->persistent)
		return drain_mapped(dev, slot);
	if (copy)
		copy_request(slot, slot->rq, true);
	return true;
}

static int share_page(struct rlfront_dev *dev, struct rlfront_slot *slot, unsigned int i)
{
	void *mem = slot->page[i];

	/* One that was shared before still holds what a request in flight is about. */
	if (!mem)
		mem = (void *)get_zeroed_page(GFP_KERNEL);
	if (!mem)
		return -ENOMEM;
	slot->page[i] = mem;
	gnttab_grant_foreign_access_ref(
		slot->req.seg[i].gref, dev->xbdev->otherend_id, virt_to_gfn(mem), 0);
	return 0;
}

void rlfront_slot_abandon(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	unsigned int i;

	if (dev->persistent)
		return;
	for (i = 0; i < slot->req.nr_segments; i++)
		if (slot->req.seg[i].gref != INVALID_GRANT_REF && !(slot->stuck & BIT(i)) &&
			!gnttab_end_foreign_access_ref(slot->req.seg[i].gref))
			keep_stuck(slot, i);
}

int rlfront_slots_create(struct rlfront_dev *dev)
{
	unsigned int s, i;

	if (dev->slots)
		return 0;
	dev->slots = kvcalloc(RLFRONT_DEPTH, sizeof(*dev->slots), GFP_KERNEL);
	if (!dev->slots)
		return -ENOMEM;
	for (s = 0; s < RLFRONT_DEPTH; s++) {
		dev->slots[s].live_id = dev->slots[s].late_id = RLFRONT_IDLE;
		dev->slots[s].req.id = s;
		dev->slots[s].req.handle = dev->handle;
		for (i = 0; i < RLFRONT_PAGES; i++)
			dev->slots[s].req.seg[i].gref = INVALID_GRANT_REF;
	}
	return 0;
}

int rlfront_slots_grant(struct rlfront_dev *dev)
{
	grant_ref_t head;
	unsigned int s, i;
	int rc = 0;

	if (gnttab_alloc_grant_references(RLFRONT_DEPTH * RLFRONT_PAGES, &head))
		return -ENOSPC;
	for (s = 0; s < RLFRONT_DEPTH; s++)
		for (i = 0; i < RLFRONT_PAGES; i++)
			dev->slots[s].req.seg[i].gref = gnttab_claim_grant_reference(&head);
	for (s = 0; dev->persistent && !rc && s < RLFRONT_DEPTH; s++)
		for (i = 0; !rc && i < RLFRONT_PAGES; i++)
			rc = share_page(dev, &dev->slots[s], i);
	return rc;
}

/* A grant that grants nothing is taken back like one that does. */
static bool fence_page(struct rlfront_slot *slot, unsigned int i)
{
	grant_ref_t *gref = &slot->req.seg[i].gref;

	if (*gref == INVALID_GRANT_REF)
		return true;
	if (!gnttab_try_end_foreign_access(*gref))
		return false;
	*gref = INVALID_GRANT_REF;
	if (slot->stuck & BIT(i))
		put_page(slot->page[i]);
	slot->stuck &= ~BIT(i);
	return true;
}

bool rlfront_slots_fence(struct rlfront_dev *dev)
{
	unsigned int s, i;
	bool all = true;

	for (s = 0; dev->slots && s < RLFRONT_DEPTH; s++)
		for (i = 0; i < RLFRONT_PAGES; i++)
			all &= fence_page(&dev->slots[s], i);
	return all;
}

static void free_page_of(struct rlfront_dev *dev, struct rlfront_slot *slot, unsigned int i)
{
	grant_ref_t gref = slot->req.seg[i].gref;
	struct page *page = NULL;

	if (dev->persistent && slot->page[i])
		page = virt_to_page(slot->page[i]);
	else if (slot->stuck & BIT(i))
		page = slot->page[i];
	/* The page goes with the grant, at once or when the peer lets go. */
	if (gref != INVALID_GRANT_REF && page)
		gnttab_end_foreign_access(gref, page);
	else if (gref != INVALID_GRANT_REF)
		gnttab_free_grant_reference(gref);
	else if (page)
		put_page(page);
}

void rlfront_slots_destroy(struct rlfront_dev *dev)
{
	unsigned int s, i;

	if (!dev->slots)
		return;
	for (s = 0; s < RLFRONT_DEPTH; s++)
		for (i = 0; i < RLFRONT_PAGES; i++)
			free_page_of(dev, &dev->slots[s], i);
	kvfree(dev->slots);
	dev->slots = NULL;
}
