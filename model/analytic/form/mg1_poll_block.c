/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M/G/1 whose server looks for tau when it is idle, and must be woken only if nothing came.
 */
#include "model/analytic/open.h"

#include <math.h>

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	struct rl_wakeup u = rl_wakeup_of(a->s, &a->back, RL_SIDE_BACK);
	double d = u.send + u.travel + u.handle, none;
	struct rl_open_wait w;
	struct rl_open q;

	if (!rl_open_applies(a, 1u << RL_WAIT_POLL_BLOCK, 1, &q, p))
		return;
	none = exp(-q.lambda * (double)a->back.for_ns);
	w = rl_open_wakes_up(&q, none * d, none * d * d);
	w.send = u.send * none * (1 - q.rho) / (1 + q.lambda * none * d);
	rl_open_say(a, &q, &w, p);
	rl_form_say(p, "back_spin_frac", (1 - none) * (1 - q.rho) / (1 + q.lambda * none * d));
}

RL_FORM(mg1_poll_block) = {
	.name = "mg1_poll_block",
	.summary = "one that polls for tau, then blocks: a wake-up where nothing came in tau",
	.source = "Welch 1964 with a wake-up of probability exp(-lambda tau)",
	.is = RL_FORM_EXACT,
	.assumes = RL_OPEN_ASSUMES,
	.predict = predict,
};
