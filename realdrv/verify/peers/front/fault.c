// SPDX-License-Identifier: GPL-2.0-only
/*
 * The menu: what a frontend can do to its backend. Most entries are a good request (eleven pages,
 * written from sector 0 on) with one thing wrong; the pages hold a pattern that is nowhere on the
 * disk, so that a write which happens after all is seen.
 */
#include <linux/delay.h>

#include <xen/events.h>

#include "foefront.h"

#define ANSWER_MS 2000
#define RACE_MS	  300
#define DOM0S	  1u /* xenstore's page, granted to dom0 since the domain was built */

struct entry {
	const char *name;
	void (*spoil)(struct foe *foe, struct rl_blkif_request *req, unsigned int place);
	/* In place of sending one request that was spoilt. */
	void (*commit)(struct foe *foe, unsigned int place, char *result, size_t bytes);
};

/* ---- requests and answers ------------------------------------------------------------------ */

static void fill(struct foe *foe, struct rl_blkif_request *req, u8 operation, unsigned int n)
{
	unsigned int i;

	memset(req, 0, sizeof(*req));
	req->operation = operation;
	req->nr_segments = n;
	req->id = ++foe->id;
	for (i = 0; i < n; i++) {
		req->seg[i].gref = foe->gref[i];
		req->seg[i].last_sect = RL_PAGE_SECTORS - 1;
	}
}

static void put(struct foe *foe, const struct rl_blkif_request *req)
{
	memcpy(rl_front_slot(&foe->ring->front), req, sizeof(*req));
	rl_front_queue(&foe->ring->front);
}

static void publish(struct foe *foe)
{
	rl_front_publish(&foe->ring->front);
	notify_remote_via_evtchn(foe->ring->port);
}

/* Waits for n answers and says the statuses, each with its operation's mark if that is another. */
static void answers(struct foe *foe, unsigned int n, char *result, size_t bytes)
{
	struct rl_blkif_response rsp;
	unsigned int i, ms = 0;
	size_t at = 0;
	u32 have;

	for (i = 0; i < n; i++) {
		while (!rl_front_pending(&foe->ring->front, &have) && !have && ms++ < ANSWER_MS)
			usleep_range(1000, 1100);
		if (rl_front_pending(&foe->ring->front, &have) || !have) {
			at += scnprintf(result + at, bytes - at, "%snone", at ? " " : "");
			break;
		}
		rl_front_take(&foe->ring->front, &rsp, sizeof(rsp));
		at += scnprintf(result + at, bytes - at, "%s%d", at ? " " : "", rsp.status);
	}
}

/* ---- one thing wrong ----------------------------------------------------------------------- */

static void segments_0(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->nr_segments = 0;
}

static void segments_12(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->nr_segments = 12;
}

static void segments_255(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->nr_segments = 255;
}

static void first_after_last(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->seg[place].first_sect = 5;
	req->seg[place].last_sect = 4;
}

static void last_8(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->seg[place].last_sect = RL_PAGE_SECTORS;
}

static void last_255(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->seg[place].last_sect = 255;
}

static void sector_wraps(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->sector_number = ~0ull - 7;
}

static void sector_high(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->sector_number = 1ull << 63;
}

/* The last page of the request lies behind the disk's end. */
static void past_the_end(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	u64 sectors = xenbus_read_unsigned(foe->xdev->otherend, "sectors", 0);

	req->sector_number = sectors - (FOE_PAGES - 1) * RL_PAGE_SECTORS;
}

static void no_fault(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
}

static void grant_bogus(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->seg[place].gref = FOE_BOGUS;
}

static void grant_foreign(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->seg[place].gref = DOM0S;
}

/* One that granted a page until just now. */
static void grant_revoked(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	void *page = (void *)get_zeroed_page(GFP_KERNEL);
	int gref;

	if (!page)
		return;
	gref = gnttab_grant_foreign_access(foe->xdev->otherend_id, virt_to_gfn(page), 0);
	if (gref >= 0) {
		req->seg[place].gref = gref;
		gnttab_end_foreign_access(gref, virt_to_page(page));
	}
}

static void operation_4(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->operation = 4;
}

static void operation_255(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->operation = 255;
}

static void barrier_with_data(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	req->operation = RL_BLKIF_WRITE_BARRIER;
}

/* struct blkif_request_discard: sectors follow the sector number, where the segments are of others.
 */
static void discard_wraps(struct foe *foe, struct rl_blkif_request *req, unsigned int place)
{
	u64 sectors = ~0ull;

	req->operation = RL_BLKIF_DISCARD;
	req->nr_segments = 0;
	req->sector_number = ~0ull - 7;
	memcpy(&req->seg[0], &sectors, sizeof(sectors));
}

/* ---- more than one request, or none -------------------------------------------------------- */

static void claim(struct foe *foe, u32 prod)
{
	rl_ring_store_release(&foe->ring->front.shared->req_prod, prod);
	rl_ring_full_barrier();
	notify_remote_via_evtchn(foe->ring->port);
}

static void prod_far(struct foe *foe, unsigned int place, char *result, size_t bytes)
{
	claim(foe, foe->ring->front.req_prod_pub + foe->ring->front.size + 1);
	answers(foe, 1, result, bytes);
}

static void prod_back(struct foe *foe, unsigned int place, char *result, size_t bytes)
{
	claim(foe, foe->ring->front.req_prod_pub - 1);
	answers(foe, 1, result, bytes);
}

/* Five requests at once, the one in the middle with a grant that is none: its neighbours are good.
 */
static void batch(struct foe *foe, unsigned int place, char *result, size_t bytes)
{
	struct rl_blkif_request req;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		fill(foe, &req, RL_BLKIF_READ, FOE_PAGES);
		if (i == 2)
			grant_bogus(foe, &req, place);
		put(foe, &req);
	}
	publish(foe);
	answers(foe, 5, result, bytes);
}

/* Two versions of a slot, in turn, until it is answered: good, and out of all bounds. */
static void slot_race(struct foe *foe, unsigned int place, char *result, size_t bytes)
{
	unsigned long end = jiffies + msecs_to_jiffies(RACE_MS);
	struct rl_blkif_request good, bad, *slot = rl_front_slot(&foe->ring->front);
	unsigned int n;

	fill(foe, &good, RL_BLKIF_READ, 1);
	bad = good;
	bad.nr_segments = 255;
	bad.seg[0].last_sect = 255;
	bad.sector_number = ~0ull - 7;
	put(foe, &good);
	publish(foe);
	for (n = 0; time_before(jiffies, end); n++) {
		memcpy((void *)slot, n & 1 ? &good : &bad, sizeof(good));
		barrier();
		if (!(n & 4095))
			cond_resched();
	}
	answers(foe, 1, result, bytes);
	if (!strcmp(result, "-1")) /* either copy is a right one */
		strscpy(result, "0", bytes);
}

static void storm(struct foe *foe, unsigned int place, char *result, size_t bytes)
{
	struct rl_blkif_request req;
	unsigned int n;

	for (n = 0; n < 1000000; n++) {
		notify_remote_via_evtchn(foe->ring->port);
		if (!(n & 1023))
			cond_resched();
	}
	fill(foe, &req, RL_BLKIF_READ, 1);
	put(foe, &req);
	publish(foe);
	answers(foe, 1, result, bytes);
}

static void good_read(struct foe *foe, unsigned int place, char *result, size_t bytes)
{
	struct rl_blkif_request req;

	fill(foe, &req, RL_BLKIF_READ, FOE_PAGES);
	put(foe, &req);
	publish(foe);
	answers(foe, 1, result, bytes);
}

/* The backend is told of it through every queue's channel. */
static void read_both(struct foe *foe, unsigned int place, char *result, size_t bytes)
{
	struct rl_blkif_request req;
	unsigned int q;

	fill(foe, &req, RL_BLKIF_READ, FOE_PAGES);
	put(foe, &req);
	rl_front_publish(&foe->ring->front);
	for (q = 0; q < foe->queues; q++)
		notify_remote_via_evtchn(foe->rings[q].port);
	answers(foe, 1, result, bytes);
}

static void put_indirect(struct foe *foe, const struct rl_blkif_indirect *in)
{
	struct rl_blkif_request req = {.operation = 0};

	memcpy(&req, in, sizeof(*in));
	put(foe, &req);
	publish(foe);
}

static void indirect_read(struct foe *foe, unsigned int place, char *result, size_t bytes)
{
	struct rl_blkif_indirect in;

	foe_fill_indirect(foe, &in, RL_BLKIF_READ);
	put_indirect(foe, &in);
	answers(foe, 1, result, bytes);
}

/* The list, in turn good and out of all bounds, until it is answered. */
static void list_race(struct foe *foe, unsigned int place, char *result, size_t bytes)
{
	unsigned long end = jiffies + msecs_to_jiffies(RACE_MS);
	struct rl_blkif_segment *seg = foe->list;
	struct rl_blkif_indirect in;
	unsigned int n;

	foe_fill_indirect(foe, &in, RL_BLKIF_READ);
	put_indirect(foe, &in);
	for (n = 0; time_before(jiffies, end); n++) {
		WRITE_ONCE(seg[0].last_sect, n & 1 ? RL_PAGE_SECTORS - 1 : 255);
		WRITE_ONCE(seg[1].gref, n & 1 ? foe->gref[1] : foe->gref[2]);
		if (!(n & 4095))
			cond_resched();
	}
	answers(foe, 1, result, bytes);
	if (!strcmp(result, "-1")) /* either copy is a right one */
		strscpy(result, "0", bytes);
}

/* ---- the menu ------------------------------------------------------------------------------ */

static const struct entry menu[] = {
	{.name = "read", .commit = good_read},
	{.name = "read-both", .commit = read_both},
	{.name = "write", .spoil = no_fault},
	{.name = "prod-far", .commit = prod_far},
	{.name = "prod-back", .commit = prod_back},
	{.name = "segments-0", .spoil = segments_0},
	{.name = "segments-12", .spoil = segments_12},
	{.name = "segments-255", .spoil = segments_255},
	{.name = "indirect-read", .commit = indirect_read},
	{.name = "first-after-last", .spoil = first_after_last},
	{.name = "last-8", .spoil = last_8},
	{.name = "last-255", .spoil = last_255},
	{.name = "sector-wraps", .spoil = sector_wraps},
	{.name = "sector-high", .spoil = sector_high},
	{.name = "past-the-end", .spoil = past_the_end},
	{.name = "grant-bogus", .spoil = grant_bogus},
	{.name = "grant-foreign", .spoil = grant_foreign},
	{.name = "grant-revoked", .spoil = grant_revoked},
	{.name = "batch", .commit = batch},
	{.name = "operation-4", .spoil = operation_4},
	{.name = "operation-255", .spoil = operation_255},
	{.name = "barrier", .spoil = barrier_with_data},
	{.name = "discard-wraps", .spoil = discard_wraps},
	{.name = "slot-race", .commit = slot_race},
	{.name = "list-race", .commit = list_race},
	{.name = "storm", .commit = storm},
};

static void send_spoilt(
	const struct entry *entry, struct foe *foe, unsigned int place, char *result, size_t bytes)
{
	struct rl_blkif_request req;

	fill(foe, &req, RL_BLKIF_WRITE, FOE_PAGES);
	entry->spoil(foe, &req, place);
	put(foe, &req);
	publish(foe);
	answers(foe, 1, result, bytes);
}

static bool send_indirect(
	struct foe *foe, const char *fault, unsigned int place, char *result, size_t bytes)
{
	struct rl_blkif_indirect in;

	foe_fill_indirect(foe, &in, RL_BLKIF_WRITE);
	if (!foe_spoil_indirect(foe, &in, fault, place))
		return false;
	put_indirect(foe, &in);
	answers(foe, 1, result, bytes);
	return true;
}

int foe_commit(struct foe *foe, const char *fault, unsigned int place, char *result, size_t bytes)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(menu); i++) {
		if (!sysfs_streq(fault, menu[i].name))
			continue;
		if (menu[i].commit)
			menu[i].commit(foe, place, result, bytes);
		else
			send_spoilt(&menu[i], foe, place, result, bytes);
		return 0;
	}
	return send_indirect(foe, fault, place, result, bytes) ? 0 : -ENOENT;
}
