/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rlfront - block frontend of a Xen guest: a disk whose driver lives in another domain.
 *
 * The way of a request, and the file that holds each part:
 *
 *	main.c      module, parameters, probe and remove
 *	state.c     follows the backend through the states of xenbus
 *	store.c     what is said and read in xenstore, and how it is judged
 *	disk.c      the disk towards the block layer: limits, appearance, end
 *	slot.c      what a tag owns: grants, shared pages; copy or map
 *	request.c   create request, enqueue request
 *	response.c  dequeue response, and everything a backend may have forged in one
 *
 * Contexts and what keeps them apart:
 *
 *	- submission (process context, any CPU): submit_lock orders producers of the ring.
 *	- responses: ONE consumer at a time, which kern/ sees to; no lock.
 *	- a slot passes from the submitter to the consumer when slot->live_id is set, and back to
 *	  the block layer when its request is completed.
 *	- state_work follows the backend and may sleep for long (a partition scan reads the disk);
 *	  cut_work ends I/O at once, whatever state_work waits for. cut_lock orders cuts.
 *
 * The backend is not trusted: no index, id, operation, status or xenstore value of it is used
 * before it was checked, and none of them can lead to a BUG.
 */
#ifndef RLFRONT_H
#define RLFRONT_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <xen/grant_table.h>
#include <xen/xenbus.h>

#include "core/blkif.h"
#include "core/ring.h"
#include "kern/waiter.h"

#define RLFRONT_RING_BYTES RL_PAGE_BYTES
#define RLFRONT_DEPTH	   32u /* slots of a one-page ring = tags: a tag always finds a slot */
#define RLFRONT_PAGES	   RL_BLKIF_MAX_SEGMENTS
#define RLFRONT_MAX_BYTES  (RLFRONT_PAGES * RL_PAGE_BYTES)
#define RLFRONT_IDLE	   (~0ull) /* live_id of a slot without a request in flight */
#define RLFRONT_MINORS	   16
#define RLFRONT_DEADLINE_S 30 /* in-flight I/O of a silent backend fails after this */

/*
 * What one tag of the block layer owns, for the life of a connection. As a tag has one request
 * at a time, nothing of this needs a lock, a list or an allocation while I/O runs.
 */
struct rlfront_slot {
	u64 live_id;		     /* id in flight or RLFRONT_IDLE */
	struct request *rq;	     /* valid while live_id is not idle */
	struct rl_blkif_request req; /* private copy of what goes into the ring; keeps the grefs */
	void *page[RLFRONT_PAGES];   /* persistent grants: the shared pages; else null */
};

/* What the backend said about its disk, judged. */
struct rlfront_disk {
	u64 sectors; /* of 512 bytes */
	u32 sector_bytes;
	u32 physical_bytes;
	bool read_only;
	bool removable;
	bool flush;
	bool persistent;
};

struct rlfront_dev {
	/* hot: submission */
	struct rl_ring_front ring;
	bool live; /* requests may be sent */
	bool persistent;
	evtchn_port_t port;
	spinlock_t submit_lock;
	struct rlfront_slot *slots; /* RLFRONT_DEPTH */
	struct rlk_waiter waiter;   /* policy, statistics, who consumes responses */
	u64 sample_id;		    /* the request that is being timed, or RLFRONT_IDLE */
	u64 sample_ns;		    /* when it was published */

	/* cold */
	struct xenbus_device *xbdev;
	struct rlfront_disk disk;
	struct gendisk *gd;
	struct blk_mq_tag_set tags;
	void *ring_mem;
	grant_ref_t ring_gref;
	unsigned int irq;
	u16 handle;
	int index;		/* 0: rlda, 1: rldb ... */
	bool wants_persistent;	/* as published to the backend */
	bool in_use;		/* slots and ring exist and are to be cut */
	bool leaving;		/* the driver is being unbound */
	unsigned long disabled; /* bit 0: the backend broke the protocol, said once */
	struct mutex cut_lock;
	struct work_struct state_work;
	struct delayed_work cut_work;
};

/* main.c */
extern int rlfront_major;
extern bool rlfront_feature_persistent;

/* state.c */
/** rlfront_state_init - prepare following the backend. Context: probe. */
void rlfront_state_init(struct rlfront_dev *dev);
/** rlfront_state_changed - the backend's state changed. Context: xenwatch; does not block. */
void rlfront_state_changed(struct rlfront_dev *dev, enum xenbus_state state);
/** rlfront_state_fini - end all I/O and remove the disk. Context: remove; no watch any more. */
void rlfront_state_fini(struct rlfront_dev *dev);
/**
 * rlfront_disable - stop this device for good: the backend broke the protocol. Says so once.
 * Context: any; in-flight requests fail soon after, from a work item.
 */
__printf(2, 3) void rlfront_disable(struct rlfront_dev *dev, const char *why, ...);

/* store.c */
/**
 * rlfront_store_publish - allocate ring and event channel and tell the backend.
 * Returns: 0 or a negative errno with everything undone (already reported).
 */
int rlfront_store_publish(struct rlfront_dev *dev);
/** rlfront_store_revoke - free ring and event channel; the page waits for the peer to unmap it. */
void rlfront_store_revoke(struct rlfront_dev *dev);
/**
 * rlfront_store_disk - read and judge what the backend offers.
 * Returns: 0; -ENOENT, -EINVAL when a node is missing or out of range (already reported).
 */
int rlfront_store_disk(struct rlfront_dev *dev, struct rlfront_disk *disk);
/** rlfront_store_sectors - the size alone, for a disk that changed it. Returns: as above. */
int rlfront_store_sectors(struct rlfront_dev *dev, u32 sector_bytes, u64 *sectors);
/** rlfront_store_online - does the toolstack want this device to stay? */
bool rlfront_store_online(struct rlfront_dev *dev);

/* disk.c */
/** rlfront_disk_create - show the disk; it may be read before this returns. */
int rlfront_disk_create(struct rlfront_dev *dev);
/** rlfront_disk_destroy - write back, refuse new requests, remove. Nothing when there is none. */
void rlfront_disk_destroy(struct rlfront_dev *dev);

/* slot.c */
/** rlfront_slots_create - grants and, when persistent, zeroed shared pages for every tag. */
int rlfront_slots_create(struct rlfront_dev *dev);
/** rlfront_slots_destroy - end all grants; what the peer still maps is freed when it let go. */
void rlfront_slots_destroy(struct rlfront_dev *dev);
/**
 * rlfront_slot_fill - make the data of a request reachable for the backend.
 * @write: the backend will read the pages.
 * Returns: number of segments in slot->req.seg; -EIO when the request has too many pieces.
 */
int rlfront_slot_fill(
	struct rlfront_dev *dev, struct rlfront_slot *slot, struct request *rq, bool write);
/**
 * rlfront_slot_drain - take the data back.
 * @copy: the request is a read that went well.
 * Returns: true; false when the backend still maps a page: it is quarantined, and the backend has
 * broken the protocol.
 */
bool rlfront_slot_drain(struct rlfront_dev *dev, struct rlfront_slot *slot, bool copy);

/* request.c */
extern const struct blk_mq_ops rlfront_mq_ops;

/* response.c */
extern const struct rlk_ops rlfront_waiter_ops;
/** rlfront_response_start - begin to consume responses. Returns: 0 or a negative errno. */
int rlfront_response_start(struct rlfront_dev *dev);
/** rlfront_response_stop - no response is consumed any more, and no interrupt comes. */
void rlfront_response_stop(struct rlfront_dev *dev);
/** rlfront_response_fail_all - complete what is in flight with EIO. Context: nobody else runs. */
void rlfront_response_fail_all(struct rlfront_dev *dev);

#endif
