/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine: a clock, and slots that fire when it reaches their time. It knows nothing of
 * domains or rings; the simulator's world is one user of it, `ringlab bench engine` another.
 *
 * An actor takes one slot for each thing that it can wait for, before the first event, and arms,
 * moves and cancels it as time goes on. Events of one time fire in the order in which they were
 * armed. Nothing is allocated but by rl_engine_init().
 *
 *	rl_engine_init(&e, 2, 0)		room for two slots
 *	a = rl_engine_slot(&e, fire, actor)	fire(actor) is what happens
 *	rl_engine_arm(&e, a, e.now + delay)
 *	while (rl_engine_step(&e)) ...		the clock jumps from event to event
 */
#ifndef RL_SIM_CORE_ENGINE_H
#define RL_SIM_CORE_ENGINE_H

#include "sim/core/pending.h"

struct rl_slot {
	void (*fire)(void *arg);
	void *arg;
};

struct rl_engine {
	rl_ps now;	 /* read freely; only rl_engine_next() writes it */
	uint64_t events; /* fired */
	struct rl_pending pending;
	struct rl_slot *slot;
	uint32_t slots, room; /* taken, and what there is memory for */
};

/**
 * rl_engine_init - time zero, no slot taken, room for @slots of them.
 * @e:     zeroed before its first use; memory of an earlier use is used again when it suffices.
 * @slots: 1 to RL_SLOTS_MAX.
 * @near:  the first so many that are taken are armed most often; 0: all alike.
 * Returns: 0; -ENOMEM. Give back with rl_engine_fini() in either case.
 */
int rl_engine_init(struct rl_engine *e, uint32_t slots, uint32_t near);

/** rl_engine_fini - give the memory back. */
void rl_engine_fini(struct rl_engine *e);

/**
 * rl_engine_slot - take a slot for an actor.
 * @fire: what happens when its time comes; it may arm and cancel any slot, its own included.
 * Returns: its number, from 0.
 * Context: before the first event; no more often than there is room.
 */
uint32_t rl_engine_slot(struct rl_engine *e, void (*fire)(void *arg), void *arg);

/**
 * rl_engine_arm - the slot fires at @at; an earlier time of it is forgotten.
 * @at: what lies in the past counts as now.
 * Context: any; while a slot fires it is not armed until it is armed again.
 */
static inline void rl_engine_arm(struct rl_engine *e, uint32_t slot, rl_ps at)
{
	rl_pending_arm(&e->pending, slot, at < e->now ? e->now : at, RL_PRIO_DEFAULT);
}

/**
 * rl_engine_draw, rl_engine_arm_seq - an actor with many things to wait for and one slot draws for
 * each its place among equal times when it is scheduled, and arms the slot for the earliest.
 * @seq: drawn for this event, which is armed with it once it is the earliest.
 */
static inline uint64_t rl_engine_draw(struct rl_engine *e)
{
	return rl_pending_draw(&e->pending);
}

static inline void rl_engine_arm_seq(struct rl_engine *e, uint32_t slot, rl_ps at, uint64_t seq)
{
	rl_pending_arm_seq(&e->pending, slot, at < e->now ? e->now : at, RL_PRIO_DEFAULT, seq);
}

/** rl_engine_cancel - the slot does not fire; nothing happens when it was not armed. */
static inline void rl_engine_cancel(struct rl_engine *e, uint32_t slot)
{
	rl_pending_cancel(&e->pending, slot);
}

/** rl_engine_armed - does the slot wait for its time? */
static inline bool rl_engine_armed(const struct rl_engine *e, uint32_t slot)
{
	return rl_pending_armed(&e->pending, slot);
}

/**
 * rl_engine_self - the slot that fires: for actors that are all alike and share one arg.
 * Context: while it fires.
 */
static inline uint32_t rl_engine_self(const struct rl_engine *e)
{
	return (uint32_t)e->pending.firing & (RL_SLOTS_MAX - 1);
}

/** rl_engine_at - the time of an armed slot. */
static inline rl_ps rl_engine_at(const struct rl_engine *e, uint32_t slot)
{
	return rl_pending_at(&e->pending, slot);
}

/**
 * rl_engine_next, rl_engine_fire - the two halves of a step, for who does something between: the
 * clock moves to the next event; it happens.
 * @slot: out, whose it is.
 * Returns: false when nothing is armed; the clock stays.
 */
static inline bool rl_engine_next(struct rl_engine *e, uint32_t *slot)
{
	return rl_pending_next(&e->pending, slot, &e->now);
}

static inline void rl_engine_fire(struct rl_engine *e, uint32_t slot)
{
	const struct rl_slot *s = &e->slot[slot];

	e->events++;
	s->fire(s->arg);
	rl_pending_fired(&e->pending, slot);
}

/**
 * rl_engine_step - the next event happens.
 * Returns: false when nothing will ever happen again.
 */
static inline bool rl_engine_step(struct rl_engine *e)
{
	uint32_t slot;

	if (!rl_engine_next(e, &slot))
		return false;
	rl_engine_fire(e, slot);
	return true;
}

#endif
