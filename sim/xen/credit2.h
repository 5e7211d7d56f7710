/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of credit2 share: sched_credit2.c chooses, c2_cap.c caps, c2_balance.c moves. */
#ifndef RL_SIM_XEN_CREDIT2_H
#define RL_SIM_XEN_CREDIT2_H

#include "sim/core/world.h"
#include "sim/xen/heap.h"

#define US(x) ((int64_t)(x)*1000000) /* credit is time: ps */

/*
 * Of a vCPU. Credit is what it was when the queue had given `given`. Balancing looks at all of
 * them, of thousands: what it needs comes first, in one line.
 */
struct rl_c2_unit {
	struct rl_vcpu *v;
	struct rl_c2_runq *rq;
	struct rl_c2_runq *moves; /* where to, as soon as it stops */
	int64_t load;		  /* mean share of time in which it wants a pCPU */
	uint64_t load_at;
	bool wants, queued, parked, pinned;
	int64_t credit, given;
	uint64_t residual;
	rl_ps burnt_to, entered;
	struct rl_heap_node in_all, in_movable, in_local;
	int64_t budget; /* left of its portion, negative: overdrawn; when its domain is capped */
	struct rl_c2_unit *next_parked;
};

/* Of some pCPUs: all that are queued, those that may run anywhere, and what each was given. */
struct rl_c2_runq {
	struct rl_heap all, movable;
	int64_t given;
	uint64_t seq;
	uint32_t first, ncpus, nunits;
	uint32_t max_weight, nmax; /* of its units, and how many have it */
	uint32_t last_placed;	   /* pCPU, counted from the first */
	uint32_t want;		   /* vCPUs that want a pCPU */
	int64_t load;
	uint64_t load_at;
};

struct rl_c2_pcpu {
	struct rl_c2_runq *rq;
	struct rl_heap local; /* who is queued and ran here last, or is pinned */
};

struct rl_c2_dom {
	struct rl_world *w;
	int64_t budget, total, portion;
	struct rl_c2_unit *parked;
	uint32_t slot;
};

struct rl_c2 {
	struct rl_c2_runq *rq; /* room for one a pCPU */
	uint32_t n;
	struct rl_c2_unit **unit; /* by vCPU */
	struct rl_rng late_rng;	  /* how late slices end */
};

static inline struct rl_c2_unit *rl_c2_unit(const struct rl_vcpu *v)
{
	return v->own;
}

static inline struct rl_c2_pcpu *rl_c2_pcpu(const struct rl_pcpu *p)
{
	return p->own;
}

static inline struct rl_c2_dom *rl_c2_dom(const struct rl_dom *d)
{
	return d->own;
}

/** rl_c2_credit - a vCPU's credit, with what its queue has given since the last look. */
int64_t rl_c2_credit(struct rl_c2_unit *u);

void rl_c2_enqueue(struct rl_world *w, struct rl_c2_unit *u);
void rl_c2_dequeue(struct rl_world *w, struct rl_c2_unit *u);

/** rl_c2_tickle - who shall look because @v is queued? Not @but, which may be null. */
void rl_c2_tickle(struct rl_world *w, struct rl_vcpu *v, const struct rl_pcpu *but);

/* Does the load of queues matter? */
static inline bool rl_c2_balances(const struct rl_world *w)
{
	return ((const struct rl_c2 *)w->sched_own)->n > 1;
}

/* c2_cap.c */
/** rl_c2_cap_init - a capped domain has its budget, and a timer that fills it up. */
void rl_c2_cap_init(struct rl_world *w, struct rl_dom *dom, struct rl_rng *rng);
/** rl_c2_grab - may @u run as far as its cap goes? Else it is parked. */
bool rl_c2_grab(struct rl_world *w, struct rl_c2_unit *u);
/** rl_c2_give_back - @u of a capped domain stopped: what it did not use is its domain's again. */
void rl_c2_give_back(struct rl_world *w, struct rl_c2_unit *u);

/* c2_balance.c */
/** rl_c2_place - the first queue of a vCPU. */
void rl_c2_place(struct rl_world *w, struct rl_c2_unit *u);
/** rl_c2_moved - @u, which is not queued, belongs to the queue u->moves. */
void rl_c2_moved(struct rl_world *w, struct rl_c2_unit *u);
/** rl_c2_wants - whether @u wants a pCPU changes now. Needed where rl_c2_balances(). */
void rl_c2_wants(struct rl_world *w, struct rl_c2_unit *u, bool wants);
/**
 * rl_c2_balance - perhaps a vCPU moves between the queue of @p and that whose load differs most.
 * @next: is about to run on @p, and stays.
 */
void rl_c2_balance(struct rl_world *w, const struct rl_pcpu *p, const struct rl_c2_unit *next);

#endif
