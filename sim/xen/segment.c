/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a segment passes: when it ends, what is left of it when it is broken off, and how it
 * slows down while the other threads of the core are used.
 *
 * Threads share a core: work takes longer by smt_slow_frac for each other thread that works (a
 * switch of its pCPU counts as work), by smt_pause_frac of that for one that polls with pauses, and
 * not at all for one that is idle or watches a line in MWAIT. When the use of a thread
 * changes, the running segments of its siblings are rated anew from there, so the sum is exact to
 * the rounding of a picosecond a change. Looks of a poller and switches are not slowed: a poller's
 * line lies in its cache, and a switch waits for memory.
 *
 * A machine of one thread a core, where no cache is refilled, pays one comparison for all this.
 */
#include "sim/xen/segment.h"

#define FULL 1000u /* permille */

void rl_seg_arm_spin(struct rl_vcpu *v, struct rl_spin *s)
{
	struct rl_world *w = v->w;
	rl_ps seen = s->visible == RL_PS_NEVER ? RL_PS_NEVER : s->visible + s->tail;
	rl_ps at = seen < s->deadline ? seen : s->deadline, t = RL_PS_NEVER;

	if (at != RL_PS_NEVER) {
		t = rl_spin_next(s, at);
		if (seen <= t)
			t -= s->tail;
	}
	if (s->yield && w->sched->waits(w, &w->pcpu[v->cpu])) {
		rl_ps first = rl_spin_next(s, w->now) + s->pause_ps;

		t = t < first ? t : first;
	}
	if (t == RL_PS_NEVER)
		rl_world_cancel(w, v->slot);
	else
		rl_world_arm(w, v->slot, t);
}

/* ---- threads of a core --------------------------------------------------------------------- */

/* What the other threads make of a second of work: permille, 0 when they are not used. */
static uint32_t slowness(const struct rl_world *w, const struct rl_pcpu *p)
{
	const struct rl_pcpu *first = &w->pcpu[p->core * w->threads];
	rl_ps used = 0;

	for (uint32_t i = 0; i < w->threads; i++)
		used += &first[i] == p ? 0 : first[i].used;
	return (uint32_t)(used ? FULL + used * rl_cost(w, smt_slow_frac) / FULL : 0);
}

/* How long @left takes at the vCPU's present speed, and how much of it passes in @time. */
rl_ps rl_seg_stretched(const struct rl_vcpu *v, rl_ps left)
{
	return v->slow ? (left * v->slow + FULL - 1) / FULL : left;
}

static rl_ps passed(const struct rl_vcpu *v, rl_ps time, rl_ps left)
{
	rl_ps work = v->slow ? time * FULL / v->slow : time;

	return work < left ? work : left;
}

/* Of @spent that is not yet charged, what belongs to a part of the segment. */
static rl_ps charge_part(struct rl_vcpu *v, enum rl_purpose purpose, rl_ps *left, rl_ps spent)
{
	rl_ps all = rl_seg_stretched(v, *left), here = spent < all ? spent : all;

	*left -= here == all ? *left : passed(v, here, *left);
	v->st.cpu[purpose] += here;
	return spent - here;
}

void rl_seg_charge_slow(struct rl_vcpu *v)
{
	struct rl_ctx *c = v->active;
	rl_ps spent = v->w->now - v->seg_from;

	v->seg_from = v->w->now;
	c->left -= passed(v, spent, c->left); /* less when it polls */
	if (v->refill_left)
		spent = charge_part(v, RL_CPU_VCPU_SWITCH, &v->refill_left, spent);
	if (c->switch_left)
		spent = charge_part(v, RL_CPU_THREAD_SWITCH, &c->switch_left, spent);
	if (c->part_left)
		spent = charge_part(v, c->part, &c->part_left, spent);
	v->st.cpu[c->purpose] += spent;
}

/* What runs on @p goes on at another speed. */
static void rate(struct rl_pcpu *p)
{
	struct rl_vcpu *v = p->cur;
	struct rl_ctx *c = v && v->on ? v->active : NULL;
	uint32_t slow;

	if (!c)
		return;
	slow = slowness(p->w, p);
	if (slow == v->slow)
		return;
	if (c->spin && v->w->now >= c->spin->from) {
		v->slow = slow;
		return;
	}
	rl_seg_leave(v);
	v->slow = slow;
	rl_seg_arm(v, c);
}

void rl_smt_changed(struct rl_pcpu *p, uint32_t used)
{
	struct rl_pcpu *first = &p->w->pcpu[p->core * p->w->threads];

	if (p->used == used)
		return;
	p->used = used;
	for (uint32_t i = 0; i < p->w->threads; i++)
		if (&first[i] != p)
			rate(&first[i]);
}

/* How much a context takes of its core. */
static uint32_t use(const struct rl_world *w, const struct rl_ctx *c)
{
	if (!c->spin)
		return FULL;
	return c->spin->watch ? 0 : (uint32_t)rl_cost(w, smt_pause_frac);
}

void rl_seg_begin_slow(struct rl_vcpu *v, struct rl_ctx *c)
{
	struct rl_world *w = v->w;
	struct rl_pcpu *p = &w->pcpu[v->cpu];

	c->left += v->refill;
	v->refill_left += v->refill;
	v->refill = 0;
	if (w->threads > 1) {
		rl_smt_changed(p, use(w, c));
		v->slow = slowness(w, p);
	}
}
