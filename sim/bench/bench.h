/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How near the engine comes to what this machine can do: two models through its public face
 * (sim/core/engine.h, ties first in first out), and the same models bare. Times are CPU time of
 * the calling thread: another process on the core does not count, a slow core does, so a limit
 * and what is held against it run one right after the other. Context: one thread at a time.
 *
 *	mm1	One server, Poisson arrivals, exponential service. An event is one arrival or one
 *		departure. Bare: two clocks in two variables, no event list.
 *	hold	N pending events. An event is: take the earliest, draw Exp(1), schedule it again so
 *		much later. Bare: a winner tree over an array, no slots, no calls, no clock.
 */
#ifndef RL_SIM_BENCH_BENCH_H
#define RL_SIM_BENCH_BENCH_H

#include <stdint.h>

struct rl_bench_mm1 {
	double ns;   /* CPU time an event */
	double mean; /* time in system, in mean service times */
};

/**
 * rl_bench_mm1, rl_limit_mm1 - an empty M/M/1 until @customers have left it.
 * @load: arrivals a mean service time, below 1.
 * @out:  unchanged on error.
 * Returns: 0; -ENOMEM; -EOVERFLOW when more customers wait than there is room for.
 */
int rl_bench_mm1(double load, uint64_t customers, uint64_t seed, struct rl_bench_mm1 *out);
int rl_limit_mm1(double load, uint64_t customers, uint64_t seed, struct rl_bench_mm1 *out);

/**
 * rl_bench_mm1_off - how far a mean lies from theory, 1 / (1 - load), in standard errors of it.
 * Source: W. Whitt, Planning Queueing Simulations, Management Science 35 (1989): the asymptotic
 * variance of the waiting time; the service's own is added as if perfectly correlated with it.
 */
double rl_bench_mm1_off(double load, uint64_t customers, double mean);

/**
 * rl_bench_hold, rl_limit_hold - @events events with @pending of them scheduled at any time.
 * @ns:   out, CPU time an event; unchanged on error.
 * Returns: 0; -ENOMEM; -EDOM when the clock ended where it cannot have: further than five standard
 *          errors from @events / @pending.
 */
int rl_bench_hold(uint32_t pending, uint64_t events, uint64_t seed, double *ns);
int rl_limit_hold(uint32_t pending, uint64_t events, uint64_t seed, double *ns);

/** rl_bench_cpu_ns - CPU time of the calling thread so far. */
double rl_bench_cpu_ns(void);

/** rl_bench_hold_wrong - is @clock, in means of a delay, where no such model can have it? */
int rl_bench_hold_wrong(uint32_t pending, uint64_t events, double clock);

#endif
