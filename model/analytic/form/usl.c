/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The universal scalability law: n rings, each with a vCPU of the guest and a thread of the
 * backend. sigma is the share of an I/O that only one of them can be in; kappa what each pays for
 * each other: Xen asks all pCPUs of the driver domain, one unmapping at a time, to flush their
 * TLBs. Approximate: how long somebody waits for a lock is taken to be the worst case.
 */
#include "model/analytic/closed.h"

#include <math.h>

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	const double *cost = a->s->costs.v;
	double n = fmin((double)a->s->guest.count * a->s->disk.queues,
		(double)a->s->driver.count * a->s->driver.vcpus);
	double one = 0, flush = a->mean.flush, send, sigma, kappa, x;
	const struct rl_demand *d = &a->least;

	if (!rl_closed_applies(a, p))
		return;
	if (n < 2) {
		rl_form_no(p, "one ring or one thread: nothing scales (expected more of both)");
		return;
	}
	if (!(flush > 0)) {
		rl_form_no(p, "the rings share nothing that only one can have (expected "
			      "disk.grants=map and costs of a TLB flush)");
		return;
	}
	for (uint32_t i = 0; i < d->n; i++)
		if (d->st[i].place == RL_PLACE_GUEST || d->st[i].place == RL_PLACE_DRIVER ||
			d->st[i].place == RL_PLACE_DEVICE)
			one = fmax(one, d->st[i].ns);
	/* At the least one call to map and one to unmap an I/O; alone nobody is asked to flush. */
	one += a->mean.call - flush;
	send = cost[RL_PARAM_tlb_send_ns] * a->mean.requests;
	sigma = (flush - (n - 1) * send) / one;
	kappa = send / one;
	x = n / one / (1 + sigma * (n - 1) + kappa * n * (n - 1));
	rl_form_say(p, "iops", x * 1e9);
	rl_form_say(p, "sigma", sigma);
	rl_form_say(p, "kappa", kappa);
	if (kappa > 0)
		rl_form_say(p, "best_rings", fmax(1, sqrt(fmax(0, 1 - sigma) / kappa)));
}

RL_FORM(usl) = {
	.name = "usl",
	.summary = "n rings that share Xen's lock of TLB flushes",
	.source = "Gunther, Guerrilla capacity planning, 2007: universal scalability law",
	.is = RL_FORM_APPROXIMATE,
	.assumes = RL_ASSUMES(TICKS) | RL_ASSUMES(DOM0) | RL_ASSUMES(DRAG) | RL_ASSUMES(NOTIFY) |
		   RL_ASSUMES(BATCH),
	.predict = predict,
};
