// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows the backend through the states of xenbus.
 *
 *	backend          frontend
 *	--------------   -----------------------------------------------------------------
 *	InitWait         Initialising, Closed: offer a ring, when the last backend is fenced off:
 *	                 Initialised; Connected: a new backend in the old one's place: that is lost
 *	Connected        Initialised: judge its disk; the first is shown, the one that was lost
 *	                 adopted, another refused; go to Connected
 *	                 Connected: the disk may have another size;
 *	                 Initialising: left over from a frontend before us: go to Closed
 *	Closing, Closed  online is 0: write back, remove the disk, go to Closed;
 *	                 else it is lost; Closed: then Initialising, and wait for one to come
 *	gone             lost; Initialising
 *	others           nothing
 *
 * and when the toolstack names another backend (peer.c), the last one is lost, whatever it says.
 * What that means core/recovery.h decides and recover.c does.
 *
 * The state is read anew each time: a backend may pass several between two looks. A look is made
 * when a watch fires, when somebody left an alarm, and when a clock runs out.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "rlfront.h"

static void cut_worker(struct work_struct *work)
{
	struct rlfront_dev *dev = container_of(work, struct rlfront_dev, cut_work.work);

	rlfront_recover(dev, RL_RECOVERY_REMOVED);
}

static void tick_worker(struct work_struct *work)
{
	rlfront_state_look(container_of(work, struct rlfront_dev, tick_work.work));
}

/*
 * Removes the disk. While it is written back the backend has until the deadline to do its part;
 * one that is gone has none.
 */
static void close_disk(struct rlfront_dev *dev, bool alive)
{
	WRITE_ONCE(dev->closing, true);
	mod_delayed_work(system_wq, &dev->cut_work, alive ? rlfront_deadline() : 0);
	rlfront_disk_destroy(dev);
	cancel_delayed_work_sync(&dev->cut_work);
	rlfront_recover(dev, RL_RECOVERY_REMOVED);
	rlfront_response_stop(dev);
	cancel_work_sync(&dev->narrow_work);
	rlfront_slots_destroy(dev);
	rlfront_store_revoke(dev);
	if (dev->xbdev->state != XenbusStateClosed)
		xenbus_frontend_closed(dev->xbdev);
}

/* The same where the device stays: whatever comes is a new disk. */
static void end_disk(struct rlfront_dev *dev, bool alive)
{
	close_disk(dev, alive);
	rlfront_recover_forget(dev);
	dev->dead = dev->banned = false;
	WRITE_ONCE(dev->closing, false);
}

static int start_io(struct rlfront_dev *dev)
{
	return rlfront_slots_grant(dev) ?: rlfront_response_start(dev);
}

/* The disk that was lost, or another? The first one is never refused. */
static bool is_refused(struct rlfront_dev *dev, const struct rlfront_disk *found)
{
	const char *why = dev->gd ? rl_recovery_refusal(&dev->disk.is, &found->is) : NULL;

	if (!why)
		return false;
	dev->stats.backends_refused++;
	dev_err_ratelimited(&dev->xbdev->dev, "the disk of %s is refused: %s\n", dev->peer, why);
	return true;
}

static int begin(struct rlfront_dev *dev, const struct rlfront_disk *found)
{
	int rc;

	if (!dev->gd) {
		dev->disk = *found;
		dev->persistent = found->persistent;
		rc = rlfront_slots_create(dev, found->most);
		if (rc)
			return rc;
	}
	/* No request is on its way: the disk is not there, or its requests are held or fail. */
	dev->most = min(found->most, dev->pages);
	rlfront_slots_share_out(dev);
	return 0;
}

static void connect(struct rlfront_dev *dev)
{
	bool first = !dev->gd;
	struct rlfront_disk found = {0};
	int rc = rlfront_store_disk(dev, &found);

	if (!rc && is_refused(dev, &found)) {
		rlfront_recover(dev, RL_RECOVERY_STRANGER);
		return;
	}
	if (!rc)
		rc = begin(dev, &found) ?: start_io(dev);
	if (rc) {
		dev_err_ratelimited(&dev->xbdev->dev, "cannot connect (error %d)\n", rc);
		rlfront_recover(dev, RL_RECOVERY_LOST);
		return;
	}
	dev->rec.written = rlfront_response_wrote(dev); /* nobody takes answers or sends flushes */
	rl_recovery_meet(&dev->rec, &found.is);
	if (!first)
		rlfront_disk_update(dev, &found);
	/* Before anything is sent: reading its partition table needs a backend at work. */
	xenbus_switch_state(dev->xbdev, XenbusStateConnected);
	rlfront_recover(dev, RL_RECOVERY_MET);
	if (!first)
		return;
	rc = rlfront_disk_create(dev);
	if (!rc)
		return;
	dev_err(&dev->xbdev->dev, "no disk (error %d)\n", rc);
	end_disk(dev, false);
}

static void resize(struct rlfront_dev *dev)
{
	u64 sectors;

	if (dev->gd && !rlfront_store_sectors(dev, dev->disk.is.sector_bytes, &sectors) &&
		sectors != dev->disk.is.sectors) {
		dev->disk.is.sectors = sectors;
		set_capacity_and_notify(dev->gd, sectors);
	}
}

static bool may_retry(const struct rlfront_dev *dev)
{
	return !dev->banned && time_after_eq(jiffies, dev->retry_at);
}

static void meet_waiting(struct rlfront_dev *dev)
{
	if (dev->xbdev->state == XenbusStateConnected)
		rlfront_recover(dev, RL_RECOVERY_LOST);
	if (!dev->rec.ring && may_retry(dev))
		rlfront_recover(dev, RL_RECOVERY_OFFERED);
}

static void meet_connected(struct rlfront_dev *dev)
{
	switch (dev->xbdev->state) {
	case XenbusStateInitialised:
		if (dev->rec.ring)
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

/* Closing or Closed. When the toolstack is done with the device, so are we. */
static void meet_closing(struct rlfront_dev *dev, bool closed)
{
	if (rlfront_store_offline(dev)) {
		if (dev->gd || dev->xbdev->state != XenbusStateClosed)
			end_disk(dev, !closed && dev->rec.state == RL_RECOVERY_CONNECTED);
		return;
	}
	rlfront_recover(dev, RL_RECOVERY_LOST);
	if (dev->xbdev->state != XenbusStateClosed &&
		!(closed && dev->xbdev->state == XenbusStateInitialising))
		xenbus_frontend_closed(dev->xbdev);
	if (closed && may_retry(dev))
		xenbus_switch_state(dev->xbdev, XenbusStateInitialising);
}

/* Its directory is gone: whoever comes there or is named next is another one. */
static void meet_nobody(struct rlfront_dev *dev)
{
	dev->banned = false;
	rlfront_recover(dev, RL_RECOVERY_LOST);
	xenbus_switch_state(dev->xbdev, XenbusStateInitialising);
}

static void go_over(struct rlfront_dev *dev)
{
	int id;
	char *peer = rlfront_peer_take(dev, &id);

	if (!peer)
		return;
	rlfront_recover(dev, RL_RECOVERY_LOST);
	kfree(dev->peer);
	dev->peer = peer;
	dev->xbdev->otherend_id = id;
	dev->banned = false;
	dev->retry_delay = 0;
	dev->retry_at = jiffies;
	xenbus_switch_state(dev->xbdev, XenbusStateInitialising);
}

static void meet(struct rlfront_dev *dev)
{
	enum xenbus_state state = xenbus_read_driver_state(dev->peer);

	switch (state) {
	case XenbusStateInitWait:
		meet_waiting(dev);
		break;
	case XenbusStateConnected:
		meet_connected(dev);
		break;
	case XenbusStateClosing:
	case XenbusStateClosed:
		meet_closing(dev, state == XenbusStateClosed);
		break;
	case XenbusStateUnknown:
		meet_nobody(dev);
		break;
	default:
		break;
	}
}

static void follow(struct work_struct *work)
{
	struct rlfront_dev *dev = container_of(work, struct rlfront_dev, state_work);
	unsigned long next;

	if (READ_ONCE(dev->leaving))
		return;
	rlfront_recover_alarms(dev);
	go_over(dev);
	meet(dev);
	next = rlfront_recover_next(dev);
	if (next != MAX_SCHEDULE_TIMEOUT)
		mod_delayed_work(system_wq, &dev->tick_work, max(next, 1ul));
}

void rlfront_state_look(struct rlfront_dev *dev)
{
	queue_work(system_long_wq, &dev->state_work);
}

void rlfront_state_changed(struct rlfront_dev *dev, enum xenbus_state state)
{
	/* The disk is being removed and its backend does not help any more. */
	if (READ_ONCE(dev->closing) && state != XenbusStateConnected && state != XenbusStateClosing)
		mod_delayed_work(system_wq, &dev->cut_work, 0);
	rlfront_state_look(dev);
}

void rlfront_state_init(struct rlfront_dev *dev)
{
	INIT_WORK(&dev->state_work, follow);
	INIT_WORK(&dev->show_work, rlfront_disk_show);
	INIT_WORK(&dev->narrow_work, rlfront_narrow_send);
	INIT_DELAYED_WORK(&dev->tick_work, tick_worker);
	INIT_DELAYED_WORK(&dev->cut_work, cut_worker);
}

void rlfront_state_fini(struct rlfront_dev *dev)
{
	bool alive = xenbus_read_driver_state(dev->peer) == XenbusStateConnected;

	/* From here on state_work has nothing to say, whoever may still queue it. */
	WRITE_ONCE(dev->leaving, true);
	if (READ_ONCE(dev->closing) && !alive)
		mod_delayed_work(system_wq, &dev->cut_work, 0);
	cancel_work_sync(&dev->state_work);
	close_disk(dev, alive && dev->rec.state == RL_RECOVERY_CONNECTED);
	cancel_delayed_work_sync(&dev->tick_work);
	cancel_work_sync(&dev->state_work);
}
