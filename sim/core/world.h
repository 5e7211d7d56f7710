/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One replication: the clock, the pending set, the machine, rings, disks, jobs.
 * Actors meet here; each owns its own struct. All memory is taken at the start, from an arena
 * that the next replication uses again; nothing is allocated while it runs.
 */
#ifndef RL_SIM_CORE_WORLD_H
#define RL_SIM_CORE_WORLD_H

#include "sim/blk/blk.h"
#include "sim/core/arena.h"
#include "sim/core/engine.h"
#include "sim/core/section.h"
#include "sim/core/tally.h"
#include "sim/device/device.h"
#include "sim/workload/fio.h"
#include "sim/xen/lock.h"
#include "sim/xen/xen.h"

struct rl_tracer;

struct rl_world {
	rl_ps now;		    /* the engine's */
	struct rl_tracer *tracer;   /* who watches, or null */
	uint64_t completed;	    /* I/Os, warm-up included */
	struct rl_section *section; /* the jobs apart; null: there is one */
	struct rl_tally tally;
	struct rl_engine engine;
	rl_ps cost[RL_PARAM_COUNT]; /* rounded once; per byte: ps a byte */
	double copy_ps;		    /* of a byte; of a fast machine it is few, and is not rounded */
	rl_ps typed[RL_DOMAIN_TYPES][RL_PARAM_COUNT];

	const struct rl_sched *sched;
	void *sched_own;
	struct rl_lock flush; /* one pCPU of the machine at a time has TLBs flushed */
	int32_t waker;	      /* pCPU that wakes somebody just now, -1: time itself */
	uint32_t npcpus, nvcpus, ndoms, nguests, ndrivers;
	uint32_t sockets, threads; /* threads of a core */
	bool mwait;		   /* domains may use it */
	bool hosted;		   /* vCPUs are processes of Linux: see struct rl_machine */
	bool plain; /* one thread a core, and no cache to fill: segments take what they cost */
	struct rl_pcpu *pcpu;
	struct rl_dom *dom;
	struct rl_vcpu *vcpu;		    /* of the guests, of the driver domains, of others */
	uint32_t guest_vcpus, driver_vcpus; /* of one domain each */

	uint32_t nblk, nvbds;
	struct rl_blk *blk;	  /* rings, guest by guest */
	struct rl_vbd *vbd;	  /* one a guest */
	struct rl_server *server; /* threads of the backends */
	struct rl_jobs *jobs;	  /* one a guest */
	uint32_t busy_guests;	  /* whose jobs are not over */
	uint32_t nsections;
	struct rl_rng dom0_rng, load_rng, cost_rng;
	struct rl_arena arena;
};

/* The vCPUs of a role, as rl_world.vcpu has them. */
static inline struct rl_vcpu *rl_world_guest(
	const struct rl_world *w, uint32_t guest, uint32_t vcpu)
{
	return &w->vcpu[guest * w->guest_vcpus + vcpu];
}

static inline struct rl_vcpu *rl_world_driver(
	const struct rl_world *w, uint32_t driver, uint32_t vcpu)
{
	return &w->vcpu[w->nguests * w->guest_vcpus + driver * w->driver_vcpus + vcpu];
}

#define rl_cost(w, name) ((w)->cost[RL_PARAM_##name])

/* The same for a step that @v takes: it depends on the type of its domain. */
#define rl_vcost(v, name) ((v)->dom->cost[RL_PARAM_##name])

/**
 * rl_world_create - memory for a world, in which replications run one after the other.
 * Returns: null when out of memory.
 */
struct rl_world *rl_world_create(void);

/** rl_world_destroy - @w may be null. */
void rl_world_destroy(struct rl_world *w);

/**
 * rl_world_reset - time zero, everything zero, room for @slots timers, the first @near of which are
 *                  armed most often.
 * Returns: 0; -ENOMEM.
 */
int rl_world_reset(struct rl_world *w, uint32_t slots, uint32_t near);

/** rl_world_alloc - zeroed memory until the next replication. Context: before the first event. */
void *rl_world_alloc(struct rl_world *w, size_t bytes);

/** rl_world_slot - a timer for an actor. Context: before the first event. */
static inline uint32_t rl_world_slot(struct rl_world *w, void (*fire)(void *), void *arg)
{
	return rl_engine_slot(&w->engine, fire, arg);
}

/** rl_world_arm - the slot fires at @at, not before now; moves it when it was armed. */
static inline void rl_world_arm(struct rl_world *w, uint32_t slot, rl_ps at)
{
	rl_engine_arm(&w->engine, slot, at);
}

/** rl_world_draw - the place that an event has among equal times when it is armed now. */
static inline uint64_t rl_world_draw(struct rl_world *w)
{
	return rl_engine_draw(&w->engine);
}

/** rl_world_arm_seq - the same among equal times at the place that was drawn for it. */
static inline void rl_world_arm_seq(struct rl_world *w, uint32_t slot, rl_ps at, uint64_t seq)
{
	rl_engine_arm_seq(&w->engine, slot, at, seq);
}

static inline void rl_world_cancel(struct rl_world *w, uint32_t slot)
{
	rl_engine_cancel(&w->engine, slot);
}

/** rl_world_armed - does the slot wait for its time? rl_world_at - which. */
static inline bool rl_world_armed(const struct rl_world *w, uint32_t slot)
{
	return rl_engine_armed(&w->engine, slot);
}

static inline rl_ps rl_world_at(const struct rl_world *w, uint32_t slot)
{
	return rl_engine_at(&w->engine, slot);
}

/** rl_world_step - fire the next event. Returns: false when nothing will ever happen again. */
static inline bool rl_world_step(struct rl_world *w)
{
	uint32_t slot;

	if (!rl_engine_next(&w->engine, &slot))
		return false;
	w->now = w->engine.now;
	rl_engine_fire(&w->engine, slot);
	return true;
}

#endif
