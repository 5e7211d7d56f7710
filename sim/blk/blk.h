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
#include "sim/xen/lock.h"
#include "sim/xen/xen.h"

/* What is kept of a slot: two share a line. What is read of a request: all but its segments. */
#define RL_SLOT_HEAD_BYTES    32u
#define RL_REQUEST_HEAD_BYTES offsetof(struct rl_blkif_request, seg)

_Static_assert(sizeof(struct rl_blkif_response) <= RL_SLOT_HEAD_BYTES &&
		       RL_REQUEST_HEAD_BYTES <= RL_SLOT_HEAD_BYTES,
	"both fit");

struct rl_fio;
struct rl_waiter;

struct rl_waiter_ops {
	/* Starts to take what its rings hold, in segments of @c; rl_waiter_drained() follows. */
	void (*drain)(struct rl_waiter *wt, struct rl_ctx *c);
	bool (*pending)(const struct rl_waiter *wt);
	bool (*arm)(struct rl_waiter *wt, uint32_t offset);
	uint32_t (*in_flight)(const struct rl_waiter *wt);
	/* Of several rings: what a look goes through; and at @line was seen something. May be null.
	 */
	void (*look)(struct rl_waiter *wt, struct rl_spin *s);
	void (*seen)(struct rl_waiter *wt, uint32_t line);
	/* Does anybody want what the ring may hold? Null: always. */
	bool (*wanted)(const struct rl_waiter *wt);
	bool in_irq; /* the event's handler drains by itself while armed without a timer */
};

struct rl_waiter_stats {
	uint64_t blocks, recheck_hits, spurious, episodes;
};

struct rl_waiter {
	const struct rl_waiter_ops *ops;
	struct rl_world *w;
	struct rl_ctx *thread;
	struct rl_port *evtchn; /* this side's ends of the event channels, one a ring */
	uint32_t rings;
	struct rl_timer timer;
	struct rl_policy_inst inst;
	struct rl_plan plan;
	struct rl_spin spin;
	bool have_plan;	 /* asked by the handler, to be carried out by the thread */
	bool irq_charge; /* the handler is in charge */
	bool asked_for;	 /* by rl_waiter_demand(), and still wanted */
	bool for_event, for_timer, for_kick; /* what the sleeping thread waits for */
	bool came;			     /* one of them, perhaps before it slept */
	enum rl_result how;
	rl_ps start, woke; /* an episode of waiting began; the last one ended */
	rl_ps mean_completion;
	rl_ps idle_at, idle_then; /* window of the idleness that a policy may ask for */
	uint32_t idle_permille;
	struct rl_waiter_stats st;
};

/** rl_waiter_init - select the policy; a thread of @v starts with asking it. For @rings rings. */
void rl_waiter_init(struct rl_waiter *wt, struct rl_world *w, const struct rl_waiter_ops *ops,
	struct rl_vcpu *v, const char *spec, uint32_t rings);
/** rl_waiter_drained - the drain that ops->drain() started is over. */
void rl_waiter_drained(struct rl_waiter *wt, struct rl_ctx *c);
/** rl_waiter_kick - a completion: wakes a thread that blocked without arming. */
void rl_waiter_kick(struct rl_waiter *wt);
/** rl_waiter_demand - somebody wants what the ring holds, or will: the thread that ops->wanted()
 * lets sleep takes it, or waits for it. Context: code of the same vCPU. */
void rl_waiter_demand(struct rl_waiter *wt);
/** rl_waiter_completed - a sample of the completion time. */
void rl_waiter_completed(struct rl_waiter *wt, rl_ps time);

/* What the simulator must know of a request beside its slot, by tag. */
struct rl_tag {
	struct rl_device_request r;
	struct rl_fio *fio;
	uint32_t io;
	uint32_t segments;    /* pages, those of an indirect request's list among them */
	uint32_t passing;     /* of them: mapped for this request alone */
	uint32_t publication; /* the backend's, in which its response is */
	struct rl_tag *next;  /* in a list of what the device has done */
	rl_u8 operation;
	struct rl_stamps stamps;
};

/* A guest's virtual block device: behind all rings of it. */
struct rl_vbd {
	struct rl_device_state device;
	struct rl_vbd_irq *irq; /* one a ring, if the device has so many */
};

struct rl_vbd_irq {
	struct rl_vbd *vbd;
	struct rl_port port;
	struct rl_blk *done; /* rings that the interrupt under way has to serve yet */
};

/* When the backend published responses, and when it sent the notification, 0: none. */
struct rl_publication {
	rl_ps made, sent;
};

/* What the device has done and is not answered yet, in this order. */
struct rl_tag_list {
	struct rl_tag *first, **end;
};

static inline void rl_back_forget(struct rl_tag_list *l)
{
	l->first = NULL;
	l->end = &l->first;
}

/* A thread of the backend, and the rings that it serves. */
struct rl_server {
	struct rl_waiter wt; /* the first member: of a waiter, its server */
	struct rl_blk **ring;
	uint32_t n, at; /* at: which it serves, or looks at next */
	struct rl_spin scan;
};

/* A ring and who serves its two ends. */
struct rl_blk {
	struct rl_world *w;
	uint32_t id, queue, line; /* which of its disk's, and of its server's */
	struct rl_server *server;
	struct rl_vcpu *guest, *driver; /* vCPUs that its event channels interrupt */
	struct rl_vbd *vbd;
	struct rl_ring_front front;
	struct rl_ring_back back;
	struct rl_waiter fw;
	enum rl_grants grants;
	uint32_t mapped_free; /* pages that stay mapped and are in no request */
	struct rl_tag *tag;
	uint32_t *free_tag, nfree;
	uint32_t reserved; /* of the free ones: for requests about to be made */
	uint32_t batch;	   /* messages of the drain under way, a side each */
	uint32_t fbatch;
	uint32_t later;		    /* of the backend's drain: those behind this publication */
	struct rl_tag_list done[2]; /* of the interrupt and of the thread */
	rl_ps drain_from;	    /* the backend's drain under way began */
	struct rl_blk *next_done;   /* has completions of the device interrupt under way */
	bool has_done;
	/* Publications of responses: how many, and which are being notified, by interrupt and
	 * thread. No more can matter than there are slots. */
	uint32_t publications, sending[2];
	struct rl_publication *publication;
	struct rl_fio_gate gate;
	bool shared;	     /* several vCPUs of the guest use it, */
	struct rl_lock lock; /* one at a time */
	uint64_t requests, responses, batches, copy_bytes, held_off;
	rl_ps slot_sum; /* of the times of the slots, less now for each in use */
};

static inline struct rl_blk *rl_blk_of(const struct rl_waiter *fw)
{
	return (struct rl_blk *)((char *)(uintptr_t)fw - offsetof(struct rl_blk, fw));
}

static inline struct rl_port *rl_blk_back_port(const struct rl_blk *b)
{
	return &b->server->wt.evtchn[b->line];
}

static inline struct rl_publication *rl_blk_publication(const struct rl_blk *b, uint32_t nth)
{
	return &b->publication[nth & (b->front.size - 1)];
}

/** rl_blk_timers - timers that the rings of a scenario need. */
uint32_t rl_blk_timers(const struct rl_scenario *s);

/** rl_blk_create - the rings of a scenario, one a queue of each guest, and who serves their ends.
 */
void rl_blk_create(struct rl_world *w, const struct rl_scenario *s);

/** rl_blk_init - the ring is connected and idle; both sides are about to ask their policies. */
void rl_blk_init(struct rl_blk *b, const struct rl_scenario *s, struct rl_vbd *vbd);

/** rl_blk_line_cost - what it costs a side to take @n messages of the other's pCPU's cache. */
rl_ps rl_blk_line_cost(const struct rl_blk *b, uint32_t n);

/** rl_front_submit_cost - what creating and enqueuing a request of @bytes costs, @copy of it. */
rl_ps rl_front_submit_cost(const struct rl_blk *b, uint32_t bytes, bool write, rl_ps *copy);

/**
 * rl_front_lock - take the lock of a ring into which several vCPUs put requests.
 * Returns: how long who makes a request of @bytes spins for it.
 */
rl_ps rl_front_lock(struct rl_blk *b, uint32_t bytes, bool write);

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
 * rl_front_flush - publish what was enqueued, on @v.
 * Returns: true when a notification is due: charge evtchn_send_ns, then rl_evtchn_send() and
 *          rl_front_sent().
 */
bool rl_front_flush(struct rl_blk *b, const struct rl_vcpu *v);

/** rl_front_sent - the notification of what @fio published at @when was sent. */
void rl_front_sent(struct rl_blk *b, const struct rl_fio *fio, rl_ps when);

/* ---- grant.c ------------------------------------------------------------------------------- */

/* Pages of several requests, by what their grants cost. */
struct rl_grant_sum {
	uint64_t segments, passing;
	uint64_t read, read_bytes, written, written_bytes; /* read and written: segments */
};

static inline void rl_grant_add(struct rl_grant_sum *s, const struct rl_tag *t)
{
	s->segments += t->segments;
	s->passing += t->passing;
	if (t->r.write) {
		s->written += t->segments;
		s->written_bytes += t->r.bytes;
	} else {
		s->read += t->segments;
		s->read_bytes += t->r.bytes;
	}
}

/* What their time is for: mapping, or Xen's copying. */
static inline enum rl_purpose rl_grant_purpose(const struct rl_blk *b)
{
	return b->grants == RL_GRANTS_COPY ? RL_CPU_COPY : RL_CPU_GRANT;
}

/** rl_segments_of - pages that a request of @bytes names, its indirect pages among them. */
uint32_t rl_segments_of(uint32_t bytes);

/** rl_grant_front_copy - what the frontend's copy of @bytes costs, where it copies. */
rl_ps rl_grant_front_copy(const struct rl_blk *b, uint32_t bytes);

/** rl_grant_claim - the frontend takes pages for a request; rl_grant_return() gives them back. */
void rl_grant_claim(struct rl_blk *b, struct rl_tag *t);
void rl_grant_return(struct rl_blk *b, const struct rl_tag *t);

/** rl_grant_take_cost - the backend maps the pages of a batch, or Xen copies what is written. */
rl_ps rl_grant_take_cost(struct rl_blk *b, const struct rl_grant_sum *s);

/**
 * rl_grant_release_cost - requests that are done are unmapped, or Xen copies what was read.
 * @together: by one call; else by one each.
 * @lock: out, what of it is spent spinning for a lock.
 */
rl_ps rl_grant_release_cost(
	struct rl_blk *b, const struct rl_tag *list, bool together, rl_ps *lock);

/* front.c, server.c */
extern const struct rl_waiter_ops rl_front_waiter_ops, rl_server_waiter_ops;
/* Of a frontend within the thread that asks for completions. */
extern const struct rl_waiter_ops rl_front_called_ops;

/** rl_back_serve - the server takes what the ring holds; rl_server_next() follows. */
void rl_back_serve(struct rl_blk *b, struct rl_ctx *c);

/** rl_back_waits - has the ring requests that the backend has not taken? */
bool rl_back_waits(const struct rl_blk *b);

/** rl_server_next - the ring that the server served is empty. */
void rl_server_next(struct rl_server *s, struct rl_ctx *c);

/** rl_back_device_irq - handler of a device's interrupt. c->arg: its struct rl_vbd_irq. */
void rl_back_device_irq(struct rl_ctx *c);

#endif
