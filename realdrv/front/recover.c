// SPDX-License-Identifier: GPL-2.0-only
/*
 * Carries out what core/recovery.h decides when a backend is lost: park the disk, fence the backend
 * off, replay what it had not answered to the next one, fail it at the deadline.
 *
 *	hold     the queue is quiesced: what comes waits in the block layer, not in us
 *	cut      no interrupt, no thread, no event channel any more
 *	take     the rings' pages are ours, whoever mapped them: what was answered in them is taken
 *	close    our state says so; from then on every grant is tried until all are back
 *	fail     requests that are held end with EIO; those that come do too
 *
 * A request that is held stays started: its tag, its slot and, persistent, the pages with its data
 * are kept as they are, and so is the block layer's timer, which counts from when it was first
 * sent. That timer runs in steps of a sixth of the deadline: the first one looks whether an answer
 * lies in the ring that no event told of, the others are ours to add up.
 */
#include <linux/module.h>

#include "rlfront.h"

#define DEADLINE_MAX_S 3600
#define FENCE_FIRST    (HZ / 100 ? HZ / 100 : 1)
#define FENCE_LAST     HZ
#define RETRY_FIRST    (HZ / 10)
#define RETRY_LAST     (2 * HZ)
#define SETTLED_NS     NSEC_PER_SEC

static unsigned int deadline = 30;
module_param(deadline, uint, 0644);
MODULE_PARM_DESC(deadline,
	"seconds until requests to a backend that is silent or gone fail with EIO "
	"(1 to 3600, default 30)");

unsigned long rlfront_deadline(void)
{
	return clamp_t(unsigned int, READ_ONCE(deadline), 1, DEADLINE_MAX_S) * HZ;
}

/* ---- from elsewhere ------------------------------------------------------------------------ */

void rlfront_broken(struct rlfront_dev *dev, const char *why, ...)
{
	struct va_format said = {.fmt = why};
	va_list args;

	WRITE_ONCE(dev->live, false);
	if (test_and_set_bit(0, &dev->broken))
		return;
	va_start(args, why);
	said.va = &args;
	dev_err(&dev->xbdev->dev, "the backend is disabled: %pV\n", &said);
	va_end(args);
	set_bit(RLFRONT_ALARM_BROKEN, &dev->alarm);
	rlfront_state_look(dev);
}

void rlfront_recover_late(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	u64 id = READ_ONCE(slot->live_id);

	if (id == RLFRONT_IDLE || id == RLFRONT_WAITS)
		return;
	if (slot->late_id != id) {
		slot->late_since = jiffies;
		smp_store_release(&slot->late_id, id); /* after late_since */
	}
	set_bit(RLFRONT_ALARM_LATE, &dev->alarm);
	rlfront_state_look(dev);
}

/* ---- what is to be done -------------------------------------------------------------------- */

static void hold(struct rlfront_dev *dev)
{
	if (dev->held || !dev->gd)
		return;
	blk_mq_quiesce_queue(dev->gd->queue);
	dev->held = true;
}

static void cut(struct rlfront_dev *dev)
{
	WRITE_ONCE(dev->live, false);
	rlfront_response_stop(dev);
	rlfront_store_unbind(dev);
	dev->fence_delay = FENCE_FIRST;
}

static void take(struct rlfront_dev *dev)
{
	u32 r;

	for (r = 0; dev->slots && r < dev->rings; r++)
		if (dev->ring[r].mem)
			rlfront_waiter_ops.drain(&dev->ring[r].waiter);
	clear_bit(RLFRONT_ALARM_BROKEN, &dev->alarm);
}

/* To a backend that begins anew we must not say Closed: it would go where we come from. */
static void close_to(struct rlfront_dev *dev)
{
	switch (xenbus_read_driver_state(dev->peer)) {
	case XenbusStateUnknown:
	case XenbusStateInitialising:
	case XenbusStateInitWait:
		xenbus_switch_state(dev->xbdev, XenbusStateInitialising);
		break;
	default:
		xenbus_frontend_closed(dev->xbdev);
		break;
	}
	dev->retry_at = jiffies + dev->retry_delay;
	dev->retry_delay = clamp_t(unsigned long, 2 * dev->retry_delay, RETRY_FIRST, RETRY_LAST);
}

static void fail(struct rlfront_dev *dev)
{
	unsigned int n;

	WRITE_ONCE(dev->dead, true);
	if (!dev->slots)
		return;
	n = rlfront_response_fail_all(dev);
	dev->stats.requests_failed += n;
	if (dev->rec.state == RL_RECOVERY_DEAD)
		dev_err(&dev->xbdev->dev, "no backend answered within %lu s: %u requests failed\n",
			rlfront_deadline() / HZ, n);
}

/* Between a dead disk that fails requests and one that sends them nothing may be on its way. */
static void release(struct rlfront_dev *dev)
{
	if (dev->rec.state == RL_RECOVERY_CONNECTED) {
		hold(dev);
		WRITE_ONCE(dev->dead, false);
		WRITE_ONCE(dev->live, true);
		dev->retry_delay = 0;
	}
	if (dev->held)
		blk_mq_unquiesce_queue(dev->gd->queue);
	dev->held = false;
}

static void replay(struct rlfront_dev *dev)
{
	unsigned int n = rlfront_response_held(dev);

	WRITE_ONCE(dev->live, true);
	dev->stats.requests_replayed += n;
	dev_info(&dev->xbdev->dev, "adopted by %s after %llu ms, %u requests are sent again\n",
		dev->peer, (ktime_get_ns() - dev->parked_ns) / NSEC_PER_MSEC, n);
	rlfront_request_replay(dev);
}

static void offer(struct rlfront_dev *dev)
{
	clear_bit(0, &dev->broken);
	if (dev->xbdev->state != XenbusStateInitialising)
		xenbus_switch_state(dev->xbdev, XenbusStateInitialising);
	if (!rlfront_store_publish(dev))
		xenbus_switch_state(dev->xbdev, XenbusStateInitialised);
}

/* The disk's clock: it stands while requests flow, and a moment of that is none. */
static void mind_clock(struct rlfront_dev *dev, bool held_before)
{
	bool holds = rl_recovery_holds(&dev->rec);
	u64 now_ns = ktime_get_ns();

	if (holds == held_before)
		return;
	if (!holds) {
		dev->stats.parked_ns += now_ns - dev->counted_ns;
		dev->settled_ns = now_ns + SETTLED_NS;
		return;
	}
	dev->counted_ns = now_ns;
	if (!dev->parked_ns || now_ns > dev->settled_ns)
		dev->parked_ns = now_ns;
	dev_warn(&dev->xbdev->dev, "the backend is lost, the disk is parked for at most %lu s\n",
		rlfront_deadline() / HZ);
}

static void carry_out(struct rlfront_dev *dev, u32 act)
{
	if (act & RL_RECOVERY_DO_HOLD)
		hold(dev);
	if (act & RL_RECOVERY_DO_CUT)
		cut(dev);
	if (act & RL_RECOVERY_DO_TAKE)
		take(dev);
	if (act & RL_RECOVERY_DO_CLOSE)
		close_to(dev);
	if (act & RL_RECOVERY_DO_FAIL)
		fail(dev);
	if (act & RL_RECOVERY_DO_OFFER)
		offer(dev);
	if (act & RL_RECOVERY_DO_REPLAY)
		replay(dev);
	if (act & RL_RECOVERY_DO_RELEASE)
		release(dev);
}

static void count(struct rlfront_dev *dev, u8 from, u8 to)
{
	if (from == to)
		return;
	dev->stats.backends_lost += to == RL_RECOVERY_PARKED;
	dev->stats.backends_adopted += to == RL_RECOVERY_REPLAYING ||
				       (from == RL_RECOVERY_DEAD && to == RL_RECOVERY_CONNECTED);
	dev->stats.deadlines_passed += to == RL_RECOVERY_DEAD;
}

static void step(struct rlfront_dev *dev, enum rl_recovery_event event)
{
	bool held_before = rl_recovery_holds(&dev->rec);
	u8 from = dev->rec.state;
	u32 act = rl_recovery_event(&dev->rec, event);

	count(dev, from, dev->rec.state);
	mind_clock(dev, held_before);
	carry_out(dev, act);
}

void rlfront_recover(struct rlfront_dev *dev, enum rl_recovery_event event)
{
	mutex_lock(&dev->event_lock);
	step(dev, event);
	if (dev->rec.state == RL_RECOVERY_REPLAYING)
		step(dev, RL_RECOVERY_REPLAYED);
	/* A ring that could not be made is given up at once; its maker has said why. */
	if (dev->rec.ring && !dev->ring->mem)
		step(dev, RL_RECOVERY_LOST);
	mutex_unlock(&dev->event_lock);
}

/* ---- clocks -------------------------------------------------------------------------------- */

static unsigned long parked_until(struct rlfront_dev *dev)
{
	u64 spent_ns = ktime_get_ns() - dev->parked_ns;
	unsigned long spent = nsecs_to_jiffies(spent_ns), all = rlfront_deadline();

	return jiffies + (spent < all ? all - spent : 0);
}

/* When the first of the requests whose timer expired has been out for the deadline. */
static bool late_until(struct rlfront_dev *dev, unsigned long *at)
{
	unsigned long rest, t;
	bool any = false;
	unsigned int i;

	if (!dev->slots || !dev->gd)
		return false;
	rest = rlfront_deadline();
	rest -= min_t(unsigned long, rest, dev->gd->queue->rq_timeout);
	for (i = 0; i < dev->nslots; i++) {
		struct rlfront_slot *slot = &dev->slots[i];
		u64 id = smp_load_acquire(&slot->late_id); /* before late_since */

		if (id == RLFRONT_IDLE || id != READ_ONCE(slot->live_id))
			continue;
		t = slot->late_since + rest;
		if (!any || time_before(t, *at))
			*at = t;
		any = true;
	}
	return any;
}

static bool has_expired(struct rlfront_dev *dev, unsigned long *at)
{
	if (rl_recovery_holds(&dev->rec) && time_after_eq(jiffies, parked_until(dev)))
		return true;
	return late_until(dev, at) && time_after_eq(jiffies, *at);
}

static bool is_fenced(struct rlfront_dev *dev)
{
	bool slots = rlfront_slots_fence(dev), ring = rlfront_store_fence(dev);

	return slots && ring;
}

/* Is there an answer that no event told of? */
static bool kick_pending(struct rlfront_dev *dev)
{
	bool any = false;
	u32 r;

	for (r = 0; dev->rec.ring && r < dev->rings; r++) {
		struct rlk_waiter *w = &dev->ring[r].waiter;

		if (!dev->ring[r].irq || !rlfront_waiter_ops.pending(w))
			continue;
		rlk_waiter_kick(w);
		any = true;
	}
	return any;
}

/* Such answers are looked for first, but that does not go on for ever. */
static void look_at_clocks(struct rlfront_dev *dev)
{
	bool late = test_and_clear_bit(RLFRONT_ALARM_LATE, &dev->alarm);
	unsigned long at = jiffies;
	bool expired = has_expired(dev, &at);

	if ((late || expired) && time_before(jiffies, at + HZ) && kick_pending(dev))
		return;
	if (expired)
		rlfront_recover(dev, RL_RECOVERY_EXPIRED);
}

void rlfront_recover_alarms(struct rlfront_dev *dev)
{
	if (test_and_clear_bit(RLFRONT_ALARM_BROKEN, &dev->alarm)) {
		dev->banned = true;
		rlfront_recover(dev, RL_RECOVERY_BROKEN);
	}
	look_at_clocks(dev);
	if (!dev->rec.fenced && !dev->rec.ring) {
		if (is_fenced(dev))
			rlfront_recover(dev, RL_RECOVERY_FENCED);
		else
			dev->fence_delay = min_t(unsigned long, 2 * dev->fence_delay, FENCE_LAST);
	}
}

unsigned long rlfront_recover_next(struct rlfront_dev *dev)
{
	unsigned long next = MAX_SCHEDULE_TIMEOUT, at;
	long left;

	if (rl_recovery_holds(&dev->rec))
		next = min_t(unsigned long, next, parked_until(dev) - jiffies);
	if (late_until(dev, &at)) {
		left = at - jiffies;
		next = min_t(unsigned long, next, left > 0 ? left : 0);
	}
	if (!dev->rec.fenced && !dev->rec.ring)
		next = min(next, dev->fence_delay);
	left = dev->retry_at - jiffies;
	if (left > 0 && left <= RETRY_LAST)
		next = min_t(unsigned long, next, left);
	return next;
}

void rlfront_recover_forget(struct rlfront_dev *dev)
{
	u32 r;

	rl_recovery_init(&dev->rec);
	for (r = 0; r < dev->max_rings; r++)
		dev->ring[r].written = 0;
}

void rlfront_recover_init(struct rlfront_dev *dev)
{
	mutex_init(&dev->event_lock);
	spin_lock_init(&dev->flush_lock);
	rlfront_recover_forget(dev);
	dev->fence_delay = FENCE_FIRST;
	dev->retry_at = jiffies;
}
