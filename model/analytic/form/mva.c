/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mean value analysis of a guest, its driver domain and its device: I/Os go round between
 * stations, one server each or several. How often the other side must be told follows from how
 * often it is found idle, which follows from the throughput, and so on until both agree.
 */
#include "model/analytic/closed.h"

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	bool shared = rl_closed_one_pcpu(a->s);
	uint32_t n = (uint32_t)(a->least.in_flight / a->s->guest.count);
	double x;

	if (!rl_closed_applies(a, p))
		return;
	if (a->device.type->service && !(a->station.servers > 0)) {
		rl_form_no(p,
			"the device '%s' is more than a queue (expected servers with one "
			"time of service)",
			a->device.type->name);
		return;
	}
	if (!shared && !rl_demand_apart(a->s)) {
		rl_form_no(p, "guest and driver domain share some pCPUs (expected one for all, or "
			      "one for each vCPU)");
		return;
	}
	if (shared && !rl_closed_blocks(&a->back)) {
		rl_form_no(p,
			"the backend %s on its guest's pCPU (expected one that blocks, or a "
			"pCPU of its own)",
			rl_wait_words(a->back.kind));
		return;
	}
	x = rl_closed_mva(a, n);
	if (shared)
		p->is = RL_FORM_APPROXIMATE;
	rl_closed_say(a, x, p);
}

RL_FORM(mva) = {
	.name = "mva",
	.summary = "closed loop over guest, driver domain and device",
	.source = "Reiser and Lavenberg, Mean-value analysis of closed multichain queuing "
		  "networks, JACM 27, 1980",
	.is = RL_FORM_EXACT,
	.assumes = RL_ASSUMES(TICKS) | RL_ASSUMES(DOM0) | RL_ASSUMES(DRAG) | RL_ASSUMES(CLOCK) |
		   RL_ASSUMES(NOTIFY) | RL_ASSUMES(GRANTS) | RL_ASSUMES(BATCH) |
		   RL_ASSUMES(ONE_STEP) | RL_ASSUMES(EXPONENTIAL),
	.predict = predict,
};
