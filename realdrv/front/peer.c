// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which backend is named, and who tells us when that or its state changes.
 *
 * A driver domain that was started anew has another domid, and the toolstack says so by writing
 * another path and id into `backend` and `backend-id` of our directory. The bus does not look at
 * them again once a device was probed, so we do. What it keeps of the first backend (otherend and a
 * watch on its state) stays as it is: both are the bus's to free, and a watch on a
 * directory that nobody writes to does no harm. Ours is on the backend of the day.
 *
 * Watches fire in xenwatch's thread, which also removes devices: whoever waits for state_work there
 * must not be waited for in state_work. So watches are changed in that thread, and the new
 * path is left for state_work to fetch.
 */
#include <linux/slab.h>

#include "rlfront.h"

/* One pending event of a watch is enough, whatever is written how often (XSA-349). */
static bool is_wanted(struct xenbus_watch *watch, const char *path, const char *token)
{
	return !watch->nr_pending;
}

/* Of what is written into our directory, most of it by us, only who the backend is. */
static bool names_peer(struct xenbus_watch *watch, const char *path, const char *token)
{
	const char *name = strrchr(path, '/');

	return !watch->nr_pending &&
	       (!strcmp(path, watch->node) ||
		       (name && (!strcmp(name, "/backend") || !strcmp(name, "/backend-id"))));
}

static void state_written(struct xenbus_watch *watch, const char *path, const char *token)
{
	struct rlfront_dev *dev = container_of(watch, struct rlfront_dev, peer_watch);
	char *state = strrchr(watch->node, '/');
	char *dir = kstrndup(watch->node, state ? state - watch->node : 0, GFP_KERNEL);

	if (!dir)
		return;
	rlfront_state_changed(dev, xenbus_read_driver_state(dir));
	kfree(dir);
}

static void end_watch(struct xenbus_watch *watch)
{
	if (!watch->node)
		return;
	unregister_xenbus_watch(watch);
	kfree(watch->node);
	watch->node = NULL;
}

/* Both nodes as they are at one moment; null when they are not both there. */
static char *read_peer(struct rlfront_dev *dev, int *id)
{
	const char *own = dev->xbdev->nodename;
	struct xenbus_transaction xbt;
	char *path = NULL;
	int rc;

	do {
		kfree(path);
		path = NULL;
		if (xenbus_transaction_start(&xbt))
			return NULL;
		rc = xenbus_gather(xbt, own, "backend-id", "%i", id, "backend", NULL, &path, NULL);
		if (rc)
			path = NULL;
	} while (xenbus_transaction_end(xbt, 0) == -EAGAIN);
	if (path && path[0] && *id >= 0 && *id < DOMID_FIRST_RESERVED)
		return path;
	kfree(path);
	return NULL;
}

/* Without a watch a backend would go unnoticed but for its deadline: xenbus has said so. */
static void watch_state(struct rlfront_dev *dev, const char *peer)
{
	size_t n = strlen(peer);

	if (dev->peer_watch.node && !strncmp(dev->peer_watch.node, peer, n) &&
		!strcmp(dev->peer_watch.node + n, "/state"))
		return;
	end_watch(&dev->peer_watch);
	if (xenbus_watch_pathfmt(
		    dev->xbdev, &dev->peer_watch, is_wanted, state_written, "%s/state", peer))
		dev->peer_watch.node = NULL;
}

static void peer_named(struct xenbus_watch *watch, const char *path, const char *token)
{
	struct rlfront_dev *dev = container_of(watch, struct rlfront_dev, node_watch);
	char *now, *unused;
	int id;

	now = read_peer(dev, &id);
	if (!now)
		return;
	watch_state(dev, now);
	mutex_lock(&dev->peer_lock);
	unused = dev->next_peer;
	dev->next_peer = now;
	dev->next_id = id;
	mutex_unlock(&dev->peer_lock);
	kfree(unused);
	rlfront_state_look(dev);
}

char *rlfront_peer_take(struct rlfront_dev *dev, int *id)
{
	char *next;

	mutex_lock(&dev->peer_lock);
	next = dev->next_peer;
	*id = dev->next_id;
	dev->next_peer = NULL;
	mutex_unlock(&dev->peer_lock);
	if (!next || strcmp(next, dev->peer) || *id != dev->xbdev->otherend_id)
		return next;
	kfree(next);
	return NULL;
}

int rlfront_peer_init(struct rlfront_dev *dev)
{
	mutex_init(&dev->peer_lock);
	dev->peer = kstrdup(dev->xbdev->otherend, GFP_KERNEL);
	if (!dev->peer)
		return -ENOMEM;
	/* Fires once at once: a change between the bus's look and ours is not lost. */
	return xenbus_watch_path(
		dev->xbdev, dev->xbdev->nodename, &dev->node_watch, names_peer, peer_named);
}

void rlfront_peer_fini(struct rlfront_dev *dev)
{
	if (dev->node_watch.node)
		unregister_xenbus_watch(&dev->node_watch); /* its path is the device's name */
	dev->node_watch.node = NULL;
	end_watch(&dev->peer_watch);
}

void rlfront_peer_free(struct rlfront_dev *dev)
{
	kfree(dev->next_peer);
	kfree(dev->peer);
}
