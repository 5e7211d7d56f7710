/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rlfront - block frontend of a Xen guest: a disk whose driver lives in another domain.
 *
 * A disk has one or several queues of the block layer, each with as many tags as a ring has
 * slots, and a slot (rlfront_slot) for each tag. A connection has as many rings as queues, or
 * fewer: then neighbouring queues send through the same one (slot->ring). What becomes of a disk
 * whose backend is lost is a matter of the whole disk, whichever ring it was seen at.
 *
 * The way of a request, and the file that holds each part:
 *
 *	main.c      module, parameters, probe and remove
 *	peer.c      which backend is named, and who tells us when that or its state changes
 *	state.c     follows the backend through the states of xenbus
 *	recover.c   carries out what core/recovery.h decides: park, fence, replay, fail
 *	store.c     what is said and read in xenstore, and how it is judged
 *	disk.c      the disk towards the block layer: limits, appearance, end
 *	slot.c      what a tag owns: grants, shared pages
 *	fill.c      the data of a request: copy or map
 *	request.c   create request, enqueue request
 *	narrow.c    the same under a backend that takes less at a time than the one before
 *	response.c  dequeue response, and everything a backend may have forged in one
 *
 * Contexts and what keeps them apart:
 *
 *	- submission (process context, any CPU): submit_lock orders producers of a ring.
 *	- responses: ONE consumer of a ring at a time, which kern/ sees to; no lock. Rings have
 *	  theirs at the same time: what is the disk's they only read, but for what flush_lock
 *	  orders.
 *	- a slot passes from the submitter to the consumer when slot->live_id is set, and back to
 *	  the block layer when its request is completed. While the disk is parked nobody has it.
 *	- state_work does all that a backend may cause, one thing after the other, and never waits
 *	  for I/O but when it removes the disk: showing one, which reads it, is show_work's. What
 *	  comes from elsewhere (an interrupt, the block layer's timer, a watch) leaves a bit in
 *	  `alarm` or a path in next_peer and wakes it.
 *	- narrow_work sends what a weak backend had no room for, under event_lock.
 *	- cut_work ends I/O while the disk is being removed. event_lock orders the two.
 *	- Locks: event_lock > conf_mutex of the waiters; peer_lock, submit_lock and flush_lock are
 *	  innermost.
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
#include "core/recovery.h"
#include "core/ring.h"
#include "kern/waiter.h"

#define RLFRONT_RING_PAGES 16u
#define RLFRONT_GRANTS	   16384u /* of a disk's pages: half of what Xen gives a guest by default */
#define RLFRONT_IDLE	   (~0ull) /* live_id of a slot without a request */
#define RLFRONT_WAITS	   (~1ull) /* and of one whose request waits to be sent: see narrow.c */
#define RLFRONT_MINORS	   16

/*
 * What one tag of the block layer owns, for the life of a disk. As a tag has one request
 * at a time, nothing of this needs a lock, a list or an allocation while I/O runs.
 */
struct rlfront_slot {
	u64 live_id;		      /* id in flight, RLFRONT_IDLE or RLFRONT_WAITS */
	struct rlfront_ring *ring;    /* that it is sent through; changed while nobody has it */
	struct request *rq;	      /* valid while live_id is not idle */
	struct rl_blkif_request req;  /* private copy of what goes into the ring */
	struct rl_blkif_segment *seg; /* a grant a page; req.seg, where there are no more */
	void **page;		      /* persistent grants: the shared pages; else the request's */
	void *list;		      /* shared: the segments of an indirect request; null: none */
	grant_ref_t list_gref;
	u16 first, count; /* pages that the ring's request is about, of this one's */
	u32 begun;	  /* sectors before them: done */
	bool more;	  /* there are pages behind them */
	u32 mark;	  /* of a flush: see rl_recovery_flush() */
	/* map: pages that the backend holds although their request ended */
	DECLARE_BITMAP(stuck, RL_BLKIF_MAX_INDIRECT);
	u64 late_id; /* the id whose timer expired, since: jiffies */
	unsigned long late_since;
};

/* What the backend said about its disk, judged. */
struct rlfront_disk {
	struct rl_recovery_disk is;
	u32 physical_bytes;
	bool discard;
	u32 discard_granularity, discard_alignment; /* bytes */
	bool removable;
	bool persistent;
	u32 most; /* pages of a request: RL_BLKIF_MAX_SEGMENTS or, with indirect ones, more */
};

/* Reasons for state_work to look: bit numbers of rlfront_dev.alarm. */
enum {
	RLFRONT_ALARM_BROKEN, /* the backend broke the protocol */
	RLFRONT_ALARM_LATE,   /* a request's timer expired */
};

/* What statistics say of the backend's losses. */
#define RLFRONT_STATS(X)                                                                           \
	X(backends_lost)                                                                           \
	X(backends_refused)                                                                        \
	X(backends_adopted)                                                                        \
	X(deadlines_passed)                                                                        \
	X(requests_replayed)                                                                       \
	X(requests_failed)                                                                         \
	X(flushes_refused)                                                                         \
	X(flushes_replayed)                                                                        \
	X(parked_ns)

struct rlfront_stats {
#define RLFRONT_STAT_FIELD(name) u64 name;
	RLFRONT_STATS(RLFRONT_STAT_FIELD)
#undef RLFRONT_STAT_FIELD
};

/* A place for a ring, for the life of the device: in use are the first dev->rings. */
struct rlfront_ring {
	struct rlfront_dev *dev;
	struct rl_ring_front front;
	spinlock_t submit_lock;
	evtchn_port_t port;
	struct rlfront_slot *slots; /* that are sent through it: a part of the device's */
	u32 first, nslots;	    /* the number of the first among all, and of them */
	u32 written;		    /* writes answered; the consumer's */
	struct rlk_waiter waiter;   /* policy, statistics, who consumes responses */
	u64 sample_id;		    /* the request that is being timed, or RLFRONT_IDLE */
	u64 sample_ns;		    /* when it was published */

	/* cold */
	void *mem;
	grant_ref_t gref[RLFRONT_RING_PAGES];
	unsigned int irq;
	u32 next_sent; /* narrow.c: the slot that is looked at first */
};

struct rlfront_dev {
	/* hot: submission */
	bool live;	 /* requests may be sent */
	bool dead;	 /* those that may not fail at once */
	bool persistent; /* data is copied through shared pages, whatever later backends offer */
	bool few_slots;	 /* in a ring of this backend's: fewer than are sent through it */
	u32 pages;	 /* that a tag owns */
	u32 most;	 /* that this backend takes at a time */
	struct rlfront_ring *ring;  /* max_rings */
	struct rlfront_slot *slots; /* depth of each queue, one after the other */
	u32 nslots;
	u32 depth; /* tags of a queue, as many as the first ring has slots */

	/* cold */
	u32 queues;    /* of the block layer */
	u32 rings;     /* of this backend, or of the last one */
	u32 max_rings; /* that there is a place for */
	u32 ring_pages;
	struct rl_recovery rec; /* state_work's; under flush_lock what flushes are judged by */
	spinlock_t flush_lock;
	struct rlk_device common; /* what the rings' waiters share */
	struct xenbus_device *xbdev;
	struct rlfront_disk disk;
	struct gendisk *gd;
	struct blk_mq_tag_set tags;
	struct rl_blkif_segment *all_segs; /* of all slots; null: they have their own */
	void **all_pages;
	u16 handle;
	int index;	       /* 0: rlda, 1: rldb ... */
	bool wants_persistent; /* as published to the backend */
	int unread;	       /* why the last read of its nodes failed, through no doing of its */
	bool held;	       /* the queue is quiesced by us */
	bool shown;	       /* the disk was added */
	bool closing;	       /* the disk is being removed */
	bool leaving;	       /* the driver is being unbound */
	bool banned;	       /* this backend broke the protocol: only another one will do */
	unsigned long alarm;
	unsigned long broken;	    /* bit 0: said once a connection */
	u64 parked_ns;		    /* when the disk was parked, the last time */
	u64 counted_ns, settled_ns; /* parked time counted up to; parked again before: the same */
	unsigned long retry_at, retry_delay; /* no new attempt before, in jiffies */
	unsigned long fence_delay;
	struct rlfront_stats stats;
	char *peer; /* the backend's directory */
	struct mutex peer_lock;
	char *next_peer; /* another one was named; its domain */
	int next_id;
	struct xenbus_watch node_watch, peer_watch;
	struct mutex event_lock;
	struct work_struct state_work, show_work, narrow_work;
	struct delayed_work tick_work, cut_work;
};

/* main.c */
extern int rlfront_major;
extern bool rlfront_feature_persistent;
/** rlfront_deadline - how long a request may be out and a disk be parked, in jiffies. */
unsigned long rlfront_deadline(void);

/* peer.c */
/** rlfront_peer_init - follow the backend that is named. Returns: 0 or a negative errno. */
int rlfront_peer_init(struct rlfront_dev *dev);
/** rlfront_peer_fini - no watch fires any more. Context: remove, before state_work is stopped. */
void rlfront_peer_fini(struct rlfront_dev *dev);
/** rlfront_peer_free - Context: remove, after state_work was stopped. */
void rlfront_peer_free(struct rlfront_dev *dev);
/**
 * rlfront_peer_take - go over to the backend that is named now.
 * @id: out, its domain. Returns: its directory, now the caller's; null when it is the same.
 * Context: state_work.
 */
char *rlfront_peer_take(struct rlfront_dev *dev, int *id);

/* state.c */
/** rlfront_state_init - prepare following the backend. Context: probe. */
void rlfront_state_init(struct rlfront_dev *dev);
/** rlfront_state_changed - the backend's state may have changed. Context: any; does not block. */
void rlfront_state_changed(struct rlfront_dev *dev, enum xenbus_state state);
/** rlfront_state_fini - end all I/O and remove the disk. Context: remove; no watch any more. */
void rlfront_state_fini(struct rlfront_dev *dev);
/** rlfront_state_look - have state_work look around. Context: any. */
void rlfront_state_look(struct rlfront_dev *dev);

/* recover.c */
/** rlfront_recover_init - nothing is connected. Context: probe. */
void rlfront_recover_init(struct rlfront_dev *dev);
/** rlfront_recover_forget - whatever comes is a new disk. Context: no disk, nothing in flight. */
void rlfront_recover_forget(struct rlfront_dev *dev);
/**
 * rlfront_recover - tell what happened, and do what is to be done about it.
 * Context: state_work, or cut_work while that removes the disk; sleeps.
 */
void rlfront_recover(struct rlfront_dev *dev, enum rl_recovery_event event);
/**
 * rlfront_recover_alarms - look at what others left in dev->alarm, at the clocks and at the fence.
 * Context: state_work.
 */
void rlfront_recover_alarms(struct rlfront_dev *dev);
/** rlfront_recover_next - jiffies until state_work must look again; MAX_SCHEDULE_TIMEOUT: never. */
unsigned long rlfront_recover_next(struct rlfront_dev *dev);
/**
 * rlfront_broken - the backend broke the protocol: nothing is sent to it any more. Says so once.
 * Context: any; the disk is parked soon after.
 */
__printf(2, 3) void rlfront_broken(struct rlfront_dev *dev, const char *why, ...);
/** rlfront_recover_late - a request's timer expired. Context: the block layer's timer. */
void rlfront_recover_late(struct rlfront_dev *dev, struct rlfront_slot *slot);

/* store.c */
/**
 * rlfront_store_publish - allocate rings and event channels and tell the backend.
 * Returns: 0 or a negative errno with everything undone (already reported).
 */
int rlfront_store_publish(struct rlfront_dev *dev);
/** rlfront_store_unbind - free the event channels of rings that no backend took up. */
void rlfront_store_unbind(struct rlfront_dev *dev);
/** rlfront_store_fence - take the rings back. Returns: false while the backend maps one. */
bool rlfront_store_fence(struct rlfront_dev *dev);
/** rlfront_store_revoke - free rings and event channels; pages wait for the peer to unmap them. */
void rlfront_store_revoke(struct rlfront_dev *dev);
/**
 * rlfront_store_disk - read and judge what the backend offers.
 * Returns: 0; -ENOENT, -EINVAL when a node is missing or out of range (already reported); else,
 * such as -ENOMEM, why a node could not be read: then nothing is known of what is offered.
 */
int rlfront_store_disk(struct rlfront_dev *dev, struct rlfront_disk *disk);
/** rlfront_store_sectors - the size alone, for a disk that changed it. Returns: as above. */
int rlfront_store_sectors(struct rlfront_dev *dev, u32 sector_bytes, u64 *sectors);
/** rlfront_store_offline - does the toolstack say that this device is to go? */
bool rlfront_store_offline(struct rlfront_dev *dev);

/* disk.c */
/** rlfront_disk_create - make the disk; show_work shows it. */
int rlfront_disk_create(struct rlfront_dev *dev);
/** rlfront_disk_show - the work of show_work: it reads the disk before it returns. */
void rlfront_disk_show(struct work_struct *work);
/** rlfront_disk_update - what a backend that was adopted offers beyond the last one. */
void rlfront_disk_update(struct rlfront_dev *dev, const struct rlfront_disk *found);
/** rlfront_disk_destroy - write back, refuse new requests, remove. Nothing when there is none. */
void rlfront_disk_destroy(struct rlfront_dev *dev);

/* slot.c */
/**
 * rlfront_slots_create - memory for every tag of the rings that are offered; nothing is granted.
 * @pages: that a request may have. Returns: 0 or -ENOMEM.
 */
int rlfront_slots_create(struct rlfront_dev *dev, u32 pages);
/** rlfront_slots_share_out - which slot is sent through which ring. Context: nobody has any. */
void rlfront_slots_share_out(struct rlfront_dev *dev);
/**
 * rlfront_slots_grant - grants and, when persistent, shared pages (zeroed when new) for every tag.
 * Returns: 0; -ENOMEM, -ENOSPC: rlfront_slots_fence() takes back what was granted.
 * Context: nothing is granted.
 */
int rlfront_slots_grant(struct rlfront_dev *dev);
/** rlfront_slots_fence - take all grants back. Returns: false while the backend maps a page. */
bool rlfront_slots_fence(struct rlfront_dev *dev);
/** rlfront_slots_destroy - end all grants; what the peer still maps is freed when it let go. */
void rlfront_slots_destroy(struct rlfront_dev *dev);
/** rlfront_slot_keep - the request ends and its owner goes on, but this page must stay. */
void rlfront_slot_keep(struct rlfront_slot *slot, unsigned int i);

/* fill.c */
/**
 * rlfront_slot_fill - make the data of a request reachable for the backend, from slot->first on as
 * much as this one takes: sets slot->count and slot->more.
 * @write: the backend will read the pages.
 * Returns: number of segments, in slot->seg from slot->first on; -EIO when the request has too many
 * pieces.
 */
int rlfront_slot_fill(
	struct rlfront_dev *dev, struct rlfront_slot *slot, struct request *rq, bool write);
/**
 * rlfront_slot_drain - take the data back.
 * @copy: the request is a read that went well.
 * Returns: true; false when the backend still maps a page: it is kept from all use until the
 * backend lets go, which has broken the protocol.
 */
bool rlfront_slot_drain(struct rlfront_dev *dev, struct rlfront_slot *slot, bool copy);
/** rlfront_slot_abandon - the request fails; what its backend still maps is kept from all use. */
void rlfront_slot_abandon(struct rlfront_dev *dev, struct rlfront_slot *slot);

/* narrow.c */
/** rlfront_narrow_wait - the request is sent by narrow_work, when there is room in the ring. */
void rlfront_narrow_wait(struct rlfront_dev *dev, struct rlfront_slot *slot);
/** rlfront_narrow_part - the first part of a request is done; the rest is sent by narrow_work. */
void rlfront_narrow_part(struct rlfront_dev *dev, struct rlfront_slot *slot);
/** rlfront_narrow_room - responses were taken while rings have few slots. */
void rlfront_narrow_room(struct rlfront_dev *dev);
/** rlfront_narrow_send - the work of narrow_work. */
void rlfront_narrow_send(struct work_struct *work);

/* request.c */
extern const struct blk_mq_ops rlfront_mq_ops;
/** rlfront_request_send - send a request that is held or waits. Context: the ring has room. */
void rlfront_request_send(struct rlfront_dev *dev, struct rlfront_slot *slot);
/** rlfront_request_publish - tell the backend of what was sent through a ring. */
void rlfront_request_publish(struct rlfront_ring *ring);
/** rlfront_request_replay - send all that is held again. Context: the queue is quiesced. */
void rlfront_request_replay(struct rlfront_dev *dev);

/* response.c */
extern const struct rlk_ops rlfront_waiter_ops;
/** rlfront_response_wrote - writes answered through all rings; modulo 2^32. */
u32 rlfront_response_wrote(const struct rlfront_dev *dev);
/** rlfront_response_start - begin to consume responses. Returns: 0 or a negative errno. */
int rlfront_response_start(struct rlfront_dev *dev);
/** rlfront_response_stop - no response is consumed any more, and no interrupt comes. */
void rlfront_response_stop(struct rlfront_dev *dev);
/** rlfront_response_fail - complete one request that is held. Context: nobody else runs. */
void rlfront_response_fail(struct rlfront_dev *dev, struct rlfront_slot *slot, blk_status_t status);
/** rlfront_response_fail_all - the same for all, with EIO. Returns: their number. */
unsigned int rlfront_response_fail_all(struct rlfront_dev *dev);
/** rlfront_response_held - requests that were sent and not answered. */
unsigned int rlfront_response_held(const struct rlfront_dev *dev);

#endif
