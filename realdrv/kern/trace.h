/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage timestamps in the modules (core/trace.h), for `trace=N`: the newest N of each queue of a
 * device.
 *
 * Off, which is the default, a stamp is a no-op instruction: the branch is patched in when the
 * module is loaded with a trace, and never later. Submission, interrupts and the thread stamp one
 * buffer, so places in it are taken atomically.
 *
 * Stamps are CLOCK_MONOTONIC_RAW, which every domain counts from its own start; what Xen's raw
 * system time, which they share, is ahead of it stands in the header as clock_offset.
 */
#ifndef RLK_TRACE_H
#define RLK_TRACE_H

#include <linux/jump_label.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>

#include "core/trace.h"
#include "kern/waiter.h"

DECLARE_STATIC_KEY_FALSE(rlk_trace_key);

/** rlk_trace_put - stamp a record; the buffer may be missing. */
void rlk_trace_put(
	struct rlk_waiter *w, u64 time, enum rl_trace_stage stage, u32 id, u32 index, u32 count);

/** rlk_trace_time - the stamp of this moment; 0 when the trace is off. */
static __always_inline u64 rlk_trace_time(void)
{
	return static_branch_unlikely(&rlk_trace_key) ? ktime_get_raw_ns() : 0;
}

/** rlk_trace_at - stamp a record with a time that was taken before. Context: any. */
static __always_inline void rlk_trace_at(
	struct rlk_waiter *w, u64 time, enum rl_trace_stage stage, u32 id, u32 index, u32 count)
{
	if (static_branch_unlikely(&rlk_trace_key))
		rlk_trace_put(w, time, stage, id, index, count);
}

/** rlk_trace - stamp a record now. Context: any. */
static __always_inline void rlk_trace(
	struct rlk_waiter *w, enum rl_trace_stage stage, u32 id, u32 index, u32 count)
{
	if (static_branch_unlikely(&rlk_trace_key))
		rlk_trace_put(w, ktime_get_raw_ns(), stage, id, index, count);
}

#endif
