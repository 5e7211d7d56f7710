/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M/G/1 whose spinning server is taken away at rate f while it has its pCPU, for V: by the
 * neighbour on that pCPU. An interruption is no vacation: it may fall into a service, whose
 * completion time it lengthens. The time until the first service is counted.
 */
#include "model/analytic/open.h"

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	const struct rl_load_domain *l = &a->s->load;
	double f, v, up, gone;
	struct rl_open_wait w = {0};
	struct rl_open q;

	if (!rl_open_applies(a, 1u << RL_WAIT_POLL, 1, &q, p))
		return;
	if (l->vcpus != 1 || l->pcpu < 0 || l->pcpu != a->s->driver.pcpu || !l->idle_ns) {
		rl_form_no(p, "nobody takes the backend's pCPU away (expected a load of one vCPU "
			      "there that rests)");
		return;
	}
	f = 1.0 / (double)l->idle_ns;
	v = (double)l->busy_ns + 2 * a->s->costs.v[RL_PARAM_switch_ns];
	up = 1 + f * v;
	gone = f * q.c * v * v;
	q.c2 = q.c2 * up * up + gone;
	q.c *= up;
	q.rho = q.lambda * q.c;
	if (!rl_open_stable(&q, p))
		return;
	w.extra = f * v * v / (2 * up);
	w.k2_to_k = 1 + f * q.lambda * v * v / up;
	/* A backend of no less weight is not preempted at once. */
	if (l->weight < 256 * a->s->driver.weight - 1)
		p->is = RL_FORM_APPROXIMATE;
	rl_open_say(a, &q, &w, p);
}

RL_FORM(mg1_preempted) = {
	.name = "mg1_preempted",
	.summary = "a spinner whose pCPU a neighbour takes away now and then",
	.source = "M/G/1 with preemptive interruptions: Avi-Itzhak and Naor, Some queuing problems "
		  "with the "
		  "service station subject to breakdown, Operations Research 11, 1963",
	.is = RL_FORM_EXACT,
	.assumes = RL_OPEN_ASSUMES,
	.predict = predict,
};
