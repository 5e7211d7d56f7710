// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hostile backend's module: a RAM disk, the negotiation with a frontend as it should be, and
 * the nodes of xenstore, each of which the parameter `nodes` can make into anything.
 */
#include <linux/gfp.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <xen/xen.h>

#include "foeback.h"

#define MEDIUM_PAGES 4096u /* 16 MiB */
#define NODE_BYTES   3400  /* what fits into one message of xenstore */

char foe_fault[FOE_FAULT_BYTES];
module_param_string(fault, foe_fault, sizeof(foe_fault), 0644);
MODULE_PARM_DESC(fault, "fault to be committed next, see README.md; empty: none");

unsigned int foe_gather = 1;
module_param_named(gather, foe_gather, uint, 0644);
MODULE_PARM_DESC(gather, "requests to be held until the fault is committed (default 1)");

static char nodes[256];
module_param_string(nodes, nodes, sizeof(nodes), 0644);
MODULE_PARM_DESC(nodes,
	"name=value;.. written in place of what is true; - leaves out, @ is 3400 characters");

static char identity[64] = "foe";
module_param_string(identity, identity, sizeof(identity), 0644);
MODULE_PARM_DESC(identity, "disk-identity (default foe)");

static bool persistent = true;
module_param(persistent, bool, 0644);
MODULE_PARM_DESC(persistent, "offer persistent grants (default 1)");

static unsigned int queues = 1;
module_param(queues, uint, 0644);
MODULE_PARM_DESC(queues, "queues that are offered, 1 or 2 (default 1)");

static bool flush = true;
module_param(flush, bool, 0644);
MODULE_PARM_DESC(flush, "offer flushes (default 1)");

static void **medium;

void *foe_medium(u64 sector)
{
	u64 page = sector / RL_PAGE_SECTORS;

	if (page >= MEDIUM_PAGES)
		return NULL;
	return medium[page] + sector % RL_PAGE_SECTORS * RL_SECTOR_BYTES;
}

u64 foe_sectors(void)
{
	return (u64)MEDIUM_PAGES * RL_PAGE_SECTORS;
}

/* ---- xenstore ------------------------------------------------------------------------------ */

/* What `nodes` says of a name: its value inside of `text`, or null. */
static char *wanted(char *text, const char *name)
{
	char *word;

	while ((word = strsep(&text, ";\n")))
		if (!strncmp(word, name, strlen(name)) && word[strlen(name)] == '=')
			return word + strlen(name) + 1;
	return NULL;
}

static int put_long(struct foe *foe, const char *name)
{
	char *value = kmalloc(NODE_BYTES + 1, GFP_KERNEL);
	int rc;

	if (!value)
		return -ENOMEM;
	memset(value, '7', NODE_BYTES);
	value[NODE_BYTES] = '\0';
	rc = xenbus_write(XBT_NIL, foe->xdev->nodename, name, value);
	kfree(value);
	return rc;
}

static int put_text(struct foe *foe, const char *name, const char *value)
{
	char text[sizeof(nodes)], *other;

	strscpy(text, nodes, sizeof(text));
	other = wanted(text, name);
	if (!other)
		return xenbus_write(XBT_NIL, foe->xdev->nodename, name, value);
	if (!strcmp(other, "@"))
		return put_long(foe, name);
	xenbus_rm(XBT_NIL, foe->xdev->nodename, name);
	if (!strcmp(other, "-"))
		return 0;
	return xenbus_write(XBT_NIL, foe->xdev->nodename, name, other);
}

int foe_put(struct foe *foe, const char *name, u64 value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", value);
	return put_text(foe, name, text);
}

static int describe(struct foe *foe)
{
	return foe_put(foe, "sectors", foe_sectors()) ?: foe_put(foe, "sector-size", 512)
		?: foe_put(foe, "physical-sector-size", 4096) ?: foe_put(foe, "info", 0)
		?: foe_put(foe, "feature-flush-cache", flush)
		?: put_text(foe, "disk-identity", identity);
}

static int offer(struct foe *foe)
{
	return foe_put(foe, "feature-persistent", persistent)
		?: foe_put(foe, "feature-max-indirect-segments", 0)
		?: foe_put(foe, "multi-queue-max-queues", queues) ?: foe_put(foe, "max-ring-page-order", 0);
}

/* ---- states -------------------------------------------------------------------------------- */

static struct foe *foe_of(struct xenbus_device *xdev)
{
	return dev_get_drvdata(&xdev->dev);
}

static int find_queue(struct foe *foe, const char *dir, struct foe_where *where)
{
	return xenbus_gather(XBT_NIL, dir, "ring-ref", "%u", &where->gref, "event-channel", "%u",
		&where->port, NULL);
}

/* Returns: how many queues there are, or a negative errno. */
static int find_queues(struct foe *foe, struct foe_where *where)
{
	const char *front = foe->xdev->otherend;
	u32 q, n = xenbus_read_unsigned(front, "multi-queue-num-queues", 1);
	char dir[80];
	int rc = 0;

	if (n == 1)
		return find_queue(foe, front, where) ?: 1;
	if (n > FOE_QUEUES)
		return -EINVAL;
	for (q = 0; !rc && q < n; q++) {
		snprintf(dir, sizeof(dir), "%s/queue-%u", front, q);
		rc = find_queue(foe, dir, &where[q]);
	}
	return rc ?: n;
}

static void connect(struct foe *foe)
{
	struct foe_where where[FOE_QUEUES];
	int rc;

	if (foe->thread)
		return;
	rc = find_queues(foe, where);
	if (rc > 0)
		rc = describe(foe) ?: foe_open(foe, where, rc);
	if (rc) {
		xenbus_dev_error(foe->xdev, rc, "connecting");
		return;
	}
	xenbus_switch_state(foe->xdev, XenbusStateConnected);
	foe_put(foe, "state", XenbusStateConnected); /* `nodes` may have a word in it */
	pr_info(FOE_NAME ": connected\n");
}

static void part(struct foe *foe, enum xenbus_state state)
{
	foe_close(foe);
	xenbus_switch_state(foe->xdev, state);
}

/* Returns whether the device is to go. */
static bool follow(struct foe *foe, enum xenbus_state frontend)
{
	switch (frontend) {
	case XenbusStateInitialising:
		if (foe->xdev->state == XenbusStateClosed && !offer(foe))
			xenbus_switch_state(foe->xdev, XenbusStateInitWait);
		return false;
	case XenbusStateInitialised:
	case XenbusStateConnected:
		connect(foe);
		return false;
	case XenbusStateClosing:
		xenbus_switch_state(foe->xdev, XenbusStateClosing);
		return false;
	case XenbusStateClosed:
		part(foe, XenbusStateClosed);
		return !xenbus_dev_is_online(foe->xdev);
	default:
		return frontend == XenbusStateUnknown;
	}
}

static void frontend_changed(struct xenbus_device *xdev, enum xenbus_state frontend)
{
	struct foe *foe = foe_of(xdev);
	bool gone;

	mutex_lock(&foe->mutex);
	gone = follow(foe, frontend);
	mutex_unlock(&foe->mutex);
	if (gone)
		device_unregister(&xdev->dev);
}

static void leave_worker(struct work_struct *work)
{
	struct foe *foe = container_of(work, struct foe, leave_work);

	mutex_lock(&foe->mutex);
	part(foe, XenbusStateClosed);
	mutex_unlock(&foe->mutex);
}

static void foe_remove(struct xenbus_device *xdev)
{
	struct foe *foe = foe_of(xdev);

	cancel_work_sync(&foe->leave_work);
	mutex_lock(&foe->mutex);
	foe_close(foe);
	mutex_unlock(&foe->mutex);
	dev_set_drvdata(&xdev->dev, NULL);
	kfree(foe);
}

static int foe_probe(struct xenbus_device *xdev, const struct xenbus_device_id *id)
{
	struct foe *foe = kzalloc(sizeof(*foe), GFP_KERNEL);
	int rc;

	if (!foe)
		return -ENOMEM;
	foe->xdev = xdev;
	mutex_init(&foe->mutex);
	init_waitqueue_head(&foe->wait);
	INIT_WORK(&foe->leave_work, leave_worker);
	dev_set_drvdata(&xdev->dev, foe);
	rc = offer(foe) ?: xenbus_switch_state(xdev, XenbusStateInitWait);
	if (rc)
		foe_remove(xdev);
	return rc;
}

static const struct xenbus_device_id foe_ids[] = {{"vbd"}, {""}};

static struct xenbus_driver foe_driver = {
	.name = FOE_NAME,
	.ids = foe_ids,
	.probe = foe_probe,
	.remove = foe_remove,
	.otherend_changed = frontend_changed,
};

/* ---- the module ---------------------------------------------------------------------------- */

static void medium_free(void)
{
	u32 i;

	for (i = 0; medium && i < MEDIUM_PAGES; i++)
		free_page((unsigned long)medium[i]);
	kvfree(medium);
}

static int medium_make(void)
{
	u32 i;

	medium = kvcalloc(MEDIUM_PAGES, sizeof(*medium), GFP_KERNEL);
	for (i = 0; medium && i < MEDIUM_PAGES; i++) {
		medium[i] = (void *)get_zeroed_page(GFP_KERNEL);
		if (!medium[i]) {
			medium_free();
			return -ENOMEM;
		}
	}
	return medium ? 0 : -ENOMEM;
}

static int __init foe_init(void)
{
	int rc;

	if (!xen_domain())
		return -ENODEV;
	rc = medium_make();
	if (rc)
		return rc;
	rc = xenbus_register_backend(&foe_driver);
	if (rc)
		medium_free();
	return rc;
}

static void __exit foe_exit(void)
{
	xenbus_unregister_driver(&foe_driver);
	foe_hostage_free();
	medium_free();
}

module_init(foe_init);
module_exit(foe_exit);
MODULE_DESCRIPTION("Hostile Xen block backend, for tests of frontends");
MODULE_AUTHOR("The ringlab authors");
MODULE_LICENSE("GPL");
