/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M/G/1 with multiple vacations: a server that looks again T after it found the ring empty, and
 * serves until it is. A free-running grid would give less.
 */
#include "model/analytic/open.h"

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	const double *cost = a->s->costs.v;
	double t = (double)a->back.for_ns + cost[RL_PARAM_poll_ns] + cost[RL_PARAM_clock_ns];
	struct rl_open_wait w = {0};
	struct rl_open q;

	if (!rl_open_applies(a, 1u << RL_WAIT_TIMER, 1, &q, p))
		return;
	w.extra = t / 2;
	w.k2_to_k = 1 + q.lambda * t;
	rl_open_say(a, &q, &w, p);
}

RL_FORM(mg1_poll_timer) = {
	.name = "mg1_poll_timer",
	.summary = "one that looks every T, counted from emptiness, and serves until the ring is "
		   "empty",
	.source = "Levy and Yechiali, Utilization of idle time in an M/G/1 queueing system, "
		  "Management "
		  "Science 22, 1975: multiple vacations",
	.is = RL_FORM_EXACT,
	.assumes = RL_OPEN_ASSUMES,
	.predict = predict,
};
