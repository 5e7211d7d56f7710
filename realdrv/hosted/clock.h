/* SPDX-License-Identifier: MIT */
/*
 * The carrier's clock. A round trip over the ring takes less than half a microsecond, and
 * two reads of CLOCK_MONOTONIC would be a tenth of it: where the CPU's counter is invariant it is
 * read instead, scaled to nanoseconds once at start.
 */
#ifndef RL_HOSTED_CLOCK_H
#define RL_HOSTED_CLOCK_H

#include "core/types.h"

#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

/* ns = (counter - base) * mult >> 32; mult 0: the counter cannot be used. */
extern struct rl_hclock {
	rl_u64 base, mult;
} rl_hclock;

/** rl_hclock_init - measure the counter against CLOCK_MONOTONIC; takes 5 ms, once a process. */
void rl_hclock_init(void);

/** rl_hclock_monotonic_ns - CLOCK_MONOTONIC, the clock of sleeps. */
static inline rl_u64 rl_hclock_monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (rl_u64)t.tv_sec * 1000000000u + (rl_u64)t.tv_nsec;
}

/** rl_hclock_ns - nanoseconds since some moment; differences only. */
static inline rl_u64 rl_hclock_ns(void)
{
#if defined(__x86_64__)
	if (rl_hclock.mult)
		return (rl_u64)(((unsigned __int128)(__rdtsc() - rl_hclock.base) *
					rl_hclock.mult) >>
				32);
#endif
	return rl_hclock_monotonic_ns();
}

/** rl_hcpu_relax - tell the core that this is a loop that waits. */
static inline void rl_hcpu_relax(void)
{
#if defined(__x86_64__)
	_mm_pause();
#else
	__asm__ volatile("" ::: "memory");
#endif
}

#endif
