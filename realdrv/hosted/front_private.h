/* SPDX-License-Identifier: MIT */
/*
 * Inside of the frontend: link.c meets backends, queue.c does I/O.
 *
 * A link is one life of a backend as we see it: rings, event channels, socket. When the backend
 * dies, the watcher's thread makes the next link and publishes it; each queue's own thread adopts
 * it when it next looks, so nobody ever touches the private view of a ring but the thread that
 * uses it. Old links stay mapped until the frontend is destroyed: they are few and small.
 *
 * Locks: `lock` (link, failed), taken by the watcher and by a queue's thread that found its
 * backend gone; never on the way of I/O.
 */
#ifndef RL_HOSTED_FRONT_PRIVATE_H
#define RL_HOSTED_FRONT_PRIVATE_H

#include "core/blkif.h"
#include "core/ring.h"
#include "hosted/front.h"
#include "hosted/share.h"
#include "hosted/trace.h"
#include "hosted/waiter.h"

#include <pthread.h>

#define RL_HFRONT_MAX_SLOTS 512u

struct rl_hlink {
	struct rl_hlink *older;
	struct rl_share rings;
	rl_bool gone; /* its backend is dead */
	int sock;
	int to_back[RL_HOSTED_MAX_QUEUES], to_front[RL_HOSTED_MAX_QUEUES];
};

/*
 * A request on the ring, so that it can be put on another one: what its slot is made of. The
 * segments are named in the slot itself, since a copy of them would be read back before its
 * pieces have left the store buffer.
 */
struct rl_htag {
	struct rl_hio *io; /* null: free */
	rl_u8 *user;	   /* copied from or to there; null: mapped, or no data */
	rl_u64 sector, published_ns, order;
	rl_u64 at; /* its data in the granted pages */
	rl_u32 bytes;
	rl_u32 operation;
};

struct rl_hqueue {
	struct rl_hfront *f;
	struct rl_hlink *link; /* adopted */
	struct rl_ring_front ring;
	struct rl_hwaiter w;
	struct rl_hstats stats;
	struct rl_htrace trace;
	rl_u32 index, pool; /* its first granted page */
	int to_back;
	int error;	      /* the ring is dead: every I/O ends with this */
	rl_u32 nfree, queued; /* tags free; requests put since the last publication */
	rl_u64 order;
	struct rl_hio *waiting, **waiting_end; /* not all on the ring */
	struct rl_hio *done, **done_end;
	struct rl_htag tag[RL_HFRONT_MAX_SLOTS];
	rl_u32 free_tag[RL_HFRONT_MAX_SLOTS];
};

struct rl_hfront {
	struct rl_hfront_conf conf;
	struct rl_hfront_info info;
	rl_u64 disk_id;
	struct rl_share pages; /* granted: a pool of each queue, then mem */
	size_t mem_offset;
	pthread_t watcher;
	int quit; /* eventfd: ends the watcher */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct rl_hlink *link; /* the newest; under lock, read by atomic loads */
	int failed;	       /* negative errno: no backend any more */
	struct rl_hqueue *queues[RL_HOSTED_MAX_QUEUES];
};

/* link.c */
int rl_hlink_connect(struct rl_hfront *f, char *why);
int rl_hlink_watch(struct rl_hfront *f);
void rl_hlink_stop(struct rl_hfront *f);

/* segment.c */

/** rl_hfront_mapped_at - where in the granted pages a buffer lies; RL_NEVER: it does not. */
rl_u64 rl_hfront_mapped_at(const struct rl_hfront *f, const rl_u8 *buf, rl_u32 bytes);

/** rl_hfront_fits - how many of @bytes from @at on one request can carry. */
rl_u32 rl_hfront_fits(rl_u64 at, rl_u32 bytes);

/** rl_hfront_name_segments - into a request: the sectors of @bytes from @at, no more than fit. */
void rl_hfront_name_segments(struct rl_blkif_request *req, rl_u64 at, rl_u32 bytes);

/* queue.c */
int rl_hqueue_create(struct rl_hqueue **q, struct rl_hfront *f, rl_u32 index, char *why);
void rl_hqueue_destroy(struct rl_hqueue *q);

#endif
