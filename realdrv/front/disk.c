// SPDX-License-Identifier: GPL-2.0-only
/*
 * The disk towards the block layer: its limits, its appearance and its end.
 *
 * Disks are named rlda, rldb, ... in the order in which devices were bound; a device keeps its
 * letter while backends come and go. A disk that is removed while somebody has it open answers
 * them with errors and lives until they close it.
 */
#include <linux/module.h>
#include <linux/version.h>

#include "rlfront.h"

/* Debian 12 has Linux 6.1, and 6.12 among its backports: limits are set another way there. */
#define LIMITS_AT_ONCE (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0))

/* Who opens the disk from now on was not there when a flush failed: see core/recovery.h. */
#if LIMITS_AT_ONCE
static void disk_release(struct gendisk *gd)
#else
static void disk_release(struct gendisk *gd, fmode_t mode)
#endif
{
	struct rlfront_dev *dev = gd->private_data;

	if (dev && !disk_openers(gd))
		rl_recovery_closed(&dev->rec);
}

static const struct block_device_operations disk_ops = {
	.owner = THIS_MODULE,
	.release = disk_release,
};

/* 0: a, 25: z, 26: aa, ... as for other disks. Writes backwards, ending before `end`. */
static char *name_index(char *end, int index)
{
	for (; index >= 0; index = index / 26 - 1)
		*--end = 'a' + index % 26;
	return end;
}

static void set_name(struct gendisk *gd, int index)
{
	char letters[8] = "";

	snprintf(gd->disk_name, DISK_NAME_LEN, "rld%s",
		name_index(letters + sizeof(letters) - 1, index));
}

#if LIMITS_AT_ONCE
/* The same as below; what the block layer makes of it, it makes when all is known. */
static void limit_changing(const struct rlfront_dev *dev, struct queue_limits *lim)
{
	unsigned int sectors = dev->most * RL_PAGE_SECTORS;

	lim->max_hw_discard_sectors = dev->disk.discard ? UINT_MAX : 0;
	lim->discard_granularity = dev->disk.discard_granularity;
	lim->discard_alignment = dev->disk.discard_alignment;
	lim->max_hw_sectors = sectors;
	lim->max_segments = dev->persistent ? sectors : dev->most;
}

static int change_limits(struct rlfront_dev *dev, struct request_queue *q, bool flush)
{
	struct queue_limits lim = queue_limits_start_update(q);

	limit_changing(dev, &lim);
	lim.features |= flush ? BLK_FEAT_WRITE_CACHE : 0;
	return queue_limits_commit_update(q, &lim);
}

static int set_limits(const struct rlfront_dev *dev, struct request_queue *q)
{
	struct queue_limits lim = queue_limits_start_update(q);

	lim.logical_block_size = dev->disk.is.sector_bytes;
	lim.physical_block_size = dev->disk.physical_bytes;
	lim.dma_alignment = RL_SECTOR_BYTES - 1;
	lim.features = dev->disk.is.flush ? BLK_FEAT_WRITE_CACHE : 0;
	if (!dev->persistent) {
		lim.seg_boundary_mask = RL_PAGE_BYTES - 1;
		lim.max_segment_size = RL_PAGE_BYTES;
	}
	limit_changing(dev, &lim);
	return queue_limits_commit_update(q, &lim);
}

#define alloc_disk(dev) blk_mq_alloc_disk(&(dev)->tags, NULL, dev)
#else
/* The count on the ring has 64 bits: what one bio can hold is the limit. */
static void set_discard(const struct rlfront_dev *dev, struct request_queue *q)
{
	blk_queue_max_discard_sectors(q, dev->disk.discard ? UINT_MAX : 0);
	q->limits.discard_granularity = dev->disk.discard_granularity;
	q->limits.discard_alignment = dev->disk.discard_alignment;
}

/* How large a request may be: as this backend takes it, so that it need not go in parts. */
static void set_size(const struct rlfront_dev *dev, struct request_queue *q)
{
	unsigned int sectors = dev->most * RL_PAGE_SECTORS;

	blk_queue_max_hw_sectors(q, sectors);
	/* Data is packed on its way where it is copied: then only its amount counts. */
	blk_queue_max_segments(q, dev->persistent ? sectors : dev->most);
}

static int set_limits(const struct rlfront_dev *dev, struct request_queue *q)
{
	blk_queue_flag_set(QUEUE_FLAG_VIRT, q);
	blk_queue_logical_block_size(q, dev->disk.is.sector_bytes);
	blk_queue_physical_block_size(q, dev->disk.physical_bytes);
	blk_queue_dma_alignment(q, RL_SECTOR_BYTES - 1);
	blk_queue_write_cache(q, dev->disk.is.flush, false);
	set_discard(dev, q);
	set_size(dev, q);
	if (!dev->persistent) {
		/* A grant is a page: no piece may cross from one into the next (XSA-229). */
		blk_queue_segment_boundary(q, RL_PAGE_BYTES - 1);
		blk_queue_max_segment_size(q, RL_PAGE_BYTES);
	}
	return 0;
}

static int change_limits(struct rlfront_dev *dev, struct request_queue *q, bool flush)
{
	set_discard(dev, q);
	set_size(dev, q);
	if (flush)
		blk_queue_write_cache(q, true, false);
	return 0;
}

#define alloc_disk(dev) blk_mq_alloc_disk(&(dev)->tags, dev)
#endif

static void set_tags(struct rlfront_dev *dev)
{
	dev->tags = (struct blk_mq_tag_set){
		.ops = &rlfront_mq_ops,
		.nr_hw_queues = dev->queues,
		.queue_depth = dev->depth,
		.numa_node = NUMA_NO_NODE,
		.timeout = clamp_t(unsigned long, rlfront_deadline() / 6, HZ, 5 * HZ),
		/* A scheduler here would send each unplugged read through a kblockd worker. */
		.flags = BLK_MQ_F_SHOULD_MERGE | BLK_MQ_F_NO_SCHED_BY_DEFAULT,
		.cmd_size = sizeof(blk_status_t),
		.driver_data = dev,
	};
}

static struct gendisk *make_disk(struct rlfront_dev *dev)
{
	struct gendisk *gd = alloc_disk(dev);
	int rc;

	if (IS_ERR(gd))
		return gd;
	set_name(gd, dev->index);
	rc = set_limits(dev, gd->queue);
	if (rc) {
		put_disk(gd);
		return ERR_PTR(rc);
	}
	gd->major = rlfront_major;
	gd->first_minor = dev->index * RLFRONT_MINORS;
	gd->minors = RLFRONT_MINORS;
	gd->fops = &disk_ops;
	gd->flags |= dev->disk.removable ? GENHD_FL_REMOVABLE : 0;
	set_capacity(gd, dev->disk.is.sectors);
	set_disk_ro(gd, dev->disk.is.read_only);
	gd->private_data = dev;
	return gd;
}

/* recover.c quiesces the queue of a disk that it sees, so it must not go away meanwhile. */
static void set_disk(struct rlfront_dev *dev, struct gendisk *gd)
{
	mutex_lock(&dev->event_lock);
	dev->gd = gd;
	mutex_unlock(&dev->event_lock);
}

static void drop_disk(struct rlfront_dev *dev)
{
	struct gendisk *gd = dev->gd;

	set_disk(dev, NULL);
	put_disk(gd);
	blk_mq_free_tag_set(&dev->tags);
}

int rlfront_disk_create(struct rlfront_dev *dev)
{
	struct gendisk *gd;
	int rc;

	set_tags(dev);
	rc = blk_mq_alloc_tag_set(&dev->tags);
	if (rc)
		return rc;
	gd = make_disk(dev);
	if (IS_ERR(gd)) {
		blk_mq_free_tag_set(&dev->tags);
		return PTR_ERR(gd);
	}
	set_disk(dev, gd);
	queue_work(system_long_wq, &dev->show_work);
	return 0;
}

/* Reads the partition table, for as long as the backend wishes or the deadline allows. */
void rlfront_disk_show(struct work_struct *work)
{
	struct rlfront_dev *dev = container_of(work, struct rlfront_dev, show_work);
	struct gendisk *gd = dev->gd;
	int rc = device_add_disk(&dev->xbdev->dev, gd, NULL);

	if (rc) {
		dev_err(&dev->xbdev->dev, "cannot show the disk (error %d)\n", rc);
		return;
	}
	dev->shown = true;
	dev_info(&dev->xbdev->dev,
		"%s: %lu sectors, %s grants, flush %s, %u requests of %u pages, queues: %u\n",
		gd->disk_name, dev->disk.is.sectors, dev->persistent ? "persistent" : "mapped",
		dev->disk.is.flush ? "on" : "off", dev->depth, dev->most, dev->queues);
}

/*
 * The disk keeps what it was shown with. It may have grown, and takes discards where this backend
 * does; and where the first backend had no cache and this one does, flushes are wanted from now on.
 * The other way round they still come, and fail: a disk that was shown with a cache is not turned
 * into one without behind its user's back.
 */
void rlfront_disk_update(struct rlfront_dev *dev, const struct rlfront_disk *found)
{
	dev->disk.is.flush = found->is.flush;
	dev->disk.is.cache_stays = found->is.cache_stays;
	dev->disk.discard = found->discard;
	dev->disk.discard_granularity = found->discard_granularity;
	dev->disk.discard_alignment = found->discard_alignment;
	if (change_limits(dev, dev->gd->queue, found->is.flush))
		dev_warn(&dev->xbdev->dev, "the disk keeps the limits that it had\n");
	if (found->is.sectors == dev->disk.is.sectors)
		return;
	dev->disk.is.sectors = found->is.sectors;
	set_capacity_and_notify(dev->gd, found->is.sectors);
}

void rlfront_disk_destroy(struct rlfront_dev *dev)
{
	if (!dev->gd)
		return;
	cancel_work_sync(&dev->show_work);
	if (dev->shown)
		del_gendisk(dev->gd);
	dev->shown = false;
	/* Who still has it open outlives us. */
	mutex_lock(&dev->gd->open_mutex);
	dev->gd->private_data = NULL;
	mutex_unlock(&dev->gd->open_mutex);
	drop_disk(dev);
}
