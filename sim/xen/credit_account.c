/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credit's accounting: every 30 ms each active vCPU earns credit by the weight of its domain, so
 * much in sum as all pCPUs can burn; no domain more than its vCPUs can use, or its cap.
 *
 * Source: xen 4.17 common/sched/credit.c, csched_acct() (behaviour and constants).
 */
#include "sim/xen/credit.h"

#define TSLICE	   MS(30)
#define PER_MS	   10
#define PER_TSLICE (30 * PER_MS)

void rl_cr_burn(struct rl_world *w, struct rl_cr_unit *u)
{
	uint64_t spent = (w->now - u->burnt_to) * PER_MS + u->residual;

	u->residual = spent % MS(1);
	u->credit -= (int32_t)(spent / MS(1));
	u->burnt_to = w->now;
}

rl_ps rl_cr_next(const struct rl_world *w, rl_ps period, rl_ps phase)
{
	return phase + (w->now + period - phase) / period * period;
}

void rl_cr_activate(struct rl_world *w, struct rl_cr_unit *u)
{
	struct rl_cr *m = rl_cr(w);
	struct rl_cr_dom *d = rl_cr_dom(u);

	u->active = true;
	u->next_active = d->active;
	d->active = u;
	if (!d->nactive++) {
		d->next = m->active;
		m->active = d->d;
	}
	if (!m->weight)
		rl_world_arm(w, m->slot, rl_cr_next(w, TSLICE, m->phase));
	m->weight += u->v->dom->weight;
}

/* It earned back what it owed; that is no reason for a boost. */
static void unpark(struct rl_world *w, struct rl_cr_unit *u)
{
	u->parked = false;
	if (u->v->state != RL_V_RUNNABLE)
		return;
	rl_cr_insert(w, u);
	rl_cr_tickle(w, u);
}

/* Priority by what it has now. Returns: false when it has so much that it earns no more. */
static bool judge(struct rl_world *w, struct rl_cr_unit *u, int64_t cap)
{
	if (u->credit < 0) {
		u->pri = RL_CR_OVER;
		if (u->v->dom->cap && u->credit < -cap && !u->parked) {
			u->parked = true;
			if (u->queued)
				rl_cr_remove(w, u);
			else if (u->v->state == RL_V_RUNNING)
				rl_pcpu_tickle(&w->pcpu[u->v->cpu], -1);
		}
		if (u->credit < -PER_TSLICE)
			u->credit = -PER_TSLICE;
		return true;
	}
	u->pri = RL_CR_UNDER;
	if (u->parked)
		unpark(w, u);
	if (u->credit <= PER_TSLICE)
		return true;
	u->credit /= 2;
	return false;
}

static int64_t div_up(int64_t a, int64_t b)
{
	return (a + b - 1) / b;
}

struct round {
	int64_t total, weight, left, balance, was; /* was: the last round's balance */
	bool extra;				   /* somebody could earn more than is fair */
};

/* What each active vCPU of a domain earns. @cap: out, what one may owe. */
static int64_t fair(struct round *r, const struct rl_dom *dom, int64_t n, int64_t *cap, bool *full)
{
	int64_t weight = dom->weight * n, peak = n * PER_TSLICE, share;

	r->left -= weight;
	if (r->was < 0)
		peak += div_up(-r->was * weight, r->weight);
	if (dom->cap) {
		int64_t most = div_up((int64_t)dom->cap * PER_TSLICE, 100);

		peak = most < peak ? most : peak;
		*cap = div_up(most, n);
	}
	share = div_up(r->total * weight, r->weight);
	*full = share >= peak;
	if (!*full) {
		r->extra = true;
	} else {
		if (r->left)
			r->total += div_up((share - peak) * r->weight, r->left);
		share = peak;
	}
	return div_up(share, n);
}

/* One domain's turn. Returns: whether it is still active. */
static bool pay(struct rl_world *w, struct round *r, struct rl_cr_dom *d, bool *full)
{
	struct rl_cr_unit **at = &d->active, *u;
	int64_t cap = 0, share = fair(r, d->d, d->nactive, &cap, full);

	while ((u = *at) != NULL) {
		u->credit += (int32_t)share;
		if (judge(w, u, cap)) {
			at = &u->next_active;
		} else {
			*at = u->next_active;
			u->active = false;
			d->nactive--;
			rl_cr(w)->weight -= d->d->weight;
		}
		r->balance += u->credit;
	}
	return d->nactive;
}

/* Every 30 ms. Who got its full share comes first next time, so that others have theirs, too. */
static void account(void *arg)
{
	struct rl_world *w = arg;
	struct rl_cr *m = rl_cr(w);
	struct round r = {.weight = m->weight, .left = m->weight, .was = m->balance};
	struct rl_dom **at = &m->active, *dom, *first = NULL;

	r.total = (int64_t)w->npcpus * PER_TSLICE - (m->balance < 0 ? m->balance : 0);
	w->waker = -1;
	while ((dom = *at) != NULL) {
		struct rl_cr_dom *d = dom->own;
		bool full, extra = r.extra, stays = pay(w, &r, d, &full);

		if (stays && !(full && extra)) {
			at = &d->next;
			continue;
		}
		*at = d->next;
		if (stays) {
			d->next = first;
			first = dom;
		}
	}
	while (first) {
		struct rl_cr_dom *d = first->own;
		struct rl_dom *next = d->next;

		d->next = m->active;
		m->active = first;
		first = next;
	}
	m->balance = m->weight ? r.balance : 0;
	m->sort++;
	if (m->weight)
		rl_world_arm(w, m->slot, w->now + TSLICE);
}

void rl_cr_account_init(struct rl_world *w, struct rl_rng *rng)
{
	struct rl_cr *m = rl_cr(w);

	m->slot = rl_world_slot(w, account, w);
	m->phase = (rl_ps)(rl_rng_unit(rng) * (double)TSLICE);
}
