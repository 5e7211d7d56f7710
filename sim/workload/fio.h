/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fio with libaio, one job: a closed loop of iodepth I/Os on the guest's vCPU.
 *
 * As fio's loop does it: an I/O is issued by an io_submit of its own, down to the driver, whose
 * publication and notification happen inside; when iodepth are in flight io_getevents
 * waits for one, takes one, and the loop goes on. Latencies are fio's: slat from picking the I/O
 * to the return of io_submit, clat from there to the return of the io_getevents that took it.
 */
#ifndef RL_SIM_WORKLOAD_FIO_H
#define RL_SIM_WORKLOAD_FIO_H

#include "sim/core/stage.h"
#include "sim/xen/xen.h"

#define RL_FIO_DEPTH 1024u

struct rl_io {
	rl_ps start, issued;
	struct rl_stamps stamps; /* of its last request to complete */
	uint32_t parts;		 /* requests of it not yet complete */
	bool write;
};

struct rl_fio {
	struct rl_world *w;
	struct rl_ctx *ctx;
	struct rl_rng rng;
	uint32_t depth, bytes, mix_read; /* percent of reads */
	bool mixed, write;
	struct rl_io io[RL_FIO_DEPTH];
	uint32_t free_io[RL_FIO_DEPTH], nfree;
	uint32_t done[RL_FIO_DEPTH], done_head, ndone; /* completed, not yet reaped */
	uint32_t cur, left;			       /* being issued, and its bytes to submit */
	rl_ps asked, slot; /* its next request's way into the ring; asked 0: not yet */
	bool waits_done, waits_tag, completed;
};

/** rl_fio_init - the job of a scenario, about to issue its first I/O. */
void rl_fio_init(struct rl_world *w, const struct rl_scenario *s, struct rl_rng rng);

/** rl_fio_completed - a request of I/O @io is complete; when it passed its stages. */
void rl_fio_completed(struct rl_world *w, uint32_t io, const struct rl_stamps *s);

/** rl_fio_wake - after a batch of completions: wake fio if it waits for what came. */
void rl_fio_wake(struct rl_world *w);

#endif
