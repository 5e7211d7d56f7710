/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What no machine of these costs can exceed: the busiest station works all the time; I/Os are as
 * many as may be in flight, and none goes round faster than its own steps; requests on the ring are
 * as many as it has slots; and nobody is faster than its rate. Demands are the least that any way
 * of waiting comes to: no notification, no wake-up, hypercalls shared by any number.
 */
#include "model/analytic/analytic.h"

#include <math.h>

/* Are as many I/Os as may be in flight all the time, so that Little's law gives their latency? */
static bool always_full(const struct rl_analytic *a)
{
	const struct rl_job *j = &a->s->job;

	return !j->offload && !isfinite(a->least.offered_per_s) && j->batch <= 1 &&
	       j->complete_min <= 1 && !j->fsync && !j->fdatasync &&
	       (!j->thinktime_ns || j->iodepth == 1);
}

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	const struct rl_demand *d = &a->least;
	const struct rl_station *max = rl_demand_max(d);
	double x = d->offered_per_s;

	if (max)
		x = fmin(x, max->servers / max->ns * 1e9);
	if (d->chain_ns > 0)
		x = fmin(x, d->in_flight / d->chain_ns * 1e9);
	if (d->ring_ns > 0)
		x = fmin(x, d->slots / d->ring_ns * 1e9);
	if (!isfinite(x)) {
		rl_form_no(p, "nothing takes any time (expected a cost, a device or a rate)");
		return;
	}
	rl_form_say(p, "iops", x);
	if (always_full(a))
		rl_form_say(p, "lat_mean_ns",
			fmax(0, fmax(d->chain_ns, d->in_flight / x * 1e9) - d->think_ns -
					a->mean.fio));
}

RL_FORM(asymptotic) = {
	.name = "asymptotic",
	.summary = "no more IOPS, and no less latency, than X <= min(1/Dmax, N/(sum D + Z))",
	.source = "Muntz and Wong, Asymptotic properties of closed queueing network models, 1974; "
		  "Denning and Buzen 1978",
	.is = RL_FORM_BOUND,
	.predict = predict,
};
