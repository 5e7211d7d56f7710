/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock of a vCPU's kernel; see tick.h. */
#include "sim/xen/tick.h"

#include "sim/core/world.h"

/*
 * Ticks are due at fixed times. One that waits to be taken stands for all that come meanwhile, so
 * none is waited for: a vCPU that has no pCPU for long costs no event.
 */
void rl_tick_next(struct rl_vcpu *v)
{
	rl_ps period = rl_cost(v->w, tick_period_ns);
	rl_ps n = (v->w->now + period - v->tick_phase) / period;

	rl_world_arm(v->w, v->tick_slot, v->tick_phase + n * period);
}

void rl_tick_wake(struct rl_vcpu *v)
{
	if (v->ticks && !(v->pending & 1u << RL_IRQ_TICK) && !rl_world_armed(v->w, v->tick_slot))
		rl_tick_next(v);
}

static rl_ps soonest(const struct rl_vcpu *v, rl_ps from)
{
	return from + rl_cost(v->w, timer_min_ns);
}

/* The tick comes with what the clock is set to. */
static void not_before(struct rl_vcpu *v, rl_ps at)
{
	if (rl_world_armed(v->w, v->tick_slot) && rl_world_at(v->w, v->tick_slot) < at)
		rl_world_arm(v->w, v->tick_slot, at);
}

void rl_tick_reset(struct rl_vcpu *v, rl_ps from)
{
	not_before(v, soonest(v, from));
}

/* When the tick that comes at @comes was due. */
static rl_ps due(const struct rl_vcpu *v, rl_ps comes)
{
	rl_ps period = rl_cost(v->w, tick_period_ns);

	return comes - (comes - v->tick_phase) % period;
}

rl_ps rl_tick_set_cost(const struct rl_vcpu *v)
{
	return rl_vcost(v, hypercall_ns) + rl_cost(v->w, timer_set_ns) +
	       2 * rl_cost(v->w, clock_ns); /* its distance and its deadline are read from it */
}

/* At @from the clock is set to a timer that ends at @at. Returns: when it comes, the tick no
 * sooner. */
static rl_ps set(struct rl_vcpu *v, rl_ps from, rl_ps at)
{
	if (at >= soonest(v, from))
		return at;
	not_before(v, soonest(v, from));
	return soonest(v, from);
}

rl_ps rl_tick_timer(struct rl_vcpu *v, rl_ps at)
{
	/* From here on the vCPU is idle, and its clock set anew. */
	rl_ps idle = v->w->now + rl_vcost(v, thread_switch_ns) + rl_tick_set_cost(v);
	rl_ps comes, taken;

	if (!rl_world_armed(v->w, v->tick_slot))
		return set(v, v->w->now, at);
	comes = rl_world_at(v->w, v->tick_slot);
	if (at < due(v, comes))
		return set(v, v->w->now, at);
	if (comes > idle)
		return set(v, idle, at);
	taken = comes + rl_cost(v->w, tick_ns);
	if (at <= taken)
		return comes;
	return at < soonest(v, taken) ? soonest(v, taken) : at;
}

static void tick(void *arg)
{
	struct rl_vcpu *v = arg;

	/* Its kernel stops the ticks of an idle vCPU after a while, until it wakes. Who polls a
	 * port is not idle in its kernel's eyes. */
	if (v->state == RL_V_BLOCKED && !v->port_wait && v->idle_ticks-- == 0) {
		v->idle_ticks = 0;
		return;
	}
	v->pending |= 1u << RL_IRQ_TICK;
	rl_vcpu_notice(v, -1);
}

void rl_tick_init(struct rl_vcpu *v)
{
	v->tick_slot = rl_world_slot(v->w, tick, v);
}
