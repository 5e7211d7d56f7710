/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of sim/trace share; others include trace.h. */
#ifndef RL_SIM_TRACE_PRIVATE_H
#define RL_SIM_TRACE_PRIVATE_H

#include "sim/core/world.h"
#include "sim/trace/trace.h"

/* A stretch of a vCPU's time on a pCPU, for one purpose of one context. */
struct rl_tracer_piece {
	const struct rl_ctx *ctx; /* null: of none */
	enum rl_purpose purpose;
	rl_ps from, to;	  /* equal: there is none */
	bool open;	  /* it may go on */
	uint64_t flow_to; /* a flow ends in it; 0: none */
};

struct rl_tracer_vcpu {
	char name[48];
	uint32_t group, track;
	rl_ps covered; /* its time up to here is told, or in @last */
	rl_ps cpu[RL_CPU_COUNT], wait_ps;
	struct rl_tracer_piece last;
	struct rl_port *polled; /* it blocks there, */
	uint32_t npolled;	/* at so many */
	bool on_port;
	uint64_t flow; /* what its next piece is due to; 0: nothing */
};

/* As it was after the last event. */
struct rl_tracer_pcpu {
	struct rl_vcpu *cur;
	bool switching;
	const struct rl_ctx *ctx;
	enum rl_purpose purpose, part;
	rl_ps seg_from, since;
};

struct rl_tracer_ring {
	char name[24];
	uint32_t slots[3]; /* requests, in the backend, responses */
};

/* A thread's name. */
struct rl_tracer_thread {
	const struct rl_ctx *ctx;
	char name[56];
};

struct rl_tracer {
	struct rl_tracer_options o;
	struct rl_tracer_shown shown;
	struct rl_world *w;
	rl_ps from, to;		 /* RL_PS_NEVER: not known yet */
	uint64_t at_from, at_to; /* I/Os after which they are known */
	bool rings_begun, rings_ended, over;
	/* I/Os that were under way at @to, those of them that ended since; events since */
	uint64_t in_flight, late, events;
	uint64_t flows, ios; /* given so far */
	uint32_t first_track;
	struct rl_tracer_pcpu *pcpu;
	struct rl_tracer_vcpu *vcpu;
	struct rl_tracer_ring *ring;
	struct rl_tracer_thread *thread;
	uint32_t nthreads;
	/* the event that was sent in the step under way; from: null, none */
	const struct rl_vcpu *sender;
	uint64_t sent; /* its flow; 0: it was pending already */
};

/* Is any of [@from, @to] within the window? Then what is. */
static inline bool rl_tracer_clip(const struct rl_tracer *t, rl_ps *from, rl_ps *to)
{
	if (t->from == RL_PS_NEVER)
		return false;
	*from = *from > t->from ? *from : t->from;
	*to = *to < t->to ? *to : t->to;
	return *from < *to;
}

static inline void rl_tracer_emit(struct rl_tracer *t, const struct rl_timeline_event *e)
{
	t->o.emit(t->o.arg, e);
}

/* cpu.c */
/** rl_tracer_cpu_begin - names of tracks; nobody runs yet. */
void rl_tracer_cpu_begin(struct rl_tracer *t);
/** rl_tracer_cpu_look - what the last event changed. */
void rl_tracer_cpu_look(struct rl_tracer *t);
/** rl_tracer_cpu_mark - all accounts were brought up to now: nothing ended by that. */
void rl_tracer_cpu_mark(struct rl_tracer *t);
/** rl_tracer_cpu_end - show what goes on at the end of the window. */
void rl_tracer_cpu_end(struct rl_tracer *t);

/* name.c */
/** rl_tracer_name - say the names of all groups and tracks, and keep those of vCPUs. */
void rl_tracer_name(struct rl_tracer *t);
/** rl_tracer_name_threads - find out what the threads are for. Returns: 0; -ENOMEM. */
int rl_tracer_name_threads(struct rl_tracer *t);
/** rl_tracer_context - what a context of @v is called. */
const char *rl_tracer_context(
	const struct rl_tracer *t, const struct rl_vcpu *v, const struct rl_ctx *c);

/* io.c */
/** rl_tracer_rings_begin - names of counters. */
void rl_tracer_rings_begin(struct rl_tracer *t);
/** rl_tracer_rings_show - what all rings hold as they were looked at last, as of @at: an edge of
 * the window. */
void rl_tracer_rings_show(struct rl_tracer *t, rl_ps at);
/** rl_tracer_rings_look - what the last event changed of them. */
void rl_tracer_rings_look(struct rl_tracer *t);
/** rl_tracer_ios_end - show the I/Os that did not end. */
void rl_tracer_ios_end(struct rl_tracer *t);

#endif
