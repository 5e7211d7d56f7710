/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Closed loops: so many I/Os that go round between fio, the driver domain and the device.
 */
#ifndef RL_MODEL_ANALYTIC_CLOSED_H
#define RL_MODEL_ANALYTIC_CLOSED_H

#include "model/analytic/analytic.h"

#define RL_CLOSED_MAX 8192 /* I/Os in flight; beyond it bounds tell as much */

struct rl_closed_station {
	double ns, servers; /* servers infinite: a delay */
};

/**
 * rl_closed_throughput - of a closed network with product form, I/Os a ns.
 * @n: I/Os in it, 1 to RL_CLOSED_MAX.
 * Source: Buzen's convolution (CACM 16, 1973), which gives what mean value analysis gives (Reiser
 *         and Lavenberg 1980) for stations of several servers, too, without cancellation.
 */
double rl_closed_throughput(const struct rl_closed_station *st, uint32_t stations, uint32_t n);

/**
 * rl_closed_applies - one closed loop, without a rate, a batch or a limit that theory has not.
 * Returns: false: not, and @p says why.
 */
bool rl_closed_applies(const struct rl_analytic *a, struct rl_prediction *p);

/** rl_closed_say - IOPS of the whole machine, and the latency that follows by Little's law. */
void rl_closed_say(const struct rl_analytic *a, double per_ns, struct rl_prediction *p);

/** rl_closed_think_ns - of an I/O in the mean: neither a pCPU's nor the device's. */
double rl_closed_think_ns(const struct rl_analytic *a);

/** rl_closed_blocks - does a side that waits so have to be told? */
bool rl_closed_blocks(const struct rl_wait *w);

/** rl_closed_one_pcpu - does one pCPU run both domains? */
bool rl_closed_one_pcpu(const struct rl_scenario *s);

/** rl_closed_told - that both sides are told so many times an I/O. */
struct rl_told rl_closed_told(const struct rl_analytic *a, double times);

/**
 * rl_closed_mva - throughput of guest, driver domain and device, I/Os a ns of one guest.
 * @a: its ways of waiting may be others than those of its scenario.
 */
double rl_closed_mva(const struct rl_analytic *a, uint32_t n);

#endif
