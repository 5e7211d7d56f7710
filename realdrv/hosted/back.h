/* SPDX-License-Identifier: MIT */
/*
 * The backend of the hosted pair: the driver domain's side of one ring.
 *
 * As in the kernel module: take a batch, copy each request out of the slot once, judge the copy
 * (core/blkif.h), carry it out on the device, answer, publish once a batch. Nothing that lies in
 * shared memory is believed: indices are bounded, grants must be pages that exist.
 */
#ifndef RL_HOSTED_BACK_H
#define RL_HOSTED_BACK_H

#include "core/blkif.h"
#include "core/ring.h"
#include "hosted/device.h"
#include "hosted/trace.h"
#include "hosted/waiter.h"

#define RL_HBACK_MAX_SLOTS 512u

struct rl_hback {
	struct rl_ring_back ring;
	struct rl_hwaiter w;
	struct rl_hstats stats;
	struct rl_htrace trace;
	struct rl_blkif_limits limits;
	const struct rl_hdevice *device;
	void *dq;
	rl_u8 *pages; /* granted ones */
	rl_u32 npages;
	int peer_evtchn;
	rl_u32 in_flight; /* deferred by the device */
	rl_u32 nfree;	  /* tags not in the device */
	struct {
		rl_u64 id, taken_ns;
		rl_u8 operation;
		rl_u32 sectors;
	} tag[RL_HBACK_MAX_SLOTS];
	rl_u32 free_tag[RL_HBACK_MAX_SLOTS];
};

struct rl_hback_conf {
	void *ring;
	rl_u32 ring_pages;
	rl_u8 *pages; /* granted ones */
	rl_u32 npages;
	int evtchn, peer_evtchn; /* the caller's */
	const struct rl_hdevice *device;
	void *dev; /* opened */
	const struct rl_hdisk *disk;
	const char *policy;
	rl_u32 trace_records; /* 0: no trace */
	rl_u32 queue;	      /* its number, for the trace */
};

/**
 * rl_hback_init - attach to a ring of the frontend's memory and to the device.
 * Returns: 0; -EINVAL a bad policy; what the device said.
 */
int rl_hback_init(struct rl_hback *b, const struct rl_hback_conf *conf);

/**
 * rl_hback_run - serve the ring in this thread until rl_hwaiter_attract(&b->w).
 * Returns: 0; -EPROTO when the frontend broke the ring's rules: this ring was given up.
 */
int rl_hback_run(struct rl_hback *b);

/** rl_hback_fini - wait for what the device still has, let go of it and of the trace. */
void rl_hback_fini(struct rl_hback *b);

#endif
