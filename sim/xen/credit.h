/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of credit share: sched_credit.c chooses, credit_account.c gives and takes. */
#ifndef RL_SIM_XEN_CREDIT_H
#define RL_SIM_XEN_CREDIT_H

#include "sim/core/world.h"

#define MS(x) ((rl_ps)(x)*1000 * 1000 * RL_PS_PER_NS)

/* Priorities, the best first. */
enum { RL_CR_BOOST, RL_CR_UNDER, RL_CR_OVER, RL_CR_CLASSES, RL_CR_IDLE = RL_CR_CLASSES };

struct rl_cr_unit {
	struct rl_vcpu *v;
	struct rl_cr_unit *next, *prev; /* in the queue */
	struct rl_cr_unit *next_active; /* of the domain */
	int pri, class;			/* class: in which it is queued; a sort brings it to pri */
	bool queued, active, parked;
	int32_t credit;
	uint64_t residual;
	rl_ps burnt_to, entered;
	int32_t moves; /* the pCPU to which it goes when it stops, or -1 */
};

struct rl_cr_class {
	struct rl_cr_unit *first, *last;
};

struct rl_cr_cpu {
	struct rl_pcpu *p;
	struct rl_cr_class q[RL_CR_CLASSES];
	uint32_t n, movable; /* queued, and of them not pinned */
	uint32_t sorted, slot;
	uint32_t last_tickled;
};

struct rl_cr_dom {
	struct rl_cr_unit *active;
	uint32_t nactive;
	struct rl_dom *d, *next;
};

struct rl_cr {
	struct rl_dom *active;
	int64_t weight, balance;
	uint32_t sort, slot, queued;
	uint32_t bias; /* where the last work was stolen */
	rl_ps phase, tick_phase;
};

static inline struct rl_cr_unit *rl_cr_unit(const struct rl_vcpu *v)
{
	return v->own;
}

static inline struct rl_cr_cpu *rl_cr_cpu(const struct rl_world *w, int32_t id)
{
	return w->pcpu[id].own;
}

static inline struct rl_cr_dom *rl_cr_dom(const struct rl_cr_unit *u)
{
	return u->v->dom->own;
}

static inline struct rl_cr *rl_cr(const struct rl_world *w)
{
	return w->sched_own;
}

/** rl_cr_insert - @u waits in the queue of its pCPU, behind all of its priority. */
void rl_cr_insert(struct rl_world *w, struct rl_cr_unit *u);

/** rl_cr_remove - it is queued, and shall not be. */
void rl_cr_remove(struct rl_world *w, struct rl_cr_unit *u);

/** rl_cr_tickle - who shall look because @u is queued? */
void rl_cr_tickle(struct rl_world *w, struct rl_cr_unit *u);

/* credit_account.c */
/** rl_cr_burn - @u pays for what it ran since the last time. */
void rl_cr_burn(struct rl_world *w, struct rl_cr_unit *u);

/** rl_cr_activate - from the next accounting on @u earns credit. */
void rl_cr_activate(struct rl_world *w, struct rl_cr_unit *u);

/** rl_cr_account_init - accounting has its timer. */
void rl_cr_account_init(struct rl_world *w, struct rl_rng *rng);

/** rl_cr_next - the first multiple of @period, @phase later, that is after now. */
rl_ps rl_cr_next(const struct rl_world *w, rl_ps period, rl_ps phase);

#endif
