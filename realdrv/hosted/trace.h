/* SPDX-License-Identifier: MIT */
/*
 * A side's trace buffer in a process: the clock of its stamps, and the file that it becomes.
 *
 * Where the kernel itself keeps time by the CPU's counter, all CPUs have one, and it is what
 * stamps are: a third of what CLOCK_MONOTONIC costs. Both sides of a ring decide alike, as they
 * run on one kernel. A buffer without records is off, which costs a branch a stamp.
 */
#ifndef RL_HOSTED_TRACE_H
#define RL_HOSTED_TRACE_H

#include "core/trace.h"
#include "hosted/clock.h"

struct rl_htrace {
	struct rl_trace buf; /* record null: off */
	rl_bool tsc;
	rl_u64 start_ticks, start_ns; /* one moment by the counter and by CLOCK_MONOTONIC */
};

/**
 * rl_htrace_init - a buffer of at least @records; 0: off.
 * Returns: 0; -ENOMEM; -EINVAL above RL_TRACE_MAX_RECORDS.
 */
int rl_htrace_init(struct rl_htrace *t, rl_u32 records, enum rl_trace_side side, rl_u32 queue);
void rl_htrace_fini(struct rl_htrace *t);

/**
 * rl_htrace_write - what is in the buffer into a file, which appears when it is whole.
 * @ring:   of rl_htrace_ring().
 * Returns: 0 or a negative errno.
 * Context: nobody stamps meanwhile.
 */
int rl_htrace_write(const struct rl_htrace *t, rl_u64 ring, const char *path);

/** rl_htrace_ring - a number that both sides find for ring @queue of the memory @fd. */
rl_u64 rl_htrace_ring(int fd, rl_u32 queue);

static inline rl_bool rl_htrace_on(const struct rl_htrace *t)
{
	return __builtin_expect(t->buf.record != 0, 0);
}

/** rl_htrace_time - the stamp of this moment; 0 when the trace is off. */
static inline rl_u64 rl_htrace_time(const struct rl_htrace *t)
{
	if (!rl_htrace_on(t))
		return 0;
#if defined(__x86_64__)
	if (t->tsc) {
		_mm_lfence(); /* not before what was seen of the peer */
		return __rdtsc();
	}
#endif
	return rl_hclock_monotonic_ns();
}

/** rl_htrace_at - stamp a record with a time that was taken before. Context: the one writer. */
static inline void rl_htrace_at(struct rl_htrace *t, rl_u64 time, enum rl_trace_stage stage,
	rl_u32 id, rl_u32 index, rl_u32 count)
{
	if (rl_htrace_on(t))
		rl_trace_put(&t->buf, time, stage, id, index, count);
}

/** rl_htrace_stamp - stamp a record now. */
static inline void rl_htrace_stamp(
	struct rl_htrace *t, enum rl_trace_stage stage, rl_u32 id, rl_u32 index, rl_u32 count)
{
	if (rl_htrace_on(t))
		rl_trace_put(&t->buf, rl_htrace_time(t), stage, id, index, count);
}

#endif
