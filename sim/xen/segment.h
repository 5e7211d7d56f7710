/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a segment passes, as far as it happens at each of them and so must be fast: at full speed,
 * on a machine of one thread a core. segment.c has the rest.
 */
#ifndef RL_SIM_XEN_SEGMENT_H
#define RL_SIM_XEN_SEGMENT_H

#include "sim/core/world.h"

/* segment.c: the same where threads share a core, or a cache is being filled again. */
void rl_seg_begin_slow(struct rl_vcpu *v, struct rl_ctx *c);
void rl_seg_charge_slow(struct rl_vcpu *v);
rl_ps rl_seg_stretched(const struct rl_vcpu *v, rl_ps left);

/** rl_seg_arm_spin - a poller needs the clock: at a look that sees, its deadline, to offer its
 * place.
 */
void rl_seg_arm_spin(struct rl_vcpu *v, struct rl_spin *s);

/** rl_seg_arm - the active context goes on from now on. */
static inline void rl_seg_arm(struct rl_vcpu *v, struct rl_ctx *c)
{
	rl_ps end = v->w->now + (v->slow ? rl_seg_stretched(v, c->left) : c->left);

	v->seg_from = v->w->now;
	if (c->spin) {
		c->spin->from = end;
		rl_seg_arm_spin(v, c->spin);
	} else {
		rl_world_arm(v->w, v->slot, end);
	}
}

/** rl_seg_begin - @c goes on, on @v. */
static inline void rl_seg_begin(struct rl_vcpu *v, struct rl_ctx *c)
{
	v->active = c;
	if (!v->w->plain)
		rl_seg_begin_slow(v, c);
	rl_seg_arm(v, c);
}

/* Of @spent that is not yet charged, what belongs to a part of the segment. */
static inline rl_ps rl_seg_charge_part(
	struct rl_vcpu *v, enum rl_purpose purpose, rl_ps *left, rl_ps spent)
{
	rl_ps here = spent < *left ? spent : *left;

	*left -= here;
	v->st.cpu[purpose] += here;
	return spent - here;
}

/** rl_seg_charge - charge what passed of the active context since that was done last. */
static inline void rl_seg_charge(struct rl_vcpu *v)
{
	struct rl_ctx *c = v->active;
	rl_ps spent = v->w->now - v->seg_from;

	if (!v->w->plain) {
		rl_seg_charge_slow(v);
		return;
	}
	v->seg_from = v->w->now;
	c->left -= spent < c->left ? spent : c->left; /* less: it polls */
	spent = rl_seg_charge_part(v, RL_CPU_THREAD_SWITCH, &c->switch_left, spent);
	spent = rl_seg_charge_part(v, c->part, &c->part_left, spent);
	v->st.cpu[c->purpose] += spent;
}

/** rl_seg_leave - account for what passed of the active context. */
static inline void rl_seg_leave(struct rl_vcpu *v)
{
	const struct rl_ctx *c = v->active;

	rl_seg_charge(v);
	if (c->spin && v->w->now >= c->spin->from)
		rl_spin_leave(c->spin, v->w->now);
}

#endif
