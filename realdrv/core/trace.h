/* SPDX-License-Identifier: MIT */
/*
 * The trace: when a request passed each stage on its way over the ring, as both sides saw it.
 *
 * A side stamps records of 24 bytes into a buffer of its own, which keeps the newest and counts
 * the ones it overwrote. A file is a header and the records that were left, oldest first, in the
 * byte order of x86-64; the hosted pair, the kernel modules and the reader share this layout.
 *
 *	stage     side   id   index                  count
 *	submit    front  tag  of the request         -
 *	publish   front  -    req_prod published     requests since the last publication, 0: none
 *	notify    both   -    -                      -
 *	wake      both   -    -                      enum rl_result that ended the wait
 *	dequeue   back   tag  of the request         -
 *	device    back   tag  -                      -
 *	respond   back   -    rsp_prod published     responses since the last publication
 *	complete  front  tag  of the response        -
 *
 * Each is stamped where the counter of the same event is incremented, so that records and
 * statistics can be held against each other: submits are requests, publications are notifications
 * sent plus those held off, wakes by RL_UPCALL are upcalls. What the peer can see (publish, notify,
 * respond) is stamped before it is done, what was seen of the peer (wake, dequeue, complete)
 * after it: with one clock no effect is stamped before its cause.
 *
 * Times are counts of the writer's clock. They compare between the sides of a ring after
 * clock_offset was added, when both say the same clock.
 */
#ifndef RL_CORE_TRACE_H
#define RL_CORE_TRACE_H

#include "core/types.h"

enum rl_trace_stage {
	RL_TRACE_NONE, /* reserved by a writer that has not come further yet */
	RL_TRACE_SUBMIT,
	RL_TRACE_PUBLISH,
	RL_TRACE_NOTIFY,
	RL_TRACE_WAKE,
	RL_TRACE_DEQUEUE,
	RL_TRACE_DEVICE,
	RL_TRACE_RESPOND,
	RL_TRACE_COMPLETE,
	RL_TRACE_STAGES
};

enum rl_trace_side { RL_TRACE_FRONT, RL_TRACE_BACK };

struct rl_trace_record {
	rl_u64 time;
	rl_u32 id; /* low half of the request's id: its tag */
	rl_u32 index;
	rl_u32 count;
	rl_u16 queue;
	rl_u8 stage, side;
};

#define RL_TRACE_MAGIC	     "rltrace\n" /* eight bytes, without the end */
#define RL_TRACE_VERSION     1u
#define RL_TRACE_CLOCK_BYTES 16u
#define RL_TRACE_MAX_RECORDS (1u << 22) /* a buffer of 96 MiB */

struct rl_trace_header {
	char magic[8];
	rl_u32 version, record_bytes;
	rl_u32 side, queue;
	rl_u64 ring;	      /* the same number on both sides of one ring */
	rl_u64 clock_hz;      /* counts of `time` in a second */
	rl_u64 clock_offset;  /* to be added to `time`, modulo 2^64; 0 when the clock is shared */
	rl_u64 written, lost; /* records stamped, and those of them overwritten */
	char clock[RL_TRACE_CLOCK_BYTES]; /* "tsc", "monotonic", "xen"; ends with zeros */
};

_Static_assert(sizeof(struct rl_trace_record) == 24, "the trace's layout is read by others");
_Static_assert(sizeof(struct rl_trace_header) == 80, "the trace's layout is read by others");

/* A side's buffer: memory of the caller, a power of two of records. */
struct rl_trace {
	struct rl_trace_record *record;
	rl_u64 head; /* records ever stamped */
	rl_u32 mask;
	rl_u16 queue;
	rl_u8 side;
};

/** rl_trace_records - the power of two that holds @n records, at most RL_TRACE_MAX_RECORDS. */
static inline rl_u32 rl_trace_records(rl_u32 n)
{
	rl_u32 size = 1;

	while (size < n && size < RL_TRACE_MAX_RECORDS)
		size *= 2;
	return size;
}

/** rl_trace_init - an empty buffer over @records (a power of two) at @memory. */
static inline void rl_trace_init(struct rl_trace *t, struct rl_trace_record *memory, rl_u32 records,
	enum rl_trace_side side, rl_u16 queue)
{
	*t = (struct rl_trace){
		.record = memory, .mask = records - 1, .queue = queue, .side = (rl_u8)side};
}

static inline void rl_trace_fill(const struct rl_trace *t, rl_u64 at, rl_u64 time,
	enum rl_trace_stage stage, rl_u32 id, rl_u32 index, rl_u32 count)
{
	t->record[at & t->mask] = (struct rl_trace_record){.time = time,
		.id = id,
		.index = index,
		.count = count,
		.queue = t->queue,
		.stage = (rl_u8)stage,
		.side = t->side};
}

/**
 * rl_trace_put - stamp a record, over the oldest one when the buffer is full.
 * Context: the buffer's one writer.
 */
static inline void rl_trace_put(struct rl_trace *t, rl_u64 time, enum rl_trace_stage stage,
	rl_u32 id, rl_u32 index, rl_u32 count)
{
	rl_trace_fill(t, t->head++, time, stage, id, index, count);
}

/**
 * rl_trace_put_shared - the same where several write, an interrupt among them.
 * Records then lie in the order in which their places were taken.
 */
static inline void rl_trace_put_shared(struct rl_trace *t, rl_u64 time, enum rl_trace_stage stage,
	rl_u32 id, rl_u32 index, rl_u32 count)
{
	rl_trace_fill(t, __atomic_fetch_add(&t->head, 1, __ATOMIC_RELAXED), time, stage, id, index,
		count);
}

/** rl_trace_lost - how many of @head records were overwritten. */
static inline rl_u64 rl_trace_lost(const struct rl_trace *t, rl_u64 head)
{
	return head > t->mask ? head - t->mask - 1 : 0;
}

#endif
