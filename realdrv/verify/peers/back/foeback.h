/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * foeback - a hostile block backend: a test module that serves a small RAM disk as a backend
 * should, until it is told to commit one fault. Never load it where anybody's data is.
 *
 *	main.c   module, negotiation, what is said in xenstore
 *	serve.c  one connection, and honest service by grant copies
 *	fault.c  the menu of faults
 *
 * What it is told by are parameters, read when they matter (README.md). A fault is committed once:
 * the thread says so in the kernel's log, `committed FAULT`, and forgets it.
 */
#ifndef FOEBACK_H
#define FOEBACK_H

#include <linux/mutex.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <xen/grant_table.h>
#include <xen/xenbus.h>

#include "core/blkif.h"
#include "core/ring.h"

#define FOE_NAME	"foeback"
#define FOE_SLOTS	32u /* of a ring of one page */
#define FOE_QUEUES	2u
#define FOE_FAULT_BYTES 32

/* Where a queue's ring and event channel are. */
struct foe_where {
	grant_ref_t gref;
	unsigned int port;
};

struct foe;

struct foe_ring {
	struct foe *foe;
	struct rl_ring_back back;
	void *page;
	int irq;
	bool event;
};

struct foe_held {
	struct foe_ring *ring; /* that it came through */
	struct rl_blkif_request req;
};

struct foe {
	struct xenbus_device *xdev;
	struct mutex mutex; /* connecting and parting */
	struct work_struct leave_work;

	/* One connection; the thread's while it runs. */
	struct foe_ring rings[FOE_QUEUES];
	u32 nrings;
	struct foe_ring *ring; /* that is answered through now */
	struct task_struct *thread;
	wait_queue_head_t wait;
	bool mute, silent;
	u32 nheld;
	struct foe_held held[FOE_QUEUES * FOE_SLOTS]; /* taken, and kept for the fault */
};

/* A page of the frontend's that is mapped and not given back while the module is there. */
struct foe_hostage {
	struct page *page;
	grant_handle_t handle;
	u32 sum;
	bool mapped;
};

/* main.c */
extern char foe_fault[FOE_FAULT_BYTES];
extern unsigned int foe_gather;
/** foe_medium - the page that holds a page's worth of sectors; null behind the end. */
void *foe_medium(u64 sector);
u64 foe_sectors(void);
/** foe_put - a node of ours, as the parameter `nodes` wants it, or else this value. */
int foe_put(struct foe *foe, const char *name, u64 value);

/* serve.c */
int foe_open(struct foe *foe, const struct foe_where *where, u32 queues);
void foe_close(struct foe *foe);
/** foe_answer - carry a request out and queue its response; a fault may have another status or id.
 */
void foe_answer(struct foe *foe, const struct rl_blkif_request *req);
void foe_respond(struct foe *foe, u64 id, u8 operation, s16 status);
/** foe_publish - make responses visible; notify unless silence is the fault. */
void foe_publish(struct foe *foe);
/** foe_serve - do to a request what it asks for. Returns: its status. */
s16 foe_serve(struct foe *foe, const struct rl_blkif_request *req);

/* fault.c */
/** foe_is_told - whether a fault is to be committed that wants requests to commit it on. */
bool foe_is_told(void);
/** foe_is_ready - whether what is held is enough for it, but for the number that was asked for. */
bool foe_is_ready(const struct foe *foe);
/** foe_commit - commit the fault on the requests that are held. Context: the thread. */
void foe_commit(struct foe *foe);
/** foe_commit_idle - the same for faults that need no request. */
void foe_commit_idle(struct foe *foe);
/** foe_hostage_free - give back the page that was kept, and say whether it holds what it held. */
void foe_hostage_free(void);

#endif
