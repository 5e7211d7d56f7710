// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module, parameters, probe and remove. See rlfront.h for the map of the driver.
 *
 * The driver has a name of its own on the xen bus, so that it can be loaded beside the stock one
 * and devices can be bound to either (the stock driver is called "vbd" there), and a block major
 * of its own.
 */
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <xen/xen.h>

#include "rlfront.h"

int rlfront_major;
static DEFINE_IDA(indices);

bool rlfront_feature_persistent = true;
module_param_named(feature_persistent, rlfront_feature_persistent, bool, 0644);
MODULE_PARM_DESC(feature_persistent, "Ask for persistent grants at the next connection (default "
				     "1); 0: map and unmap each request");

static unsigned int max_queues = 1;
module_param(max_queues, uint, 0644);
MODULE_PARM_DESC(max_queues, "queues of a disk, each with a ring, where the backend takes as many "
			     "(1 to 16, at most one a CPU; default 1); counts for devices bound "
			     "from now on");

static void free_dev(struct rlfront_dev *dev)
{
	rlk_device_fini(&dev->common);
	rlfront_peer_free(dev);
	ida_free(&indices, dev->index);
	kvfree(dev->ring);
	kfree(dev);
}

/* The last part of device/vbd/51712; the backend wants it back in each request. */
static int read_handle(const struct xenbus_device *xbdev, u16 *handle)
{
	const char *slash = strrchr(xbdev->nodename, '/');
	unsigned long number;

	if (!slash || kstrtoul(slash + 1, 10, &number))
		return -EINVAL;
	*handle = number;
	return 0;
}

static int make_rings(struct rlfront_dev *dev)
{
	u32 r;

	dev->max_rings = clamp(READ_ONCE(max_queues), 1u, RLK_QUEUES);
	dev->ring = kvcalloc(dev->max_rings, sizeof(*dev->ring), GFP_KERNEL);
	if (!dev->ring)
		return -ENOMEM;
	rlk_device_init(&dev->common, &rlfront_waiter_ops, dev_name(&dev->xbdev->dev));
	for (r = 0; r < dev->max_rings; r++) {
		dev->ring[r].dev = dev;
		spin_lock_init(&dev->ring[r].submit_lock);
		rlk_waiter_init(&dev->ring[r].waiter, &dev->common);
	}
	return 0;
}

static void rlfront_remove(struct xenbus_device *xbdev)
{
	struct rlfront_dev *dev = dev_get_drvdata(&xbdev->dev);

	rlfront_peer_fini(dev);
	rlfront_state_fini(dev);
	dev_set_drvdata(&xbdev->dev, NULL);
	free_dev(dev);
}

static int rlfront_probe(struct xenbus_device *xbdev, const struct xenbus_device_id *id)
{
	struct rlfront_dev *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int rc;

	if (!dev)
		return -ENOMEM;
	dev->xbdev = xbdev;
	rc = read_handle(xbdev, &dev->handle);
	if (!rc)
		rc = ida_alloc_max(&indices, MINORMASK / RLFRONT_MINORS, GFP_KERNEL);
	if (rc < 0) {
		kfree(dev);
		return rc;
	}
	dev->index = rc;
	rc = make_rings(dev);
	if (rc) {
		ida_free(&indices, dev->index);
		kfree(dev);
		return rc;
	}
	rlfront_recover_init(dev);
	rlfront_state_init(dev);
	dev_set_drvdata(&xbdev->dev, dev);
	rc = rlfront_peer_init(dev);
	if (rc)
		rlfront_remove(xbdev);
	return rc;
}

static void rlfront_backend_changed(struct xenbus_device *xbdev, enum xenbus_state state)
{
	rlfront_state_changed(dev_get_drvdata(&xbdev->dev), state);
}

struct rlk_device *rlk_device_of(struct device *device)
{
	struct rlfront_dev *dev = dev_get_drvdata(device);

	return &dev->common;
}

static const struct xenbus_device_id rlfront_ids[] = {{"vbd"}, {""}};

static struct xenbus_driver rlfront_driver = {
	.name = "rlfront",
	.ids = rlfront_ids,
	.probe = rlfront_probe,
	.remove = rlfront_remove,
	.otherend_changed = rlfront_backend_changed,
	.driver.dev_groups = rlk_groups,
};

static int __init rlfront_init(void)
{
	int rc;

	if (!xen_domain())
		return -ENODEV;
	rc = rlk_init();
	if (rc)
		return rc;
	rc = rlfront_major = register_blkdev(0, "rlfront");
	if (rc < 0)
		goto no_major;
	rc = xenbus_register_frontend(&rlfront_driver);
	if (!rc)
		return 0;
	unregister_blkdev(rlfront_major, "rlfront");
no_major:
	rlk_exit();
	return rc;
}

static void __exit rlfront_exit(void)
{
	xenbus_unregister_driver(&rlfront_driver);
	unregister_blkdev(rlfront_major, "rlfront");
	rlk_exit();
	ida_destroy(&indices);
}

module_init(rlfront_init);
module_exit(rlfront_exit);
MODULE_DESCRIPTION("Xen block frontend with notification policies");
MODULE_AUTHOR("The ringlab authors");
MODULE_LICENSE("GPL");
