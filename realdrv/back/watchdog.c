// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver domain that hangs ends itself. The guest cannot know why nobody answers, and the
 * toolstack sees a domain that lives; who is best placed to tell is this side.
 *
 * Xen keeps a timer for a domain that asks for one, and shuts the domain down when it was not set
 * again in time (the reason is "watchdog"): that is the case when this kernel runs nothing any
 * more. It is not set again either when requests of a ring are in flight and not one of them was
 * answered for as long: then the kernel runs, and the disk does not. Either way the toolstack finds
 * a domain that is down, and rl-supervise(8) puts another one in its place before the guest's
 * deadline.
 *
 * A frontend can end nobody with it. What it writes into the ring and does not tell of is no reason
 * until the thread was told and had as long to take it; a ring that was stopped for what its
 * frontend did is none at all.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/workqueue.h>

#include <asm/xen/hypercall.h>
#include <xen/interface/sched.h>
#include <xen/xen.h>

#include "back/rlback.h"

#define RLB_WATCHDOG_MAX_S 3600u
#define RLB_LOOKS	   4 /* in that time */

static unsigned int watchdog;
module_param(watchdog, uint, 0444);
MODULE_PARM_DESC(watchdog,
	"seconds after which Xen ends this domain when its kernel hangs, or no request of a device "
	"was answered (1 to 3600; default 0: never)");

static LIST_HEAD(rlb_watched);
static DEFINE_MUTEX(rlb_watched_mutex); /* innermost but for a trylock of rlback.mutex */
static u32 rlb_watchdog_id;

/* Sets Xen's timer; 0 seconds: ends it. */
static int rlb_set(u32 seconds)
{
	struct sched_watchdog timer = {.id = rlb_watchdog_id, .timeout = seconds};

	return HYPERVISOR_sched_op(SCHEDOP_watchdog, &timer);
}

/* Of a queue with a ring. */
static bool rlb_owes(struct rlb_queue *queue)
{
	if (rlb_in_flight(queue->ring))
		return true;
	if (READ_ONCE(queue->waiter.dead) || !rlb_waiter_ops.pending(&queue->waiter))
		return false;
	rlk_waiter_kick(&queue->waiter);
	return true;
}

static bool rlb_moves(struct rlb_queue *queue)
{
	bool moves;
	u32 answered;

	if (!queue->ring)
		return true;
	answered = READ_ONCE(queue->ring->back.rsp_prod_pvt);
	moves = !rlb_owes(queue) || answered != queue->answered;
	queue->answered = answered;
	return moves;
}

/* One queue is enough. Whoever negotiates may wait for the disk: then nothing moves either. */
static bool rlb_is_late(struct rlback *dev)
{
	bool locked = mutex_trylock(&dev->mutex), late = false;
	u32 q;

	for (q = 0; q < dev->offers_queues; q++) {
		if (locked && rlb_moves(&dev->queue[q]))
			dev->queue[q].moved = jiffies;
		late |= time_after(jiffies, dev->queue[q].moved + watchdog * HZ);
	}
	if (locked)
		mutex_unlock(&dev->mutex);
	return late;
}

static void rlb_look(struct work_struct *work);
static DECLARE_DELAYED_WORK(rlb_look_work, rlb_look);

static void rlb_look(struct work_struct *work)
{
	struct rlback *dev, *late = NULL;

	mutex_lock(&rlb_watched_mutex);
	list_for_each_entry (dev, &rlb_watched, watched)
		late = rlb_is_late(dev) ? dev : late;
	if (late)
		pr_emerg(RLK_MODULE ": %s: no request was answered for %u s; this domain ends\n",
			late->common.name, watchdog);
	mutex_unlock(&rlb_watched_mutex);
	rlb_set(late ? 1 : watchdog);
	if (!late)
		schedule_delayed_work(&rlb_look_work, watchdog * HZ / RLB_LOOKS);
}

void rlb_watch(struct rlback *dev)
{
	u32 q;

	for (q = 0; q < dev->offers_queues; q++)
		dev->queue[q].moved = jiffies;
	mutex_lock(&rlb_watched_mutex);
	list_add(&dev->watched, &rlb_watched);
	mutex_unlock(&rlb_watched_mutex);
}

void rlb_unwatch(struct rlback *dev)
{
	mutex_lock(&rlb_watched_mutex);
	list_del_init(&dev->watched);
	mutex_unlock(&rlb_watched_mutex);
}

int rlb_watchdog_start(void)
{
	int rc;

	if (!watchdog)
		return 0;
	if (watchdog > RLB_WATCHDOG_MAX_S) {
		pr_err(RLK_MODULE ": watchdog=%u (expected 0 to %u)\n", watchdog,
			RLB_WATCHDOG_MAX_S);
		return -EINVAL;
	}
	if (xen_initial_domain()) {
		pr_err(RLK_MODULE ": watchdog= in dom0 would end the machine\n");
		return -EPERM;
	}
	rc = rlb_set(watchdog);
	if (rc <= 0) {
		pr_err(RLK_MODULE ": Xen gives no watchdog: %d\n", rc);
		return rc ?: -ENOSPC;
	}
	rlb_watchdog_id = rc;
	schedule_delayed_work(&rlb_look_work, watchdog * HZ / RLB_LOOKS);
	return 0;
}

void rlb_watchdog_stop(void)
{
	if (!rlb_watchdog_id)
		return;
	cancel_delayed_work_sync(&rlb_look_work);
	rlb_set(0);
	rlb_watchdog_id = 0;
}
