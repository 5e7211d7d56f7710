/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All counters of a replication at one moment; two of them describe the time between. */
#ifndef RL_SIM_CORE_MARK_H
#define RL_SIM_CORE_MARK_H

#include "sim/core/world.h"
#include "sim/sim.h"

struct rl_mark {
	rl_ps now;
	uint32_t npcpus, nvbds, nblk, vcpus[RL_ROLES];
	struct rl_vcpu_stats v[RL_ROLES]; /* of all vCPUs of the role, but for wait_ps: */
	rl_ps_sum wait[RL_ROLES];
	rl_ps_sum device_busy, stalled; /* of all devices, of all rings */
	rl_ps hyp, idle;		/* of all pCPUs */
	rl_ps_sum slots, ring_lock;	/* of all rings: slots in use, the lock is held */
	rl_ps flush_lock;
	uint32_t nslots;
	uint64_t switches, copy_bytes, batches;
	/* How much busier the busiest is than the mean of its kind, since the beginning: of a
	 * role's vCPUs, of the pCPUs, of the devices, of the rings. */
	double peak[RL_ROLES], peak_pcpu, peak_device, peak_ring, peak_lock;
	struct rl_tally tally;
};

/* What a replication brings home. */
struct rl_rep {
	double m[RL_METRIC_COUNT];
	uint64_t events, requests;
	/* Share of time that the busiest vCPU of a role worked, polling excluded, the busiest pCPU,
	 * polling included, and device; and that vCPUs which do I/O waited for a pCPU, in the mean.
	 */
	double busy[RL_ROLES], pcpu, device, waited;
	/* Slots of the fullest ring in use, or waited for; its lock, or that of the machine for
	 * flushes, held. */
	double slots, ring_lock, flush_lock;
	int failed;	    /* -EDEADLK: it stood still; -ENOMEM; or 0 */
	char why[192];	    /* where it ended early: as rl_still_why() says */
	const char *broken; /* what was not conserved: a bug of the simulator; or null */
	/* Where the time of all pCPUs went: cells and idle time add up to pcpus x time, exactly. */
	rl_ps cpu[RL_ROLES][RL_CPU_COUNT], idle, time;
};

/**
 * rl_mark_take - note all counters as they are now.
 * Returns: null; what is not conserved: I/Os in time (Little's law), requests, CPU time.
 */
const char *rl_mark_take(struct rl_world *w, struct rl_mark *m);

/**
 * rl_mark_fill - what happened between two marks.
 * @b: its histograms are used up.
 * @hist: RL_CLASSES of them; latencies between the marks are added.
 */
void rl_mark_fill(
	const struct rl_mark *a, struct rl_mark *b, struct rl_rep *out, struct rl_hist *hist);

/**
 * rl_mark_ios - the metrics of I/Os of RL_CLASSES classes, and of each where both occur.
 * @h: their histograms; the first holds both afterwards.
 */
void rl_mark_ios(double *m, const struct rl_tally_class *c, struct rl_hist *h, double seconds);

/** rl_mark_syncs - the metrics of @n calls of fsync that took @spent together; none of none. */
void rl_mark_syncs(double *m, uint64_t n, rl_ps spent, double seconds);

#endif
