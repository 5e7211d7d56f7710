/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rlback - the block backend: takes requests of a domain that nobody needs to trust
 * and carries them out on a disk of this one.
 *
 *	xenbus.c  negotiation: the state machine with the frontend
 *	disk.c    which disk, and what the frontend may know of it
 *	ring.c    one connection: its rings, their shared pages and event channels
 *	memory.c  all memory of a connection
 *	grants.c  pages of the other domain: maps in batches
 *	persistent.c  grants that stay mapped
 *	indirect.c  requests whose segments stand on a page of their own
 *	take.c    judges requests
 *	io.c      requests to bios, completions to responses
 *	watchdog.c  ends a domain that hangs
 *
 * All that a connection needs is allocated when it is made: as many requests as the
 * ring has slots, each with its pages and its bio. The hot path allocates nothing but the first
 * pages to map the segments into that only an indirect request has.
 *
 * A device has queues (rlb_queue), as many as it offers; each has a waiter with a thread, its
 * statistics, and while a frontend is connected that speaks so many a ring (rlb_ring). Rings share
 * nothing but the disk and what is known of it.
 *
 * Locks: rlback.mutex (process: negotiation) > rlk_device.conf_mutex > ring lock; size_mutex is
 * innermost.
 * The ring lock guards the response side, the stack of freed requests and the
 * notification counts; completions may come in interrupts. Everything else of a ring
 * belongs to the thread of its queue's waiter.
 */
#ifndef RLBACK_H
#define RLBACK_H

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/version.h>

#include <xen/grant_table.h>
#include <xen/xenbus.h>

#include "core/blkif.h"
#include "core/ring.h"
#include "kern/waiter.h"

/* Debian 12 has Linux 6.1, and 6.12 among its backports. */
#define RLB_DISK_IS_A_FILE (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0))

#define RLB_SEGS	     RL_BLKIF_MAX_SEGMENTS
#define RLB_RING_PAGES	     16u  /* of all rings of a device, together */
#define RLB_OPS		     352u /* grants in one hypercall: all that a ring of one page can name */
#define RLB_PERSISTENT_LEAST 1056u
#define RLB_PERSISTENT_MOST  16384u
#define RLB_SPARES	     64u

/* What statistics say about the device, over all its connections. */
#define RLB_STATS(X)                                                                               \
	X(reads)                                                                                   \
	X(writes)                                                                                  \
	X(flushes)                                                                                 \
	X(discards)                                                                                \
	X(indirect)                                                                                \
	X(refused)                                                                                 \
	X(io_errors)                                                                               \
	X(sectors)                                                                                 \
	X(batches)                                                                                 \
	X(completed_in_thread)                                                                     \
	X(grants_mapped)                                                                           \
	X(grants_unmapped)                                                                         \
	X(map_hypercalls)                                                                          \
	X(late_grants_unmapped)                                                                    \
	X(late_unmap_hypercalls)                                                                   \
	X(unmap_hypercalls)                                                                        \
	X(map_failures)                                                                            \
	X(persistent_hits)                                                                         \
	X(persistent_grants)                                                                       \
	X(persistent_purged)                                                                       \
	X(pages_lost)

struct rlb_stats {
#define RLB_STAT_FIELD(name) u64 name;
	RLB_STATS(RLB_STAT_FIELD)
#undef RLB_STAT_FIELD
};

struct rlb_seg {
	grant_ref_t gref;
	u16 offset, bytes;
	struct page *page;     /* mapped: own or persistent */
	grant_handle_t handle; /* of own, valid while temporary */
	bool temporary;	       /* own is mapped and to be unmapped after the I/O */
};

struct rlb_req {
	struct rlb_ring *ring;
	u64 id;
	u64 sector;
	u64 sectors;  /* of a discard */
	u64 taken_ns; /* a sample of the completion time, or 0 */
	s16 status;
	u8 operation;
	u8 first;    /* segment with data: 1 where the first one is an indirect request's list */
	u16 nr_segs; /* the list among them */
	u16 listed;  /* segments that the list is to hold */
	bool failed; /* a grant could not be mapped, or the list is wrong */
	struct rlb_seg *seg; /* of this and of what follows, rlb_ring.most */
	struct page **own;   /* to map into; null: not needed so far, or lost */
	struct bio bio;
	struct bio_vec *vec;
	/* Unmapping of a request whose bio was not completed in the thread. */
	struct gntab_unmap_queue_data unmap;
	struct gnttab_unmap_grant_ref *unmap_ops;
	struct page **unmap_pages;
};

/* Grants that stay mapped, found by gref: open addressing, made anew when entries go. */
struct rlb_persistent {
	u32 count, most;
	u32 mask;  /* of a hash: a power of two, well above most, less one */
	u16 *slot; /* entry + 1, 0: free */
	struct rlb_entry {
		grant_ref_t gref;
		grant_handle_t handle;
		struct page *page;
		u32 used; /* jiffies, the lower half */
	} * entry;
	bool crowded;	       /* one found no room since the last look */
	unsigned long look_at; /* jiffies: for what is unused */
	struct delayed_work clock;
};

struct rlb_ring {
	struct rlback *dev;
	struct rlb_queue *queue;
	struct rl_ring_back back;
	void *pages;
	int irq;
	bool use_persistent;
	u32 slots; /* requests; the lists of them below have as many places */
	u32 most;  /* grants that one may name */
	/* The thread's. */
	bool in_batch;
	bool late; /* the disk has answered outside of a batch: not one that does it at once */
	u32 nfree, nbatch, ndone, nmap, nspare;
	u32 nlisted; /* indirect requests of the batch */
	struct rlb_req **free;
	struct rlb_req **batch;
	struct rlb_req **done; /* completed while the batch was submitted */
	struct page *spare[RLB_SPARES];
	struct gnttab_map_grant_ref map_ops[RLB_OPS];
	struct page *map_pages[RLB_OPS];
	struct rlb_req *map_req[RLB_OPS];
	u16 map_seg[RLB_OPS];
	struct gnttab_unmap_grant_ref unmap_ops[RLB_OPS];
	struct page *unmap_pages[RLB_OPS];
	struct gntab_unmap_queue_data unmap;
	struct rl_blkif_segment list[RL_BLKIF_MAX_INDIRECT]; /* the copy that is judged and used */
	struct rlb_persistent persistent;

	spinlock_t lock ____cacheline_aligned_in_smp;
	u32 nreturned;
	struct rlb_req **returned; /* freed by completions outside of the thread */
	bool closing;
	wait_queue_head_t drained;
	struct rlb_req *req;
};

/* What a queue keeps over all its connections. */
struct rlb_queue {
	struct rlk_waiter waiter; /* policy, who consumes requests */
	struct rlb_stats stats;
	struct rlback *dev;
	struct rlb_ring *ring; /* null: not connected; rlback.mutex */
	/* The watchdog's. */
	unsigned long moved; /* jiffies */
	u32 answered;
};

struct rlback {
	struct xenbus_device *xdev;
	struct mutex mutex;
	struct xenbus_watch watch; /* on physical-device */
	bool watching;
	struct block_device *bdev;
#if RLB_DISK_IS_A_FILE
	struct file *file; /* what bdev was opened as */
#else
	fmode_t fmode;
#endif
	struct rl_blkif_limits limits;
	bool offers_persistent;
	u32 offers_order;  /* of pages of a ring */
	u32 offers_queues; /* as many of the next are there */
	struct rlb_queue *queue;
	u32 align_mask; /* sectors of 512 in a logical block, less one */
	struct rlk_device common;
	struct list_head watched;
	struct mutex size_mutex; /* limits.capacity_sectors changes; innermost */
};

/* disk.c: open what `physical-device` names, if it is there; -ENOENT when it is not yet. */
int rlb_disk_open(struct rlback *dev);
void rlb_disk_close(struct rlback *dev);
/* What the frontend needs to know before Connected: sectors, sizes, features. */
int rlb_disk_announce(struct rlback *dev);
/* Has it another size? Then the frontend is told. Context: the thread, between requests. */
void rlb_disk_look(struct rlback *dev);

/* ring.c: say what a frontend may ask for. */
int rlb_ring_offer(struct rlback *dev);
/* Make and end a connection; rlback.mutex held. Closing waits for I/O in flight. */
int rlb_ring_open(struct rlback *dev);
void rlb_ring_close(struct rlback *dev);

/* memory.c: the queues that the device offers. Returns: 0 or -ENOMEM. */
int rlb_queues_alloc(struct rlback *dev);
/* A ring of so many slots, with all that its requests need; null: not enough memory. */
struct rlb_ring *rlb_ring_alloc(struct rlb_queue *queue, u32 slots);
void rlb_ring_release(struct rlb_ring *ring);
/* A page to map into, or null. */
struct page *rlb_spare(struct rlb_ring *ring);

/* grants.c */
static inline phys_addr_t rlb_page_addr(struct page *page)
{
	return (phys_addr_t)(unsigned long)pfn_to_kaddr(page_to_pfn(page));
}

/* Find the segment's page or queue a map of it. */
void rlb_seg_prepare(struct rlb_ring *ring, struct rlb_req *req, u32 i);
/* Map all that is queued; a request with a grant that cannot be mapped is marked failed. */
void rlb_map_queued(struct rlb_ring *ring);
/*
 * Unmap what ring->done mapped for its I/O. A request whose pages somebody still holds leaves
 * ring->done and is answered later.
 */
void rlb_unmap_done(struct rlb_ring *ring);
/* The same for one request, in any context; answers it when the pages are free. */
void rlb_unmap_and_answer(struct rlb_req *req);

/* persistent.c: the table, without any entry. Returns: 0 or -ENOMEM; _free is due either way. */
int rlb_persistent_alloc(struct rlb_ring *ring);
void rlb_persistent_free(struct rlb_ring *ring);
/* Have the thread look from time to time even when it has nothing to do. */
void rlb_persistent_start(struct rlb_ring *ring);
void rlb_persistent_stop(struct rlb_ring *ring);
/* Where the entry of a grant stands, or would. */
static inline u16 *rlb_persistent_slot(struct rlb_persistent *p, grant_ref_t gref)
{
	u32 h = gref;

	for (;; h++) {
		u16 *slot = &p->slot[h & p->mask];

		if (!*slot || p->entry[*slot - 1].gref == gref)
			return slot;
	}
}

/* Keep the grant just mapped into req->own[i]; a spare page takes that one's place in the first. */
void rlb_persistent_keep(struct rlb_ring *ring, struct rlb_req *req, u32 i);
/* Unmap what no request has named for a while. Context: the thread, between two batches. */
void rlb_persistent_look(struct rlb_ring *ring);
/* Unmap all, at the end of a connection. */
void rlb_persistent_unmap(struct rlb_ring *ring);

/* watchdog.c: from the module's start to its end, and of a device from probe to remove. */
int rlb_watchdog_start(void);
void rlb_watchdog_stop(void);
void rlb_watch(struct rlback *dev);
void rlb_unwatch(struct rlback *dev);

/* indirect.c */
/* Queue a map of the page with the segments. */
void rlb_list_prepare(struct rlb_ring *ring, struct rlb_req *req, const struct rl_blkif_plan *plan);
/* When these are mapped: copy and judge what they hold, and map that. */
void rlb_lists_read(struct rlb_ring *ring);

/* take.c */
/* One slot: copy once, judge the copy; it is in ring->batch then or, refused, in ring->done. */
void rlb_take(struct rlb_ring *ring, struct rlb_req *req);
void rlb_count(struct rlb_stats *stats, const struct rl_blkif_plan *plan);
/* Does neither the place, the count nor a segment in @bits and @seg cut a block of the disk? */
bool rlb_aligned(
	const struct rlback *dev, u64 bits, const struct rl_blkif_segment *seg, u32 nr_segs);
/* Take over the segments and queue maps of those that have to be mapped. */
void rlb_segs_prepare(struct rlb_ring *ring, struct rlb_req *req,
	const struct rl_blkif_segment *seg, u32 nr_segs);

/* io.c */
extern const struct rlk_ops rlb_waiter_ops;
u32 rlb_in_flight(const struct rlb_ring *ring);
/*
 * Answer a request outside of the thread's batch, after a hypercall that unmapped @unmapped
 * grants or, when 0, none; any context.
 */
void rlb_answer(struct rlb_req *req, u32 unmapped);

#endif
