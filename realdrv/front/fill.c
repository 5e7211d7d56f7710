// SPDX-License-Identifier: GPL-2.0-only
/*
 * The data of a request, on its way to and from a backend.
 *
 *	persistent  The tag's pages are shared for the life of the connection, and the data is
 *	            copied: into them before a write is sent, out of them after a read was
 *	            answered. Data is packed from the first byte on, whatever pages it came from.
 *	            A backend never sees a page of the guest's own.
 *	map         The guest's own pages are granted to the backend for one request (to be read
 *	            only, where it writes the disk) and taken back with the response.
 *
 * A request of more pages than the backend takes at a time goes in parts, one after the other:
 * slot->first is where the part begins that is being sent (narrow.c).
 */
#include <linux/highmem.h>
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

static unsigned int fill_copied(
	const struct rlfront_dev *dev, struct rlfront_slot *slot, struct request *rq, bool write)
{
	unsigned int sectors = blk_rq_sectors(rq) - slot->begun, i = slot->first;

	if (write && !slot->first)
		copy_request(slot, rq, false);
	slot->more = sectors > dev->most * RL_PAGE_SECTORS;
	if (unlikely(slot->more))
		sectors = dev->most * RL_PAGE_SECTORS;
	for (; sectors > RL_PAGE_SECTORS; i++, sectors -= RL_PAGE_SECTORS)
		slot->seg[i].last_sect = RL_PAGE_SECTORS - 1;
	slot->seg[i++].last_sect = sectors - 1;
	return i - slot->first;
}

/* ---- map ----------------------------------------------------------------------------------- */

static bool drain_mapped(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	unsigned int i;
	bool clean = true;

	for (i = slot->first; i < slot->first + slot->count; i++)
		if (unlikely(!gnttab_end_foreign_access_ref(slot->seg[i].gref))) {
			rlfront_slot_keep(slot, i);
			clean = false;
		}
	return clean;
}

static void grant_piece(const struct rlfront_dev *dev, struct rlfront_slot *slot, unsigned int i,
	const struct bio_vec *bv, bool write)
{
	struct rl_blkif_segment *seg = &slot->seg[i];

	gnttab_grant_foreign_access_ref(
		seg->gref, dev->xbdev->otherend_id, xen_page_to_gfn(bv->bv_page), write);
	slot->page[i] = bv->bv_page;
	seg->first_sect = bv->bv_offset / RL_SECTOR_BYTES;
	seg->last_sect = (bv->bv_offset + bv->bv_len) / RL_SECTOR_BYTES - 1;
}

static int fill_mapped(
	struct rlfront_dev *dev, struct rlfront_slot *slot, struct request *rq, bool write)
{
	struct req_iterator it;
	struct bio_vec bv;
	unsigned int i = 0;

	slot->more = false;
	rq_for_each_segment (bv, rq, it) {
		if (WARN_ON_ONCE(i == dev->pages)) {
			slot->count = i - slot->first;
			drain_mapped(dev, slot);
			return -EIO;
		}
		slot->more = i == slot->first + dev->most;
		if (unlikely(slot->more))
			return dev->most;
		if (likely(i >= slot->first))
			grant_piece(dev, slot, i, &bv, write);
		i++;
	}
	return i - slot->first;
}

/* ---- either -------------------------------------------------------------------------------- */

int rlfront_slot_fill(
	struct rlfront_dev *dev, struct rlfront_slot *slot, struct request *rq, bool write)
{
	int n;

	if (dev->persistent)
		n = fill_copied(dev, slot, rq, write);
	else
		n = fill_mapped(dev, slot, rq, write);
	slot->count = n < 0 ? 0 : n;
	return n;
}

bool rlfront_slot_drain(struct rlfront_dev *dev, struct rlfront_slot *slot, bool copy)
{
	if (!dev->persistent)
		return drain_mapped(dev, slot);
	if (copy)
		copy_request(slot, slot->rq, true);
	return true;
}

void rlfront_slot_abandon(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	unsigned int i;

	if (dev->persistent)
		return;
	for (i = slot->first; i < slot->first + slot->count; i++)
		if (slot->seg[i].gref != INVALID_GRANT_REF && !test_bit(i, slot->stuck) &&
			!gnttab_end_foreign_access_ref(slot->seg[i].gref))
			rlfront_slot_keep(slot, i);
}
