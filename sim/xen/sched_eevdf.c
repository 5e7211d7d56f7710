/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eevdf - Linux's scheduler, where the two sides are processes (machine.hosted).
 *
 * Of each pCPU a queue. Who runs gains virtual time; whoever has had no more than the mean is
 * eligible, and of the eligible the one with the earliest deadline runs. What decides here:
 *
 *	a task that wakes runs at once if the running one has had more than the mean; else the
 *	running one is protected until its slice is over, and only a tick looks whether it is;
 *	who sleeps keeps its lag: after having had too little it preempts at every wake-up
 *	until it is level, and the time that others used meanwhile is not held against them;
 *	who sleeps after having had too much stays queued until the others have caught up, and
 *	has lost nothing and gained nothing by then;
 *	who yields gives up the rest of its slice.
 *
 * So a poller and a task that sleeps between its turns alternate in long phases: thousands of
 * quick exchanges, then one time until a tick in which the poller has the CPU to itself.
 *
 * Source: Linux 6.18 kernel/sched/fair.c (behaviour; PLACE_LAG, DELAY_DEQUEUE, DELAY_ZERO,
 * RUN_TO_PARITY as by default, no NEXT_BUDDY, no HRTICK).
 */
#include "sim/core/world.h"

#define WEIGHT 256 /* at which virtual time passes as time does */

/* Of a vCPU. Times are virtual, in ps; lag: what it was short of when it left the queue. */
struct unit {
	struct rl_vcpu *v;
	struct rl_pcpu *home; /* whose queue it is in, or was */
	struct unit *next;
	int64_t had, deadline, lag;
	bool queued, delayed; /* delayed: sleeps, but is queued */
};

/* Of a pCPU. */
struct runq {
	struct unit *first, *cur;
	uint32_t n;
	int64_t weight;	 /* of all that are queued */
	int64_t mean;	 /* virtual time when the queue was last left empty */
	int64_t protect; /* cur is not preempted before it has had so much */
	rl_ps from;	 /* cur has been charged up to here */
	rl_ps tick_phase;
	bool resched;
};

static struct unit *unit_of(const struct rl_vcpu *v)
{
	return v->own;
}

static struct runq *runq_of(const struct rl_pcpu *p)
{
	return p->own;
}

static int64_t virtual_of(const struct unit *u, rl_ps time)
{
	return (int64_t)(time * WEIGHT / u->v->dom->weight);
}

static int64_t slice_of(const struct unit *u)
{
	return virtual_of(u, rl_cost(u->v->w, slice_ns));
}

/* ---- virtual time -------------------------------------------------------------------------- */

/* The weighted sum of how much more than @at they have had. */
static __int128 above(const struct runq *r, int64_t at)
{
	__int128 sum = 0;

	for (const struct unit *u = r->first; u; u = u->next)
		sum += (__int128)(u->had - at) * u->v->dom->weight;
	return sum;
}

static int64_t mean_of(const struct runq *r)
{
	return r->n ? r->first->had + (int64_t)(above(r, r->first->had) / r->weight) : r->mean;
}

static bool eligible(const struct runq *r, const struct unit *u)
{
	return above(r, u->had) >= 0;
}

static void charge(struct rl_world *w, struct runq *r)
{
	struct unit *u = r->cur;
	rl_ps time = w->now - r->from;
	bool over;

	r->from = w->now;
	if (!u || !time)
		return;
	u->had += virtual_of(u, time);
	over = u->had >= u->deadline;
	if (over)
		u->deadline = u->had + slice_of(u);
	if (r->n > 1 && (over || u->had >= r->protect))
		r->resched = true;
}

/* ---- the queue ----------------------------------------------------------------------------- */

static void add(struct runq *r, struct unit *u)
{
	u->queued = true;
	u->next = r->first;
	r->first = u;
	r->n++;
	r->weight += u->v->dom->weight;
}

static void take_out(struct runq *r, struct unit *u)
{
	struct unit **at = &r->first;

	r->mean = mean_of(r);
	while (*at != u)
		at = &(*at)->next;
	*at = u->next;
	u->queued = u->delayed = false;
	r->n--;
	r->weight -= u->v->dom->weight;
}

/* What it is short of, as far as that is remembered. */
static void note_lag(struct runq *r, struct unit *u)
{
	rl_ps slice = 2 * rl_cost(u->v->w, slice_ns), tick = rl_cost(u->v->w, tick_period_ns);
	int64_t most = virtual_of(u, slice > tick ? slice : tick), lag = mean_of(r) - u->had;

	u->lag = lag > most ? most : lag < -most ? -most : lag;
}

/* Where its lag to the others, once it is one of them, is what it was. */
static void place(struct runq *r, struct unit *u)
{
	__int128 lag = r->n ? u->lag : 0;

	if (r->n)
		lag = lag * (r->weight + u->v->dom->weight) / r->weight;
	u->had = mean_of(r) - (int64_t)lag;
	u->deadline = u->had + slice_of(u);
	add(r, u);
}

static struct unit *choose(const struct runq *r)
{
	struct unit *cur = r->cur, *best = NULL;

	if (r->n == 1)
		return r->first;
	if (cur && (!cur->queued || cur->delayed || !eligible(r, cur)))
		cur = NULL;
	if (cur && cur->had < r->protect)
		return cur;
	for (struct unit *u = r->first; u; u = u->next)
		if (u != r->cur && (!best || u->deadline < best->deadline) && eligible(r, u))
			best = u;
	return !best || (cur && cur->deadline < best->deadline) ? cur : best;
}

/* ---- ticks --------------------------------------------------------------------------------- */

static rl_ps until_tick(const struct rl_world *w, const struct runq *r)
{
	rl_ps period = rl_cost(w, tick_period_ns);

	if (!period)
		return rl_cost(w, slice_ns);
	return period - (w->now + period - r->tick_phase) % period;
}

/* Who runs has company from now on: a tick will look. */
static void arm_tick(struct rl_world *w, struct rl_pcpu *p)
{
	rl_ps at = w->now + until_tick(w, runq_of(p));

	p->slice_end = at;
	if (!p->switching && (!rl_world_armed(w, p->slot) || rl_world_at(w, p->slot) > at))
		rl_world_arm(w, p->slot, at);
}

/* ---- the scheduler's hooks ----------------------------------------------------------------- */

static struct rl_pcpu *where(struct rl_world *w, const struct rl_vcpu *v)
{
	struct rl_pcpu *home = &w->pcpu[v->pin < 0 ? v->cpu : v->pin];

	if (v->pin >= 0 || rl_pcpu_free(home))
		return home;
	for (uint32_t i = 0; i < w->npcpus; i++)
		if (rl_pcpu_free(&w->pcpu[i]))
			return &w->pcpu[i];
	return home;
}

/* It slept, but is still queued: what it is short of by now is forgotten. */
static void wake_delayed(struct runq *r, struct unit *u)
{
	u->delayed = false;
	if (mean_of(r) <= u->had)
		return;
	take_out(r, u);
	u->lag = 0;
	place(r, u);
}

static void eevdf_wake(struct rl_world *w, struct rl_vcpu *v)
{
	struct unit *u = unit_of(v);
	struct runq *r;

	if (u->queued) {
		r = runq_of(u->home);
		wake_delayed(r, u);
	} else {
		u->home = where(w, v);
		r = runq_of(u->home);
		charge(w, r);
		place(r, u);
	}
	charge(w, r);
	if (r->cur && !r->resched && choose(r) == u)
		r->resched = true;
	if (!r->cur || r->resched)
		rl_pcpu_tickle(u->home, w->waker);
	else
		arm_tick(w, u->home);
}

/* Who was on the pCPU has gone to sleep. */
static void leave(struct runq *r, struct unit *u)
{
	if (!eligible(r, u)) {
		u->delayed = true;
		return;
	}
	note_lag(r, u);
	take_out(r, u);
}

static void yields(struct runq *r, struct unit *u)
{
	if (r->n == 1)
		return;
	r->resched = true;
	if (!eligible(r, u))
		return;
	u->had = u->deadline;
	u->deadline += slice_of(u);
}

/* From a pCPU that has more than it can run at a time. */
static void pull(struct rl_world *w, struct rl_pcpu *to)
{
	for (uint32_t i = 0; i < w->npcpus; i++) {
		struct runq *r = runq_of(&w->pcpu[i]);

		for (struct unit *u = r->n > 1 ? r->first : NULL; u; u = u->next) {
			if (u == r->cur || u->delayed || !rl_vcpu_allowed(u->v, to))
				continue;
			note_lag(r, u);
			take_out(r, u);
			u->home = to;
			place(runq_of(to), u);
			return;
		}
	}
}

static struct unit *next_of(struct rl_world *w, struct rl_pcpu *p)
{
	struct runq *r = runq_of(p);
	struct unit *u;

	if (!r->n)
		pull(w, p);
	while (r->n) {
		u = choose(r);
		if (!u->delayed)
			return u;
		/* The others have caught up: it owes nothing, and is owed nothing. */
		note_lag(r, u);
		u->lag = u->lag > 0 ? 0 : u->lag;
		take_out(r, u);
	}
	return NULL;
}

static struct rl_vcpu *eevdf_pick(struct rl_world *w, struct rl_pcpu *p, bool yield, rl_ps *slice)
{
	struct runq *r = runq_of(p);
	struct unit *prev = p->cur ? unit_of(p->cur) : NULL, *next = prev;
	bool runs = prev && p->cur->state == RL_V_RUNNING;

	charge(w, r);
	if (runs && yield)
		yields(r, prev);
	if (prev && !runs)
		leave(r, prev);
	r->cur = runs ? prev : NULL;
	if (!runs || r->resched)
		next = next_of(w, p);
	r->resched = false;
	r->cur = next;
	r->from = w->now;
	*slice = r->n > 1 ? until_tick(w, r) : RL_PS_NEVER;
	if (next && next != prev)
		r->protect = next->deadline;
	return next ? next->v : NULL;
}

static bool eevdf_waits(const struct rl_world *w, const struct rl_pcpu *p)
{
	(void)w;
	return runq_of(p)->n > 1;
}

static void eevdf_init(struct rl_world *w, struct rl_rng *rng)
{
	double period = (double)rl_cost(w, tick_period_ns);

	for (uint32_t i = 0; i < w->nvcpus; i++)
		*unit_of(&w->vcpu[i]) = (struct unit){.v = &w->vcpu[i]};
	for (uint32_t i = 0; i < w->npcpus; i++)
		runq_of(&w->pcpu[i])->tick_phase = (rl_ps)(rl_rng_unit(rng) * period);
}

RL_SCHED(eevdf) = {
	.name = "eevdf",
	.summary = "Linux 6.18, for two processes: virtual time, lag, ticks",
	.bytes = 1,
	.vcpu_bytes = sizeof(struct unit),
	.pcpu_bytes = sizeof(struct runq),
	.init = eevdf_init,
	.wake = eevdf_wake,
	.pick = eevdf_pick,
	.waits = eevdf_waits,
};
