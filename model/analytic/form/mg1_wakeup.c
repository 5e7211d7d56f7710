/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M/G/1 whose server must be woken at the start of each busy period.
 */
#include "model/analytic/open.h"

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	struct rl_wakeup u = rl_wakeup_of(a->s, &a->back, RL_SIDE_BACK);
	double d = u.send + u.travel + u.handle;
	struct rl_open_wait w;
	struct rl_open q;

	if (!rl_open_applies(a, 1u << RL_WAIT_BLOCK | 1u << RL_WAIT_PORT, 1, &q, p))
		return;
	w = rl_open_wakes_up(&q, d, d * d);
	w.send = u.send * (1 - q.rho) / (1 + q.lambda * d);
	rl_open_say(a, &q, &w, p);
	rl_form_say(p, "wakeups_per_request", (1 - q.rho) / (1 + q.lambda * d));
}

RL_FORM(mg1_wakeup) = {
	.name = "mg1_wakeup",
	.summary = "one that an event wakes at the start of each busy period",
	.source = "Welch, On a generalized M/G/1 queuing process in which the first customer of "
		  "each busy "
		  "period receives exceptional service, Operations Research 12, 1964",
	.is = RL_FORM_EXACT,
	.assumes = RL_OPEN_ASSUMES,
	.predict = predict,
};
