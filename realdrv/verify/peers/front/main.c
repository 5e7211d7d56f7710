// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hostile frontend's module: its parameters, and the negotiation with a backend as it should
 * be, state by state.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <xen/events.h>
#include <xen/xen.h>

#include "foefront.h"

#define FLIPS	1000
#define FLIP_MS 2000

static DEFINE_MUTEX(lock); /* the one device, and what is done with it */
static struct foe *the_one;

static unsigned int place;
module_param(place, uint, 0644);
MODULE_PARM_DESC(place, "segment that is wrong, 0 to 10, for faults that have one (default 0)");

static unsigned int queue;
module_param(queue, uint, 0644);
MODULE_PARM_DESC(queue, "queue that faults are committed in, 0 or 1 (default 0)");

char foe_nodes[FOE_NODES_BYTES];
module_param_string(nodes, foe_nodes, sizeof(foe_nodes), 0644);
MODULE_PARM_DESC(nodes,
	"name=value;.. written in place of what is true; - leaves out, same is what "
	"stands there of queue 0");

bool foe_persistent;
module_param_named(persistent, foe_persistent, bool, 0644);
MODULE_PARM_DESC(persistent, "ask for persistent grants (default 0)");

unsigned int foe_queues = 1;
module_param_named(queues, foe_queues, uint, 0644);
MODULE_PARM_DESC(queues, "queues, 1 or 2, of a connection that begins (default 1)");

static char result[256] = "none";
module_param_string(result, result, sizeof(result), 0444);
MODULE_PARM_DESC(result, "statuses that answered the last fault");

/* ---- connecting and closing --------------------------------------------------------------- */

static bool reaches(struct foe *foe, enum xenbus_state wanted)
{
	unsigned int ms;

	for (ms = 0; ms < FLIP_MS; ms++) {
		if (xenbus_read_driver_state(foe->xdev->otherend) == wanted)
			return true;
		usleep_range(500, 600);
	}
	return false;
}

/*
 * One connection ends and another begins, and reads once; the backend does all that it does for a
 * guest that starts anew.
 */
static bool flip(struct foe *foe)
{
	xenbus_switch_state(foe->xdev, XenbusStateClosed);
	if (!reaches(foe, XenbusStateClosed))
		return false;
	foe_unshare(foe);
	xenbus_switch_state(foe->xdev, XenbusStateInitialising);
	if (!reaches(foe, XenbusStateInitWait) || foe_offer(foe) ||
		!reaches(foe, XenbusStateConnected))
		return false;
	xenbus_switch_state(foe->xdev, XenbusStateConnected);
	foe->up = true;
	return !foe_commit(foe, "read", 0, result, sizeof(result)) && !strcmp(result, "0");
}

static int flips(struct foe *foe)
{
	unsigned int n = 0;

	while (n < FLIPS && flip(foe))
		n++;
	snprintf(result, sizeof(result), "%u", n);
	return 0;
}

static int fault_set(const char *val, const struct kernel_param *kp)
{
	int rc = -ENODEV;

	mutex_lock(&lock);
	if (the_one && the_one->up && sysfs_streq(val, "flips")) {
		rc = flips(the_one);
	} else if (the_one && the_one->up) {
		the_one->ring = &the_one->rings[min(queue, the_one->queues - 1)];
		rc = foe_commit(the_one, val, min(place, FOE_PAGES - 1), result, sizeof(result));
	}
	mutex_unlock(&lock);
	return rc;
}

static const struct kernel_param_ops fault_ops = {.set = fault_set};
module_param_cb(fault, &fault_ops, NULL, 0200);
MODULE_PARM_DESC(fault, "fault to be committed, see README.md");

/* ---- states ------------------------------------------------------------------------------- */

static void part(struct foe *foe)
{
	foe_unshare(foe);
	xenbus_frontend_closed(foe->xdev);
}

/* lock held */
static void follow(struct foe *foe, enum xenbus_state backend)
{
	switch (backend) {
	case XenbusStateInitWait:
		if (foe->xdev->state == XenbusStateInitialising && foe_offer(foe))
			foe_unshare(foe);
		break;
	case XenbusStateConnected:
		if (foe->xdev->state == XenbusStateInitialised)
			foe->up = !xenbus_switch_state(foe->xdev, XenbusStateConnected);
		break;
	case XenbusStateClosing:
	case XenbusStateClosed:
		if (foe->xdev->state != XenbusStateClosed)
			part(foe);
		break;
	default:
		break;
	}
}

static void backend_changed(struct xenbus_device *xdev, enum xenbus_state backend)
{
	mutex_lock(&lock);
	follow(dev_get_drvdata(&xdev->dev), backend);
	mutex_unlock(&lock);
}

static int foe_probe(struct xenbus_device *xdev, const struct xenbus_device_id *id)
{
	struct foe *foe;

	if (the_one)
		return -EBUSY;
	foe = kzalloc(sizeof(*foe), GFP_KERNEL);
	if (!foe)
		return -ENOMEM;
	foe->xdev = xdev;
	dev_set_drvdata(&xdev->dev, foe);
	the_one = foe;
	return 0;
}

static void foe_remove(struct xenbus_device *xdev)
{
	struct foe *foe = dev_get_drvdata(&xdev->dev);

	mutex_lock(&lock);
	foe_unshare(foe);
	the_one = NULL;
	mutex_unlock(&lock);
	dev_set_drvdata(&xdev->dev, NULL);
	kfree(foe);
}

static const struct xenbus_device_id foe_ids[] = {{"vbd"}, {""}};

static struct xenbus_driver foe_driver = {
	.name = FOE_NAME,
	.ids = foe_ids,
	.probe = foe_probe,
	.remove = foe_remove,
	.otherend_changed = backend_changed,
};

static int __init foe_init(void)
{
	return xen_domain() ? xenbus_register_frontend(&foe_driver) : -ENODEV;
}

static void __exit foe_exit(void)
{
	xenbus_unregister_driver(&foe_driver);
}

module_init(foe_init);
module_exit(foe_exit);
MODULE_DESCRIPTION("Hostile Xen block frontend, for tests of backends");
MODULE_AUTHOR("The ringlab authors");
MODULE_LICENSE("GPL");
