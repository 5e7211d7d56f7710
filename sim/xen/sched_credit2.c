/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credit2 - the default scheduler of Xen 4.17.
 *
 * A run queue for each socket, ordered by credit. Who runs burns credit, the faster the smaller
 * its weight; when even the best has none left, everybody gets 10 ms more (capped). A vCPU that
 * wakes preempts only if it has more credit AND the running one has had its rate limit; if
 * it has not, nobody looks again before the slice of the running one ends, and that slice was
 * chosen when it was dispatched, perhaps alone.
 *
 * Xen walks over its queue, and over all vCPUs when an epoch ends. Here both would be the price
 * of thousands of vCPUs: an epoch only raises what the queue has given so far, and each vCPU
 * takes its part when somebody looks at its credit; the queue is a heap, with one more of those
 * that may move and one for each pCPU.
 *
 * Caps are in c2_cap.c; how queues share the load is in c2_balance.c.
 *
 * Source: xen 4.17 common/sched/credit2.c (behaviour and constants).
 */
#include "sim/xen/credit2.h"

#define CREDIT_INIT   US(10000)
#define CREDIT_MIN    (-CREDIT_INIT)
#define CREDIT_MAX    (CREDIT_INIT + US(500)) /* with what may be carried over */
#define MIN_TIMER     US(500)
#define MAX_TIMER     CREDIT_INIT
#define TOLERANCE     US(50)  /* of the rate limit, when a wake-up asks */
#define RESIST	      US(500) /* against moving to another pCPU */
#define COMPENSATION  US(50)  /* for having moved */
#define MAX_CPUS_RUNQ 16u
#define LATE_SPREAD   0.015 /* of slice_late_ns: xentrace, 1.76 to 1.81 us */

int64_t rl_c2_credit(struct rl_c2_unit *u)
{
	int64_t more = u->rq->given - u->given;

	if (!more)
		return u->credit;
	u->given = u->rq->given;
	u->credit += more;
	if (u->credit > CREDIT_MAX)
		u->credit = CREDIT_MAX;
	return u->credit;
}

static void burn(struct rl_world *w, struct rl_c2_unit *u)
{
	uint32_t weight = u->v->dom->weight;
	uint64_t time = w->now - u->burnt_to, spent = time * u->rq->max_weight + u->residual;

	rl_c2_credit(u);
	u->residual = spent % weight;
	u->credit -= (int64_t)(spent / weight);
	if (u->credit < CREDIT_MIN)
		u->credit = CREDIT_MIN;
	if (u->v->dom->cap)
		u->budget -= (int64_t)time;
	u->burnt_to = w->now;
}

void rl_c2_enqueue(struct rl_world *w, struct rl_c2_unit *u)
{
	struct rl_c2_runq *r = u->rq;
	int64_t key = rl_c2_credit(u) - r->given; /* keeps the order when everybody is given more */
	uint64_t seq = r->seq++;

	u->queued = true;
	rl_heap_insert(&r->all, &u->in_all, key, seq);
	rl_heap_insert(&rl_c2_pcpu(&w->pcpu[u->v->cpu])->local, &u->in_local, key, seq);
	if (u->v->pin < 0)
		rl_heap_insert(&r->movable, &u->in_movable, key, seq);
}

void rl_c2_dequeue(struct rl_world *w, struct rl_c2_unit *u)
{
	u->queued = false;
	rl_heap_remove(&u->rq->all, &u->in_all);
	rl_heap_remove(&rl_c2_pcpu(&w->pcpu[u->v->cpu])->local, &u->in_local);
	if (u->v->pin < 0)
		rl_heap_remove(&u->rq->movable, &u->in_movable);
}

/* ---- wake-ups ------------------------------------------------------------------------------ */

/* By how much @v deserves @p more than who runs there; not positive: not at all. */
static int64_t score(struct rl_world *w, const struct rl_vcpu *v, struct rl_pcpu *p)
{
	int64_t limit = (int64_t)rl_cost(w, ratelimit_ns), s;
	struct rl_c2_unit *cur = rl_c2_unit(p->cur);

	if (limit > TOLERANCE && (int64_t)(w->now - cur->entered) <= limit - TOLERANCE)
		return -1;
	burn(w, cur);
	s = rl_c2_credit(rl_c2_unit(v)) - cur->credit;
	return v->cpu == p->id ? s : s - RESIST;
}

/* An idle pCPU for @v, home first; among others one whose core is idle altogether. */
static struct rl_pcpu *idle_for(struct rl_world *w, const struct rl_vcpu *v)
{
	const struct rl_c2_runq *r = rl_c2_unit(v)->rq;
	struct rl_pcpu *home = &w->pcpu[v->cpu], *found = NULL;

	if (rl_pcpu_free(home) && (v->pin >= 0 || w->threads == 1 || rl_core_free(w, home)))
		return home;
	for (uint32_t i = r->first; i < r->first + r->ncpus && v->pin < 0; i++) {
		struct rl_pcpu *p = &w->pcpu[i];

		if (!rl_pcpu_free(p))
			continue;
		if (rl_core_free(w, p))
			return p;
		found = found ? found : p;
	}
	return rl_pcpu_free(home) ? home : found;
}

/* The pCPU whose vCPU shall give way to @v; not @but. */
static struct rl_pcpu *busy_for(struct rl_world *w, struct rl_vcpu *v, const struct rl_pcpu *but)
{
	const struct rl_c2_runq *r = rl_c2_unit(v)->rq;
	struct rl_pcpu *home = &w->pcpu[v->cpu], *best = NULL;
	int64_t most = 0;

	if (home != but && home->cur && !home->tickled && score(w, v, home) > 0)
		return home;
	for (uint32_t i = r->first; i < r->first + r->ncpus && v->pin < 0; i++) {
		struct rl_pcpu *p = &w->pcpu[i];
		int64_t s;

		if (p == home || p == but || !p->cur || p->tickled)
			continue;
		s = score(w, v, p);
		if (s > most) {
			most = s;
			best = p;
		}
	}
	return best;
}

void rl_c2_tickle(struct rl_world *w, struct rl_vcpu *v, const struct rl_pcpu *but)
{
	struct rl_pcpu *p = idle_for(w, v);

	if (!p)
		p = busy_for(w, v, but);
	if (p)
		rl_pcpu_tickle(p, w->waker);
}

static void credit2_wake(struct rl_world *w, struct rl_vcpu *v)
{
	struct rl_c2_unit *u = rl_c2_unit(v);

	if (rl_c2_balances(w))
		rl_c2_wants(w, u, true);
	rl_c2_enqueue(w, u);
	rl_c2_tickle(w, v, NULL);
}

/* ---- the choice ---------------------------------------------------------------------------- */

static struct rl_c2_unit *of_node(struct rl_heap_node *n, size_t offset)
{
	return n ? (struct rl_c2_unit *)((char *)n - offset) : NULL;
}

/*
 * The first in the queue that may run on @p: its own, or one of another pCPU that has so much
 * more credit than @bar that it moves.
 */
static struct rl_c2_unit *first_for(const struct rl_pcpu *p, int64_t bar)
{
	struct rl_c2_runq *r = rl_c2_pcpu(p)->rq;
	struct rl_c2_unit *own =
		of_node(rl_c2_pcpu(p)->local.root, offsetof(struct rl_c2_unit, in_local));
	struct rl_c2_unit *other =
		of_node(r->movable.root, offsetof(struct rl_c2_unit, in_movable));

	if (!other || other->v->cpu == p->id || bar + RESIST > rl_c2_credit(other))
		return own;
	return own && rl_heap_before(&own->in_all, &other->in_all) ? own : other;
}

static struct rl_c2_unit *candidate(
	struct rl_world *w, struct rl_pcpu *p, struct rl_c2_unit *prev, bool yield)
{
	struct rl_c2_unit *u;

	if (prev && !yield && w->now - prev->entered < rl_cost(w, ratelimit_ns))
		return prev;
	do {
		u = first_for(p, prev ? rl_c2_credit(prev) : CREDIT_MIN - RESIST);
		if (!u || (prev && !yield && rl_c2_credit(u) <= rl_c2_credit(prev)))
			return prev;
	} while (!rl_c2_grab(w, u));
	return u;
}

/* An epoch ends: everybody gets new credit. Who runs has to pay first. */
static void reset(struct rl_world *w, const struct rl_pcpu *p, struct rl_c2_unit *next)
{
	struct rl_c2_runq *r = rl_c2_pcpu(p)->rq;
	int64_t more = rl_c2_credit(next) <= CREDIT_MIN ? 2 * CREDIT_INIT : CREDIT_INIT;

	for (uint32_t i = r->first; i < r->first + r->ncpus; i++) {
		struct rl_vcpu *v = w->pcpu[i].cur;

		if (!v || v->state != RL_V_RUNNING)
			continue;
		burn(w, rl_c2_unit(v));
		if (v->dom->cap && rl_c2_unit(v)->budget <= 0 && &w->pcpu[i] != p)
			rl_pcpu_tickle(&w->pcpu[i], -1);
	}
	r->given += more;
	rl_c2_balance(w, p, next);
}

/* The best credit in the queue; @none when it is empty. */
static int64_t top(const struct rl_c2_runq *r, int64_t none)
{
	struct rl_c2_unit *u = of_node(r->all.root, offsetof(struct rl_c2_unit, in_all));

	return u ? rl_c2_credit(u) : none;
}

static rl_ps runtime(const struct rl_world *w, struct rl_c2_unit *next, bool goes_on)
{
	int64_t limit = (int64_t)rl_cost(w, ratelimit_ns), least = MIN_TIMER;
	int64_t left = rl_c2_credit(next), best = top(next->rq, 0), time;

	if (goes_on)
		limit -= (int64_t)(w->now - next->entered);
	if (limit > least)
		least = limit;
	if (best > 0)
		left -= best;
	time = left > 0 ? left * next->v->dom->weight / next->rq->max_weight : 0;
	if (next->v->dom->cap && next->budget < time)
		time = next->budget;
	if (time < least)
		time = least;
	return (rl_ps)(time > MAX_TIMER ? MAX_TIMER : time);
}

/*
 * A slice ends by a timer's interrupt, so whoever uses it up owes a little, in credit the more the
 * smaller its weight. That little decides who of those that are through comes first when the next
 * epoch begins; among equals its spread does.
 */
static rl_ps late(struct rl_world *w)
{
	struct rl_c2 *c2 = w->sched_own;
	double spread = 1 + LATE_SPREAD * (2 * rl_rng_unit(&c2->late_rng) - 1);

	return (rl_ps)(spread * (double)rl_cost(w, slice_late_ns));
}

/* @u leaves @p, and waits if it still wants a pCPU: in its queue, or in that which it moves to. */
static void put_aside(struct rl_world *w, struct rl_pcpu *p, struct rl_c2_unit *u)
{
	bool wants = u->v->state == RL_V_RUNNING;

	if (!wants && rl_c2_balances(w))
		rl_c2_wants(w, u, false);
	if (u->moves)
		rl_c2_moved(w, u);
	if (wants && !u->parked)
		rl_c2_enqueue(w, u);
	if (u->v->dom->cap)
		rl_c2_give_back(w, u);
	if (u->queued && u->v->pin < 0 && w->npcpus > 1)
		rl_c2_tickle(w, u->v, p);
}

/* @next is about to run on @p: the epoch may be over for all. */
static void take(struct rl_world *w, struct rl_pcpu *p, struct rl_c2_unit *next)
{
	if (next->queued) {
		rl_c2_dequeue(w, next);
		next->entered = w->now;
	}
	next->burnt_to = w->now;
	if (top(next->rq, CREDIT_MIN) <= 0 && rl_c2_credit(next) <= 0)
		reset(w, p, next);
	if (next->v->cpu != p->id) {
		rl_c2_credit(next);
		next->credit += COMPENSATION;
	}
}

static struct rl_vcpu *credit2_pick(struct rl_world *w, struct rl_pcpu *p, bool yield, rl_ps *slice)
{
	struct rl_c2_unit *prev = p->cur ? rl_c2_unit(p->cur) : NULL, *stays = NULL, *next;

	w->waker = p->id;
	if (prev) {
		burn(w, prev);
		if (p->cur->state == RL_V_RUNNING && !prev->moves && rl_c2_grab(w, prev))
			stays = prev;
	}
	next = candidate(w, p, stays, yield);
	*slice = RL_PS_NEVER;
	if (next) {
		take(w, p, next);
		/* As in Xen, who was preempted is queued only after the slice was chosen. */
		*slice = runtime(w, next, next == prev) + late(w);
	}
	if (prev && next != prev)
		put_aside(w, p, prev);
	return next ? next->v : NULL;
}

static bool credit2_waits(const struct rl_world *w, const struct rl_pcpu *p)
{
	(void)w;
	return rl_c2_pcpu(p)->local.root || rl_c2_pcpu(p)->rq->movable.root;
}

/* Run queues: one a socket, none with more than 16 pCPUs, siblings together. */
static void queues_init(struct rl_world *w)
{
	struct rl_c2 *c2 = w->sched_own;
	uint32_t per_socket = w->npcpus / w->sockets;
	uint32_t parts = (per_socket + MAX_CPUS_RUNQ - 1) / MAX_CPUS_RUNQ;
	uint32_t size = (per_socket / w->threads + parts - 1) / parts * w->threads;

	c2->rq = rl_world_alloc(w, w->npcpus * sizeof(*c2->rq));
	for (uint32_t i = 0; i < w->npcpus; i++) {
		bool begins = i % per_socket % size == 0;
		struct rl_c2_runq *r = &c2->rq[begins ? c2->n++ : c2->n - 1];

		if (begins)
			r->first = i;
		r->ncpus++;
		rl_c2_pcpu(&w->pcpu[i])->rq = r;
	}
}

/* Where in an epoch a run finds the machine is chance. */
static void credit2_init(struct rl_world *w, struct rl_rng *rng)
{
	struct rl_c2 *c2 = w->sched_own;

	queues_init(w);
	c2->unit = rl_world_alloc(w, w->nvcpus * sizeof(struct rl_c2_unit *));
	for (uint32_t i = 0; i < w->nvcpus; i++) {
		struct rl_c2_unit *u = c2->unit[i] = rl_c2_unit(&w->vcpu[i]);

		u->v = &w->vcpu[i];
		u->pinned = u->v->pin >= 0;
		rl_c2_place(w, u);
		u->credit = (int64_t)(rl_rng_unit(rng) * (double)CREDIT_INIT);
	}
	for (uint32_t i = 0; i < w->ndoms; i++)
		rl_c2_cap_init(w, &w->dom[i], rng);
	c2->late_rng = *rng; /* nobody draws from it after this */
}

RL_SCHED(credit2) = {
	.name = "credit2",
	.summary = "Xen's default: credit by weight, 1 ms rate limit, slices up to 10 ms, caps",
	.bytes = sizeof(struct rl_c2),
	.dom_bytes = sizeof(struct rl_c2_dom),
	.vcpu_bytes = sizeof(struct rl_c2_unit),
	.pcpu_bytes = sizeof(struct rl_c2_pcpu),
	.cap_slots = 1,
	.init = credit2_init,
	.wake = credit2_wake,
	.pick = credit2_pick,
	.waits = credit2_waits,
};
