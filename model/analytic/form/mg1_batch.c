/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M/G/1 under an N-policy with a wake-up: the n-th request wakes the server, which then serves
 * until nobody is left. The timer that comes to the help of a batch that does not fill is left out.
 */
#include "model/analytic/open.h"

#include <gsl/gsl_cdf.h>

#define SELDOM 1e-6 /* of batches may be ended by the timer */

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	struct rl_wakeup u = rl_wakeup_of(a->s, &a->back, RL_SIDE_BACK);
	double d = u.send + u.travel + u.handle, n = a->back.n, l, ended;
	struct rl_open_wait w = {0};
	struct rl_open q;

	if (!rl_open_applies(a, 1u << RL_WAIT_BATCH, 1, &q, p))
		return;
	l = q.lambda;
	if (n > rl_demand_slots(a->s)) {
		rl_form_no(p, "a batch of %.0f never fits into the ring (expected at most %.0f)", n,
			rl_demand_slots(a->s));
		return;
	}
	ended = gsl_cdf_poisson_P(a->back.n - 1, l * (double)a->back.for_ns);
	if (ended > SELDOM) {
		rl_form_no(p, "the timer ends %.3g %% of the batches (expected a longer one)",
			100 * ended);
		return;
	}
	w.extra = (n * (n - 1) / (2 * l) + n * d + l * d * d / 2) / (n + l * d);
	w.k2_to_k = (n * n + 2 * n * l * d + l * d + l * l * d * d) / (n + l * d);
	w.send = u.send * (1 - q.rho) / (n + l * d);
	rl_open_say(a, &q, &w, p);
	rl_form_say(p, "wakeups_per_request", (1 - q.rho) / (n + l * d));
}

RL_FORM(mg1_batch) = {
	.name = "mg1_batch",
	.summary = "one that the n-th request wakes",
	.source = "Yadin and Naor, Queueing systems with a removable service station, 1963",
	.is = RL_FORM_EXACT,
	.assumes = RL_OPEN_ASSUMES,
	.predict = predict,
};
