/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Watching one replication: who had which pCPU, what each vCPU's time went into, what the rings
 * held, and the way of each I/O, as events for a timeline (model/timeline.h).
 *
 * The tracer stands between two events of the engine, where nothing changes, and sees there what
 * the last one changed: who runs where, and what was charged to whom. So the simulator has no hook
 * where CPU time passes, and pays nothing. What leaves no mark is told: an event that is sent, an
 * I/O or an fsync that ends. Of the simulator's state the tracer writes only a port's flow, which
 * nobody else reads.
 *
 *	group          tracks and what is in them
 *	pCPUs          one a pCPU: the vCPU that has it, `switch`, `idle`; no gap
 *	a domain       one a vCPU: what it did by purpose (sim/xen/purpose.h), while it has a pCPU;
 *	               else `blocked`, or `runnable`: it wants one. No gap, so all of a vCPU's
 *	               spans together are the window.
 *	of a guest     counters a ring: slots that hold requests for the backend, that the backend
 *	               is at, that hold responses; together the slots in use. An async span an I/O,
 *	               with its stages (sim/core/stage.h) within, and one a call of fsync. Flows
 *	               from the notify that sent an event to what it caused.
 *
 * A poller's span is as long as it polls, whatever the number of looks.
 *
 * The window cuts tracks at its edges. I/Os that were begun or under way in it are shown whole: the
 * replication goes on until all are complete.
 */
#ifndef RL_SIM_TRACE_TRACE_H
#define RL_SIM_TRACE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/timeline.h"
#include "sim/sim.h"

struct rl_fio;
struct rl_io;
struct rl_port;
struct rl_tracer;
struct rl_vcpu;
struct rl_world;

enum rl_tracer_window {
	RL_TRACER_WARM,	    /* to_ns - from_ns from the end of the warm-up on */
	RL_TRACER_MEASURED, /* what the result is about: without the warm-up, to the end */
	RL_TRACER_FIXED,    /* from_ns to to_ns since the begin of the replication */
};

struct rl_tracer_options {
	enum rl_tracer_window window;
	uint64_t from_ns, to_ns; /* from < to */
	rl_timeline_fn *emit;
	void *arg;
};

/* What was shown. */
struct rl_tracer_shown {
	rl_ps from, to;
	uint64_t ios;	     /* that ended in the window, or were under way at its end */
	uint64_t unfinished; /* of them, still under way when nothing more was to be expected */
};

/**
 * rl_sim_trace - show a window of the first replication of a run.
 * @s, @o: as the run had them; @r: its result. After a run that stood still: zeroed, and a window
 *         that is fixed.
 * Returns: 0; -EINVAL with @err: the replication is over before the window begins; -ENOMEM.
 * Context: any thread. Memory: of one replication, whatever the window.
 */
int rl_sim_trace(const struct rl_scenario *s, const struct rl_sim_options *o,
	const struct rl_sim_result *r, const struct rl_tracer_options *t,
	struct rl_tracer_shown *shown, struct rl_err *err);

/* ---- for the simulator; @t is w->tracer, not null ------------------------------------------ */

/** rl_tracer_begin - the world is at time zero. Returns: 0; -ENOMEM. */
int rl_tracer_begin(struct rl_tracer *t, struct rl_world *w);

/** rl_tracer_step - rl_world_step(), watched. Returns: false as well when all was shown. */
bool rl_tracer_step(struct rl_tracer *t);

/** rl_tracer_mark - the counters are noted, after I/O number @n. */
void rl_tracer_mark(struct rl_tracer *t, uint64_t n);

/** rl_tracer_send - an event is about to be sent. */
void rl_tracer_send(struct rl_tracer *t, const struct rl_vcpu *from, struct rl_port *to);

/** rl_tracer_io - an I/O ended; its stamps are complete. */
void rl_tracer_io(struct rl_tracer *t, const struct rl_fio *f, const struct rl_io *io);

/** rl_tracer_sync - a call of fsync ended that began at @f->sync_from. */
void rl_tracer_sync(struct rl_tracer *t, const struct rl_fio *f);

#endif
