/* SPDX-License-Identifier: MIT */
/*
 * The block protocol on the wire, x86-64 layout: what the slots of the ring hold.
 *
 * A request names up to 11 segments of one granted page each; first and last are
 * sectors of 512 bytes inside that page, both inclusive. Its id comes back in the
 * response. Requests may complete in any order. A discard has a count of sectors in the place of
 * its segments, and flags in that of their number. An indirect request names a page that holds its
 * segments, more than fit into the slot.
 *
 * Source: the layout is that of Xen's public/io/blkif.h (x86_64 ABI,
 * "protocol" = "x86_64-abi"); a test compares every offset with the header of
 * package libxen-dev.
 */
#ifndef RL_CORE_BLKIF_H
#define RL_CORE_BLKIF_H

#include "core/types.h"

#define RL_SECTOR_BYTES	      512u
#define RL_PAGE_BYTES	      4096u
#define RL_PAGE_SECTORS	      (RL_PAGE_BYTES / RL_SECTOR_BYTES)
#define RL_BLKIF_MAX_SEGMENTS 11u
/* What our drivers take of an indirect request: 1 MiB, and its list fits on one page. */
#define RL_BLKIF_MAX_INDIRECT 256u
#define RL_BLKIF_LIST_PAGES   8u /* that the slot of an indirect request can name */

enum rl_blkif_op {
	RL_BLKIF_READ = 0,
	RL_BLKIF_WRITE = 1,
	RL_BLKIF_WRITE_BARRIER = 2,
	RL_BLKIF_FLUSH = 3,
	RL_BLKIF_DISCARD = 5,
	RL_BLKIF_INDIRECT = 6,
};

enum rl_blkif_status {
	RL_BLKIF_OKAY = 0,
	RL_BLKIF_ERROR = -1,
	RL_BLKIF_EOPNOTSUPP = -2,
};

struct rl_blkif_segment {
	rl_u32 gref;
	rl_u8 first_sect;
	rl_u8 last_sect;
	rl_u16 pad;
};

struct rl_blkif_request {
	rl_u8 operation;
	rl_u8 nr_segments;
	rl_u16 handle;
	rl_u32 pad;
	rl_u64 id;
	rl_u64 sector_number;
	union {
		struct rl_blkif_segment seg[RL_BLKIF_MAX_SEGMENTS];
		rl_u64 discard_sectors;
	};
};

/* The slot of an indirect request; the first page holds segments 0 to 511. */
struct rl_blkif_indirect {
	rl_u8 operation;   /* RL_BLKIF_INDIRECT */
	rl_u8 indirect_op; /* what is asked for: RL_BLKIF_READ or RL_BLKIF_WRITE */
	rl_u16 nr_segments;
	rl_u32 pad;
	rl_u64 id;
	rl_u64 sector_number;
	rl_u16 handle;
	rl_u16 pad2;
	rl_u32 gref[RL_BLKIF_LIST_PAGES];
	rl_u32 pad3;
};

struct rl_blkif_response {
	rl_u64 id;
	rl_u8 operation;
	rl_u8 pad;
	rl_s16 status;
	rl_u32 pad2;
};

#define RL_BLKIF_SLOT_BYTES 112u

_Static_assert(sizeof(struct rl_blkif_request) == RL_BLKIF_SLOT_BYTES, "x86-64 blkif slot");
_Static_assert(sizeof(struct rl_blkif_indirect) == 64, "x86-64 blkif indirect request");
_Static_assert(sizeof(struct rl_blkif_response) == 16, "x86-64 blkif response");
_Static_assert(RL_BLKIF_MAX_INDIRECT * sizeof(struct rl_blkif_segment) <= RL_PAGE_BYTES,
	"the list of an indirect request is one page");

/* What a backend knows about its disk when it judges a request. */
struct rl_blkif_limits {
	rl_u64 capacity_sectors;
	rl_bool read_only;
	rl_bool flush;	 /* flush was advertised */
	rl_bool discard; /* discard was advertised; a secure one never is */
	rl_u32 indirect; /* segments of an indirect request, at most RL_BLKIF_MAX_INDIRECT; 0: none
			    was advertised */
};

/* A request that was judged: everything later steps need, in host terms. */
struct rl_blkif_plan {
	rl_u64 id;
	rl_u64 sector;
	rl_u64 sectors; /* of 512 bytes, summed over the segments; of a discard, its own */
	rl_u32 nr_segments;
	rl_u32 list;	 /* of an indirect request: the grant of the page with its segments */
	rl_u8 operation; /* of an indirect request what it asks for: that is answered, too */
	rl_bool indirect;
	rl_s16 status;	     /* RL_BLKIF_OKAY, or what to answer when the request is refused */
	const char *refused; /* why, for a statistic or a log; null when it is fine */
};

/**
 * rl_blkif_check - judge a request; the one validator of modules, hosted pair and fuzzers.
 * @req:    the private copy of the slot. Its unchecked fields are the peer's.
 * @limits: of the disk.
 * @plan:   out, filled in either case; @plan->status says what to answer.
 * Returns: true when the request may be carried out, false when @plan->status is to be answered
 *          and nothing may be mapped. Of an indirect request the page with its segments may be
 *          mapped then, and rl_blkif_check_list() has the rest to say.
 * Context: any; reads nothing but its arguments.
 * Source:  xen public/io/blkif.h for the rules of first, last and nr_segments.
 */
rl_bool rl_blkif_check(const struct rl_blkif_request *req, const struct rl_blkif_limits *limits,
	struct rl_blkif_plan *plan);

/**
 * rl_blkif_check_list - judge the segments of an indirect request.
 * @seg:    private copy of plan->nr_segments descriptors; what the page holds is the peer's.
 * @limits: of the disk.
 * @plan:   in and out: of rl_blkif_check(), which returned true for an indirect request.
 * Returns: as rl_blkif_check(); on false none of the segments may be mapped.
 * Context: any; reads nothing but its arguments.
 * Source:  as above.
 */
rl_bool rl_blkif_check_list(const struct rl_blkif_segment *seg,
	const struct rl_blkif_limits *limits, struct rl_blkif_plan *plan);

#endif
