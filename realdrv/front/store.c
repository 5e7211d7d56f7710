// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is said and read in xenstore.
 *
 * The frontend publishes ring-ref, event-channel, protocol and feature-persistent, of several
 * queues the first two in queue-0, queue-1, ... and multi-queue-num-queues; the backend answers
 * with sectors, sector-size, info, its features and what tells its disk from others. All of the
 * latter are strings that the peer wrote: numbers are taken whole or not at all ("512x", "-1" and a
 * string of 4 KiB are no numbers), and a disk that cannot exist is refused.
 */
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <xen/events.h>
#include <xen/interface/io/blkif.h>

#include "rlfront.h"

static unsigned int max_indirect_segments;
module_param(max_indirect_segments, uint, 0644);
MODULE_PARM_DESC(max_indirect_segments,
	"pages of a request, where the backend takes indirect requests (12 to 256; default 0: "
	"eleven, and no indirect requests); counts for disks that come");

static unsigned int max_ring_page_order;
module_param(max_ring_page_order, uint, 0644);
MODULE_PARM_DESC(max_ring_page_order, "pages of the ring, where the backend takes as many, as a "
				      "power of two (0 to 4, default 0)");

/*
 * A node that the backend left out or keeps from us is its own word. A read that failed otherwise,
 * for want of memory, says nothing: who took it for a feature that is not there would send no
 * flushes to a disk that needs them, or take pages back that the backend keeps.
 */
static int unread(struct rlfront_dev *dev, int rc)
{
	if (rc != -ENOENT && rc != -EACCES)
		dev->unread = rc;
	return rc;
}

/* Reads a node of the backend as an unsigned number. -ENOENT: missing; -EINVAL: no number. */
static int read_number(struct rlfront_dev *dev, const char *node, u64 *out)
{
	unsigned int len;
	char *text = xenbus_read(XBT_NIL, dev->peer, node, &len);
	int rc;

	if (IS_ERR(text))
		return unread(dev, PTR_ERR(text));
	/* kstrtoull takes a sign; a node of xenstore may hold zero bytes. */
	rc = len == strlen(text) && text[0] >= '0' && text[0] <= '9' ? kstrtoull(text, 10, out)
								     : -EINVAL;
	kfree(text);
	return rc == -ERANGE ? -EINVAL : rc;
}

static bool read_flag(struct rlfront_dev *dev, const char *node)
{
	u64 value;

	return !read_number(dev, node, &value) && value == 1;
}

static int refuse(struct rlfront_dev *dev, const char *node, const char *expected)
{
	xenbus_dev_error(dev->xbdev, -EINVAL, "%s/%s: expected %s", dev->peer, node, expected);
	return -EINVAL;
}

bool rlfront_store_offline(struct rlfront_dev *dev)
{
	u64 value;

	/* Missing: who is destroyed loses its nodes while it may still seem to close. */
	return !read_number(dev, "online", &value) && value == 0;
}

int rlfront_store_sectors(struct rlfront_dev *dev, u32 sector_bytes, u64 *sectors)
{
	u64 n;

	if (read_number(dev, "sectors", &n) || n == 0 || n > S64_MAX / RL_SECTOR_BYTES ||
		n % (sector_bytes / RL_SECTOR_BYTES))
		return refuse(dev, "sectors", "1 to 2^54-1, whole logical blocks");
	*sectors = n;
	return 0;
}

/* Printable and short, or none: what a backend wrote is compared and never interpreted. */
static void read_identity(struct rlfront_dev *dev, struct rl_recovery_disk *disk)
{
	unsigned int len, i;
	char *text = xenbus_read(XBT_NIL, dev->peer, "disk-identity", &len);

	memset(disk->identity, 0, sizeof(disk->identity));
	if (IS_ERR(text)) {
		unread(dev, PTR_ERR(text));
		return;
	}
	for (i = 0; i < len && text[i] > ' ' && text[i] <= '~'; i++)
		;
	if (i == len && len < sizeof(disk->identity))
		memcpy(disk->identity, text, len);
	kfree(text);
}

static void read_physical(struct rlfront_dev *dev, struct rlfront_disk *disk)
{
	u64 value;

	disk->physical_bytes = disk->is.sector_bytes;
	if (!read_number(dev, "physical-sector-size", &value) && is_power_of_2(value) &&
		value >= disk->is.sector_bytes && value <= SZ_64K)
		disk->physical_bytes = value;
}

/* What it says beside the flag is a hint: one that is no hint is not taken. */
static void read_discard(struct rlfront_dev *dev, struct rlfront_disk *disk)
{
	u64 value;

	disk->discard = !disk->is.read_only && read_flag(dev, "feature-discard");
	disk->discard_granularity = disk->is.sector_bytes;
	disk->discard_alignment = 0;
	if (!read_number(dev, "discard-granularity", &value) && value <= SZ_1G &&
		is_power_of_2(value) && value >= disk->is.sector_bytes)
		disk->discard_granularity = value;
	if (!read_number(dev, "discard-alignment", &value) && value < disk->discard_granularity &&
		value % disk->is.sector_bytes == 0)
		disk->discard_alignment = value;
}

/* A disk that was shown has slots of some size; what we wish for counts for the next one. */
static void read_most(struct rlfront_dev *dev, struct rlfront_disk *disk)
{
	u32 wanted = dev->gd ? dev->pages : READ_ONCE(max_indirect_segments);
	u64 value;

	disk->most = RL_BLKIF_MAX_SEGMENTS;
	if (read_number(dev, "feature-max-indirect-segments", &value))
		return;
	value = min3(value, (u64)wanted, (u64)RL_BLKIF_MAX_INDIRECT);
	if (value > disk->most)
		disk->most = value;
}

int rlfront_store_disk(struct rlfront_dev *dev, struct rlfront_disk *disk)
{
	u64 value, sectors;
	int rc;

	dev->unread = 0;
	if (read_number(dev, "sector-size", &value) || value < RL_SECTOR_BYTES ||
		value > RL_PAGE_BYTES || !is_power_of_2(value))
		return refuse(dev, "sector-size", "a power of two from 512 to 4096");
	disk->is.sector_bytes = value;
	rc = rlfront_store_sectors(dev, disk->is.sector_bytes, &sectors);
	if (rc)
		return rc;
	if (read_number(dev, "info", &value) || value > U32_MAX)
		return refuse(dev, "info", "a number of 32 bits");
	disk->is.sectors = sectors;
	disk->is.read_only = value & VDISK_READONLY;
	disk->removable = value & VDISK_REMOVABLE;
	read_physical(dev, disk);
	read_discard(dev, disk);
	read_most(dev, disk);
	disk->is.flush = read_flag(dev, "feature-flush-cache");
	disk->is.cache_stays = read_flag(dev, "cache-outlives-backend");
	read_identity(dev, &disk->is);
	disk->persistent = dev->wants_persistent && read_flag(dev, "feature-persistent");
	return dev->unread;
}

/* Of one ring; in @dir, which is ours or a part of it. */
static const char *write_ring(struct rlfront_dev *dev, struct xenbus_transaction xbt,
	const char *dir, const struct rlfront_ring *ring)
{
	char name[sizeof("ring-ref15")] = "ring-ref";
	u32 i;

	for (i = 0; i < dev->ring_pages; i++) {
		if (dev->ring_pages > 1)
			snprintf(name, sizeof(name), "ring-ref%u", i);
		if (xenbus_printf(xbt, dir, name, "%u", ring->gref[i]))
			return "ring-ref";
	}
	if (xenbus_printf(xbt, dir, "event-channel", "%u", ring->port))
		return "event-channel";
	return NULL;
}

static const char *write_queues(struct rlfront_dev *dev, struct xenbus_transaction xbt)
{
	const char *failed = NULL;
	char *dir;
	u32 r;

	if (xenbus_printf(xbt, dev->xbdev->nodename, "multi-queue-num-queues", "%u", dev->rings))
		return "multi-queue-num-queues";
	for (r = 0; !failed && r < dev->rings; r++) {
		dir = kasprintf(GFP_KERNEL, "%s/queue-%u", dev->xbdev->nodename, r);
		failed = dir ? write_ring(dev, xbt, dir, &dev->ring[r]) : "queue";
		kfree(dir);
	}
	return failed;
}

/* What an earlier connection, or driver, left there must not tell of another ring. */
static const char *write_nodes(struct rlfront_dev *dev, struct xenbus_transaction xbt)
{
	const char *dir = dev->xbdev->nodename;

	if (dev->ring_pages == 1)
		xenbus_rm(xbt, dir, "ring-page-order");
	else if (xenbus_printf(xbt, dir, "ring-page-order", "%u", ilog2(dev->ring_pages)))
		return "ring-page-order";
	if (xenbus_printf(xbt, dir, "protocol", "%s", "x86_64-abi"))
		return "protocol";
	if (xenbus_printf(xbt, dir, "feature-persistent", "%u", dev->wants_persistent))
		return "feature-persistent";
	if (dev->rings > 1)
		return write_queues(dev, xbt);
	xenbus_rm(xbt, dir, "multi-queue-num-queues");
	return write_ring(dev, xbt, dir, dev->ring);
}

/* All nodes appear at once: a backend never sees half of them. */
static int write_all(struct rlfront_dev *dev)
{
	struct xenbus_transaction xbt;
	const char *failed;
	int rc;

	do {
		rc = xenbus_transaction_start(&xbt);
		if (rc) {
			xenbus_dev_error(dev->xbdev, rc, "starting a transaction");
			return rc;
		}
		failed = write_nodes(dev, xbt);
		rc = xenbus_transaction_end(xbt, !!failed);
		if (failed) {
			xenbus_dev_error(dev->xbdev, -EIO, "writing %s", failed);
			return -EIO;
		}
	} while (rc == -EAGAIN);
	if (rc)
		xenbus_dev_error(dev->xbdev, rc, "ending a transaction");
	return rc;
}

static int make_ring(struct rlfront_dev *dev, struct rlfront_ring *ring)
{
	int rc;

	/* Returns zeroed pages; a page with old contents would tell them to the backend. */
	rc = xenbus_setup_ring(dev->xbdev, GFP_KERNEL, &ring->mem, dev->ring_pages, ring->gref);
	if (rc) {
		ring->mem = NULL;
		return rc;
	}
	rl_ring_init_shared(ring->mem);
	rl_front_attach(&ring->front, ring->mem, dev->ring_pages * RL_PAGE_BYTES,
		sizeof(struct rl_blkif_request));
	return xenbus_alloc_evtchn(dev->xbdev, &ring->port);
}

/*
 * Of a disk that has its slots each queue has a ring, or shares one. Of another there are no more
 * than fit, with the least that a request may need, under the limit of a disk's grants.
 */
static u32 choose_queues(struct rlfront_dev *dev)
{
	u32 tags = rl_ring_slots(dev->ring_pages * RL_PAGE_BYTES, sizeof(struct rl_blkif_request));
	u32 most = RLFRONT_GRANTS / (tags * RL_BLKIF_MAX_SEGMENTS);
	u64 offered;

	if (read_number(dev, "multi-queue-max-queues", &offered) || !offered)
		return 1;
	most = dev->slots ? dev->queues : min3(most, dev->max_rings, num_online_cpus());
	return min_t(u64, offered, most);
}

/* How large the rings are, and how many. */
static void choose_rings(struct rlfront_dev *dev)
{
	u64 order;

	if (read_number(dev, "max-ring-page-order", &order))
		order = 0;
	order = min3(order, (u64)READ_ONCE(max_ring_page_order), (u64)ilog2(RLFRONT_RING_PAGES));
	dev->ring_pages = 1u << order;
	dev->rings = choose_queues(dev);
}

int rlfront_store_publish(struct rlfront_dev *dev)
{
	int rc = 0;
	u32 r;

	/* A disk that was shown goes on as it began: its limits follow from that. */
	dev->wants_persistent = dev->gd ? dev->persistent : READ_ONCE(rlfront_feature_persistent);
	choose_rings(dev);
	for (r = 0; !rc && r < dev->rings; r++)
		rc = make_ring(dev, &dev->ring[r]);
	if (!rc)
		rc = write_all(dev);
	if (rc)
		rlfront_store_revoke(dev);
	return rc;
}

void rlfront_store_unbind(struct rlfront_dev *dev)
{
	u32 r;

	for (r = 0; r < dev->rings; r++) {
		if (dev->ring[r].port)
			xenbus_free_evtchn(dev->xbdev, dev->ring[r].port);
		dev->ring[r].port = 0;
	}
}

static bool fence_ring(struct rlfront_dev *dev, struct rlfront_ring *ring)
{
	bool all = true;
	u32 i;

	if (!ring->mem)
		return true;
	for (i = 0; i < dev->ring_pages; i++) {
		if (ring->gref[i] == INVALID_GRANT_REF)
			continue;
		if (gnttab_try_end_foreign_access(ring->gref[i]))
			ring->gref[i] = INVALID_GRANT_REF;
		else
			all = false;
	}
	if (all)
		xenbus_teardown_ring(&ring->mem, dev->ring_pages, ring->gref);
	return all;
}

bool rlfront_store_fence(struct rlfront_dev *dev)
{
	bool all = true;
	u32 r;

	for (r = 0; r < dev->rings; r++)
		all &= fence_ring(dev, &dev->ring[r]);
	return all;
}

void rlfront_store_revoke(struct rlfront_dev *dev)
{
	u32 r;

	rlfront_store_unbind(dev);
	for (r = 0; r < dev->rings; r++)
		if (dev->ring[r].mem)
			xenbus_teardown_ring(&dev->ring[r].mem, dev->ring_pages, dev->ring[r].gref);
}
