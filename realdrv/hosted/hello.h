/* SPDX-License-Identifier: MIT */
/*
 * How the two processes meet: one message each way over a Unix socket of packets.
 *
 *	frontend                                   backend
 *	hello: how many queues, ring pages, granted
 *	       pages; descriptors: rings, pages, two
 *	       eventfds a queue (to it, to us)      ->
 *	                                            <-  answer: the disk, or why not
 *
 * The socket stays open after that: its end is the peer's death, which nobody can forge for
 * another and which the kernel reports whatever the peer did.
 */
#ifndef RL_HOSTED_HELLO_H
#define RL_HOSTED_HELLO_H

#include "core/types.h"

#include <stddef.h>

#define RL_HELLO_MAGIC	    0x726c6d65u
#define RL_HELLO_VERSION    1u
#define RL_HELLO_MAX_QUEUES 64u
#define RL_HELLO_MAX_PAGES  (1u << 22) /* 16 GiB */
#define RL_HELLO_MAX_FDS    (2 + 2 * RL_HELLO_MAX_QUEUES)

struct rl_hello {
	rl_u32 magic, version;
	rl_u32 queues;
	rl_u32 ring_pages; /* a queue: 1, 2, 4, 8 or 16 */
	rl_u32 pages;	   /* granted */
	rl_u32 pad;
};

/* Where a descriptor stands in the message. */
enum { RL_HELLO_RINGS, RL_HELLO_PAGES, RL_HELLO_EVTCHN };
#define RL_HELLO_TO_BACK(queue)	 (RL_HELLO_EVTCHN + 2 * (queue))
#define RL_HELLO_TO_FRONT(queue) (RL_HELLO_EVTCHN + 2 * (queue) + 1)

#define RL_HELLO_READ_ONLY 1u
#define RL_HELLO_FLUSH	   2u

struct rl_hello_answer {
	rl_u32 magic, version;
	rl_u32 flags; /* RL_HELLO_* */
	int error;    /* 0, or a negative errno: then why says it in words */
	rl_u64 capacity_sectors;
	rl_u64 disk_id; /* the same disk has the same, whichever backend serves it */
	char why[128];
};

/** rl_hello_rings_bytes, rl_hello_pages_bytes - size of the two memories that a hello names. */
static inline size_t rl_hello_rings_bytes(const struct rl_hello *h)
{
	return (size_t)h->queues * h->ring_pages * 4096;
}

static inline size_t rl_hello_pages_bytes(const struct rl_hello *h)
{
	return (size_t)h->pages * 4096;
}

/** rl_hello_send - send @bytes at @msg with @nfds descriptors. Returns 0 or a negative errno. */
int rl_hello_send(int sock, const void *msg, size_t bytes, const int *fds, rl_u32 nfds);

/**
 * rl_hello_receive - take one message of exactly @bytes.
 * @fds: out, room for RL_HELLO_MAX_FDS; null when none is expected. @nfds: out.
 * Returns: 0; -EPROTO another length, or too many descriptors; -ECONNRESET the end of the socket:
 * then no descriptor is left open.
 */
int rl_hello_receive(int sock, void *msg, size_t bytes, int *fds, rl_u32 *nfds);

/**
 * rl_hello_check - judge a frontend's hello and its descriptors.
 * Returns: null when all is well, else what is wrong.
 */
const char *rl_hello_check(const struct rl_hello *h, const int *fds, rl_u32 nfds);

#endif
