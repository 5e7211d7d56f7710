/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credit2 - the default scheduler of Xen 4.17, as far as it matters to a few vCPUs.
 *
 * One run queue, ordered by credit. Who runs burns credit, the faster the smaller its weight;
 * when even the best has none left, everybody gets 10 ms more (capped). A vCPU that wakes
 * preempts only if it has more credit AND the running one has had its rate limit; if
 * it has not, nobody looks again before the slice of the running one ends, and that slice was
 * chosen when it was dispatched, perhaps alone.
 *
 * Source: xen 4.17 common/sched/credit2.c (behaviour and constants).
 */
#include "sim/core/world.h"

#define US(x) ((int64_t)(x)*1000000)

#define CREDIT_INIT   US(10000)
#define CREDIT_MIN    (-CREDIT_INIT)
#define CARRYOVER_MAX US(500)
#define MIN_TIMER     US(500)
#define MAX_TIMER     CREDIT_INIT
#define TOLERANCE     US(50)  /* of the rate limit, when a wake-up asks */
#define RESIST	      US(500) /* against moving to another pCPU */

static uint32_t max_weight(const struct rl_world *w)
{
	uint32_t m = 1;

	for (uint32_t i = 0; i < w->nvcpus; i++)
		m = w->vcpu[i].weight > m ? w->vcpu[i].weight : m;
	return m;
}

static void burn(struct rl_world *w, struct rl_vcpu *v)
{
	uint64_t spent = (w->now - v->burnt_to) * max_weight(w) + v->residual;

	v->residual = spent % v->weight;
	v->credit -= (int64_t)(spent / v->weight);
	if (v->credit < CREDIT_MIN)
		v->credit = CREDIT_MIN;
	v->burnt_to = w->now;
}

static void enqueue(struct rl_runq *r, struct rl_vcpu *v)
{
	uint32_t i = r->n++;

	for (; i && r->q[i - 1]->credit < v->credit; i--)
		r->q[i] = r->q[i - 1];
	r->q[i] = v;
}

static void dequeue(struct rl_runq *r, const struct rl_vcpu *v)
{
	uint32_t i = 0;

	while (r->q[i] != v)
		i++;
	for (r->n--; i < r->n; i++)
		r->q[i] = r->q[i + 1];
}

static bool allowed(const struct rl_vcpu *v, const struct rl_pcpu *p)
{
	return v->pin < 0 || v->pin == p->id;
}

/* By how much @v deserves @p more than who runs there; not positive: not at all. */
static int64_t score(struct rl_world *w, const struct rl_vcpu *v, struct rl_pcpu *p)
{
	int64_t limit = (int64_t)rl_cost(w, ratelimit_ns), s;

	if (limit > TOLERANCE && (int64_t)(w->now - p->cur->entered) <= limit - TOLERANCE)
		return -1;
	burn(w, p->cur);
	s = v->credit - p->cur->credit;
	return v->cpu == p->id ? s : s - RESIST;
}

static struct rl_pcpu *whom_to_tickle(struct rl_world *w, struct rl_vcpu *v)
{
	struct rl_pcpu *home = &w->pcpu[v->cpu], *best = NULL;
	int64_t most = 0;

	if (allowed(v, home) && !home->cur && !home->tickled)
		return home;
	for (uint32_t i = 0; i < w->npcpus; i++)
		if (allowed(v, &w->pcpu[i]) && !w->pcpu[i].cur && !w->pcpu[i].tickled)
			return &w->pcpu[i];
	if (allowed(v, home) && home->cur && !home->tickled && score(w, v, home) > 0)
		return home;
	for (uint32_t i = 0; i < w->npcpus; i++) {
		struct rl_pcpu *p = &w->pcpu[i];
		int64_t s;

		if (p == home || !allowed(v, p) || !p->cur || p->tickled)
			continue;
		s = score(w, v, p);
		if (s > most) {
			most = s;
			best = p;
		}
	}
	return best;
}

static void credit2_wake(struct rl_world *w, struct rl_vcpu *v)
{
	struct rl_pcpu *p;

	enqueue(&w->runq, v);
	p = whom_to_tickle(w, v);
	if (p)
		rl_pcpu_tickle(p, w->waker);
}

static struct rl_vcpu *candidate(
	struct rl_world *w, struct rl_pcpu *p, struct rl_vcpu *prev, bool yield)
{
	if (prev && !yield && w->now - prev->entered < rl_cost(w, ratelimit_ns))
		return prev;
	for (uint32_t i = 0; i < w->runq.n; i++) {
		struct rl_vcpu *v = w->runq.q[i];
		int64_t bar = prev ? prev->credit : CREDIT_MIN - RESIST;

		if (!allowed(v, p) || (v->cpu != p->id && bar + RESIST > v->credit))
			continue;
		return yield || !prev || v->credit > prev->credit ? v : prev;
	}
	return prev;
}

/* An epoch ends: everybody gets new credit. */
static void reset(struct rl_world *w, const struct rl_vcpu *next)
{
	int64_t more = next->credit <= CREDIT_MIN ? 2 * CREDIT_INIT : CREDIT_INIT;

	for (uint32_t i = 0; i < w->nvcpus; i++) {
		struct rl_vcpu *v = &w->vcpu[i];

		if (v->state == RL_V_RUNNING)
			burn(w, v);
		v->credit += more;
		if (v->credit > CREDIT_INIT + CARRYOVER_MAX)
			v->credit = CREDIT_INIT + CARRYOVER_MAX;
	}
}

static rl_ps runtime(const struct rl_world *w, const struct rl_vcpu *next, bool goes_on)
{
	int64_t limit = (int64_t)rl_cost(w, ratelimit_ns), least = MIN_TIMER;
	int64_t credit = next->credit, time;

	if (goes_on)
		limit -= (int64_t)(w->now - next->entered);
	if (limit > least)
		least = limit;
	if (w->runq.n && w->runq.q[0]->credit > 0)
		credit -= w->runq.q[0]->credit;
	time = credit > 0 ? credit * next->weight / max_weight(w) : 0;
	if (time < least)
		time = least;
	return (rl_ps)(time > MAX_TIMER ? MAX_TIMER : time);
}

static struct rl_vcpu *credit2_pick(struct rl_world *w, struct rl_pcpu *p, bool yield, rl_ps *slice)
{
	struct rl_vcpu *prev = p->cur, *next;
	int64_t top;

	if (prev)
		burn(w, prev);
	if (prev && prev->state != RL_V_RUNNING)
		prev = NULL;
	next = candidate(w, p, prev, yield);
	*slice = RL_PS_NEVER;
	if (!next)
		return NULL;
	if (next != prev) {
		dequeue(&w->runq, next);
		next->entered = w->now;
	}
	next->burnt_to = w->now;
	top = next->credit;
	if (w->runq.n && w->runq.q[0]->credit > top)
		top = w->runq.q[0]->credit;
	if (top <= 0)
		reset(w, next);
	/* As in Xen, who was preempted is queued only after the slice was chosen. */
	*slice = runtime(w, next, next == prev);
	if (prev && next != prev)
		enqueue(&w->runq, prev);
	return next;
}

/* Where in an epoch a run finds the machine is chance. */
static void credit2_init(struct rl_world *w, struct rl_rng *rng)
{
	for (uint32_t i = 0; i < w->nvcpus; i++)
		w->vcpu[i].credit = (int64_t)(rl_rng_unit(rng) * (double)CREDIT_INIT);
}

RL_SCHED(credit2) = {
	.name = "credit2",
	.summary = "Xen's default: credit by weight, 1 ms rate limit, slices up to 10 ms",
	.init = credit2_init,
	.wake = credit2_wake,
	.pick = credit2_pick,
};
