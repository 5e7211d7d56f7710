/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine: pCPUs, vCPUs, the scheduler between them, event channels. This is the
 * only place where CPU time is charged: whatever an actor does, it does as a segment
 * of a context of some vCPU, and the segment passes only while that vCPU has a pCPU.
 *
 *	context   a thread or an interrupt handler: segment after segment. When a segment
 *	          has passed, done() does what it stands for and sets the next one.
 *	vCPU      runs one context: an interrupt's, else a ready thread's, else it goes idle
 *	          and blocks.
 *	port      one source of interrupts of a vCPU: an event channel's end, a timer, a
 *	          device's line. Those of a class are served in the order in which they came.
 *	pCPU      runs the vCPU that the scheduler chose, until its slice ends, it blocks, or
 *	          another one may preempt it; a switch between vCPUs takes time of its own.
 *
 * A context that polls has no segments: the look that will see something is computed
 * (struct rl_spin), so polling costs no event but preemptions, however long it lasts.
 */
#ifndef RL_SIM_XEN_XEN_H
#define RL_SIM_XEN_XEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/base/rng.h"
#include "model/base/units.h"
#include "model/scenario.h"
#include "sim/xen/purpose.h"

#define RL_XEN_LINE   64u /* of this machine's cache */
#define RL_PS_NEVER   (~(rl_ps)0)
#define RL_VCPU_SLOTS 2u /* timers of a vCPU itself */
#define RL_PCPU_SLOTS 2u

struct rl_world;
struct rl_vcpu;

/* Polling with pauses: when the first look at or after some time ends. */
struct rl_spin {
	rl_ps look_ps, gap_ps, gap_max_ps;
	rl_ps pause_ps;	 /* beside the gap, between two looks: offering the pCPU */
	uint32_t growth; /* permille */
	bool yield;	 /* offer the pCPU between two looks */
	bool clock;	 /* waits for its deadline: no polling of a ring */
	bool watch;	 /* no looks but the first: the publication itself wakes, after wake_ps */
	rl_ps wake_ps;
	rl_ps deadline; /* absolute; RL_PS_NEVER */
	rl_ps visible;	/* when what was published can be seen; RL_PS_NEVER: nothing was */
	/*
	 * A look at several lines: @lines of @of, in turn from @first on, line_ps each. What is
	 * visible is at @line, @tail before the end of the look. Of one line: all 0.
	 */
	uint32_t lines, of, first, line;
	rl_ps line_ps, tail;
	rl_ps from;	/* the first look of this stretch on the CPU begins */
	uint64_t looks; /* of earlier stretches */
};

struct rl_ctx {
	struct rl_vcpu *v;
	void (*done)(struct rl_ctx *); /* the segment has passed, or polling is over */
	void *arg;
	rl_ps left;	   /* of the segment; of it, in this order: */
	rl_ps switch_left; /* switching to the thread */
	rl_ps part_left;   /* what is for another purpose than the segment */
	enum rl_purpose part, purpose;
	bool ready; /* a thread that wants to run */
	struct rl_spin *spin;
	struct rl_ctx *next; /* in the vCPU's queue of ready threads, or of all before it starts */
};

/* Classes of interrupts of a vCPU, by priority. The tick has no port: there is one. */
enum rl_irq { RL_IRQ_TICK, RL_IRQ_TIMER, RL_IRQ_DEVICE, RL_IRQ_EVTCHN, RL_IRQ_COUNT };

struct rl_port {
	struct rl_vcpu *v; /* who is interrupted */
	enum rl_irq irq;
	void (*handler)(struct rl_ctx *); /* runs when the upcall's cost was charged */
	void *arg;			  /* of the handler's context */
	bool pending;
	bool masked;   /* no interrupt, but stays pending: the port is polled */
	uint64_t flow; /* the tracer's: number of the event that is pending */
	struct rl_port *next;
};

/* A timer of a vCPU's kernel: fires once, as an interrupt. */
struct rl_timer {
	struct rl_port port;
	uint32_t slot;
};

struct rl_ctxq {
	struct rl_ctx *head, *tail;
};

struct rl_portq {
	struct rl_port *head, *tail;
};

/* What a domain is for. */
enum rl_domain_role { RL_GUEST, RL_DRIVER, RL_DOM0, RL_LOAD, RL_ROLES };

enum rl_vstate { RL_V_BLOCKED, RL_V_RUNNABLE, RL_V_RUNNING };

struct rl_vcpu_stats {
	rl_ps run_ps;		 /* had a pCPU */
	rl_ps cpu[RL_CPU_COUNT]; /* the same, by purpose */
	rl_ps wait_ps;		 /* wanted one and had none: steal time, parked by a cap included */
	uint64_t looks;
	uint64_t upcalls, sends, hypercalls, blocks;
	uint64_t turns; /* times it was given a pCPU */
};

/* What all vCPUs of a domain have in common. */
struct rl_dom {
	enum rl_domain_role role;
	uint32_t weight, cap; /* cap: percent of one pCPU for all its vCPUs together, 0: none */
	uint32_t id, nvcpus;
	const rl_ps *cost;  /* by enum rl_param, as its type says */
	uint64_t set_bytes; /* what a vCPU of it works with */
	void *own;	    /* the scheduler's */
};

/* In the order of use: the first lines are touched by every segment, the last by few turns. */
struct rl_vcpu {
	_Alignas(RL_XEN_LINE) struct rl_world *w;
	struct rl_dom *dom;
	struct rl_ctx *active, *irq, *thread;
	rl_ps seg_from;
	uint32_t slow; /* permille: how long its work takes beside busy siblings; 0: full speed */
	uint32_t slot; /* when its segment passes: of the pCPU that it has */
	uint32_t pending; /* bits 1 << enum rl_irq: what may interrupt */
	int32_t cpu;	  /* where it runs or ran last */

	int32_t pin; /* pCPU or -1 */
	enum rl_vstate state;
	bool on;      /* really executes: RUNNING and the switch is over */
	bool in_done; /* in a context's done(): what it raises is seen when that returns */
	bool blocking, yielding;
	bool leaves;	/* a kernel: the scheduler runs after its next segment */
	bool resched;	/* another thread shall have the vCPU */
	bool port_wait; /* blocked in SCHEDOP_poll */
	bool ticks;
	bool idling;		/* its kernel is in the idle loop */
	struct rl_ctxq ready;	/* threads that wait for the vCPU; not the one that has it */
	struct rl_port *polled; /* blocked, or about to, in SCHEDOP_poll: so many from here on */
	uint32_t npolled;
	uint32_t id;
	struct rl_port *upcall_of; /* the event channel that this upcall served last */

	rl_ps on_from, wait_from;
	uint32_t kick_slot, tick_slot;
	uint32_t idle_ticks; /* that still come while it is idle */
	rl_ps tick_phase;
	void *own;		  /* the scheduler's */
	rl_ps idle_from, idle_ps; /* time that its kernel was idle, until the last rest ended */

	struct rl_vcpu_stats st;
	struct rl_portq ports[RL_IRQ_COUNT];
	struct rl_ctx idle, irqs[RL_IRQ_COUNT];
	struct rl_port wake_port;  /* another vCPU woke a thread of this one */
	struct rl_pcpu *warm;	   /* in whose cache its data was left, */
	uint64_t left_touched;	   /* when so much had been touched there */
	rl_ps owed;		   /* its next step takes longer by this */
	rl_ps refill, refill_left; /* what this turn takes longer for it, and not yet charged */
	uint32_t nthreads;
};

struct rl_pcpu {
	struct rl_world *w;
	int32_t id;
	uint32_t socket, core; /* core: counted over all sockets */
	uint32_t used; /* permille: how much it takes of its core, where threads share one */
	struct rl_vcpu *cur, *last; /* last: whose context is loaded */
	bool switching, resched, tickled;
	rl_ps idle_from, idle_ps, hyp_ps, switch_from, slice_end;
	uint64_t switches, touched;  /* touched: bytes by all turns of vCPUs */
	uint32_t slot, segment_slot; /* the latter for the vCPU that it runs */
	void *own;		     /* the scheduler's */
};

/* A scheduler: one file sched_<name>.c each. What it remembers hangs on the `own` pointers. */
struct rl_sched {
	const char *name, *summary;
	/* What it keeps, zeroed before init: for the machine, and for each domain, vCPU, pCPU. */
	size_t bytes, dom_bytes, vcpu_bytes, pcpu_bytes;
	/* Timers: of its own, and for each pCPU, and for each domain with a cap. */
	uint32_t slots, pcpu_slots, cap_slots;
	/** init - a fresh replication; vCPUs exist, none runs. */
	void (*init)(struct rl_world *w, struct rl_rng *rng);
	/** wake - @v became runnable: queue it, and rl_pcpu_tickle() who shall look. */
	void (*wake)(struct rl_world *w, struct rl_vcpu *v);
	/**
	 * pick - who runs on @p now. p->cur, when its state is RL_V_RUNNING, may go on or be
	 * queued.
	 * @yield: p->cur offers its place.
	 * @slice: out, when to ask again at the latest; RL_PS_NEVER: need not.
	 * Returns: the vCPU, no longer queued, or null: idle.
	 */
	struct rl_vcpu *(*pick)(struct rl_world *w, struct rl_pcpu *p, bool yield, rl_ps *slice);
	/** waits - does a queued vCPU wait that may run on @p? */
	bool (*waits)(const struct rl_world *w, const struct rl_pcpu *p);
};

/* Ends a scheduler's file; the registry is generated from the names of the files. */
#define RL_SCHED(id) const struct rl_sched rl_sched_##id

/* Generated; ends with a null pointer. */
extern const struct rl_sched *const rl_scheds[];

/** rl_sched_find - the scheduler of a name; null when there is none. */
const struct rl_sched *rl_sched_find(const char *name);

/** rl_xen_slots - how many timers machine and domains of a scenario have. */
uint32_t rl_xen_slots(const struct rl_scenario *s, const struct rl_sched *sched);

/** rl_pcpu_slots - the first of them: those of the pCPUs, of which few fire nearly always. */
uint32_t rl_pcpu_slots(const struct rl_scenario *s);

/** rl_xen_create - memory for a machine; its pCPUs are idle, its domains and vCPUs yet to come. */
void rl_xen_create(struct rl_world *w, uint32_t pcpus, uint32_t doms, uint32_t vcpus);

/** rl_xen_init - machine and domains of a scenario, all vCPUs blocked. */
void rl_xen_init(struct rl_world *w, const struct rl_scenario *s, struct rl_rng *rng);

/** rl_sched_init - w->sched starts, with memory for what it remembers; all vCPUs exist. */
void rl_sched_init(struct rl_world *w, struct rl_rng *rng);

/** rl_vcpu_start - the threads that have something to do are ready, and the vCPU wakes. */
void rl_vcpu_start(struct rl_vcpu *v);

/** rl_types_init - what each step costs in a domain of each type. */
void rl_types_init(struct rl_world *w);

/**
 * rl_load_init - @v works for @work, then rests for an exponential time of mean @rest drawn from
 * @rng, again and again; it begins with a rest. 0: it never rests.
 */
void rl_load_init(struct rl_vcpu *v, rl_ps work, rl_ps rest, struct rl_rng rng);

/** rl_xen_settle - bring all time accounts up to now. */
void rl_xen_settle(struct rl_world *w);

/**
 * rl_ctx_run - the context's next segment lasts @cost, longer by poll_drag_frac when it begins
 * while another pCPU polls; @done follows.
 */
void rl_ctx_run(
	struct rl_ctx *c, enum rl_purpose purpose, rl_ps cost, void (*done)(struct rl_ctx *));

/** rl_ctx_run_part - the same, but @part_cost of the @cost is for another purpose. */
void rl_ctx_run_part(struct rl_ctx *c, enum rl_purpose purpose, rl_ps cost, enum rl_purpose part,
	rl_ps part_cost, void (*done)(struct rl_ctx *));

/** rl_ctx_return - the way back from a send: @done follows, at once where it costs nothing. */
void rl_ctx_return(struct rl_ctx *c, void (*done)(struct rl_ctx *));

/** rl_ctx_sleep - the thread waits; @done runs when it was woken and switched to. */
void rl_ctx_sleep(struct rl_ctx *c, void (*done)(struct rl_ctx *));

/** rl_ctx_wake - a sleeping thread is ready. Context: code of the same vCPU. */
void rl_ctx_wake(struct rl_ctx *c);

/** rl_ctx_spin - the context polls as @s says; @done runs at a look that sees or at the deadline.
 */
void rl_ctx_spin(struct rl_ctx *c, struct rl_spin *s, void (*done)(struct rl_ctx *));

/** rl_ctx_published - what a poller looks for was published now, on pCPU @cpu, in its @line. */
void rl_ctx_published(struct rl_ctx *c, int32_t cpu, uint32_t line);

/**
 * rl_ctx_wake_from - the same, by what runs on @by.
 * Returns: whether the thread's vCPU, another one, must be told: an event to its wake_port.
 */
bool rl_ctx_wake_from(struct rl_ctx *c, const struct rl_vcpu *by);

/** rl_vcpu_stall - what runs on @v takes @time longer; of one that does not run, nothing. */
void rl_vcpu_stall(struct rl_vcpu *v, rl_ps time);

struct rl_tlb_flush {
	rl_ps lock, flush;
};

/**
 * rl_tlb_flush - the domain of @v changed its mappings: all other pCPUs that hold its address space
 * flush their TLB while @v waits. One at a time on the whole machine: Xen's flush lock.
 * @in: from now, when it begins.
 * Returns: how long @v spins for the lock, and then waits for the others.
 */
struct rl_tlb_flush rl_tlb_flush(struct rl_vcpu *v, rl_ps in);

/** rl_irq_end - the interrupt handler that runs on @v is through. */
void rl_irq_end(struct rl_vcpu *v);

/** rl_vcpu_thread - a thread of @v, which begins with @done; null: it sleeps. Before the start. */
struct rl_ctx *rl_vcpu_thread(struct rl_vcpu *v, void (*done)(struct rl_ctx *), void *arg);

/** rl_port_init - a source of interrupts of @v. */
void rl_port_init(struct rl_port *p, struct rl_vcpu *v, enum rl_irq irq,
	void (*handler)(struct rl_ctx *), void *arg);

/** rl_port_raise - the port is pending; caused on pCPU @cpu (-1: by time itself). */
void rl_port_raise(struct rl_port *p, int32_t cpu);

/** rl_timer_init - a timer of @v; @handler runs as its interrupt. */
void rl_timer_init(
	struct rl_timer *t, struct rl_vcpu *v, void (*handler)(struct rl_ctx *), void *arg);

/** rl_timer_set - the timer fires at @at. */
void rl_timer_set(struct rl_timer *t, rl_ps at);

/** rl_timer_cancel - take it back. Returns: whether it was still to come. */
bool rl_timer_cancel(struct rl_timer *t);

/**
 * rl_vcpu_poll_ports - mask @n ports from @p on and block the vCPU in the hypervisor until one is
 * pending; the running thread goes on with @done, also when nothing came: another thread had to run
 * first, or another interrupt was delivered. Clear them then, and unmask them when the wait is
 * over.
 */
void rl_vcpu_poll_ports(
	struct rl_ctx *c, struct rl_port *p, uint32_t n, void (*done)(struct rl_ctx *));

/** rl_port_clear - the port is not pending any more. */
void rl_port_clear(struct rl_port *p);

/** rl_port_unmask - events of the port are interrupts again. */
void rl_port_unmask(struct rl_port *p);

/** rl_evtchn_send - the hypercall's effect: coalesced when it is pending already. */
void rl_evtchn_send(struct rl_vcpu *from, struct rl_port *to);

/** rl_vcpu_allowed - may @v run on @p? */
static inline bool rl_vcpu_allowed(const struct rl_vcpu *v, const struct rl_pcpu *p)
{
	return v->pin < 0 || v->pin == p->id;
}

/** rl_pcpu_free - idle, and not called upon already. */
static inline bool rl_pcpu_free(const struct rl_pcpu *p)
{
	return !p->cur && !p->tickled;
}

/** rl_core_free - are all threads of the core of @p free? */
bool rl_core_free(const struct rl_world *w, const struct rl_pcpu *p);

/* pcpu.c, for vcpu.c and the schedulers */
void rl_pcpu_schedule(struct rl_pcpu *p, bool yield);
/** rl_pcpu_tickle - @p shall run the scheduler; caused on pCPU @cpu (-1: by time itself). */
void rl_pcpu_tickle(struct rl_pcpu *p, int32_t cpu);
void rl_pcpu_init(struct rl_pcpu *p, struct rl_world *w, int32_t id);
void rl_pcpu_settle(struct rl_pcpu *p);

/* vcpu.c, for pcpu.c */
/** rl_vcpu_init - a vCPU of @dom at rest. @pin: the pCPU on which alone it runs, or -1. */
void rl_vcpu_init(
	struct rl_vcpu *v, struct rl_world *w, uint32_t id, struct rl_dom *dom, int32_t pin);
void rl_vcpu_go(struct rl_vcpu *v);
/** rl_vcpu_segment_end - a segment of the vCPU that runs on @pcpu has passed. */
void rl_vcpu_segment_end(void *pcpu);
void rl_vcpu_stop(struct rl_vcpu *v);
void rl_vcpu_settle(struct rl_vcpu *v);
/** rl_vcpu_count_wait - time for which @v waits for a pCPU, up to now, once. */
void rl_vcpu_count_wait(struct rl_vcpu *v);

/** rl_vcpu_notice - something is pending that may interrupt @v, or that it polls for. */
void rl_vcpu_notice(struct rl_vcpu *v, int32_t cpu);
/** rl_vcpu_contended - somebody else waits for the pCPU of @v, which may offer it. */
void rl_vcpu_contended(struct rl_vcpu *v);

/* port.c, for vcpu.c */
/** rl_port_take - the port of a class that is served first; the class is pending no more when it
 * was the last. */
struct rl_port *rl_port_take(struct rl_vcpu *v, uint32_t irq);

/* segment.c; see also segment.h */
/** rl_smt_changed - @p takes @used permille of its core from now on; where threads share one. */
void rl_smt_changed(struct rl_pcpu *p, uint32_t used);

/* pcpu.c: distances */
/** rl_line - a cache line comes from pCPU @from to pCPU @to. */
rl_ps rl_line(const struct rl_world *w, int32_t from, int32_t to);
/** rl_ipi - an interrupt goes from pCPU @from to another one. */
rl_ps rl_ipi(const struct rl_world *w, int32_t from, int32_t to);

/* spin.c */
/** rl_spin_next - when the first look ends that begins in this stretch and ends at or after @at. */
rl_ps rl_spin_next(const struct rl_spin *s, rl_ps at);
/** rl_spin_published - something can be seen at @line from @visible on. Returns: does that matter?
 */
bool rl_spin_published(struct rl_spin *s, uint32_t line, rl_ps visible);
/** rl_spin_leave - the stretch is over at @now: count its looks, keep the gap that was reached. */
void rl_spin_leave(struct rl_spin *s, rl_ps now);

#endif
