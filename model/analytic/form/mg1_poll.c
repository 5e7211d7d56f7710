/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M/G/1: a backend that never stops looking. Who comes while it is idle waits for the look after.
 * Looks are counted from when the ring was found empty, so that is a little more than half of one.
 */
#include "model/analytic/open.h"

#define KINDS (1u << RL_WAIT_POLL | 1u << RL_WAIT_YIELD | 1u << RL_WAIT_MONITOR)

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	const struct rl_scenario *s = a->s;
	double gap = s->costs.v[RL_PARAM_poll_ns];
	struct rl_wakeup u = rl_wakeup_of(s, &a->back, RL_SIDE_BACK);
	struct rl_open_wait w;
	struct rl_open q;

	if (!rl_open_applies(a, KINDS, 1, &q, p))
		return;
	if (s->load.vcpus && s->load.pcpu == s->driver.pcpu) {
		rl_form_no(p, "a neighbour takes the spinner's pCPU (expected one of its own)");
		return;
	}
	if (a->back.kind == RL_WAIT_YIELD)
		gap += rl_driver_hypercall_ns(s);
	if (a->back.kind == RL_WAIT_MONITOR && s->machine.mwait)
		w = rl_open_wakes_up(&q, u.travel + gap, (u.travel + gap) * (u.travel + gap));
	else
		w = rl_open_look(&q, gap, u.travel + u.handle);
	rl_open_say(a, &q, &w, p);
	rl_form_say(p, "back_spin_frac", 1 - q.rho);
}

RL_FORM(mg1_poll) = {
	.name = "mg1_poll",
	.summary =
		"one that polls for ever on a pCPU of its own: M/G/1 and the way to the next look",
	.source = "Pollaczek 1930, Khinchine 1932",
	.is = RL_FORM_EXACT,
	.assumes = RL_OPEN_ASSUMES,
	.predict = predict,
};
