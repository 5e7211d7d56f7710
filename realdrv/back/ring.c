// SPDX-License-Identifier: GPL-2.0-only
/*
 * One connection: from what the frontend wrote into xenstore to a thread that waits
 * for its requests, and back to nothing.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include <xen/events.h>
#include <xen/xenbus.h>

#include "back/rlback.h"

static bool feature_persistent = true;
module_param(feature_persistent, bool, 0644);
MODULE_PARM_DESC(
	feature_persistent, "offer persistent grants for devices probed from now on (default 1)");

static const char rlb_abi[] = "x86_64-abi";

int rlb_ring_offer(struct rlback *dev)
{
	dev->offers_persistent = feature_persistent;
	return xenbus_printf(
		XBT_NIL, dev->xdev->nodename, "feature-persistent", "%u", dev->offers_persistent);
}

static struct rlb_ring *rlb_ring_alloc(struct rlback *dev)
{
	struct rlb_ring *ring = kvzalloc(sizeof(*ring), GFP_KERNEL);
	u32 i;

	if (!ring)
		return NULL;
	ring->dev = dev;
	spin_lock_init(&ring->lock);
	init_waitqueue_head(&ring->drained);
	for (i = 0; i < RLB_SLOTS; i++) {
		ring->req[i].ring = ring;
		ring->free[ring->nfree++] = &ring->req[i];
	}
	if (!rlb_pages_alloc(ring))
		return ring;
	rlb_pages_free(ring);
	kvfree(ring);
	return NULL;
}

/* What the frontend asks for; a value that is missing or strange is refused, never guessed. */
static int rlb_ring_read(struct rlb_ring *ring, grant_ref_t *gref, unsigned int *port)
{
	struct xenbus_device *xdev = ring->dev->xdev;
	char abi[64] = "";
	int rc;

	rc = xenbus_gather(
		XBT_NIL, xdev->otherend, "ring-ref", "%u", gref, "event-channel", "%u", port, NULL);
	if (rc) {
		xenbus_dev_fatal(
			xdev, rc, "reading ring-ref and event-channel of %s", xdev->otherend);
		return rc;
	}
	if (xenbus_scanf(XBT_NIL, xdev->otherend, "protocol", "%63s", abi) == 1 &&
		strcmp(abi, rlb_abi)) {
		xenbus_dev_fatal(xdev, -EPROTO, "protocol %s (expected %s)", abi, rlb_abi);
		return -EPROTO;
	}
	if (xenbus_read_unsigned(xdev->otherend, "multi-queue-num-queues", 1) != 1 ||
		xenbus_read_unsigned(xdev->otherend, "ring-page-order", 0) != 0) {
		xenbus_dev_fatal(xdev, -EPROTO, "more queues or ring pages than were offered");
		return -EPROTO;
	}
	ring->use_persistent = ring->dev->offers_persistent &&
			       xenbus_read_unsigned(xdev->otherend, "feature-persistent", 0) == 1;
	return 0;
}

/* Maps the shared page and takes up the indices where they stand. */
static int rlb_ring_map(struct rlb_ring *ring, grant_ref_t gref)
{
	u32 pending;
	int rc = xenbus_map_ring_valloc(ring->dev->xdev, &gref, 1, &ring->page);

	if (rc < 0)
		return rc;
	rl_back_attach(&ring->back, ring->page, PAGE_SIZE, RL_BLKIF_SLOT_BYTES);
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
	rlb_pages_free(ring);
	if (ring->page)
		xenbus_unmap_ring_vfree(dev->xdev, ring->page);
	kvfree(ring);
}

static int rlb_ring_bind(struct rlb_ring *ring)
{
	struct rlback *dev = ring->dev;
	unsigned int port;
	grant_ref_t gref;
	int rc = rlb_ring_read(ring, &gref, &port) ?: rlb_ring_map(ring, gref);

	if (rc)
		return rc;
	rc = bind_interdomain_evtchn_to_irqhandler_lateeoi(
		dev->xdev, port, rlk_waiter_irq, 0, RLK_MODULE, &dev->waiter);
	if (rc < 0) {
		xenbus_dev_fatal(dev->xdev, rc, "binding event channel %u", port);
		return rc;
	}
	ring->irq = rc;
	return 0;
}

int rlb_ring_open(struct rlback *dev)
{
	struct rlb_ring *ring = rlb_ring_alloc(dev);
	int rc;

	lockdep_assert_held(&dev->mutex);
	if (!ring) {
		xenbus_dev_fatal(dev->xdev, -ENOMEM, "memory for a ring");
		return -ENOMEM;
	}
	rc = rlb_ring_bind(ring);
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
