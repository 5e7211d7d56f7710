/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M/G/1 with a single vacation: a server that sleeps once when the ring is empty, then looks for
 * ever.
 */
#include "model/analytic/open.h"

#include <math.h>

/* From falling asleep to the first look; a domain's timer is set no nearer than timer_min_ns. */
static double vacation(const struct rl_analytic *a)
{
	const double *cost = a->s->costs.v;
	double set = rl_driver_hypercall_ns(a->s) + 2 * cost[RL_PARAM_clock_ns];
	struct rl_wait blocks = {.kind = RL_WAIT_BLOCK};
	struct rl_wakeup u = rl_wakeup_of(a->s, &blocks, RL_SIDE_BACK);

	if (!a->back.for_ns)
		return 0;
	return fmax((double)a->back.for_ns, set + cost[RL_PARAM_timer_min_ns]) +
	       cost[RL_PARAM_halt_wake_ns] + u.handle + cost[RL_PARAM_clock_ns] + set;
}

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	double t = vacation(a), none, l;
	struct rl_open_wait w = {0};
	struct rl_open q;

	if (!rl_open_applies(a, 1u << RL_WAIT_SLEEP_POLL, 1, &q, p))
		return;
	l = q.lambda;
	none = exp(-l * t);
	w.extra = l * t * t / (2 * (none + l * t));
	w.k2_to_k = (none + l * t + l * l * t * t) / (none + l * t);
	rl_open_say(a, &q, &w, p);
}

RL_FORM(mg1_one_vacation) = {
	.name = "mg1_one_vacation",
	.summary = "one that sleeps once when the ring is empty, then polls",
	.source = "Levy and Yechiali 1975: single vacation",
	.is = RL_FORM_EXACT,
	.assumes = RL_OPEN_ASSUMES,
	.predict = predict,
};
