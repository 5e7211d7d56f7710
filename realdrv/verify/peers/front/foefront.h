/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * foefront - a hostile block frontend: a test module that connects to a backend as a frontend
 * should and then sends it requests that no frontend should. It makes no disk.
 *
 *	main.c   module, negotiation, one ring with its pages
 *	fault.c  the menu: the requests, and what came back
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

#define FOE_NAME  "foefront"
#define FOE_PAGES RL_BLKIF_MAX_SEGMENTS

struct foe {
	struct xenbus_device *xdev;
	struct rl_ring_front ring;
	void *page;
	grant_ref_t ring_gref;
	evtchn_port_t port;
	bool up;
	void *data[FOE_PAGES];
	grant_ref_t gref[FOE_PAGES];
	u64 id;
};

/**
 * foe_commit - send what the fault's name asks for, and say what came back.
 * @place: of the segment that is wrong, where that is the fault.
 * @result, @bytes: statuses in the order of the requests, `none` where there was no answer.
 * Returns: 0; -ENOENT: no such fault.
 * Context: process; the device is connected.
 */
int foe_commit(struct foe *foe, const char *fault, unsigned int place, char *result, size_t bytes);

#endif
