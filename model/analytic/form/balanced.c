/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Balanced job bounds: between the network whose stations are all like the mean one, and that
 * whose are all like the busiest. Of product-form networks only: work that comes at equal distances
 * may pass the upper one, batches may stay below the lower one. For the upper one an I/O pays for
 * no notification, for the lower one for one to each side.
 */
#include "model/analytic/closed.h"

#include <math.h>

struct sums {
	double sum, max, rest; /* rest: of several servers, which is a delay */
	double k;
};

/* @shared: one pCPU runs both domains. */
static struct sums sums_of(const struct rl_demand *d, bool shared)
{
	struct sums t = {0};

	for (uint32_t i = 0; i < d->n; i++) {
		const struct rl_station *st = &d->st[i];
		double one = st->ns / st->servers;

		/* Locks are held, and pCPUs used, within what is counted already. */
		if (st->place == RL_PLACE_LOCK || (st->place == RL_PLACE_PCPUS) != shared)
			if (st->place != RL_PLACE_DEVICE)
				continue;
		t.sum += one;
		t.max = fmax(t.max, one);
		t.rest += st->ns - one;
		t.k++;
	}
	return t;
}

/* Every I/O tells both sides, and all that it waits for on its way to them. */
static struct rl_demand most_of(const struct rl_analytic *a)
{
	struct rl_told always = rl_closed_told(a, 1);
	struct rl_demand d;

	rl_demand_of(a->s, &a->device, &always, &d);
	d.think_ns += always.to_back.travel + always.to_front.travel;
	if (rl_closed_one_pcpu(a->s))
		d.think_ns += 2 * a->s->costs.v[RL_PARAM_switch_ns];
	return d;
}

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	struct rl_demand most = most_of(a);
	bool shared = rl_closed_one_pcpu(a->s);
	struct sums low = sums_of(&most, shared), high = sums_of(&a->least, shared);
	double n = a->least.in_flight, z = a->least.think_ns + high.rest;
	double slow = most.think_ns + low.rest, lo, hi;

	if (!rl_closed_applies(a, p))
		return;
	if (!(high.sum > 0)) {
		rl_form_no(p, "no station takes any time");
		return;
	}
	lo = n / (low.sum + slow + (n - 1) * low.max / (1 + slow / (n * low.sum)));
	hi = fmin(1 / high.max,
		n / (high.sum + z + (n - 1) * (high.sum / high.k) / (1 + z / high.sum)));
	rl_form_say(p, "iops_at_least", lo * 1e9);
	rl_form_say(p, "iops_at_most", hi * 1e9);
}

RL_FORM(balanced) = {
	.name = "balanced",
	.summary = "balanced job bounds of the closed loop, of product-form networks",
	.source = "Zahorjan, Sevcik, Eager, Galler, Balanced job bound analysis of queueing "
		  "networks, CACM 25, 1982; with think time: Lazowska et al. 1984",
	.is = RL_FORM_BOUND,
	.assumes = RL_ASSUMES(TICKS) | RL_ASSUMES(DOM0) | RL_ASSUMES(DRAG) | RL_ASSUMES(NOTIFY) |
		   RL_ASSUMES(BATCH) | RL_ASSUMES(ONE_STEP) | RL_ASSUMES(EXPONENTIAL),
	.predict = predict,
};
