// SPDX-License-Identifier: GPL-2.0-only
/*
 * A backend that takes less at a time than the one that the disk began with.
 *
 *	fewer segments  A request of more pages goes in parts, one after the other, each with the
 *	                answer of the one before. It is done when the last one is, and failed when
 *	                one is; when the backend is lost, it begins anew. New requests are no larger
 *	                than this backend takes (rlfront_disk_update), so this concerns those that
 *	                the block layer had made before.
 *	fewer slots     There may be more requests than a ring has slots, since it is smaller or
 *	                there are fewer rings: then none goes into a ring by itself.
 *
 * What waits has its tag, is started, and has RLFRONT_WAITS for live_id: no answer can be for it,
 * and it is held, failed and sent again like what is in flight. Here it is sent, by a work of
 * its own: responses are taken in an interrupt, and state_work may be waiting for requests to end.
 * The time of a request that waits does not count; that of what it waits for does.
 */
#include "rlfront.h"

static void look(struct rlfront_dev *dev)
{
	queue_work(system_long_wq, &dev->narrow_work);
}

static void wait(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	slot->count = 0; /* nothing of it is granted */
	smp_store_release(&slot->live_id, RLFRONT_WAITS);
	look(dev);
}

void rlfront_narrow_wait(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	slot->first = 0;
	slot->begun = 0;
	wait(dev, slot);
}

void rlfront_narrow_part(struct rlfront_dev *dev, struct rlfront_slot *slot)
{
	unsigned int i;

	for (i = slot->first; i < slot->first + slot->count; i++)
		slot->begun += slot->seg[i].last_sect + 1u - slot->seg[i].first_sect;
	slot->first += slot->count;
	slot->req.id += 1ull << 32; /* another answer than the last one's */
	wait(dev, slot);
}

void rlfront_narrow_room(struct rlfront_dev *dev)
{
	look(dev);
}

/* From another slot on each time, so that none waits for ever while others come and go. */
static void send_through(struct rlfront_dev *dev, struct rlfront_ring *ring)
{
	u32 n;

	for (n = 0; READ_ONCE(dev->live) && n < ring->nslots; n++) {
		struct rlfront_slot *slot = &ring->slots[(ring->next_sent + n) % ring->nslots];

		if (smp_load_acquire(&slot->live_id) != RLFRONT_WAITS) /* before all else of it */
			continue;
		if (!rl_front_free(&ring->front))
			break; /* responses will come, and we again */
		rlfront_request_send(dev, slot);
	}
	if (!READ_ONCE(dev->live))
		return;
	ring->next_sent = (ring->next_sent + n) % ring->nslots;
	rlfront_request_publish(ring);
}

void rlfront_narrow_send(struct work_struct *work)
{
	struct rlfront_dev *dev = container_of(work, struct rlfront_dev, narrow_work);
	u32 r;

	mutex_lock(&dev->event_lock);
	for (r = 0; r < dev->rings; r++)
		send_through(dev, &dev->ring[r]);
	mutex_unlock(&dev->event_lock);
}
