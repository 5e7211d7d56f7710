// SPDX-License-Identifier: GPL-2.0-only
/*
 * The disk behind the device: named by the toolstack in `physical-device` (hex
 * major:minor) and `mode`, described to the frontend before Connected.
 *
 *	sectors                number of 512-byte sectors
 *	sector-size            logical block, bytes
 *	physical-sector-size   bytes
 *	info                   4 read-only, 2 removable
 *	feature-flush-cache    1 when the disk has a cache to flush
 *	feature-discard        1 when the disk takes them and the toolstack has not said
 *	                       `discard-enable` 0; discard-granularity and discard-alignment, bytes
 *	feature-persistent, feature-max-indirect-segments, max-ring-page-order,
 *	multi-queue-max-queues
 *	                       written when the device is probed (ring.c)
 *	disk-identity          what tells this disk and its contents from any other, so that
 *	                       a frontend that lost its backend knows it again: what the
 *	                       toolstack wrote as `identity` (it knows which disks of two domains
 *	                       are one), else what the disk or this domain says
 *	cache-outlives-backend 1 when what the disk has in its cache is not lost with this domain
 *
 * A disk that changes its size is noticed at the next request: sectors is written, and the state
 * once more.
 *
 * Not offered: secure discard, barriers.
 */
#include <linux/blkdev.h>
#include <linux/module.h>

#include <xen/interface/io/blkif.h>

#include "back/rlback.h"

static bool cache_outlives;
module_param(cache_outlives, bool, 0644);
MODULE_PARM_DESC(cache_outlives,
	"write caches of the disks are their own and not in this domain's memory (default 0)");

#define RLB_UID_BYTES 16

/*
 * A disk with a number of its own is the same in every domain. Another one, say a RAM disk, is
 * what it is only here and until it is made anew: this domain and the kernel's count of disks.
 */
static void rlb_disk_name(struct rlback *dev, char *name, size_t bytes)
{
	struct gendisk *gd = dev->bdev->bd_disk;
	unsigned int domid = 0;
	u8 uid[RLB_UID_BYTES];
	int type, n = 0;

	for (type = BLK_UID_NAA; type >= BLK_UID_T10 && n <= 0; type--)
		if (gd->fops->get_unique_id)
			n = gd->fops->get_unique_id(gd, uid, type);
	if (n > 0) {
		snprintf(name, bytes, "id.%*phN.%llu", min(n, RLB_UID_BYTES), uid,
			(u64)get_start_sect(dev->bdev));
		return;
	}
	xenbus_scanf(XBT_NIL, "domid", "", "%u", &domid);
	snprintf(name, bytes, "dom%u.disk%llu.%llu", domid, gd->diskseq,
		(u64)get_start_sect(dev->bdev));
}

static int rlb_disk_identify(struct rlback *dev, struct xenbus_transaction xbt)
{
	const char *node = dev->xdev->nodename;
	char name[64] = "";

	if (xenbus_scanf(xbt, node, "identity", "%63s", name) != 1)
		rlb_disk_name(dev, name, sizeof(name));
	return xenbus_printf(xbt, node, "disk-identity", "%s", name);
}

static bool rlb_mode_is_read_only(struct rlback *dev)
{
	char *mode = xenbus_read(XBT_NIL, dev->xdev->nodename, "mode", NULL);
	bool read_only = IS_ERR(mode) || !strchr(mode, 'w');

	if (!IS_ERR(mode))
		kfree(mode);
	return read_only;
}

/* The toolstack's word: a disk that takes discards may still be one that keeps all its blocks. */
static bool rlb_may_discard(struct rlback *dev)
{
	return xenbus_read_unsigned(dev->xdev->nodename, "discard-enable", 1) &&
	       bdev_max_discard_sectors(dev->bdev);
}

#if RLB_DISK_IS_A_FILE
static struct block_device *rlb_bdev_get(struct rlback *dev, dev_t number, bool read_only)
{
	dev->file = bdev_file_open_by_dev(
		number, BLK_OPEN_READ | (read_only ? 0 : BLK_OPEN_WRITE), NULL, NULL);
	return IS_ERR(dev->file) ? ERR_CAST(dev->file) : file_bdev(dev->file);
}

static void rlb_bdev_put(struct rlback *dev)
{
	bdev_fput(dev->file);
}
#else
static struct block_device *rlb_bdev_get(struct rlback *dev, dev_t number, bool read_only)
{
	dev->fmode = FMODE_READ | (read_only ? 0 : FMODE_WRITE);
	return blkdev_get_by_dev(number, dev->fmode, NULL);
}

static void rlb_bdev_put(struct rlback *dev)
{
	blkdev_put(dev->bdev, dev->fmode);
}
#endif

int rlb_disk_open(struct rlback *dev)
{
	unsigned int major, minor;
	struct block_device *bdev;
	bool read_only;

	if (xenbus_scanf(
		    XBT_NIL, dev->xdev->nodename, "physical-device", "%x:%x", &major, &minor) != 2)
		return -ENOENT;
	read_only = rlb_mode_is_read_only(dev);
	bdev = rlb_bdev_get(dev, MKDEV(major, minor), read_only);
	if (IS_ERR(bdev)) {
		xenbus_dev_error(dev->xdev, PTR_ERR(bdev), "opening disk %x:%x", major, minor);
		return PTR_ERR(bdev);
	}
	dev->limits.capacity_sectors = bdev_nr_sectors(bdev);
	dev->limits.read_only = read_only || bdev_read_only(bdev);
	dev->limits.flush = bdev_write_cache(bdev);
	dev->align_mask = bdev_logical_block_size(bdev) / RL_SECTOR_BYTES - 1;
	/* What this domain's page cache holds of the disk must not hide what the frontend does. */
	sync_blockdev(bdev);
	invalidate_bdev(bdev);
	dev->bdev = bdev;
	dev->limits.discard = !dev->limits.read_only && rlb_may_discard(dev);
	return 0;
}

void rlb_disk_close(struct rlback *dev)
{
	if (dev->bdev)
		rlb_bdev_put(dev);
	dev->bdev = NULL;
}

static unsigned int rlb_disk_info(const struct rlback *dev)
{
	return (dev->limits.read_only ? VDISK_READONLY : 0) |
	       (dev->bdev->bd_disk->flags & GENHD_FL_REMOVABLE ? VDISK_REMOVABLE : 0);
}

static int rlb_discard_write(struct rlback *dev, struct xenbus_transaction xbt)
{
	const char *node = dev->xdev->nodename;
	int rc = xenbus_printf(xbt, node, "feature-discard", "%u", dev->limits.discard);

	if (rc || !dev->limits.discard)
		return rc;
	return xenbus_printf(
		       xbt, node, "discard-granularity", "%u", bdev_discard_granularity(dev->bdev))
		       ?: xenbus_printf(xbt, node, "discard-alignment", "%u",
				  bdev_discard_alignment(dev->bdev));
}

static int rlb_disk_write(struct rlback *dev, struct xenbus_transaction xbt)
{
	const char *node = dev->xdev->nodename;

	return xenbus_printf(xbt, node, "sectors", "%llu", (u64)dev->limits.capacity_sectors)
		?: xenbus_printf(xbt, node, "sector-size", "%u", bdev_logical_block_size(dev->bdev))
		?: xenbus_printf(xbt, node, "physical-sector-size", "%u",
			   bdev_physical_block_size(dev->bdev))
		?: xenbus_printf(xbt, node, "info", "%u", rlb_disk_info(dev))
		?: xenbus_printf(xbt, node, "feature-flush-cache", "%u", dev->limits.flush)
		?: xenbus_printf(xbt, node, "cache-outlives-backend", "%u", cache_outlives)
		?: rlb_discard_write(dev, xbt) ?: rlb_disk_identify(dev, xbt);
}

static int rlb_size_write(struct rlback *dev, struct xenbus_transaction xbt)
{
	const char *node = dev->xdev->nodename;
	int state;

	/* A frontend watches the state. In one transaction: what others make of it meanwhile stays.
	 */
	if (xenbus_scanf(xbt, node, "state", "%d", &state) != 1 || state != XenbusStateConnected)
		return 0;
	return xenbus_printf(xbt, node, "sectors", "%llu", (u64)dev->limits.capacity_sectors)
		       ?: xenbus_printf(xbt, node, "state", "%d", state);
}

static int rlb_disk_say(
	struct rlback *dev, int (*write)(struct rlback *dev, struct xenbus_transaction xbt))
{
	struct xenbus_transaction xbt;
	int rc;

	do {
		rc = xenbus_transaction_start(&xbt);
		if (rc)
			break;
		rc = write(dev, xbt);
		if (rc) {
			xenbus_transaction_end(xbt, 1);
			break;
		}
		rc = xenbus_transaction_end(xbt, 0);
	} while (rc == -EAGAIN);
	return rc;
}

void rlb_disk_look(struct rlback *dev)
{
	int rc = 0;

	if (likely(bdev_nr_sectors(dev->bdev) == READ_ONCE(dev->limits.capacity_sectors)))
		return;
	mutex_lock(&dev->size_mutex); /* other queues see it as well */
	if (bdev_nr_sectors(dev->bdev) != dev->limits.capacity_sectors) {
		WRITE_ONCE(dev->limits.capacity_sectors, bdev_nr_sectors(dev->bdev));
		rc = rlb_disk_say(dev, rlb_size_write);
	}
	mutex_unlock(&dev->size_mutex);
	if (rc)
		xenbus_dev_error(dev->xdev, rc, "telling the disk's new size");
}

int rlb_disk_announce(struct rlback *dev)
{
	int rc = rlb_disk_say(dev, rlb_disk_write);

	if (rc)
		xenbus_dev_fatal(dev->xdev, rc, "describing the disk");
	return rc;
}
