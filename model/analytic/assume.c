/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What forms leave out: whether a scenario keeps it, and how to make it. Enforcing takes away
 * costs, never adds any but what it took from elsewhere, and leaves the rest as it is.
 */
#include "model/analytic/analytic.h"

#include <math.h>
#include <stdio.h>

#define COST(s, name) ((s)->costs.v[RL_PARAM_##name])

static bool ticks_hold(const struct rl_analytic *a)
{
	return (!COST(a->s, tick_period_ns) || !COST(a->s, tick_ns)) &&
	       !COST(a->s, fio_period_ns) && !COST(a->s, fio_util_period_ns);
}

static void no_ticks(struct rl_scenario *s)
{
	COST(s, tick_period_ns) = COST(s, fio_period_ns) = COST(s, fio_util_period_ns) = 0;
}

static bool dom0_holds(const struct rl_analytic *a)
{
	return !COST(a->s, dom0_period_ns);
}

static void no_dom0(struct rl_scenario *s)
{
	COST(s, dom0_period_ns) = 0;
}

static bool drag_holds(const struct rl_analytic *a)
{
	return !COST(a->s, poll_drag_frac) &&
	       (a->s->machine.threads == 1 || !COST(a->s, smt_slow_frac));
}

static void no_drag(struct rl_scenario *s)
{
	COST(s, poll_drag_frac) = COST(s, smt_slow_frac) = 0;
}

static bool jitter_holds(const struct rl_analytic *a)
{
	return !COST(a->s, jitter_frac);
}

static void no_jitter(struct rl_scenario *s)
{
	COST(s, jitter_frac) = 0;
}

static bool clock_holds(const struct rl_analytic *a)
{
	return !COST(a->s, clock_ns);
}

static void no_clock(struct rl_scenario *s)
{
	COST(s, clock_ns) = 0;
}

static bool idle_entry_holds(const struct rl_analytic *a)
{
	return !COST(a->s, block_ns);
}

static void no_idle_entry(struct rl_scenario *s)
{
	COST(s, block_ns) = 0;
}

static bool answer_holds(const struct rl_analytic *a)
{
	return rl_wakeup_of(a->s, &a->front, RL_SIDE_FRONT).send == 0;
}

static void no_answer(struct rl_scenario *s)
{
	COST(s, evtchn_send_ns) = 0;
}

/* Of what depends on the type of a domain the guest has none, and the driver keeps its own. */
static void free_guest(struct rl_scenario *s)
{
	if (s->driver.type == RL_PVH) {
		COST(s, evtchn_send_ns) *= COST(s, pvh_hypercall_ratio);
		COST(s, hypercall_ns) *= COST(s, pvh_hypercall_ratio);
		COST(s, grant_op_ns) *= COST(s, pvh_hypercall_ratio);
		COST(s, upcall_ns) *= COST(s, pvh_upcall_ratio);
		COST(s, thread_switch_ns) *= COST(s, pvh_switch_ratio);
		COST(s, grant_map_ns) *= COST(s, pvh_grant_ratio);
		COST(s, grant_unmap_ns) *= COST(s, pvh_grant_ratio);
		s->driver.type = RL_PV;
	}
	s->guest.type = RL_PVH;
	COST(s, pvh_hypercall_ratio) = COST(s, pvh_upcall_ratio) = 0;
	COST(s, pvh_switch_ratio) = COST(s, pvh_grant_ratio) = 0;
}

static bool front_wake_holds(const struct rl_analytic *a)
{
	struct rl_wait blocks = {.kind = RL_WAIT_BLOCK};

	/* A frontend that polls has no upcall, but the thread behind it is switched to. */
	return rl_wakeup_of(a->s, &blocks, RL_SIDE_FRONT).handle == 0 &&
	       rl_guest_switch_ns(a->s) == 0;
}

static bool guest_holds(const struct rl_analytic *a)
{
	return rl_guest_work(a) == 0 && !COST(a->s, timer_min_ns);
}

static void no_guest(struct rl_scenario *s)
{
	COST(s, fio_ns) = COST(s, submit_ns) = COST(s, submit_return_ns) = 0;
	COST(s, reap_ns) = COST(s, page_ns) = COST(s, timer_min_ns) = 0;
	COST(s, front_request_ns) = COST(s, front_response_ns) = 0;
	COST(s, front_segment_ns) = COST(s, line_ns) = 0;
	if (s->disk.grants == RL_GRANTS_PERSISTENT)
		COST(s, copy_ns_per_byte) = 0;
}

static bool grants_hold(const struct rl_analytic *a)
{
	return a->mean.call == 0;
}

static void no_grants(struct rl_scenario *s)
{
	COST(s, grant_op_ns) = COST(s, tlb_send_ns) = COST(s, tlb_flush_ns) = 0;
}

static bool halt_holds(const struct rl_analytic *a)
{
	return !COST(a->s, ipi_ns) && !COST(a->s, halt_wake_ns);
}

static void no_halt(struct rl_scenario *s)
{
	COST(s, ipi_ns) = COST(s, halt_wake_ns) = 0;
}

/* How likely it is that as many as iodepth wait, were there no such limit. */
static bool depth_holds(const struct rl_analytic *a)
{
	double rho = a->lambda *
		     fmax(a->back_mean,
			     a->station.servers > 0 ? a->station.mean_ns / a->station.servers : 0);

	return pow(rho, a->s->job.iodepth) < 1e-6;
}

static void no_depth(struct rl_scenario *s)
{
	s->job.iodepth = 1024;
}

/* ---- closed loops -------------------------------------------------------------------------- */

static bool notify_holds(const struct rl_analytic *a)
{
	return !COST(a->s, evtchn_send_ns) && !COST(a->s, upcall_ns) && !COST(a->s, block_ns) &&
	       !COST(a->s, thread_switch_ns) && !COST(a->s, ipi_ns) && !COST(a->s, switch_ns) &&
	       !COST(a->s, halt_wake_ns);
}

static void no_notify(struct rl_scenario *s)
{
	COST(s, evtchn_send_ns) = COST(s, upcall_ns) = COST(s, port_ns) = 0;
	COST(s, thread_switch_ns) = COST(s, block_ns) = COST(s, switch_ns) = 0;
	COST(s, ipi_ns) = COST(s, halt_wake_ns) = 0;
}

static bool batch_holds(const struct rl_analytic *a)
{
	return a->mean.back == 0;
}

static void no_batch(struct rl_scenario *s)
{
	COST(s, back_request_ns) = COST(s, back_segment_ns) = COST(s, line_ns) = 0;
	COST(s, grant_op_ns) = COST(s, grant_map_ns) = COST(s, grant_unmap_ns) = 0;
	COST(s, grant_copy_ns) = COST(s, tlb_send_ns) = COST(s, tlb_flush_ns) = 0;
	if (s->disk.grants == RL_GRANTS_COPY)
		COST(s, copy_ns_per_byte) = 0;
}

static bool one_step_holds(const struct rl_analytic *a)
{
	return rl_guest_work(a) == a->mean.fio;
}

/* The guest's work stays as much as it was, all of it before the I/O is issued. */
static void one_step(struct rl_scenario *s)
{
	struct rl_analytic a;
	double all;

	rl_analytic_init(&a, s);
	all = rl_guest_work(&a);
	no_guest(s);
	COST(s, fio_ns) = all;
}

static bool exponential_holds(const struct rl_analytic *a)
{
	return (rl_guest_work(a) == 0 || COST(a->s, jitter_frac) == 1) &&
	       (a->station.servers == 0 || a->station.exponential);
}

static void exponential(struct rl_scenario *s)
{
	struct rl_analytic a;

	rl_analytic_init(&a, s);
	COST(s, jitter_frac) = 1;
	if (a.station.servers > 0 && !a.station.exponential)
		snprintf(s->disk.device, sizeof(s->disk.device), "random:mean=%.0fns,servers=%.0f",
			a.station.mean_ns, a.station.servers);
}

const struct rl_assumption rl_assumptions[RL_ASSUME_COUNT] = {
	[RL_ASSUME_TICKS] = {"ticks", "no timer ticks of the domains; fio's other threads sleep",
		ticks_hold, no_ticks},
	[RL_ASSUME_DOM0] = {"dom0", "dom0 never runs", dom0_holds, no_dom0},
	[RL_ASSUME_DRAG] = {"drag", "a poller slows nobody down", drag_holds, no_drag},
	[RL_ASSUME_JITTER] = {"jitter", "a step takes the same time always", jitter_holds,
		no_jitter},
	[RL_ASSUME_CLOCK] = {"clock", "reading the clock costs nothing", clock_holds, no_clock},
	[RL_ASSUME_IDLE_ENTRY] = {"idle_entry", "a vCPU without work is asleep at once",
		idle_entry_holds, no_idle_entry},
	[RL_ASSUME_ANSWER] = {"answer_send", "the backend's notification costs it nothing",
		answer_holds, no_answer},
	[RL_ASSUME_FRONT_WAKE] = {"guest_wake", "waking the guest and fio's thread costs nothing",
		front_wake_holds, free_guest},
	[RL_ASSUME_GUEST] = {"guest_steps", "no queue for the guest's vCPU, no slow timer",
		guest_holds, no_guest},
	[RL_ASSUME_GRANTS] = {"grant_calls", "each request pays for its own grant hypercalls",
		grants_hold, no_grants},
	[RL_ASSUME_HALT] = {"halt", "a pCPU that sleeps is woken at once", halt_holds, no_halt},
	[RL_ASSUME_DEPTH] = {"depth", "iodepth never holds an arrival back", depth_holds, no_depth},
	[RL_ASSUME_NOTIFY] = {"notify", "telling and waking the other side costs nothing",
		notify_holds, no_notify},
	[RL_ASSUME_BATCH] = {"batch", "the backend answers one by one, not batch by batch",
		batch_holds, no_batch},
	[RL_ASSUME_ONE_STEP] = {"one_step",
		"the guest's work on an I/O is one step before its "
		"issue",
		one_step_holds, one_step},
	[RL_ASSUME_EXPONENTIAL] = {"exponential", "services are exponential", exponential_holds,
		exponential},
};
