/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fio and a single backend thread in a closed loop, batch by batch. The thread takes all that wait
 * at once, for an exponential time of mean s for each of them, and gives all back together: no
 * product form, but a Markov chain of b in the batch and m behind it on the ring; the others
 * are with fio, which issues them one by one, each after an exponential time.
 */
#include "model/analytic/closed.h"

#include <math.h>
#include <stdlib.h>

#define MOST   64
#define SWEEPS 100000

struct chain {
	uint32_t n;
	double issue, serve; /* rates: 1/a, 1/s */
	double p[MOST + 1][MOST + 1];
};

/* A batch of any size ends, and what waited behind it is the next: @b of them. */
static double begun(const struct chain *c, uint32_t b)
{
	double flow = 0;

	for (uint32_t of = 1; of + b <= c->n; of++)
		flow += c->p[of][b] * c->serve / of;
	return flow;
}

static double in_flow(const struct chain *c, uint32_t b, uint32_t m)
{
	if (m)
		return c->p[b][m - 1] * c->issue;
	return begun(c, b) + (b == 1 ? c->p[0][0] * c->issue : 0);
}

/* One sweep over all states (Gauss and Seidel). Returns: by how much they changed. */
static double sweep(struct chain *c, double *sum)
{
	double off = 0;

	*sum = 0;
	for (uint32_t b = 0; b <= c->n; b++)
		for (uint32_t m = 0; b + m <= c->n && (b || !m); m++) {
			double out = (b + m < c->n ? c->issue : 0) + (b ? c->serve / b : 0);
			double p = in_flow(c, b, m) / out;

			off += fabs(p - c->p[b][m]);
			*sum += c->p[b][m] = p;
		}
	for (uint32_t b = 0; b <= c->n; b++)
		for (uint32_t m = 0; b + m <= c->n; m++)
			c->p[b][m] /= *sum;
	return off;
}

static double throughput(uint32_t n, double a, double s)
{
	struct chain *c = calloc(1, sizeof(*c));
	double sum, x = 0;

	if (!c)
		return NAN;
	c->n = n;
	c->issue = 1 / a;
	c->serve = 1 / s;
	for (uint32_t b = 0; b <= n; b++)
		for (uint32_t m = 0; b + m <= n && (b || !m); m++)
			c->p[b][m] = 1;
	for (int i = 0; i < SWEEPS && sweep(c, &sum) > 1e-12 * sum; i++)
		;
	for (uint32_t b = 0; b <= n; b++)
		for (uint32_t m = 0; b + m < n && (b || !m); m++)
			x += c->p[b][m] * c->issue;
	free(c);
	return x;
}

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	uint32_t n = a->s->job.iodepth;
	double fio = rl_guest_work(a);

	if (!rl_closed_applies(a, p))
		return;
	if (a->s->job.numjobs != 1 || a->s->guest.count != 1 || rl_closed_think_ns(a) > 0)
		rl_form_no(p, "more than one loop, or one that thinks (expected one job of one "
			      "guest without thinktime)");
	else if (a->back.kind != RL_WAIT_POLL || !rl_demand_apart(a->s))
		rl_form_no(p,
			"the backend %s (expected one that polls for ever on a pCPU of its "
			"own)",
			rl_wait_words(a->back.kind));
	else if (!a->at_once)
		rl_form_no(p, "the device takes time beside the backend (expected null with "
			      "device_ns 0)");
	else if (!(fio > 0) || !(a->mean.back > 0))
		rl_form_no(p, "fio or the backend takes no time");
	else if (n > MOST || n > rl_demand_slots(a->s))
		rl_form_no(p, "%u I/Os in flight (expected at most %.0f)", n,
			fmin(MOST, rl_demand_slots(a->s)));
	else
		rl_closed_say(a, throughput(n, fio, a->mean.back), p);
}

RL_FORM(thread_chain) = {
	.name = "thread_chain",
	.summary = "closed loop of fio and one polling backend thread, batch by batch",
	.source = "Markov chain of batch and ring, solved by sweeps",
	.is = RL_FORM_EXACT,
	.assumes = RL_ASSUMES(TICKS) | RL_ASSUMES(DOM0) | RL_ASSUMES(DRAG) | RL_ASSUMES(CLOCK) |
		   RL_ASSUMES(NOTIFY) | RL_ASSUMES(GRANTS) | RL_ASSUMES(ONE_STEP) |
		   RL_ASSUMES(EXPONENTIAL),
	.predict = predict,
};
