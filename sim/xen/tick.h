/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The clock of a vCPU's kernel: one event for the tick and for timers alike, the next of them. It
 * is set when it has come and when something nearer is wanted, and no nearer than timer_min_ns. So
 * a timer that ends so near comes late, and so does the tick when another timer's interrupt comes
 * right before it. A timer that ends after the tick is not set at all: it is looked at when the
 * tick is over, has passed by then, and comes in time; unless the vCPU was idle before, for then
 * the tick was stopped and the clock set to the timer, no nearer than that. Source: Linux 6.1,
 * kernel/time/hrtimer.c and clockevents.c; data/evidence/naps has logs of it under Xen.
 */
#ifndef RL_SIM_XEN_TICK_H
#define RL_SIM_XEN_TICK_H

#include "sim/xen/xen.h"

void rl_tick_init(struct rl_vcpu *v);

/** rl_tick_next - a tick was taken: the next one is due. */
void rl_tick_next(struct rl_vcpu *v);

/** rl_tick_wake - @v is not idle any longer: its ticks come again. */
void rl_tick_wake(struct rl_vcpu *v);

/** rl_tick_reset - a timer's interrupt sets the clock to the tick at @from, but not too near. */
void rl_tick_reset(struct rl_vcpu *v, rl_ps from);

/** rl_tick_set_cost - setting the clock, or taking a timer back. */
rl_ps rl_tick_set_cost(const struct rl_vcpu *v);

/** rl_tick_timer - @v sets a timer to @at and goes idle. Returns: when it comes. */
rl_ps rl_tick_timer(struct rl_vcpu *v, rl_ps at);

#endif
