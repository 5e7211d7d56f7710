// SPDX-License-Identifier: GPL-2.0-only
/*
 * One connection: from what the frontend wrote into xenstore to a thread that waits
 * for its requests, and back to nothing.
 */
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

/* What a frontend wants to know before it connects. */
struct rlb_wants {
	u32 order;
	bool persistent;
	unsigned int port;
	grant_ref_t gref[RLB_RING_PAGES];
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
	return rlb_offer(dev, "feature-max-indirect-segments", dev->limits.indirect)
		?: rlb_offer(dev, "max-ring-page-order", dev->offers_order)
		?: xenbus_printf(XBT_NIL, dev->xdev->nodename, "feature-persistent", "%u",
			   dev->offers_persistent);
}

static int rlb_ring_read_refs(struct rlback *dev, struct rlb_wants *wants)
{
	struct xenbus_device *xdev = dev->xdev;
	char name[sizeof("ring-ref15")] = "ring-ref";
	u32 i;
	int rc = 0;

	for (i = 0; !rc && i < 1u << wants->order; i++) {
		if (wants->order)
			snprintf(name, sizeof(name), "ring-ref%u", i);
		rc = xenbus_gather(XBT_NIL, xdev->otherend, name, "%u", &wants->gref[i], NULL);
	}
	if (rc)
		xenbus_dev_fatal(xdev, rc, "reading %s of %s", name, xdev->otherend);
	return rc;
}

/* What the frontend asks for; a value that is missing or strange is refused, never guessed. */
static int rlb_ring_read(struct rlback *dev, struct rlb_wants *wants)
{
	struct xenbus_device *xdev = dev->xdev;
	char abi[64] = "";
	int rc;

	rc = xenbus_gather(XBT_NIL, xdev->otherend, "event-channel", "%u", &wants->port, NULL);
	if (rc) {
		xenbus_dev_fatal(xdev, rc, "reading event-channel of %s", xdev->otherend);
		return rc;
	}
	if (xenbus_scanf(XBT_NIL, xdev->otherend, "protocol", "%63s", abi) == 1 &&
		strcmp(abi, rlb_abi)) {
		xenbus_dev_fatal(xdev, -EPROTO, "protocol %s (expected %s)", abi, rlb_abi);
		return -EPROTO;
	}
	wants->order = xenbus_read_unsigned(xdev->otherend, "ring-page-order", 0);
	if (xenbus_read_unsigned(xdev->otherend, "multi-queue-num-queues", 1) != 1 ||
		wants->order > dev->offers_order) {
		xenbus_dev_fatal(xdev, -EPROTO, "more queues or ring pages than were offered");
		return -EPROTO;
	}
	wants->persistent = dev->offers_persistent &&
			    xenbus_read_unsigned(xdev->otherend, "feature-persistent", 0) == 1;
	return rlb_ring_read_refs(dev, wants);
}

/* Maps the shared pages and takes up the indices where they stand. */
static int rlb_ring_map(struct rlb_ring *ring, struct rlb_wants *wants)
{
	u32 pending;
	int rc = xenbus_map_ring_valloc(
		ring->dev->xdev, wants->gref, 1u << wants->order, &ring->pages);

	if (rc < 0)
		return rc;
	rl_back_attach(&ring->back, ring->pages, PAGE_SIZE << wants->order, RL_BLKIF_SLOT_BYTES);
	rc = rl_back_pending(&ring->back, &pending);
	if (rc)
		xenbus_dev_fatal(
			ring->dev->xdev, rc, "the ring claims more requests than it holds");
	return rc;
}

static void rlb_ring_free(struct rlb_ring *ring)
{
	struct rlback *dev = ring->dev;

	if (ring->irq)
		unbind_from_irqhandler(ring->irq, &dev->waiter);
	rlb_persistent_unmap(ring);
	if (ring->pages)
		xenbus_unmap_ring_vfree(dev->xdev, ring->pages);
	rlb_ring_release(ring);
}

static int rlb_ring_bind(struct rlb_ring *ring, struct rlb_wants *wants)
{
	struct rlback *dev = ring->dev;
	int rc = rlb_ring_map(ring, wants);

	if (rc)
		return rc;
	ring->use_persistent = wants->persistent;
	rc = bind_interdomain_evtchn_to_irqhandler_lateeoi(
		dev->xdev, wants->port, rlk_waiter_irq, 0, RLK_MODULE, &dev->waiter);
	if (rc < 0) {
		xenbus_dev_fatal(dev->xdev, rc, "binding event channel %u", wants->port);
		return rc;
	}
	ring->irq = rc;
	return 0;
}

int rlb_ring_open(struct rlback *dev)
{
	struct rlb_wants wants;
	struct rlb_ring *ring;
	int rc = rlb_ring_read(dev, &wants);

	lockdep_assert_held(&dev->mutex);
	if (rc)
		return rc;
	ring = rlb_ring_alloc(dev, rl_ring_slots(PAGE_SIZE << wants.order, RL_BLKIF_SLOT_BYTES));
	if (!ring) {
		xenbus_dev_fatal(dev->xdev, -ENOMEM, "memory for a ring");
		return -ENOMEM;
	}
	rc = rlb_ring_bind(ring, &wants);
	if (rc) {
		rlb_ring_free(ring);
		return rc;
	}
	dev->ring = ring;
	rc = rlk_waiter_start(&dev->waiter, ring->irq);
	if (rc) {
		xenbus_dev_fatal(dev->xdev, rc, "starting the thread");
		dev->ring = NULL;
		rlb_ring_free(ring);
	}
	return rc;
}

void rlb_ring_close(struct rlback *dev)
{
	struct rlb_ring *ring = dev->ring;

	lockdep_assert_held(&dev->mutex);
	if (!ring)
		return;
	rlk_waiter_stop(&dev->waiter);
	spin_lock_irq(&ring->lock);
	ring->closing = true;
	spin_unlock_irq(&ring->lock);
	/* Requests that a peer pushed and nobody took do not count: only I/O does. */
	wait_event(ring->drained, !rlb_in_flight(ring));
	/* The last completion may still hold the lock. */
	spin_lock_irq(&ring->lock);
	spin_unlock_irq(&ring->lock);
	dev->ring = NULL;
	rlb_ring_free(ring);
}
