/* SPDX-License-Identifier: MIT */
/*
 * The frontend of the hosted pair: an application's side of the ring, as a library.
 *
 *	struct rl_hfront      a connection: memory, queues, what the disk can do
 *	struct rl_hqueue      one ring of it; one thread at a time uses a queue
 *	struct rl_hio         an I/O of the caller, of any length: cut into requests of up to
 *	                      11 segments, done when the last of them is answered
 *
 * A request's data lies in granted pages, which are pages of the shared memory. By copy, each
 * slot owns eleven of them and the data is copied in or out (what persistent grants cost); by
 * mapping, the caller's buffer lies in rl_hfront_mem() itself and nothing is copied.
 *
 * Waiting is the policy's business (core/policy.h): rl_hqueue_reap() asks it and does what
 * it says, in the caller's thread. No thread of the library takes part in I/O; one watches for
 * the backend's death.
 */
#ifndef RL_HOSTED_FRONT_H
#define RL_HOSTED_FRONT_H

#include "core/types.h"
#include "hosted/stats.h"

#include <stddef.h>

#define RL_HOSTED_ERR_BYTES	256
#define RL_HOSTED_MAX_QUEUES	64u
#define RL_HOSTED_MAX_RINGPAGES 16u

struct rl_hfront;
struct rl_hqueue;

struct rl_hfront_conf {
	const char *socket;   /* path the backend listens on (SOCK_SEQPACKET); null: sock_fd */
	int sock_fd;	      /* a connected SOCK_SEQPACKET, taken over; used without a path */
	rl_u32 queues;	      /* 1 .. RL_HOSTED_MAX_QUEUES */
	rl_u32 ring_pages;    /* 1, 2, 4, 8 or 16 a queue */
	rl_u64 mem_bytes;     /* of rl_hfront_mem(), for I/O by mapping; 0: none */
	const char *policy;   /* how this side waits: a specification of core/policy.h */
	rl_u32 retry_ms;      /* how long a vanished backend is waited for; 0: not at all */
	rl_u32 trace_records; /* stamps that each queue keeps (core/trace.h); 0: none */
};

enum rl_hio_op { RL_HIO_READ, RL_HIO_WRITE, RL_HIO_FLUSH };

struct rl_hio {
	/* The caller's: set before rl_hqueue_submit(), alone until it is reaped. */
	enum rl_hio_op op;
	rl_u64 sector; /* of 512 bytes */
	void *buf;
	rl_u32 bytes; /* a multiple of 512; 0 with a flush */
	void *cookie;
	/* The library's. */
	int error;	     /* out: 0 or a negative errno */
	rl_u32 queued_bytes; /* put on the ring so far */
	rl_u32 parts;	     /* on the ring and not answered */
	struct rl_hio *next;
};

struct rl_hfront_info {
	rl_u64 capacity_sectors;
	rl_bool read_only, flush;
};

/**
 * rl_hfront_create - connect to a backend.
 * @conf: copied. @why: out on error, RL_HOSTED_ERR_BYTES; a sentence for a person.
 * Returns: 0; -EINVAL a bad configuration; -EPROTO a backend that breaks the protocol; or the
 *          error of what failed (-ENOENT, -ECONNREFUSED: nobody listens there).
 * Context: any thread.
 */
int rl_hfront_create(struct rl_hfront **f, const struct rl_hfront_conf *conf, char *why);

/** rl_hfront_destroy - part from the backend. No I/O may be in flight that the caller misses. */
void rl_hfront_destroy(struct rl_hfront *f);

/** rl_hfront_info - what the disk can do. */
const struct rl_hfront_info *rl_hfront_info(const struct rl_hfront *f);

/** rl_hfront_mem - shared memory for I/O by mapping, page aligned; null without mem_bytes. */
void *rl_hfront_mem(const struct rl_hfront *f);

/** rl_hfront_queue - queue @i of the connection. */
struct rl_hqueue *rl_hfront_queue(struct rl_hfront *f, rl_u32 i);

/**
 * rl_hqueue_submit - put an I/O on the ring, as far as there are slots; the rest follows when
 * slots become free. Nothing is visible to the backend before rl_hqueue_commit().
 * @io: stays with the library until it is reaped.
 * Context: one thread at a time.
 */
void rl_hqueue_submit(struct rl_hqueue *q, struct rl_hio *io);

/** rl_hqueue_commit - publish what was submitted; send the notification if one is due. */
void rl_hqueue_commit(struct rl_hqueue *q);

/**
 * rl_hqueue_reap - take what is done; wait, as the policy says, until that is @min.
 * @done:       out, up to @max of them, in the order of their completion.
 * @timeout_ns: at most so long; RL_NEVER: for ever.
 * Returns: how many (fewer than @min only after @timeout_ns); -EPROTO when the backend broke the
 *          protocol and -EIO when it is gone for good: then every I/O is reaped with that error.
 * Context: one thread at a time.
 */
int rl_hqueue_reap(
	struct rl_hqueue *q, rl_u32 min, rl_u32 max, rl_u64 timeout_ns, struct rl_hio **done);

/** rl_hqueue_stats - counters of the queue since it was made; any thread, not a snapshot. */
const struct rl_hstats *rl_hqueue_stats(const struct rl_hqueue *q);

/**
 * rl_hqueue_write_trace - the queue's stamps so far into a file of core/trace.h.
 * Returns: 0; -EINVAL without trace_records; the error of the file.
 * Context: the queue's thread.
 */
int rl_hqueue_write_trace(const struct rl_hqueue *q, const char *path);

#endif
