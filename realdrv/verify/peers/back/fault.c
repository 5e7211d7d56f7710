// SPDX-License-Identifier: GPL-2.0-only
/*
 * The menu: what a backend can do to its frontend. Each entry is committed on requests that were
 * taken and not answered (at least one, as many as the parameter `gather` asks for if they come),
 * or, idle, on none.
 *
 * A fault that is committed leaves the rest as it would be: other requests that are held are
 * answered first, so that what the frontend makes of it is of this fault alone, unless it is told
 * otherwise here.
 */
#include <linux/crc32.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>

#include <xen/events.h>

#include "foeback.h"

#define STORM_EVENTS 1000000u
#define RACE_MS	     300

struct entry {
	const char *name;
	void (*commit)(struct foe *foe, const struct rl_blkif_request *req);
	bool idle;    /* needs no request */
	bool keep;    /* nothing else that is held is answered */
	bool lasting; /* counts for the rest of the connection */
	bool both;    /* needs a request through each of two rings */
};

static struct foe_hostage hostage;

/* ---- indices ------------------------------------------------------------------------------- */

/* An index that is a lie stays one: nothing is answered after it. */
static void set_prod(struct foe *foe, u32 prod)
{
	foe->mute = true;
	rl_ring_store_release(&foe->ring->back.shared->rsp_prod, prod);
	rl_ring_full_barrier();
	notify_remote_via_irq(foe->ring->irq);
}

static void too_far(struct foe *foe, const struct rl_blkif_request *req)
{
	set_prod(foe, foe->ring->back.rsp_prod_pvt + foe->ring->back.size + 1);
}

/* Back behind what the frontend has taken: it is given the time for that. */
static void backwards(struct foe *foe, const struct rl_blkif_request *req)
{
	schedule_timeout_idle(msecs_to_jiffies(50));
	set_prod(foe, foe->ring->back.rsp_prod_pvt - 1);
}

/* One that is in flight is claimed, then taken back, then claimed, for as long as somebody listens.
 */
static void always_moving(struct foe *foe, const struct rl_blkif_request *req)
{
	unsigned long end = jiffies + msecs_to_jiffies(RACE_MS);
	u32 here = foe->ring->back.rsp_prod_pvt, n = 0;

	for (; time_before(jiffies, end) && !kthread_should_stop(); n++) {
		rl_ring_store_release(&foe->ring->back.shared->rsp_prod, here + (n & 1));
		if (!(n & 255))
			notify_remote_via_irq(foe->ring->irq);
		if (!(n & 4095))
			cond_resched();
	}
	set_prod(foe, here + 1);
}

/* ---- responses ----------------------------------------------------------------------------- */

static void send(struct foe *foe, u64 id, u8 operation, s16 status)
{
	foe_respond(foe, id, operation, status);
	foe_publish(foe);
}

static void id_of_size(struct foe *foe, const struct rl_blkif_request *req)
{
	send(foe, foe->ring->back.size, req->operation, RL_BLKIF_OKAY);
}

static void id_of_high(struct foe *foe, const struct rl_blkif_request *req)
{
	send(foe, 1ull << 63, req->operation, RL_BLKIF_OKAY);
}

static void id_of_ones(struct foe *foe, const struct rl_blkif_request *req)
{
	send(foe, ~0ull, req->operation, RL_BLKIF_OKAY);
}

/* In flight, but through another ring: where another is, this one's is claimed to be answered. */
static void on_other_ring(struct foe *foe, const struct rl_blkif_request *req)
{
	foe->ring = foe->ring == &foe->rings[0] ? &foe->rings[1] : &foe->rings[0];
	send(foe, req->id, req->operation, RL_BLKIF_OKAY);
}

/* The tag is in flight, its use is not: an answer that comes too late. */
static void id_of_before(struct foe *foe, const struct rl_blkif_request *req)
{
	send(foe, req->id - (1ull << 32), req->operation, RL_BLKIF_OKAY);
}

static void twice(struct foe *foe, const struct rl_blkif_request *req)
{
	foe_answer(foe, req);
	send(foe, req->id, req->operation, RL_BLKIF_OKAY);
}

static void other_operation(struct foe *foe, const struct rl_blkif_request *req)
{
	send(foe, req->id, req->operation ^ 1, RL_BLKIF_OKAY);
}

static void strange_status(struct foe *foe, const struct rl_blkif_request *req)
{
	send(foe, req->id, req->operation, 0x7fff);
}

/* A good answer, whose slot turns into bad ones and back while it is read, or was, or will be. */
static void rewritten(struct foe *foe, const struct rl_blkif_request *req)
{
	struct rl_blkif_response good, bad, *slot = rl_back_slot(&foe->ring->back);
	unsigned long end = jiffies + msecs_to_jiffies(RACE_MS);
	s16 status = foe_serve(foe, req);
	u32 n;

	good = (struct rl_blkif_response){
		.id = req->id, .operation = req->operation, .status = status};
	bad = (struct rl_blkif_response){.id = ~0ull, .operation = 77, .status = 0x7fff};
	send(foe, req->id, req->operation, status);
	for (n = 0; time_before(jiffies, end) && !kthread_should_stop(); n++) {
		memcpy((void *)slot, n & 1 ? &good : &bad, sizeof(good));
		barrier();
		if (!(n & 4095))
			cond_resched();
	}
}

static void no_event(struct foe *foe, const struct rl_blkif_request *req)
{
	foe->silent = true;
	foe_answer(foe, req);
	foe_publish(foe);
}

static void never(struct foe *foe, const struct rl_blkif_request *req)
{
	foe->mute = true;
}

static void not_supported(struct foe *foe, const struct rl_blkif_request *req)
{
	if (req->operation == RL_BLKIF_FLUSH)
		send(foe, req->id, req->operation, RL_BLKIF_EOPNOTSUPP);
	else
		foe_answer(foe, req);
}

static void leave(struct foe *foe, const struct rl_blkif_request *req)
{
	foe->mute = true;
	schedule_work(&foe->leave_work);
}

/* ---- events -------------------------------------------------------------------------------- */

static void storm(struct foe *foe, const struct rl_blkif_request *req)
{
	u32 n;

	for (n = 0; n < STORM_EVENTS && !kthread_should_stop(); n++) {
		notify_remote_via_irq(foe->ring->irq);
		if (!(n & 1023))
			cond_resched();
	}
}

static void strange_state(struct foe *foe, const struct rl_blkif_request *req)
{
	xenbus_printf(XBT_NIL, foe->xdev->nodename, "state", "99");
}

/* ---- grants -------------------------------------------------------------------------------- */

static u32 sum_of(const struct foe_hostage *h)
{
	return crc32(0, page_address(h->page), PAGE_SIZE);
}

/* Maps the request's first page, answers it well, and keeps the page. */
static void kept(struct foe *foe, const struct rl_blkif_request *req)
{
	struct gnttab_map_grant_ref map;

	if (hostage.mapped || gnttab_alloc_pages(1, &hostage.page))
		return;
	gnttab_set_map_op(&map, (unsigned long)page_address(hostage.page), GNTMAP_host_map,
		req->seg[0].gref, foe->xdev->otherend_id);
	if (gnttab_map_refs(&map, NULL, &hostage.page, 1) || map.status != GNTST_okay) {
		pr_err(FOE_NAME ": cannot map grant %u (status %d)\n", req->seg[0].gref,
			map.status);
		gnttab_free_pages(1, &hostage.page);
		return;
	}
	hostage.handle = map.handle;
	hostage.mapped = true;
	foe_answer(foe, req);
	hostage.sum = sum_of(&hostage);
	foe_publish(foe);
}

void foe_hostage_free(void)
{
	struct gnttab_unmap_grant_ref unmap;

	if (!hostage.mapped)
		return;
	pr_info(FOE_NAME ": the page that was kept is %s\n",
		sum_of(&hostage) == hostage.sum ? "as it was" : "another one's now");
	gnttab_set_unmap_op(
		&unmap, (unsigned long)page_address(hostage.page), GNTMAP_host_map, hostage.handle);
	if (gnttab_unmap_refs(&unmap, NULL, &hostage.page, 1) || unmap.status != GNTST_okay)
		pr_err(FOE_NAME ": cannot unmap (status %d)\n", unmap.status);
	else
		gnttab_free_pages(1, &hostage.page);
	hostage.mapped = false;
}

/* ---- the menu ------------------------------------------------------------------------------ */

static const struct entry menu[] = {
	{.name = "prod-far", .commit = too_far},
	{.name = "prod-back", .commit = backwards},
	{.name = "prod-moving", .commit = always_moving},
	{.name = "id-size", .commit = id_of_size},
	{.name = "id-high", .commit = id_of_high},
	{.name = "id-ones", .commit = id_of_ones},
	{.name = "id-before", .commit = id_of_before},
	{.name = "other-ring", .commit = on_other_ring, .keep = true, .both = true},
	{.name = "twice", .commit = twice, .keep = true},
	{.name = "operation", .commit = other_operation},
	{.name = "status", .commit = strange_status},
	{.name = "rewritten", .commit = rewritten},
	{.name = "kept", .commit = kept},
	{.name = "no-event", .commit = no_event},
	{.name = "never", .commit = never, .keep = true},
	{.name = "no-flush", .commit = not_supported, .lasting = true},
	{.name = "leave", .commit = leave, .keep = true},
	{.name = "storm", .commit = storm, .idle = true},
	{.name = "state", .commit = strange_state, .idle = true},
};

static const struct entry *told(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(menu); i++)
		if (sysfs_streq(foe_fault, menu[i].name))
			return &menu[i];
	return NULL;
}

bool foe_is_told(void)
{
	const struct entry *entry = told();

	return entry && !entry->idle;
}

bool foe_is_ready(const struct foe *foe)
{
	const struct entry *entry = told();
	u32 i;

	if (!entry || !entry->both)
		return true;
	for (i = 1; i < foe->nheld; i++)
		if (foe->held[i].ring != foe->held[0].ring)
			return true;
	return false;
}

static void committed(const struct entry *entry, u32 n)
{
	if (!entry->lasting)
		foe_fault[0] = '\0';
	pr_info(FOE_NAME ": committed %s on %u requests\n", entry->name, n);
}

/* What is held, from the first to the n-th, is answered. */
static void answer_held(struct foe *foe, u32 first, u32 n)
{
	u32 i;

	for (i = first; i < n; i++) {
		foe->ring = foe->held[i].ring;
		foe_answer(foe, &foe->held[i].req);
	}
	foe_publish(foe);
}

void foe_commit(struct foe *foe)
{
	const struct entry *entry = told();
	bool ready = foe_is_ready(foe);
	u32 i, n = foe->nheld;

	foe->nheld = 0;
	if (!entry || !ready) {
		answer_held(foe, 0, n);
		return;
	}
	if (entry->lasting) {
		for (i = 1; i < n; i++) {
			foe->ring = foe->held[i].ring;
			entry->commit(foe, &foe->held[i].req);
		}
	} else if (!entry->keep) {
		answer_held(foe, 1, n);
	}
	foe->ring = foe->held[0].ring;
	entry->commit(foe, &foe->held[0].req);
	committed(entry, n);
}

void foe_commit_idle(struct foe *foe)
{
	const struct entry *entry = told();

	if (!entry || !entry->idle)
		return;
	entry->commit(foe, NULL);
	committed(entry, 0);
}
