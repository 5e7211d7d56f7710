/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Poisson arrivals at a device that is a queue: M/G/1, or M/M/c with several exponential servers.
 * How many slots the ring has changes nothing: who has none waits in the block layer instead.
 */
#include "model/analytic/open.h"

#include <math.h>

/* Of @load erlangs at @c servers, the share that waits. Source: Erlang 1917, by the recursion for
 * B. */
static double erlang_c(double c, double load)
{
	double b = 1;

	for (double k = 1; k <= c; k++)
		b = load * b / (k + load * b);
	return b / (1 - load / c * (1 - b));
}

static bool applies(const struct rl_analytic *a, struct rl_prediction *p)
{
	const struct rl_spec_station *st = &a->station;
	double rho = st->servers > 0 ? a->lambda * st->mean_ns / st->servers : 0;

	if (!rl_open_arrivals(a, p))
		return false;
	if (!(st->servers > 0))
		return rl_form_no(p, "the device '%s' is no plain queue", a->device.type->name);
	if (st->servers > 1 && !st->exponential)
		return rl_form_no(p,
			"%.0f servers that are not exponential (expected one, or "
			"exponential ones)",
			st->servers);
	if (a->mean.requests > 1)
		return rl_form_no(
			p, "an I/O becomes %.3g requests (expected one)", a->mean.requests);
	return rho < 1 || rl_form_no(p,
				  "overloaded: rho = %.3g (expected below 1: the queue grows "
				  "for ever)",
				  rho);
}

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	const struct rl_spec_station *st = &a->station;
	double l = a->lambda, c = st->servers, load = l * st->mean_ns, wait, rest;
	double slots = rl_demand_slots(a->s) / a->s->guest.count;

	if (!applies(a, p))
		return;
	if (c == 1)
		wait = l * st->second_ns2 / (2 * (1 - load));
	else
		wait = erlang_c(c, load) * st->mean_ns / (c - load);
	rest = a->mean.submit + a->mean.make + a->mean.back + a->mean.complete + a->mean.reap;
	p->service_ns = st->mean_ns;
	rl_form_say(p, "device_wait_ns", wait);
	rl_form_say(p, "lat_mean_ns", rest + wait + st->mean_ns);
	rl_form_say(p, "iops", l * 1e9 * a->s->guest.count);
	/* M/M/1: more than all slots in the system. */
	if (c == 1 && st->exponential)
		rl_form_say(p, "front_stall_frac", pow(load, slots + 1));
}

RL_FORM(device_queue) = {
	.name = "device_queue",
	.summary = "Poisson arrivals at the device: M/G/1 or M/M/c",
	.source = "Pollaczek 1930, Khinchine 1932; Erlang 1917",
	.is = RL_FORM_EXACT,
	.assumes = RL_ASSUMES(TICKS) | RL_ASSUMES(DOM0) | RL_ASSUMES(DRAG) | RL_ASSUMES(CLOCK) |
		   RL_ASSUMES(NOTIFY) | RL_ASSUMES(GRANTS) | RL_ASSUMES(BATCH) | RL_ASSUMES(GUEST) |
		   RL_ASSUMES(DEPTH),
	.predict = predict,
};
