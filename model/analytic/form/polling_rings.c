/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A polling system: one spinner over K symmetric rings, which goes on when a ring is empty
 * (exhaustive) and never stops. To one ring it is a server with vacations.
 */
#include "model/analytic/open.h"

#include <math.h>

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	double k = (double)a->s->guest.count / a->s->driver.count, r, all, rest;
	struct rl_open_wait w = {0};
	struct rl_open q;

	if (!rl_open_applies(a, 1u << RL_WAIT_POLL, 0, &q, p))
		return;
	if (a->s->driver.threads != 1 || k < 2 || floor(k) != k) {
		rl_form_no(p, "no thread serves several rings (expected driver.threads=1 and as "
			      "many guests for each driver domain)");
		return;
	}
	r = a->s->costs.v[RL_PARAM_poll_ns];
	all = k * q.lambda;
	rest = 1 - all * q.c;
	if (rest <= 0) {
		q.rho = all * q.c;
		rl_open_stable(&q, p);
		return;
	}
	/* All rings' work, and the switch-overs; less what rl_open_say() adds for one ring. */
	w.extra = all * q.c2 / (2 * rest) + r * (k - all * q.c) / (2 * rest) - rl_open_pk(&q);
	w.k2_to_k = 1 + 2 * q.lambda * w.extra;
	rl_open_say(a, &q, &w, p);
}

RL_FORM(polling_rings) = {
	.name = "polling_rings",
	.summary = "one spinning thread over K rings, exhaustive, switch-overs without variance",
	.source = "Takagi, Analysis of polling systems, 1986",
	.is = RL_FORM_EXACT,
	.assumes = RL_OPEN_ASSUMES,
	.predict = predict,
};
