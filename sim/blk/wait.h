/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waiter.c and carry.c share; others include blk.h. */
#ifndef RL_SIM_BLK_WAIT_H
#define RL_SIM_BLK_WAIT_H

#include "sim/blk/blk.h"

/** rl_wait_suits_irq - a plan that the handler can carry out: armed, nothing else wakes it. */
bool rl_wait_suits_irq(const struct rl_waiter *wt);

/** rl_wait_carry - the thread begins to wait as wt->plan says; rl_wait_finish() follows. */
void rl_wait_carry(struct rl_waiter *wt, struct rl_ctx *c);

/** rl_wait_finish - an episode of the thread is over: tell the policy, drain or ask again. */
void rl_wait_finish(struct rl_waiter *wt, struct rl_ctx *c, enum rl_result how, uint64_t polls);

/** rl_wait_next - a segment's end: the next plan, asked for unless the handler left one. */
void rl_wait_next(struct rl_ctx *c);

/** rl_wait_after - goes on with @then when @cost has passed; at once when there is none. */
void rl_wait_after(struct rl_ctx *c, rl_ps cost, void (*then)(struct rl_ctx *));

#endif
