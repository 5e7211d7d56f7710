/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pending set: every actor owns one timer, so a winner tree over fixed slots
 * holds them. Arming, moving and cancelling a timer is the write of one leaf and a
 * walk towards the root, which ends where the winner does not change; the root is
 * the next event.
 *
 * Ties break by (time, priority, sequence): every arm draws a new sequence, so equal
 * times fire in the order in which they were armed. 40 bits of it last 10^12 arms.
 *
 *	key: time 64 | priority 4 | sequence 40 | slot 20 bits
 *
 * A walk is as long as the tree is high. The first slots of a large set may be armed much
 * more often than the rest (those of pCPUs among thousands of vCPUs): they have a low tree of their
 * own, the left child of the root, whose leaves are inner nodes of the whole; the others' tree is
 * the right child. The order is total, so where a slot lies never shows.
 *
 * The slot that fires stays in the tree until it has fired: nearly every actor arms its
 * own timer again, which then is one walk and not two.
 */
#ifndef RL_SIM_CORE_PENDING_H
#define RL_SIM_CORE_PENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "model/base/units.h"

#define RL_SLOT_BITS	20u
#define RL_SLOTS_MAX	(1u << RL_SLOT_BITS)
#define RL_SEQ_BITS	40u
#define RL_PRIO_DEFAULT 8u
#define RL_FEW_LEAVES	64u /* walking on to the root costs less than guessing where to stop */

typedef unsigned __int128 rl_key;

#define RL_KEY_NEVER (~(rl_key)0)

struct rl_pending {
	rl_key *w;	 /* w[1]: the next; pairs share a line */
	uint64_t seq;	 /* of the next arm */
	uint64_t firing; /* low half of the key that fires, whose slot is not armed; ~0: none */
	uint32_t slots, near;	  /* near: so many of them lie near the root */
	uint32_t near_at, far_at; /* a slot's own node: that far behind its number */
	uint32_t room;		  /* nodes that w has memory for */
};

/**
 * rl_pending_init - an empty set; memory of an earlier one in *@p is used again when it suffices.
 * @p:     zeroed before its first use.
 * @slots: at most RL_SLOTS_MAX.
 * @near:  the first so many are armed most often.
 * Returns: 0; -ENOMEM.
 * Context: the only call that allocates.
 */
int rl_pending_init(struct rl_pending *p, uint32_t slots, uint32_t near);

/** rl_pending_fini - give the memory back. */
void rl_pending_fini(struct rl_pending *p);

/* Both halves are compared, and no branch depends on which is less: winners cannot be guessed. */
static inline rl_key rl_pending_less(rl_key a, rl_key b)
{
	return a < b ? a : b;
}

/* Nodes by their offset in bytes: a pair's other half and the parent are one operation away. */
static inline rl_key *rl_pending_node(const struct rl_pending *p, uint64_t offset)
{
	return (rl_key *)((char *)p->w + offset);
}

/* A slot's own node. */
static inline uint32_t rl_pending_leaf(const struct rl_pending *p, uint32_t slot)
{
	return slot + (slot < p->near ? p->near_at : p->far_at);
}

static inline void rl_pending_set(struct rl_pending *p, uint32_t slot, rl_key key)
{
	const uint32_t leaf = rl_pending_leaf(p, slot);
	const bool whole = leaf < 2 * RL_FEW_LEAVES;
	const uint64_t one = sizeof(key);
	uint64_t at = one * leaf;

	*rl_pending_node(p, at) = key;
	while (at > one) {
		rl_key *parent;

		key = rl_pending_less(key, *rl_pending_node(p, at ^ one));
		at = at / 2 & ~(one - 1);
		parent = rl_pending_node(p, at);
		if (!whole && *parent == key)
			return;
		*parent = key;
	}
}

static inline uint64_t rl_pending_low(const struct rl_pending *p, uint32_t slot)
{
	return (uint64_t)p->w[rl_pending_leaf(p, slot)];
}

/** rl_pending_draw - the next sequence, for what is armed later by rl_pending_arm_seq(). */
static inline uint64_t rl_pending_draw(struct rl_pending *p)
{
	return p->seq++;
}

/** rl_pending_arm_seq - as rl_pending_arm(), with a sequence that was drawn before, for this only.
 */
static inline void rl_pending_arm_seq(
	struct rl_pending *p, uint32_t slot, rl_ps at, uint32_t prio, uint64_t seq)
{
	uint64_t low = (uint64_t)prio << 60 | (seq & ((1ull << RL_SEQ_BITS) - 1)) << RL_SLOT_BITS;

	rl_pending_set(p, slot, (rl_key)at << 64 | low | slot);
}

/** rl_pending_arm - slot fires at @at; an earlier time of it is forgotten. @prio: 0 to 15. */
static inline void rl_pending_arm(struct rl_pending *p, uint32_t slot, rl_ps at, uint32_t prio)
{
	rl_pending_arm_seq(p, slot, at, prio, rl_pending_draw(p));
}

/** rl_pending_armed - does the slot wait for its time? */
static inline bool rl_pending_armed(const struct rl_pending *p, uint32_t slot)
{
	uint64_t low = rl_pending_low(p, slot);

	return low != p->firing && ~low;
}

/** rl_pending_cancel - slot does not fire. */
static inline void rl_pending_cancel(struct rl_pending *p, uint32_t slot)
{
	if (rl_pending_armed(p, slot))
		rl_pending_set(p, slot, RL_KEY_NEVER);
}

/** rl_pending_at - the time of an armed slot. */
static inline rl_ps rl_pending_at(const struct rl_pending *p, uint32_t slot)
{
	return (rl_ps)(p->w[rl_pending_leaf(p, slot)] >> 64);
}

/**
 * rl_pending_next - begin the next event: its slot counts as unarmed from here.
 * @slot, @at: out; unchanged when there is none.
 * Returns: false when there is none. Follow with rl_pending_fired().
 */
static inline bool rl_pending_next(struct rl_pending *p, uint32_t *slot, rl_ps *at)
{
	rl_key first = p->w[1];

	if (!~(uint64_t)first)
		return false;
	p->firing = (uint64_t)first;
	*slot = (uint32_t)first & (RL_SLOTS_MAX - 1);
	*at = (rl_ps)(first >> 64);
	return true;
}

/** rl_pending_fired - the event of @slot is over: out with it, unless it was armed again. */
static inline void rl_pending_fired(struct rl_pending *p, uint32_t slot)
{
	if (rl_pending_low(p, slot) == p->firing)
		rl_pending_set(p, slot, RL_KEY_NEVER);
}

#endif
