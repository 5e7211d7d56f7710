// SPDX-License-Identifier: GPL-2.0-only
/*
 * Negotiation with the frontend, state by state.
 *
 *	frontend            this side
 *	                    probe: offer features         -> InitWait
 *	Initialised,        disk there: open the ring,
 *	Connected           describe the disk             -> Connected
 *	Closing                                           -> Closing
 *	Closed              close the ring                -> Closed
 *	Initialising        (a frontend that comes back)  Closed -> InitWait
 *	Closed or gone, and the toolstack is done with it: the device is unregistered
 *
 * The disk may appear before or after the frontend: whichever comes last connects.
 * Both arrive in xenwatch's thread; probe and remove need not, hence the mutex.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include <xen/xen.h>

#include "back/rlback.h"

static struct rlback *rlb_of(struct xenbus_device *xdev)
{
	return dev_get_drvdata(&xdev->dev);
}

struct rlk_device *rlk_device_of(struct device *dev)
{
	return &rlb_of(to_xenbus_device(dev))->common;
}

/* Connects if disk and frontend are both there. */
static void rlb_connect(struct rlback *dev, enum xenbus_state frontend)
{
	if (frontend != XenbusStateInitialised && frontend != XenbusStateConnected)
		return;
	if (dev->xdev->state == XenbusStateConnected || !dev->bdev)
		return;
	rlb_ring_close(dev);
	if (rlb_disk_announce(dev) || rlb_ring_open(dev))
		return;
	xenbus_switch_state(dev->xdev, XenbusStateConnected);
	pr_info_ratelimited(RLK_MODULE ": %s: connected, %s grants, policy %s\n", dev->common.name,
		dev->queue->ring->use_persistent ? "persistent" : "mapped", dev->common.spec);
}

static void rlb_close(struct rlback *dev, enum xenbus_state state)
{
	rlb_ring_close(dev);
	xenbus_switch_state(dev->xdev, state);
}

/* Returns whether the device is to go. */
static bool rlb_follow(struct rlback *dev, enum xenbus_state frontend)
{
	switch (frontend) {
	case XenbusStateInitialising:
		if (dev->xdev->state == XenbusStateClosed)
			xenbus_switch_state(dev->xdev, XenbusStateInitWait);
		return false;
	case XenbusStateInitialised:
	case XenbusStateConnected:
		rlb_connect(dev, frontend);
		return false;
	case XenbusStateClosing:
		xenbus_switch_state(dev->xdev, XenbusStateClosing);
		return false;
	case XenbusStateClosed:
		rlb_close(dev, XenbusStateClosed);
		return !xenbus_dev_is_online(dev->xdev);
	case XenbusStateUnknown:
		return true;
	default:
		xenbus_dev_fatal(dev->xdev, -EINVAL, "frontend in state %d", frontend);
		return false;
	}
}

static void rlb_frontend_changed(struct xenbus_device *xdev, enum xenbus_state frontend)
{
	struct rlback *dev = rlb_of(xdev);
	bool gone;

	mutex_lock(&dev->mutex);
	gone = rlb_follow(dev, frontend);
	mutex_unlock(&dev->mutex);
	if (gone)
		device_unregister(&xdev->dev); /* calls rlb_remove */
}

static void rlb_disk_named(struct xenbus_watch *watch, const char *path, const char *token)
{
	struct rlback *dev = container_of(watch, struct rlback, watch);

	mutex_lock(&dev->mutex);
	if (!dev->bdev && !rlb_disk_open(dev))
		rlb_connect(dev, xenbus_read_driver_state(dev->xdev->otherend));
	mutex_unlock(&dev->mutex);
}

/* One pending event of a watch is enough, whatever is written how often (XSA-349). */
static bool rlb_watch_is_wanted(struct xenbus_watch *watch, const char *path, const char *token)
{
	return !watch->nr_pending;
}

static void rlb_remove(struct xenbus_device *xdev)
{
	struct rlback *dev = rlb_of(xdev);

	rlb_unwatch(dev);
	if (dev->watching) {
		unregister_xenbus_watch(&dev->watch);
		kfree(dev->watch.node);
	}
	mutex_lock(&dev->mutex);
	rlb_ring_close(dev);
	mutex_unlock(&dev->mutex);
	rlk_device_fini(&dev->common);
	rlb_disk_close(dev);
	dev_set_drvdata(&xdev->dev, NULL);
	kvfree(dev->queue);
	kfree(dev);
}

static int rlb_probe(struct xenbus_device *xdev, const struct xenbus_device_id *id)
{
	struct rlback *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int rc;

	if (!dev)
		return -ENOMEM;
	dev->xdev = xdev;
	mutex_init(&dev->mutex);
	mutex_init(&dev->size_mutex);
	dev_set_drvdata(&xdev->dev, dev);
	INIT_LIST_HEAD(&dev->watched);
	rlk_device_init(&dev->common, &rlb_waiter_ops, dev_name(&xdev->dev));
	rc = rlb_ring_offer(dev) ?: rlb_queues_alloc(dev);
	if (rc)
		goto fail;
	rlb_watch(dev);
	rc = xenbus_switch_state(xdev, XenbusStateInitWait);
	if (rc)
		goto fail;
	rc = xenbus_watch_pathfmt(xdev, &dev->watch, rlb_watch_is_wanted, rlb_disk_named,
		"%s/physical-device", xdev->nodename);
	if (rc)
		goto fail;
	dev->watching = true;
	return 0;
fail:
	rlb_remove(xdev);
	return rc;
}

static const struct xenbus_device_id rlb_ids[] = {{"vbd"}, {""}};

static struct xenbus_driver rlb_driver = {
	.name = RLK_MODULE,
	.ids = rlb_ids,
	.probe = rlb_probe,
	.remove = rlb_remove,
	.otherend_changed = rlb_frontend_changed,
	.driver.dev_groups = rlk_groups,
};

static int __init rlb_init(void)
{
	int rc;

	if (!xen_domain())
		return -ENODEV;
	rc = rlk_init();
	if (rc)
		return rc;
	rc = rlb_watchdog_start();
	if (rc)
		goto fail;
	rc = xenbus_register_backend(&rlb_driver);
	if (!rc)
		return 0;
	rlb_watchdog_stop();
fail:
	rlk_exit();
	return rc;
}

static void __exit rlb_exit(void)
{
	xenbus_unregister_driver(&rlb_driver);
	rlb_watchdog_stop();
	rlk_exit();
}

module_init(rlb_init);
module_exit(rlb_exit);
MODULE_DESCRIPTION("Xen block backend with a choice of notification policies");
MODULE_AUTHOR("The ringlab authors");
MODULE_LICENSE("GPL");
MODULE_ALIAS("xen-backend:vbd");
