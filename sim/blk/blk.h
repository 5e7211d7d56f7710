/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pair: frontend and backend as actors that drive realdrv/core over a ring in memory.
 *
 * Nothing here decides. Which index to write, whether to notify, what to do when the ring
 * is empty: all that is asked of the same code that the kernel modules run. What is modelled
 * is who does it when, in which context, and what it costs. struct rl_waiter is the
 * counterpart of the modules' waiter (realdrv/kern/waiter.h), with its two ways of
 * being in charge.
 */
#ifndef RL_SIM_BLK_BLK_H
#define RL_SIM_BLK_BLK_H

#include "core/blkif.h"
#include "core/policy.h"
#include "core/ring.h"
#include "sim/core/stage.h"
#include "sim/device/device.h"
#include "sim/workload/fio.h"
#include "sim/xen/xen.h"

struct rl_fio;
struct rl_waiter;

struct rl_waiter_ops {
	/* Starts to take what the ring holds, in segments of @c; rl_waiter_drained() follows. */
	void (*drain)(struct rl_waiter *wt, struct rl_ctx *c);
	bool (*pending)(const struct rl_waiter *wt);
	bool (*arm)(struct rl_waiter *wt, uint32_t offset);
	uint32_t (*in_flight)(const struct rl_waiter *wt);
	bool in_irq; /* the event's handler drains by itself while armed without a timer */
};

struct rl_waiter_stats {
	uint64_t blocks, recheck_hits, spurious, episodes;
};

struct rl_waiter {
	const struct rl_waiter_ops *ops;
	struct rl_world *w;
	struct rl_blk *blk; /* whose */
	struct rl_ctx *thread;
	struct rl_port evtchn; /* this side's end of the event channel */
	struct rl_timer timer;
	struct rl_policy_inst inst;
	struct rl_plan plan;
	struct rl_spin spin;
	bool have_plan;	 /* asked by the handler, to be carried out by the thread */
	bool irq_charge; /* the handler is in charge */
	bool for_event, for_timer, for_kick; /* what the sleeping thread waits for */
	bool came;			     /* one of them, perhaps before it slept */
	enum rl_result how;
	rl_ps start, woke; /* an episode of waiting began; the last one ended */
	rl_ps mean_completion;
	rl_ps idle_at, idle_then; /* window of the idleness that a policy may ask for */
	uint32_t idle_permille;
	struct rl_waiter_stats st;
};

/** rl_waiter_init - select the policy; a thread of @v starts with asking it. */
void rl_waiter_init(struct rl_waiter *wt, struct rl_blk *b, const struct rl_waiter_ops *ops,
	struct rl_vcpu *v, const char *spec);
/** rl_waiter_drained - the drain that ops->drain() started is over. */
void rl_waiter_drained(struct rl_waiter *wt, struct rl_ctx *c);
/** rl_waiter_kick - a completion: wakes a thread that blocked without arming. */
void rl_waiter_kick(struct rl_waiter *wt);
/** rl_waiter_completed - a sample of the completion time. */
void rl_waiter_completed(struct rl_waiter *wt, rl_ps time);

/* What the simulator must know of a request beside its slot, by tag. */
struct rl_tag {
	struct rl_device_request r;
	struct rl_fio *fio;
	uint32_t io, segments;
	uint32_t publication; /* the backend's, in which its response is */
	rl_u8 operation;
	struct rl_stamps stamps;
};

/* A guest's virtual block device: behind all rings of it. */
struct rl_vbd {
	struct rl_device_state device;
	struct rl_port irq;
	struct rl_blk *done; /* rings that the interrupt under way has to serve yet */
};

/* When the backend published responses, and when it sent the notification, 0: none. */
struct rl_publication {
	rl_ps made, sent;
};

/* A ring and who serves its two ends. */
struct rl_blk {
	struct rl_world *w;
	uint32_t id;
	struct rl_vcpu *guest, *driver; /* vCPUs that its event channels interrupt */
	struct rl_vbd *vbd;
	struct rl_ring_front front;
	struct rl_ring_back back;
	struct rl_waiter fw, bw;
	bool persistent;
	struct rl_tag *tag;
	uint32_t *free_tag, nfree;
	uint32_t reserved; /* of the free ones: for requests about to be made */
	uint32_t batch;	   /* messages of the drain under way, a side each */
	uint32_t fbatch;
	uint32_t answered;	  /* responses of the backend not yet published */
	rl_ps drain_from;	  /* the backend's drain under way began */
	struct rl_blk *next_done; /* has completions of the device interrupt under way */
	bool has_done;
	/* Publications of responses: how many, and which are being notified, by interrupt and
	 * thread. No more can matter than there are slots. */
	uint32_t publications, sending[2];
	struct rl_publication *publication;
	struct rl_fio_gate gate;
	uint64_t requests, responses, copy_bytes, grant_ops, held_off;
};

static inline struct rl_publication *rl_blk_publication(const struct rl_blk *b, uint32_t nth)
{
	return &b->publication[nth & (b->front.size - 1)];
}

/** rl_blk_create - the rings of a scenario, one a queue of each guest, and where their ends are. */
void rl_blk_create(struct rl_world *w, const struct rl_scenario *s);

/** rl_blk_init - the ring is connected and idle; both sides are about to ask their policies. */
void rl_blk_init(struct rl_blk *b, const struct rl_scenario *s, struct rl_vbd *vbd);

/** rl_blk_line_cost - what it costs a side to take @n messages of the other's pCPU's cache. */
rl_ps rl_blk_line_cost(const struct rl_blk *b, uint32_t n);

/** rl_front_submit_cost - what creating and enqueuing a request of @bytes costs, @copy of it. */
rl_ps rl_front_submit_cost(const struct rl_blk *b, uint32_t bytes, bool write, rl_ps *copy);

/** rl_front_reserve - a tag for a request about to be made. Returns: false when none is free. */
bool rl_front_reserve(struct rl_blk *b);

/**
 * rl_front_submit - enqueue a request, of I/O @io of @fio, whom rl_fio_completed() will tell.
 * @r:    what is asked of the disk; its id is given here.
 * @asked, @slot: when the driver was asked for it, and when it had a slot.
 * Context: after its cost was charged, its tag reserved before. rl_front_flush() publishes it.
 */
void rl_front_submit(struct rl_blk *b, struct rl_fio *fio, uint32_t io,
	const struct rl_device_request *r, rl_ps asked, rl_ps slot);

/**
 * rl_front_flush - publish what was enqueued.
 * Returns: true when a notification is due: charge evtchn_send_ns, then rl_evtchn_send() and
 *          rl_front_sent().
 */
bool rl_front_flush(struct rl_blk *b);

/** rl_front_sent - the notification of what @fio published at @when was sent. */
void rl_front_sent(struct rl_blk *b, const struct rl_fio *fio, rl_ps when);

/* back.c, front.c */
extern const struct rl_waiter_ops rl_front_waiter_ops, rl_back_waiter_ops;

/** rl_back_device_irq - handler of a device's interrupt. c->arg: its struct rl_vbd. */
void rl_back_device_irq(struct rl_ctx *c);

#endif
