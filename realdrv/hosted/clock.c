/* SPDX-License-Identifier: MIT */
/* The scale of the CPU's counter; see clock.h. */
#include "hosted/clock.h"

#include <pthread.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#define CALIBRATE_NS 5000000u

struct rl_hclock rl_hclock;

#if defined(__x86_64__)
/* CPUID 0x80000007, EDX bit 8: the counter runs at one rate whatever the core does. */
static rl_bool invariant(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & 1u << 8);
}

static void measure(void)
{
	rl_u64 t0, t1, c0, c1;

	if (!invariant())
		return;
	t0 = rl_hclock_monotonic_ns();
	c0 = __rdtsc();
	do {
		t1 = rl_hclock_monotonic_ns();
		c1 = __rdtsc();
	} while (t1 - t0 < CALIBRATE_NS);
	rl_hclock.base = c0;
	rl_hclock.mult = (rl_u64)((((unsigned __int128)(t1 - t0)) << 32) / (c1 - c0));
}
#else
static void measure(void)
{
}
#endif

void rl_hclock_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, measure);
}
