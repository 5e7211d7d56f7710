/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pending set: every actor owns one timer, so a winner tree over fixed slots
 * holds them. Arming, moving and cancelling a timer is the write of one leaf and a
 * walk to the root; the root is the next event.
 *
 * Ties break by (time, priority, sequence): every arm draws a new sequence, so equal
 * times fire in the order in which they were armed. 40 bits of it do not wrap.
 */
#ifndef RL_SIM_CORE_PENDING_H
#define RL_SIM_CORE_PENDING_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "model/base/units.h"

#define RL_SLOTS	256u /* a power of two */
#define RL_SLOT_BITS	20u
#define RL_SEQ_BITS	40u
#define RL_PRIO_DEFAULT 8u

typedef unsigned __int128 rl_key;

struct rl_pending {
	uint64_t seq;
	uint32_t leaves; /* a power of two, all slots in use */
	rl_key w[2 * RL_SLOTS];
};

/** rl_pending_init - an empty set of @slots slots, at most RL_SLOTS. */
static inline void rl_pending_init(struct rl_pending *p, uint32_t slots)
{
	p->seq = 0;
	for (p->leaves = 2; p->leaves < slots;)
		p->leaves *= 2;
	memset(p->w, 0xff, sizeof(p->w));
}

static inline void rl_pending_set(struct rl_pending *p, uint32_t slot, rl_key key)
{
	uint32_t i = p->leaves + slot;

	p->w[i] = key;
	for (; i > 1; i >>= 1)
		p->w[i >> 1] = p->w[i] < p->w[i ^ 1] ? p->w[i] : p->w[i ^ 1];
}

/** rl_pending_draw - the next sequence, for what is armed later by rl_pending_arm_seq(). */
static inline uint64_t rl_pending_draw(struct rl_pending *p)
{
	return p->seq++;
}

/** rl_pending_arm_seq - as rl_pending_arm(), with a sequence that was drawn before. */
static inline void rl_pending_arm_seq(
	struct rl_pending *p, uint32_t slot, rl_ps at, uint32_t prio, uint64_t seq)
{
	uint64_t low = (uint64_t)prio << 60 | (seq & ((1ull << RL_SEQ_BITS) - 1)) << RL_SLOT_BITS;

	rl_pending_set(p, slot, (rl_key)at << 64 | low | slot);
}

/** rl_pending_arm - slot fires at @at; an earlier time of it is forgotten. */
static inline void rl_pending_arm(struct rl_pending *p, uint32_t slot, rl_ps at, uint32_t prio)
{
	rl_pending_arm_seq(p, slot, at, prio, rl_pending_draw(p));
}

/** rl_pending_cancel - slot does not fire. */
static inline void rl_pending_cancel(struct rl_pending *p, uint32_t slot)
{
	if (~p->w[p->leaves + slot])
		rl_pending_set(p, slot, ~(rl_key)0);
}

/** rl_pending_armed - does the slot wait for its time? */
static inline bool rl_pending_armed(const struct rl_pending *p, uint32_t slot)
{
	return ~p->w[p->leaves + slot] != 0;
}

/** rl_pending_at - the time of an armed slot. */
static inline rl_ps rl_pending_at(const struct rl_pending *p, uint32_t slot)
{
	return (rl_ps)(p->w[p->leaves + slot] >> 64);
}

/** rl_pending_pop - take the next event out. Returns: false when there is none. */
static inline bool rl_pending_pop(struct rl_pending *p, uint32_t *slot, rl_ps *at)
{
	if (!~p->w[1])
		return false;
	*slot = (uint32_t)p->w[1] & ((1u << RL_SLOT_BITS) - 1);
	*at = (rl_ps)(p->w[1] >> 64);
	rl_pending_set(p, *slot, ~(rl_key)0);
	return true;
}

#endif
