// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hostile frontend's memory, and what it says of it in xenstore: as it should be, but for the
 * nodes that the parameter `nodes` makes into anything.
 */
#include <linux/gfp.h>

#include "foefront.h"

/* ---- memory -------------------------------------------------------------------------------- */

static void unshare_ring(struct foe *foe, struct foe_ring *ring)
{
	if (ring->port)
		xenbus_free_evtchn(foe->xdev, ring->port);
	ring->port = 0;
	if (ring->page)
		xenbus_teardown_ring(&ring->page, 1, &ring->gref);
}

void foe_unshare(struct foe *foe)
{
	unsigned int i;

	foe->up = false;
	for (i = 0; i < FOE_PAGES; i++)
		if (foe->data[i])
			gnttab_end_foreign_access(foe->gref[i], virt_to_page(foe->data[i]));
	memset(foe->data, 0, sizeof(foe->data));
	if (foe->list)
		gnttab_end_foreign_access(foe->list_gref, virt_to_page(foe->list));
	foe->list = NULL;
	for (i = 0; i < FOE_QUEUES; i++)
		unshare_ring(foe, &foe->rings[i]);
}

static int share_page(struct foe *foe, void **page, grant_ref_t *ref)
{
	void *mem = (void *)get_zeroed_page(GFP_KERNEL);
	int gref;

	if (!mem)
		return -ENOMEM;
	memset(mem, 0xa5, PAGE_SIZE);
	gref = gnttab_grant_foreign_access(foe->xdev->otherend_id, virt_to_gfn(mem), 0);
	if (gref < 0) {
		free_page((unsigned long)mem);
		return gref;
	}
	*page = mem;
	*ref = gref;
	return 0;
}

static int share_data(struct foe *foe)
{
	unsigned int i;
	int rc = share_page(foe, &foe->list, &foe->list_gref);

	for (i = 0; !rc && i < FOE_PAGES; i++)
		rc = share_page(foe, &foe->data[i], &foe->gref[i]);
	return rc;
}

static int share_ring(struct foe *foe, struct foe_ring *ring)
{
	int rc = xenbus_setup_ring(foe->xdev, GFP_KERNEL, &ring->page, 1, &ring->gref);

	if (rc) {
		ring->page = NULL;
		return rc;
	}
	rl_ring_init_shared(ring->page);
	rl_front_attach(&ring->front, ring->page, PAGE_SIZE, RL_BLKIF_SLOT_BYTES);
	return xenbus_alloc_evtchn(foe->xdev, &ring->port);
}

static int share(struct foe *foe)
{
	unsigned int q;
	int rc = 0;

	for (q = 0; !rc && q < foe->queues; q++)
		rc = share_ring(foe, &foe->rings[q]);
	return rc ?: share_data(foe);
}

/* ---- xenstore ------------------------------------------------------------------------------ */

/* What `nodes` says of a name: its value inside of `text`, or null. */
static char *wanted(char *text, const char *name)
{
	size_t n = strlen(name);
	char *word;

	while ((word = strsep(&text, ";\n")))
		if (!strncmp(word, name, n) && word[n] == '=')
			return word + n + 1;
	return NULL;
}

/* @first: what the same node of the first queue says. */
static int put(struct foe *foe, const char *name, const char *value, const char *first)
{
	char text[FOE_NODES_BYTES], *other;

	strscpy(text, foe_nodes, sizeof(text));
	other = wanted(text, name);
	if (other && !strcmp(other, "-"))
		return 0;
	if (other && !strcmp(other, "same"))
		other = (char *)first;
	return xenbus_write(XBT_NIL, foe->xdev->nodename, name, other ?: value);
}

static int put_number(struct foe *foe, const char *name, u64 value, u64 first)
{
	char text[24], first_text[24];

	snprintf(text, sizeof(text), "%llu", value);
	snprintf(first_text, sizeof(first_text), "%llu", first);
	return put(foe, name, text, first_text);
}

/* Of one queue; a queue that is the only one stands where it stood before there were several. */
static int put_ring(struct foe *foe, unsigned int q)
{
	char ref[32] = "ring-ref", channel[32] = "event-channel";

	if (foe->queues > 1) {
		snprintf(ref, sizeof(ref), "queue-%u/ring-ref", q);
		snprintf(channel, sizeof(channel), "queue-%u/event-channel", q);
	}
	return put_number(foe, ref, foe->rings[q].gref, foe->rings[0].gref)
		       ?: put_number(foe, channel, foe->rings[q].port, foe->rings[0].port);
}

int foe_offer(struct foe *foe)
{
	unsigned int q;
	int rc;

	foe->queues = clamp(foe_queues, 1u, FOE_QUEUES);
	foe->ring = &foe->rings[0];
	rc = share(foe);
	for (q = 0; !rc && q < foe->queues; q++)
		rc = put_ring(foe, q);
	return rc ?: put(foe, "protocol", "x86_64-abi", "")
		?: put_number(foe, "feature-persistent", foe_persistent, 0)
		?: put_number(foe, "multi-queue-num-queues", foe->queues, 0)
		?: put_number(foe, "ring-page-order", 0, 0)
		?: xenbus_switch_state(foe->xdev, XenbusStateInitialised);
}
