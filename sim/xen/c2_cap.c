/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credit2's caps: a domain may use cap percent of a pCPU in each 10 ms.
 *
 * The budget is the domain's. A vCPU that runs takes a portion; it may overdraw it, as slices
 * have a least length, and then owes the domain. Who finds the budget empty is parked until
 * another vCPU gives something back or the period ends.
 *
 * Source: xen 4.17 common/sched/credit2.c, "Utilization cap".
 */
#include "sim/xen/credit2.h"

#define PERIOD	    US(10000)
#define MIN_PORTION US(500)

static void unpark_all(struct rl_world *w, struct rl_c2_dom *d)
{
	struct rl_c2_unit *u, *next;

	if (d->budget <= 0)
		return;
	u = d->parked;
	d->parked = NULL;
	for (; u; u = next) {
		next = u->next_parked;
		u->parked = false;
		rl_c2_enqueue(w, u);
		rl_c2_tickle(w, u->v, NULL);
	}
}

bool rl_c2_grab(struct rl_world *w, struct rl_c2_unit *u)
{
	struct rl_c2_dom *d = rl_c2_dom(u->v->dom);

	if (!u->v->dom->cap || u->budget > 0)
		return true;
	d->budget += u->budget;
	u->budget = d->budget < d->portion ? d->budget : d->portion;
	if (u->budget > 0) {
		d->budget -= u->budget;
		return true;
	}
	u->budget = 0;
	if (u->queued)
		rl_c2_dequeue(w, u);
	u->parked = true;
	u->next_parked = d->parked;
	d->parked = u;
	return false;
}

void rl_c2_give_back(struct rl_world *w, struct rl_c2_unit *u)
{
	struct rl_c2_dom *d = rl_c2_dom(u->v->dom);

	if (u->budget <= 0)
		return;
	d->budget += u->budget;
	u->budget = 0;
	unpark_all(w, d);
}

static void replenish(void *arg)
{
	struct rl_c2_dom *d = arg;
	struct rl_world *w = d->w;

	rl_world_arm(w, d->slot, w->now + (rl_ps)PERIOD);
	d->budget += d->total;
	if (d->budget > d->total)
		d->budget = d->total;
	w->waker = -1;
	unpark_all(w, d);
}

void rl_c2_cap_init(struct rl_world *w, struct rl_dom *dom, struct rl_rng *rng)
{
	struct rl_c2_dom *d = rl_c2_dom(dom);

	if (!dom->cap)
		return;
	d->w = w;
	d->budget = d->total = PERIOD / 100 * dom->cap;
	d->portion = d->total / dom->nvcpus;
	if (d->portion < MIN_PORTION)
		d->portion = MIN_PORTION;
	d->slot = rl_world_slot(w, replenish, d);
	/* Domains' periods do not begin together. */
	rl_world_arm(w, d->slot, (rl_ps)(rl_rng_unit(rng) * (double)PERIOD));
}
