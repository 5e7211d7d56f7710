// SPDX-License-Identifier: GPL-2.0-only
/*
 * One connection: from what the frontend wrote into xenstore to a thread a ring that waits
 * for its requests, and back to nothing.
 */
#include <linux/ctype.h>
#include <linux/log2.h>
#include <linux/mm.h>

#include <xen/events.h>
#include <xen/xenbus.h>

#include "back/rlback.h"

static bool feature_persistent = true;
module_param(feature_persistent, bool, 0644);
MODULE_PARM_DESC(
	feature_persistent, "offer persistent grants for devices probed from now on (default 1)");

static unsigned int max_indirect_segments;
module_param(max_indirect_segments, uint, 0644);
MODULE_PARM_DESC(max_indirect_segments,
	"segments that a request may have, offered for devices probed from now on (12 to 256; "
	"default 0: eleven, and no indirect requests)");

static unsigned int max_ring_page_order;
module_param(max_ring_page_order, uint, 0644);
MODULE_PARM_DESC(max_ring_page_order, "pages that a ring may have, as a power of two, offered for "
				      "devices probed from now on (0 to 4, default 0)");

static unsigned int max_queues = 1;
module_param(max_queues, uint, 0644);
MODULE_PARM_DESC(max_queues,
	"queues that a device may have, each with a ring and a thread, offered "
	"for devices probed from now on (1 to 16, and 16 pages of rings "
	"together; default 1)");

/* What the frontend asks for. */
struct rlb_wants {
	u32 order, queues;
	bool persistent;
	u32 port[RLK_QUEUES];
	grant_ref_t gref[RLB_RING_PAGES]; /* 1 << order of each queue, one after the other */
};

static const char rlb_abi[] = "x86_64-abi";

/* One that a frontend without it has no use for is not written. */
static int rlb_offer(struct rlback *dev, const char *node, u32 value)
{
	return value ? xenbus_printf(XBT_NIL, dev->xdev->nodename, node, "%u", value) : 0;
}

int rlb_ring_offer(struct rlback *dev)
{
	u32 segments = min(READ_ONCE(max_indirect_segments), RL_BLKIF_MAX_INDIRECT);

	dev->offers_persistent = feature_persistent;
	dev->limits.indirect = segments > RLB_SEGS ? segments : 0;
	dev->offers_order = min_t(u32, READ_ONCE(max_ring_page_order), ilog2(RLB_RING_PAGES));
	dev->offers_queues = clamp(
		READ_ONCE(max_queues), 1u, min(RLK_QUEUES, RLB_RING_PAGES >> dev->offers_order));
	return rlb_offer(dev, "feature-max-indirect-segments", dev->limits.indirect)
		?: rlb_offer(dev, "max-ring-page-order", dev->offers_order)
		?: rlb_offer(dev, "multi-queue-max-queues",
			dev->offers_queues > 1 ? dev->offers_queues : 0)
		?: xenbus_printf(XBT_NIL, dev->xdev->nodename, "feature-persistent", "%u",
			   dev->offers_persistent);
}

/* A node of the frontend as a number, whole or not at all. Returns: 0, -ENOENT, -EINVAL.. */
static int rlb_read_number(const char *dir, const char *node, u32 *value)
{
	unsigned int len;
	char *text = xenbus_read(XBT_NIL, dir, node, &len);
	int rc;

	if (IS_ERR(text))
		return PTR_ERR(text);
	/* A sign is no part of it, and a node of xenstore may hold zero bytes. */
	rc = len == strlen(text) && isdigit(text[0]) ? kstrtou32(text, 10, value) : -EINVAL;
	kfree(text);
	return rc;
}

/* One that may be missing, but not be out of range. */
static int rlb_read_choice(
	struct rlback *dev, const char *node, u32 least, u32 most, u32 otherwise, u32 *value)
{
	int rc = rlb_read_number(dev->xdev->otherend, node, value);

	if (rc == -ENOENT) {
		*value = otherwise;
		return 0;
	}
	if (!rc && *value >= least && *value <= most)
		return 0;
	xenbus_dev_fatal(dev->xdev, -EPROTO, "%s/%s (expected %u to %u, as offered)",
		dev->xdev->otherend, node, least, most);
	return -EPROTO;
}

/* What stands in @dir of queue @q: the pages of its ring, and its event channel. */
static int rlb_queue_read_in(struct rlback *dev, struct rlb_wants *wants, u32 q, const char *dir)
{
	char name[sizeof("ring-ref15")] = "ring-ref";
	u32 i, first = q << wants->order;
	int rc = 0;

	for (i = 0; !rc && i < 1u << wants->order; i++) {
		if (wants->order)
			snprintf(name, sizeof(name), "ring-ref%u", i);
		rc = rlb_read_number(dir, name, &wants->gref[first + i]);
	}
	if (rc) {
		xenbus_dev_fatal(dev->xdev, rc, "reading %s of %s", name, dir);
		return rc;
	}
	rc = rlb_read_number(dir, "event-channel", &wants->port[q]);
	if (rc)
		xenbus_dev_fatal(dev->xdev, rc, "reading event-channel of %s", dir);
	return rc;
}

/* One queue stands where it stood before there were several. */
static int rlb_queue_read(struct rlback *dev, struct rlb_wants *wants, u32 q)
{
	const char *otherend = dev->xdev->otherend;
	char *dir;
	int rc;

	if (wants->queues == 1)
		return rlb_queue_read_in(dev, wants, q, otherend);
	dir = kasprintf(GFP_KERNEL, "%s/queue-%u", otherend, q);
	if (!dir) {
		xenbus_dev_fatal(dev->xdev, -ENOMEM, "memory for a name");
		return -ENOMEM;
	}
	rc = rlb_queue_read_in(dev, wants, q, dir);
	kfree(dir);
	return rc;
}

/* What the frontend asks for; a value that is missing or strange is refused, never guessed. */
static int rlb_ring_read(struct rlback *dev, struct rlb_wants *wants)
{
	struct xenbus_device *xdev = dev->xdev;
	char abi[64] = "";
	int rc;
	u32 q;

	if (xenbus_scanf(XBT_NIL, xdev->otherend, "protocol", "%63s", abi) == 1 &&
		strcmp(abi, rlb_abi)) {
		xenbus_dev_fatal(xdev, -EPROTO, "protocol %s (expected %s)", abi, rlb_abi);
		return -EPROTO;
	}
	rc = rlb_read_choice(
		     dev, "multi-queue-num-queues", 1, dev->offers_queues, 1, &wants->queues)
		     ?: rlb_read_choice(
				dev, "ring-page-order", 0, dev->offers_order, 0, &wants->order);
	for (q = 0; !rc && q < wants->queues; q++)
		rc = rlb_queue_read(dev, wants, q);
	if (rc)
		return rc;
	wants->persistent = dev->offers_persistent &&
			    xenbus_read_unsigned(xdev->otherend, "feature-persistent", 0) == 1;
	return 0;
}

/* Maps the shared pages and takes up the indices where they stand. */
static int rlb_ring_map(struct rlb_ring *ring, grant_ref_t *gref, u32 order)
{
	u32 pending;
	int rc = xenbus_map_ring_valloc(ring->dev->xdev, gref, 1u << order, &ring->pages);

	if (rc < 0)
		return rc;
	rl_back_attach(&ring->back, ring->pages, PAGE_SIZE << order, RL_BLKIF_SLOT_BYTES);
	rc = rl_back_pending(&ring->back, &pending);
	if (rc)
		xenbus_dev_fatal(
			ring->dev->xdev, rc, "the ring claims more requests than it holds");
	return rc;
}

static void rlb_ring_free(struct rlb_ring *ring)
{
	if (ring->irq)
		unbind_from_irqhandler(ring->irq, &ring->queue->waiter);
	rlb_persistent_unmap(ring);
	if (ring->pages)
		xenbus_unmap_ring_vfree(ring->dev->xdev, ring->pages);
	rlb_ring_release(ring);
}

static int rlb_ring_bind(struct rlb_ring *ring, struct rlb_wants *wants, u32 q)
{
	struct rlback *dev = ring->dev;
	int rc = rlb_ring_map(ring, wants->gref + (q << wants->order), wants->order);

	if (rc)
		return rc;
	ring->use_persistent = wants->persistent;
	rc = bind_interdomain_evtchn_to_irqhandler_lateeoi(
		dev->xdev, wants->port[q], rlk_waiter_irq, 0, RLK_MODULE, &ring->queue->waiter);
	if (rc < 0) {
		xenbus_dev_fatal(dev->xdev, rc, "binding event channel %u", wants->port[q]);
		return rc;
	}
	ring->irq = rc;
	return 0;
}

static int rlb_queue_open(struct rlback *dev, struct rlb_wants *wants, u32 q)
{
	struct rlb_queue *queue = &dev->queue[q];
	struct rlb_ring *ring = rlb_ring_alloc(
		queue, rl_ring_slots(PAGE_SIZE << wants->order, RL_BLKIF_SLOT_BYTES));
	int rc;

	if (!ring) {
		xenbus_dev_fatal(dev->xdev, -ENOMEM, "memory for a ring");
		return -ENOMEM;
	}
	rc = rlb_ring_bind(ring, wants, q);
	if (rc) {
		rlb_ring_free(ring);
		return rc;
	}
	queue->ring = ring;
	rc = rlk_waiter_start(&queue->waiter, ring->irq);
	if (rc) {
		xenbus_dev_fatal(dev->xdev, rc, "starting the thread");
		queue->ring = NULL;
		rlb_ring_free(ring);
		return rc;
	}
	rlb_persistent_start(ring);
	return 0;
}

int rlb_ring_open(struct rlback *dev)
{
	struct rlb_wants wants;
	int rc = rlb_ring_read(dev, &wants);
	u32 q;

	lockdep_assert_held(&dev->mutex);
	for (q = 0; !rc && q < wants.queues; q++)
		rc = rlb_queue_open(dev, &wants, q);
	if (rc)
		rlb_ring_close(dev);
	return rc;
}

static void rlb_queue_close(struct rlb_queue *queue)
{
	struct rlb_ring *ring = queue->ring;

	if (!ring)
		return;
	rlb_persistent_stop(ring);
	rlk_waiter_stop(&queue->waiter);
	spin_lock_irq(&ring->lock);
	ring->closing = true;
	spin_unlock_irq(&ring->lock);
	/* Requests that a peer pushed and nobody took do not count: only I/O does. */
	wait_event(ring->drained, !rlb_in_flight(ring));
	/* The last completion may still hold the lock. */
	spin_lock_irq(&ring->lock);
	spin_unlock_irq(&ring->lock);
	queue->ring = NULL;
	rlb_ring_free(ring);
}

void rlb_ring_close(struct rlback *dev)
{
	u32 q;

	lockdep_assert_held(&dev->mutex);
	for (q = 0; dev->queue && q < dev->offers_queues; q++)
		rlb_queue_close(&dev->queue[q]);
}
