// SPDX-License-Identifier: GPL-2.0-only
/*
 * One connection of the hostile backend, and the honest part of its service: a thread that takes
 * requests, copies their data by the hypervisor and answers them. While a fault waits, requests are
 * kept for it instead.
 */
#include <linux/kthread.h>
#include <linux/mm.h>

#include <xen/events.h>
#include <xen/page.h>

#include "foeback.h"

#define GATHER_TRIES 20 /* looks, 10 ms apart, until the fault takes what there is */

/* ---- data ---------------------------------------------------------------------------------- */

static void copy_op(struct gnttab_copy *op, struct foe *foe, const struct rl_blkif_segment *seg,
	void *medium, bool to_medium)
{
	struct gnttab_copy_ptr theirs = {.u.ref = seg->gref,
		.domid = foe->xdev->otherend_id,
		.offset = seg->first_sect * RL_SECTOR_BYTES};
	struct gnttab_copy_ptr ours = {.u.gmfn = virt_to_gfn(medium),
		.domid = DOMID_SELF,
		.offset = offset_in_page(medium)};

	*op = (struct gnttab_copy){
		.source = to_medium ? theirs : ours,
		.dest = to_medium ? ours : theirs,
		.flags = to_medium ? GNTCOPY_source_gref : GNTCOPY_dest_gref,
	};
}

/* A segment may begin in the middle of one page of the medium and end in the next. */
static bool copy_segment(
	struct foe *foe, const struct rl_blkif_segment *seg, u64 sector, bool to_medium)
{
	struct rl_blkif_segment rest = *seg;

	while (rest.first_sect <= rest.last_sect) {
		u32 room = RL_PAGE_SECTORS - sector % RL_PAGE_SECTORS;
		u32 n = min_t(u32, room, rest.last_sect - rest.first_sect + 1);
		struct gnttab_copy op;
		void *medium = foe_medium(sector);

		if (!medium)
			return false;
		copy_op(&op, foe, &rest, medium, to_medium);
		op.len = n * RL_SECTOR_BYTES;
		gnttab_batch_copy(&op, 1);
		if (op.status != GNTST_okay)
			return false;
		rest.first_sect += n;
		sector += n;
	}
	return true;
}

s16 foe_serve(struct foe *foe, const struct rl_blkif_request *req)
{
	u64 sector = req->sector_number;
	u32 i;

	if (req->operation != RL_BLKIF_READ && req->operation != RL_BLKIF_WRITE &&
		req->operation != RL_BLKIF_FLUSH)
		return RL_BLKIF_EOPNOTSUPP;
	for (i = 0; i < req->nr_segments && i < RL_BLKIF_MAX_SEGMENTS; i++) {
		const struct rl_blkif_segment *seg = &req->seg[i];

		if (!copy_segment(foe, seg, sector, req->operation != RL_BLKIF_READ))
			return RL_BLKIF_ERROR;
		sector += seg->last_sect - seg->first_sect + 1;
	}
	return RL_BLKIF_OKAY;
}

/* ---- responses ----------------------------------------------------------------------------- */

void foe_respond(struct foe *foe, u64 id, u8 operation, s16 status)
{
	struct rl_blkif_response *rsp = rl_back_slot(&foe->ring->back);

	*rsp = (struct rl_blkif_response){.id = id, .operation = operation, .status = status};
	rl_back_queue(&foe->ring->back);
}

void foe_answer(struct foe *foe, const struct rl_blkif_request *req)
{
	foe_respond(foe, req->id, req->operation, foe_serve(foe, req));
}

void foe_publish(struct foe *foe)
{
	u32 r;

	for (r = 0; r < foe->nrings; r++)
		if (rl_back_publish(&foe->rings[r].back) && !foe->silent)
			notify_remote_via_irq(foe->rings[r].irq);
}

/* ---- the thread ---------------------------------------------------------------------------- */

/* Takes what there is: answers it, or keeps it for the fault that is to come. */
static void take_ring(struct foe *foe, struct foe_ring *ring)
{
	struct rl_blkif_request req;
	u32 n;

	foe->ring = ring;
	while (!rl_back_pending(&ring->back, &n) && n && !foe->mute) {
		rl_back_take(&ring->back, &req, sizeof(req));
		if (foe_is_told() && foe->nheld < ARRAY_SIZE(foe->held))
			foe->held[foe->nheld++] = (struct foe_held){.ring = ring, .req = req};
		else
			foe_answer(foe, &req);
	}
}

static void take_all(struct foe *foe)
{
	u32 r;

	for (r = 0; r < foe->nrings; r++)
		take_ring(foe, &foe->rings[r]);
}

static void gather(struct foe *foe)
{
	int tries;

	take_all(foe);
	for (tries = 0; foe->nheld && (foe->nheld < foe_gather || !foe_is_ready(foe)) &&
			tries < GATHER_TRIES;
		tries++) {
		schedule_timeout_idle(msecs_to_jiffies(10));
		take_all(foe);
	}
	if (foe->nheld)
		foe_commit(foe);
}

static bool called(const struct foe *foe)
{
	u32 r;

	for (r = 0; r < foe->nrings; r++)
		if (READ_ONCE(foe->rings[r].event))
			return true;
	return false;
}

/* Asks for events of all rings. Returns: whether there is something already. */
static bool arm(struct foe *foe)
{
	bool any = false;
	u32 r;

	for (r = 0; r < foe->nrings; r++)
		any |= rl_back_arm(&foe->rings[r].back, 1);
	return any;
}

/* Events are acknowledged after their work. */
static void serve(struct foe *foe)
{
	bool events[FOE_QUEUES] = {false};
	u32 r;

	for (r = 0; r < foe->nrings; r++)
		events[r] = xchg(&foe->rings[r].event, false);
	foe_commit_idle(foe);
	do {
		gather(foe);
		foe_publish(foe);
	} while (!foe->mute && arm(foe) && !kthread_should_stop());
	for (r = 0; r < foe->nrings; r++)
		if (events[r])
			xen_irq_lateeoi(foe->rings[r].irq, 0);
}

static int foe_thread(void *arg)
{
	struct foe *foe = arg;

	while (!kthread_should_stop()) {
		wait_event_idle_timeout(foe->wait, called(foe) || kthread_should_stop(), HZ / 20);
		serve(foe);
	}
	return 0;
}

static irqreturn_t foe_irq(int irq, void *arg)
{
	struct foe_ring *ring = arg;

	WRITE_ONCE(ring->event, true);
	wake_up(&ring->foe->wait);
	return IRQ_HANDLED;
}

static int open_ring(struct foe *foe, struct foe_ring *ring, const struct foe_where *where)
{
	grant_ref_t gref = where->gref;
	int rc = xenbus_map_ring_valloc(foe->xdev, &gref, 1, &ring->page);

	if (rc < 0) {
		ring->page = NULL;
		return rc;
	}
	rl_back_attach(&ring->back, ring->page, PAGE_SIZE, RL_BLKIF_SLOT_BYTES);
	ring->foe = foe;
	ring->event = false;
	rc = bind_interdomain_evtchn_to_irqhandler_lateeoi(
		foe->xdev, where->port, foe_irq, 0, FOE_NAME, ring);
	if (rc < 0)
		return rc;
	ring->irq = rc;
	return 0;
}

int foe_open(struct foe *foe, const struct foe_where *where, u32 queues)
{
	int rc = 0;
	u32 r;

	foe->nheld = 0;
	foe->mute = foe->silent = false;
	foe->nrings = queues;
	foe->ring = &foe->rings[0];
	for (r = 0; !rc && r < queues; r++)
		rc = open_ring(foe, &foe->rings[r], &where[r]);
	if (rc)
		goto fail;
	foe->thread = kthread_run(foe_thread, foe, FOE_NAME);
	rc = PTR_ERR_OR_ZERO(foe->thread);
	if (!rc)
		return 0;
	foe->thread = NULL;
fail:
	foe_close(foe);
	return rc;
}

static void close_ring(struct foe *foe, struct foe_ring *ring)
{
	if (ring->irq)
		unbind_from_irqhandler(ring->irq, ring);
	ring->irq = 0;
	if (ring->page)
		xenbus_unmap_ring_vfree(foe->xdev, ring->page);
	ring->page = NULL;
}

void foe_close(struct foe *foe)
{
	u32 r;

	if (foe->thread)
		kthread_stop(foe->thread);
	foe->thread = NULL;
	for (r = 0; r < FOE_QUEUES; r++)
		close_ring(foe, &foe->rings[r]);
}
