/* SPDX-License-Identifier: MIT */
/*
 * How near the hosted pair comes to what this machine can do. Each measurement is a child
 * process or two, pinned; limits and the pair take turns within one run, since absolute times
 * drift by a quarter from minute to minute and ratios do not.
 */
#ifndef RL_HOSTED_BENCH_H
#define RL_HOSTED_BENCH_H

#include "core/types.h"

/* Where the two sides run; the same CPU twice: one core. */
struct rl_bench_cpus {
	int front, back;
};

/**
 * rl_limit_line_ns - a cache line handed to another core and back, spinning: ns a round trip.
 * rl_limit_eventfd_ns - an eventfd to another process and back.
 * rl_limit_slots_ns - a bare loop over ring slots of blkif size: copy, validate, respond; ns a
 *                     request with @depth of them under way. No policy, no statistics, no I/O.
 * @n: round trips or requests.
 * Returns: ns a piece; 0 when it could not be measured.
 */
double rl_limit_line_ns(struct rl_bench_cpus cpus, rl_u32 n);
double rl_limit_eventfd_ns(struct rl_bench_cpus cpus, rl_u32 n);
double rl_limit_slots_ns(struct rl_bench_cpus cpus, rl_u32 depth, rl_u32 n);

/** rl_bench_pin - keep the calling process on a CPU. */
void rl_bench_pin(int cpu);

/* What a run of the pair gives. */
struct rl_bench_pair {
	double ns;			  /* a request */
	double front_cpu_ns, back_cpu_ns; /* CPU time a request, of each process */
	double sends, upcalls;		  /* a request, both sides together */
	double spin_frac;		  /* of the backend's time */
};

/**
 * rl_bench_pair - the pair itself: null device, mapped reads of 4 KiB, @depth of them under way.
 * @front, @back: policies.  @trace_records: stage timestamps that each side keeps; 0: none.
 * Returns: 0 or a negative errno.
 */
int rl_bench_pair(struct rl_bench_cpus cpus, const char *front, const char *back, rl_u32 bytes,
	rl_u32 depth, rl_u32 n, rl_u32 trace_records, struct rl_bench_pair *out);

#endif
