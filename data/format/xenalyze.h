/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What xenalyze says of Xen's scheduling records: how long each vCPU ran, waited for a pCPU and
 * was blocked, and how long it waited after it was woken.
 *
 * Two of its texts are read. --summary gives counts and means a state, in cycles (its percentiles
 * are weighted by time, and left out). --dump-all gives every change of state, so that waits
 * become whole distributions.
 *
 * xenalyze does not know the speed of the clock: without --cpu-hz it takes 2.4 GHz. The summary
 * says what it took; of a dump it is found out by holding its times against Xen's own `run for`,
 * which are true.
 *
 * Source: xenalyze(1); xen tools/xentrace/xenalyze.c for the form of its lines.
 */
#ifndef RL_DATA_FORMAT_XENALYZE_H
#define RL_DATA_FORMAT_XENALYZE_H

#include "model/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define RL_XENALYZE_HZ 2.4e9 /* what xenalyze takes when it is not told */

/* A vCPU's time in a state: "running", "runnable" (of it: "wake", "preempt"), "blocked", ... */
struct rl_vcpu_state {
	uint16_t domid, vcpu;
	char state[20];
	uint64_t n;
	double total_ns;
	double p5_ns, p50_ns, p95_ns; /* NaN: not known */
};

/* A wait of a vCPU from being woken to running, in fio's bins. */
struct rl_vcpu_wait {
	uint16_t domid, vcpu;
	uint64_t value_ns, n;
};

struct rl_xenalyze {
	struct rl_vcpu_state *state;
	size_t nstate;
	struct rl_vcpu_wait *wait; /* of a dump only */
	size_t nwait;
};

/**
 * rl_xenalyze_parse - read a summary or a dump; free with rl_xenalyze_free().
 * @hz: speed of the trace's clock; 0: not known, then xenalyze must have been told.
 * Returns: 0; -EINVAL with line and column: cut short, no state of any vCPU, a clock that cannot
 *          be right; -ENOMEM.
 */
int rl_xenalyze_parse(const char *text, size_t size, const char *file, double hz,
	struct rl_xenalyze *out, struct rl_err *err);
void rl_xenalyze_free(struct rl_xenalyze *x);

#endif
