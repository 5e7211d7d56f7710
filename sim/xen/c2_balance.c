/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credit2's run queues share the load.
 *
 * The load of a queue is how many of its vCPUs want a pCPU, in the mean over about a second
 * past. When an epoch of a queue ends it is compared with the queue that differs most; if they
 * are too far apart, the vCPU moves whose moving leaves the least difference. Xen also looks
 * for two that change places; this does not.
 *
 * Source: xen 4.17 common/sched/credit2.c: update_runq_load(), balance_load() and the tolerances
 * of its options.
 */
#include "sim/xen/credit2.h"

#define TICK_SHIFT   20 /* ps to the 1.05 us in which means are kept */
#define WINDOW_SHIFT 20 /* 1.1 s */
#define ONE	     (INT64_C(1) << 18)
#define UNDERLOADED  ONE       /* tolerance while a queue has a pCPU for each that wants one */
#define OVERLOADED   (ONE / 8) /* and when it has not */

/* Brings a mean up to now; @level since the last time. */
static void mean(int64_t *avg, uint64_t *at, uint64_t now, int64_t level)
{
	int64_t since = (int64_t)((now >> TICK_SHIFT) - *at);

	*at = now >> TICK_SHIFT;
	if (since >= INT64_C(1) << WINDOW_SHIFT)
		*avg = level;
	else
		*avg += ((since * level) >> WINDOW_SHIFT) - ((since * *avg) >> WINDOW_SHIFT);
}

static void update(const struct rl_world *w, struct rl_c2_runq *r)
{
	mean(&r->load, &r->load_at, w->now, r->want * ONE);
}

void rl_c2_wants(struct rl_world *w, struct rl_c2_unit *u, bool wants)
{
	if (u->wants == wants)
		return;
	update(w, u->rq);
	mean(&u->load, &u->load_at, w->now, u->wants ? ONE : 0);
	u->wants = wants;
	u->rq->want += wants ? 1u : -1u;
}

static void count_weight(struct rl_c2_runq *r, uint32_t weight)
{
	if (weight > r->max_weight) {
		r->max_weight = weight;
		r->nmax = 0;
	}
	r->nmax += weight == r->max_weight;
}

static void weigh(const struct rl_world *w, struct rl_c2_runq *r)
{
	const struct rl_c2 *c2 = w->sched_own;

	r->max_weight = 1;
	r->nmax = 0;
	for (uint32_t i = 0; i < w->nvcpus; i++)
		if (c2->unit[i]->rq == r)
			count_weight(r, c2->unit[i]->v->dom->weight);
}

static void join(struct rl_c2_unit *u, struct rl_c2_runq *r)
{
	u->rq = r;
	u->given = r->given;
	r->nunits++;
	count_weight(r, u->v->dom->weight);
}

void rl_c2_place(struct rl_world *w, struct rl_c2_unit *u)
{
	struct rl_c2 *c2 = w->sched_own;
	struct rl_c2_runq *best = &c2->rq[0];

	if (u->v->pin >= 0) {
		join(u, rl_c2_pcpu(&w->pcpu[u->v->pin])->rq);
		return;
	}
	for (uint32_t i = 1; i < c2->n; i++)
		if (c2->rq[i].nunits * best->ncpus < best->nunits * c2->rq[i].ncpus)
			best = &c2->rq[i];
	u->v->cpu = (int32_t)best->first;
	join(u, best);
}

void rl_c2_moved(struct rl_world *w, struct rl_c2_unit *u)
{
	struct rl_c2_runq *from = u->rq, *to = u->moves;

	rl_c2_credit(u);
	update(w, from);
	update(w, to);
	mean(&u->load, &u->load_at, w->now, u->wants ? ONE : 0);
	from->load -= u->load < from->load ? u->load : from->load;
	to->load += u->load;
	from->want -= u->wants;
	to->want += u->wants;
	from->nunits--;
	u->moves = NULL;
	join(u, to);
	if (u->v->dom->weight == from->max_weight && !--from->nmax)
		weigh(w, from);
	to->last_placed = (to->last_placed + 1) % to->ncpus;
	u->v->cpu = (int32_t)(to->first + to->last_placed);
}

static int64_t apart(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

/* The queue whose load differs most from @r's. */
static struct rl_c2_runq *furthest(struct rl_world *w, struct rl_c2_runq *r)
{
	struct rl_c2 *c2 = w->sched_own;
	struct rl_c2_runq *far = NULL;

	update(w, r);
	for (uint32_t i = 0; i < c2->n; i++) {
		struct rl_c2_runq *o = &c2->rq[i];

		if (o == r)
			continue;
		update(w, o);
		if (apart(r->load, o->load) > (far ? apart(r->load, far->load) : 0))
			far = o;
	}
	return far;
}

static bool tolerable(const struct rl_c2_runq *a, const struct rl_c2_runq *b)
{
	int64_t most = a->load > b->load ? a->load : b->load;
	int64_t cpus = a->ncpus > b->ncpus ? a->ncpus : b->ncpus;

	return apart(a->load, b->load) < (most < cpus * ONE ? UNDERLOADED : OVERLOADED);
}

/* The vCPU of @from whose moving to @to leaves the least difference, if any makes it less. */
static struct rl_c2_unit *best_to_move(struct rl_world *w, const struct rl_c2_runq *from,
	const struct rl_c2_runq *to, const struct rl_c2_unit *but)
{
	const struct rl_c2 *c2 = w->sched_own;
	int64_t least = apart(from->load, to->load);
	struct rl_c2_unit *best = NULL;

	for (uint32_t i = 0; i < w->nvcpus; i++) {
		struct rl_c2_unit *u = c2->unit[i];
		int64_t left;

		if (u->rq != from || u->pinned || u->moves || u->parked || u == but)
			continue;
		mean(&u->load, &u->load_at, w->now, u->wants ? ONE : 0);
		left = apart(from->load - u->load, to->load + u->load);
		if (left < least) {
			least = left;
			best = u;
		}
	}
	return best;
}

static void move(struct rl_world *w, const struct rl_pcpu *p, struct rl_c2_unit *u)
{
	if (u->v->state == RL_V_RUNNING) {
		/* It stops first; who stops on @p does so just now. */
		if (u->v->cpu != p->id)
			rl_pcpu_tickle(&w->pcpu[u->v->cpu], p->id);
	} else if (u->queued) {
		rl_c2_dequeue(w, u);
		rl_c2_moved(w, u);
		rl_c2_enqueue(w, u);
		rl_c2_tickle(w, u->v, NULL);
	} else {
		rl_c2_moved(w, u);
	}
}

void rl_c2_balance(struct rl_world *w, const struct rl_pcpu *p, const struct rl_c2_unit *next)
{
	struct rl_c2_runq *r = rl_c2_pcpu(p)->rq, *o = rl_c2_balances(w) ? furthest(w, r) : NULL;
	struct rl_c2_unit *u;
	bool push;

	if (!o || tolerable(r, o))
		return;
	push = r->load > o->load;
	u = best_to_move(w, push ? r : o, push ? o : r, next);
	if (!u)
		return;
	u->moves = push ? o : r;
	move(w, p, u);
}
