// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows the backend through the states of xenbus.
 *
 *	backend          frontend
 *	--------------   -----------------------------------------------------------------
 *	InitWait         Initialising: publish ring and event channel, go to Initialised;
 *	                 anything else: a new backend, so end the old connection first
 *	Connected        Initialised: judge its disk, show ours, go to Connected;
 *	                 Connected: the disk may have another size;
 *	                 Initialising: left over from a frontend before us: go to Closed
 *	Closing          write back, remove the disk, go to Closed
 *	Closed, gone     end I/O with EIO, remove the disk, go to Closed; while the toolstack keeps
 *	                 the device online, go to Initialising and wait for a backend to come
 *	others           nothing
 *
 * The state is read anew each time: a backend may pass several between two looks. All of this
 * happens in one work item, as showing or removing a disk does I/O and may take as long as the
 * backend wishes; cut_work gets it out of there.
 */
#include <linux/module.h>

#include "rlfront.h"

/* Ends I/O at once: nothing is sent or consumed any more, and what was in flight fails. */
static void cut(struct rlfront_dev *dev)
{
	struct request_queue *q;

	mutex_lock(&dev->cut_lock);
	if (dev->in_use) {
		q = dev->gd ? dev->gd->queue : NULL;
		WRITE_ONCE(dev->live, false);
		if (q)
			blk_mq_quiesce_queue(q);
		rlfront_response_stop(dev);
		rlfront_response_fail_all(dev);
		dev->in_use = false;
		if (q)
			blk_mq_unquiesce_queue(q);
	}
	mutex_unlock(&dev->cut_lock);
}

static void cut_worker(struct work_struct *work)
{
	struct rlfront_dev *dev = container_of(work, struct rlfront_dev, cut_work.work);

	cut(dev);
	if (dev->disabled && !READ_ONCE(dev->leaving))
		queue_work(system_long_wq, &dev->state_work);
}

void rlfront_disable(struct rlfront_dev *dev, const char *why, ...)
{
	struct va_format said = {.fmt = why};
	va_list args;

	WRITE_ONCE(dev->live, false);
	if (test_and_set_bit(0, &dev->disabled))
		return;
	va_start(args, why);
	said.va = &args;
	dev_err(&dev->xbdev->dev, "disabled: %pV\n", &said);
	va_end(args);
	mod_delayed_work(system_wq, &dev->cut_work, 0);
}

/*
 * Ends a connection. While the disk is written back the backend has until the deadline to do its
 * part; one that is gone has been cut off before.
 */
static void close_connection(struct rlfront_dev *dev)
{
	mod_delayed_work(system_wq, &dev->cut_work, RLFRONT_DEADLINE_S * HZ);
	rlfront_disk_destroy(dev);
	cancel_delayed_work_sync(&dev->cut_work);
	cut(dev);
	rlfront_slots_destroy(dev);
	rlfront_store_revoke(dev);
	xenbus_frontend_closed(dev->xbdev);
}

static int start_io(struct rlfront_dev *dev)
{
	int rc = rlfront_slots_create(dev);

	if (rc)
		return rc;
	mutex_lock(&dev->cut_lock);
	rc = rlfront_response_start(dev);
	dev->in_use = dev->live = !rc;
	mutex_unlock(&dev->cut_lock);
	return rc;
}

static void connect(struct rlfront_dev *dev)
{
	int rc = rlfront_store_disk(dev, &dev->disk);

	dev->persistent = dev->disk.persistent;
	if (!rc)
		rc = start_io(dev);
	if (!rc) {
		/* Before the disk is shown: reading its partition table needs a backend at work. */
		xenbus_switch_state(dev->xbdev, XenbusStateConnected);
		rc = rlfront_disk_create(dev);
	}
	if (!rc)
		return;
	rlfront_disable(dev, "cannot connect (error %d)", rc);
	close_connection(dev);
}

static void resize(struct rlfront_dev *dev)
{
	u64 sectors;

	if (dev->gd && !rlfront_store_sectors(dev, dev->disk.sector_bytes, &sectors) &&
		sectors != dev->disk.sectors) {
		dev->disk.sectors = sectors;
		set_capacity_and_notify(dev->gd, sectors);
	}
}

static void publish(struct rlfront_dev *dev)
{
	if (dev->xbdev->state != XenbusStateInitialising) {
		if (dev->xbdev->state != XenbusStateClosed)
			close_connection(dev);
		xenbus_switch_state(dev->xbdev, XenbusStateInitialising);
	}
	if (rlfront_store_publish(dev))
		xenbus_frontend_closed(dev->xbdev);
	else
		xenbus_switch_state(dev->xbdev, XenbusStateInitialised);
}

static void meet_connected(struct rlfront_dev *dev)
{
	switch (dev->xbdev->state) {
	case XenbusStateInitialised:
		connect(dev);
		break;
	case XenbusStateConnected:
		resize(dev);
		break;
	case XenbusStateInitialising:
		xenbus_frontend_closed(dev->xbdev);
		break;
	default:
		break;
	}
}

static bool is_open(const struct rlfront_dev *dev)
{
	return dev->xbdev->state != XenbusStateInitialising &&
	       dev->xbdev->state != XenbusStateClosed;
}

static void meet_closed(struct rlfront_dev *dev)
{
	cut(dev);
	if (is_open(dev))
		close_connection(dev);
	if (rlfront_store_online(dev))
		xenbus_switch_state(dev->xbdev, XenbusStateInitialising);
}

static void follow(struct work_struct *work)
{
	struct rlfront_dev *dev = container_of(work, struct rlfront_dev, state_work);

	if (READ_ONCE(dev->leaving))
		return;
	if (dev->disabled) {
		if (is_open(dev))
			close_connection(dev);
		return;
	}
	switch (xenbus_read_driver_state(dev->xbdev->otherend)) {
	case XenbusStateInitWait:
		publish(dev);
		break;
	case XenbusStateConnected:
		meet_connected(dev);
		break;
	case XenbusStateClosing:
		if (dev->xbdev->state != XenbusStateClosed)
			close_connection(dev);
		break;
	case XenbusStateClosed:
	case XenbusStateUnknown:
		meet_closed(dev);
		break;
	default:
		break;
	}
}

void rlfront_state_changed(struct rlfront_dev *dev, enum xenbus_state state)
{
	if (state == XenbusStateClosed || state == XenbusStateUnknown)
		mod_delayed_work(system_wq, &dev->cut_work, 0);
	queue_work(system_long_wq, &dev->state_work);
}

void rlfront_state_init(struct rlfront_dev *dev)
{
	mutex_init(&dev->cut_lock);
	INIT_WORK(&dev->state_work, follow);
	INIT_DELAYED_WORK(&dev->cut_work, cut_worker);
}

void rlfront_state_fini(struct rlfront_dev *dev)
{
	bool alive = xenbus_read_driver_state(dev->xbdev->otherend) == XenbusStateConnected;

	/* From here on state_work has nothing to say, whoever may still queue it. */
	WRITE_ONCE(dev->leaving, true);
	mod_delayed_work(system_wq, &dev->cut_work, alive ? RLFRONT_DEADLINE_S * HZ : 0);
	cancel_work_sync(&dev->state_work);
	close_connection(dev);
	cancel_delayed_work_sync(&dev->cut_work);
	cancel_work_sync(&dev->state_work);
}
