/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * foefront - a hostile block frontend: a test module that connects to a backend as a frontend
 * should and then sends it requests that no frontend should. It makes no disk.
 *
 *	main.c      module, states
 *	connect.c   the rings and pages, and what is said of them in xenstore
 *	fault.c     the menu: the requests, and what came back
 *	indirect.c  those of them whose segments stand on a page of their own
 *
 * A name written into the parameter `fault` is committed at once; the parameter `result` then tells
 * what was answered.
 */
#ifndef FOEFRONT_H
#define FOEFRONT_H

#include <linux/mutex.h>

#include <xen/grant_table.h>
#include <xen/xenbus.h>

#include "core/blkif.h"
#include "core/ring.h"

#define FOE_NAME	"foefront"
#define FOE_PAGES	RL_BLKIF_MAX_SEGMENTS
#define FOE_QUEUES	2u
#define FOE_BOGUS	0x00ffff00u /* no grant of anybody */
#define FOE_NODES_BYTES 128

struct foe_ring {
	struct rl_ring_front front;
	void *page;
	grant_ref_t gref;
	evtchn_port_t port;
};

struct foe {
	struct xenbus_device *xdev;
	struct foe_ring rings[FOE_QUEUES];
	struct foe_ring *ring; /* that requests are sent through */
	unsigned int queues;
	bool up;
	void *data[FOE_PAGES];
	grant_ref_t gref[FOE_PAGES];
	void *list; /* of an indirect request */
	grant_ref_t list_gref;
	u64 id;
};

/* main.c: parameters */
extern char foe_nodes[FOE_NODES_BYTES];
extern bool foe_persistent;
extern unsigned int foe_queues;

/** foe_offer - rings and pages, and all nodes. Returns: 0 or a negative errno; undone by
 * foe_unshare.
 */
int foe_offer(struct foe *foe);
/** foe_unshare - take all back. */
void foe_unshare(struct foe *foe);

/**
 * foe_commit - send what the fault's name asks for, and say what came back.
 * @place: of the segment that is wrong, where that is the fault.
 * @result, @bytes: statuses in the order of the requests, `none` where there was no answer.
 * Returns: 0; -ENOENT: no such fault.
 * Context: process; the device is connected.
 */
int foe_commit(struct foe *foe, const char *fault, unsigned int place, char *result, size_t bytes);

/** foe_fill_indirect - a good indirect request of all pages, from sector 0 on. */
void foe_fill_indirect(struct foe *foe, struct rl_blkif_indirect *in, u8 operation);

/**
 * foe_spoil_indirect - the one thing that is wrong with it.
 * @place: of the segment in the list. Returns: false: no such fault.
 */
bool foe_spoil_indirect(
	struct foe *foe, struct rl_blkif_indirect *in, const char *fault, unsigned int place);

#endif
