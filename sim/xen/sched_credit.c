/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credit - Xen's scheduler before credit2, which XenServer and old hosts run.
 *
 * A queue for each pCPU, in three classes: BOOST before UNDER before OVER. Every 10 ms the tick
 * of a busy pCPU takes credit from who runs; every 30 ms all active vCPUs are given theirs by
 * weight: who has some left is UNDER, else OVER. A vCPU that wakes while UNDER is BOOSTed until
 * a tick finds it running: it preempts as soon as the running one has had its rate limit. Within
 * a class they take turns of 30 ms. A pCPU that would idle or run an OVER vCPU first looks for
 * better work in the queues of the others. What a vCPU earns is in credit_account.c.
 *
 * A capped domain is given no more than its cap; a vCPU that owes more than that is parked
 * until it has earned it back.
 *
 * Differences from Xen: credit is charged exactly (Xen counts the fraction of a credit twice);
 * the master's accounting rests while nobody is active; there is no soft affinity.
 *
 * Source: xen 4.17 common/sched/credit.c (behaviour and constants).
 */
#include "sim/xen/credit.h"

#define TSLICE	  MS(30)
#define TICK	  MS(10)
#define MIN_TIMER (MS(1) / 10)

/* ---- queues -------------------------------------------------------------------------------- */

static void append(struct rl_cr_cpu *c, struct rl_cr_unit *u, int class)
{
	struct rl_cr_class *q = &c->q[class];

	u->class = class;
	u->next = NULL;
	u->prev = q->last;
	*(q->last ? &q->last->next : &q->first) = u;
	q->last = u;
}

static void count(struct rl_world *w, struct rl_cr_unit *u, int n)
{
	struct rl_cr_cpu *c = rl_cr_cpu(w, u->v->cpu);

	u->queued = n > 0;
	c->n += (uint32_t)n;
	c->movable += u->v->pin < 0 ? (uint32_t)n : 0;
	rl_cr(w)->queued += (uint32_t)n;
}

void rl_cr_insert(struct rl_world *w, struct rl_cr_unit *u)
{
	struct rl_cr_cpu *c = rl_cr_cpu(w, u->v->cpu);

	append(c, u, u->pri);
	count(w, u, 1);
}

static void unlink_unit(struct rl_cr_cpu *c, struct rl_cr_unit *u)
{
	struct rl_cr_class *q = &c->q[u->class];

	*(u->prev ? &u->prev->next : &q->first) = u->next;
	*(u->next ? &u->next->prev : &q->last) = u->prev;
}

void rl_cr_remove(struct rl_world *w, struct rl_cr_unit *u)
{
	struct rl_cr_cpu *c = rl_cr_cpu(w, u->v->cpu);

	unlink_unit(c, u);
	count(w, u, -1);
}

/* Who yields stands behind one of less priority, if there is one. */
static void insert_behind(struct rl_world *w, struct rl_cr_unit *u)
{
	struct rl_cr_cpu *c = rl_cr_cpu(w, u->v->cpu);
	struct rl_cr_unit *first = NULL;

	for (int k = u->pri + 1; k < RL_CR_CLASSES && !first; k++)
		first = c->q[k].first;
	if (!first) {
		rl_cr_insert(w, u);
		return;
	}
	u->class = first->class;
	u->prev = first;
	u->next = first->next;
	*(u->next ? &u->next->prev : &c->q[u->class].last) = u;
	first->next = u;
	count(w, u, 1);
}

static struct rl_cr_unit *head(const struct rl_cr_cpu *c)
{
	for (int k = 0; k < RL_CR_CLASSES; k++)
		if (c->q[k].first)
			return c->q[k].first;
	return NULL;
}

/* After priorities changed: those with credit before those without, else in their order. */
static void sort(struct rl_world *w, struct rl_cr_cpu *c)
{
	struct rl_cr_class old[RL_CR_CLASSES];
	struct rl_cr_unit *u, *next;

	if (c->sorted == rl_cr(w)->sort)
		return;
	c->sorted = rl_cr(w)->sort;
	for (int k = 0; k < RL_CR_CLASSES; k++) {
		old[k] = c->q[k];
		c->q[k] = (struct rl_cr_class){NULL, NULL};
	}
	for (int k = 0; k < RL_CR_CLASSES; k++)
		for (u = old[k].first; u; u = next) {
			next = u->next;
			append(c, u, u->pri);
		}
}

/* ---- who shall look ------------------------------------------------------------------------ */

/* An idle pCPU for @u, taking turns. */
static struct rl_pcpu *idle_for(struct rl_world *w, const struct rl_cr_unit *u)
{
	struct rl_cr_cpu *home = rl_cr_cpu(w, u->v->cpu);
	uint32_t at = home->last_tickled;

	for (uint32_t i = 0; i < w->npcpus && u->v->pin < 0; i++) {
		at = at + 1 < w->npcpus ? at + 1 : 0;
		if (rl_pcpu_free(&w->pcpu[at])) {
			home->last_tickled = at;
			return &w->pcpu[at];
		}
	}
	return NULL;
}

void rl_cr_tickle(struct rl_world *w, struct rl_cr_unit *u)
{
	struct rl_pcpu *home = &w->pcpu[u->v->cpu], *p = home;

	if (home->cur) {
		p = idle_for(w, u);
		if (!p && u->pri < rl_cr_unit(home->cur)->pri)
			p = home;
	}
	if (p)
		rl_pcpu_tickle(p, w->waker);
}

static void credit_wake(struct rl_world *w, struct rl_vcpu *v)
{
	struct rl_cr_unit *u = rl_cr_unit(v);

	if (u->parked)
		return;
	if (u->pri == RL_CR_UNDER)
		u->pri = RL_CR_BOOST;
	rl_cr_insert(w, u);
	rl_cr_tickle(w, u);
}

/* ---- the tick ------------------------------------------------------------------------------ */

/* How many pCPUs of a row are free; @self counts as such. */
static uint32_t free_of(
	const struct rl_world *w, const struct rl_pcpu *self, uint32_t first, uint32_t n)
{
	uint32_t sum = 0;

	for (uint32_t i = first; i < first + n; i++)
		sum += rl_pcpu_free(&w->pcpu[i]) || &w->pcpu[i] == self;
	return sum;
}

/* Is @b, which is free, a better place than @a? A core more idle; a socket twice as idle. */
static bool better(const struct rl_world *w, const struct rl_pcpu *a, const struct rl_pcpu *b)
{
	uint32_t ia = (uint32_t)a->id, ib = (uint32_t)b->id;
	uint32_t of = a->socket == b->socket ? w->threads : w->npcpus / w->sockets;
	uint32_t factor = a->socket == b->socket ? 1 : 2;

	return factor * free_of(w, a, ia - ia % of, of) < free_of(w, NULL, ib - ib % of, of);
}

/* Who runs on @p for a while may be better off on an idle pCPU. */
static void consider_moving(struct rl_world *w, struct rl_pcpu *p, struct rl_cr_unit *u)
{
	struct rl_pcpu *best = p;

	if (u->v->pin >= 0 || w->npcpus == 1)
		return;
	for (uint32_t i = 0; i < w->npcpus; i++) {
		struct rl_pcpu *q = &w->pcpu[i];
		bool crowded = best == p && rl_cr_cpu(w, p->id)->n;

		if (rl_pcpu_free(q) && (crowded || better(w, best, q)))
			best = q;
	}
	if (best == p)
		return;
	u->moves = best->id;
	rl_pcpu_tickle(p, p->id);
}

static void tick(void *arg)
{
	struct rl_cr_cpu *c = arg;
	struct rl_world *w = c->p->w;
	struct rl_cr_unit *u = rl_cr_unit(c->p->cur); /* the tick of an idle pCPU stands still */

	rl_world_arm(w, c->slot, w->now + TICK);
	if (u->pri == RL_CR_BOOST)
		u->pri = RL_CR_UNDER;
	rl_cr_burn(w, u);
	if (u->active)
		consider_moving(w, c->p, u);
	else
		rl_cr_activate(w, u);
	sort(w, c);
}

/* ---- the choice ---------------------------------------------------------------------------- */

/* Work in the queue of @from that is better than @pri and may run on @p. */
static struct rl_cr_unit *stealable(const struct rl_cr_cpu *from, const struct rl_pcpu *p, int pri)
{
	for (int k = 0; k < RL_CR_CLASSES && from->movable && from->p->cur; k++)
		for (struct rl_cr_unit *u = from->q[k].first; u; u = u->next) {
			if (u->pri >= pri)
				return NULL;
			if (rl_vcpu_allowed(u->v, p))
				return u;
		}
	return NULL;
}

/* Looks around for better work than @pri: in the socket first, then in the others. */
static struct rl_cr_unit *steal(struct rl_world *w, struct rl_pcpu *p, int pri)
{
	struct rl_cr *m = rl_cr(w);
	uint32_t per = w->npcpus / w->sockets;

	for (uint32_t s = 0; s < w->sockets && m->queued; s++) {
		uint32_t first = (p->socket + s) % w->sockets * per;

		for (uint32_t i = 1; i <= per; i++) {
			uint32_t id = first + (m->bias + i) % per;
			struct rl_cr_unit *u =
				id == (uint32_t)p->id
					? NULL
					: stealable(rl_cr_cpu(w, (int32_t)id), p, pri);

			if (u) {
				m->bias = id % per;
				return u;
			}
		}
	}
	return NULL;
}

/* The best for @p, taken out of its queue. */
static struct rl_cr_unit *best_for(struct rl_world *w, struct rl_pcpu *p)
{
	struct rl_cr_unit *own = head(rl_cr_cpu(w, p->id)), *u = own;

	if (!own || own->pri >= RL_CR_OVER) {
		u = steal(w, p, own ? own->pri : RL_CR_IDLE);
		u = u ? u : own;
	}
	if (u)
		rl_cr_remove(w, u);
	return u;
}

/* Who was running still wants a pCPU. */
static void put_aside(struct rl_world *w, struct rl_cr_unit *u, bool yield)
{
	if (u->moves >= 0) {
		u->v->cpu = u->moves;
		u->moves = -1;
		rl_cr_insert(w, u);
		rl_cr_tickle(w, u);
	} else if (yield) {
		insert_behind(w, u);
	} else {
		rl_cr_insert(w, u);
	}
}

/* A busy pCPU ticks, an idle one does not. */
static void keep_ticking(struct rl_world *w, struct rl_cr_cpu *c, bool busy)
{
	if (!busy)
		rl_world_cancel(w, c->slot);
	else if (!rl_world_armed(w, c->slot))
		rl_world_arm(w, c->slot, rl_cr_next(w, TICK, rl_cr(w)->tick_phase));
}

static struct rl_cr_unit *choose(
	struct rl_world *w, struct rl_pcpu *p, struct rl_cr_unit *prev, bool yield, rl_ps *slice)
{
	rl_ps ran = prev ? w->now - prev->entered : 0, limit = rl_cost(w, ratelimit_ns);
	struct rl_cr_unit *next;

	if (prev && !yield && ran < limit && prev->moves < 0) {
		*slice = ran < MIN_TIMER ? MIN_TIMER : limit - ran;
		return prev;
	}
	if (prev)
		put_aside(w, prev, yield);
	next = best_for(w, p);
	*slice = next ? TSLICE : RL_PS_NEVER;
	return next;
}

static struct rl_vcpu *credit_pick(struct rl_world *w, struct rl_pcpu *p, bool yield, rl_ps *slice)
{
	struct rl_cr_unit *prev = p->cur ? rl_cr_unit(p->cur) : NULL, *next;
	bool wants = prev && prev->v->state == RL_V_RUNNING && !prev->parked;

	w->waker = p->id;
	if (prev)
		rl_cr_burn(w, prev);
	if (prev && !wants)
		prev->moves = -1;
	next = choose(w, p, wants ? prev : NULL, yield, slice);
	keep_ticking(w, rl_cr_cpu(w, p->id), next);
	if (!next)
		return NULL;
	if (next != prev)
		next->entered = w->now;
	next->burnt_to = w->now;
	return next->v;
}

static bool credit_waits(const struct rl_world *w, const struct rl_pcpu *p)
{
	return rl_cr_cpu(w, p->id)->n;
}

/* Who may run anywhere begins on a core of its own, as long as there is one. */
static void place(struct rl_world *w)
{
	uint32_t cores = w->npcpus / w->threads, n = 0;

	for (uint32_t i = 0; i < w->nvcpus; i++)
		if (w->vcpu[i].pin < 0) {
			w->vcpu[i].cpu = (int32_t)(n % cores * w->threads + n / cores % w->threads);
			n++;
		}
}

/* Where between two ticks a run finds the machine is chance. */
static void credit_init(struct rl_world *w, struct rl_rng *rng)
{
	place(w);
	rl_cr_account_init(w, rng);
	rl_cr(w)->tick_phase = (rl_ps)(rl_rng_unit(rng) * (double)TICK);
	for (uint32_t i = 0; i < w->npcpus; i++) {
		struct rl_cr_cpu *c = rl_cr_cpu(w, (int32_t)i);

		c->p = &w->pcpu[i];
		c->slot = rl_world_slot(w, tick, c);
	}
	for (uint32_t i = 0; i < w->nvcpus; i++) {
		struct rl_cr_unit *u = rl_cr_unit(&w->vcpu[i]);

		u->v = &w->vcpu[i];
		u->pri = RL_CR_UNDER;
		u->moves = -1;
		rl_cr_dom(u)->d = u->v->dom;
	}
}

RL_SCHED(credit) = {
	.name = "credit",
	.summary = "Xen's older one: 30 ms slices, credit by weight, a boost for who wakes, caps",
	.bytes = sizeof(struct rl_cr),
	.dom_bytes = sizeof(struct rl_cr_dom),
	.vcpu_bytes = sizeof(struct rl_cr_unit),
	.pcpu_bytes = sizeof(struct rl_cr_cpu),
	.slots = 1,
	.pcpu_slots = 1,
	.init = credit_init,
	.wake = credit_wake,
	.pick = credit_pick,
	.waits = credit_waits,
};
