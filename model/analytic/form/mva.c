/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mean value analysis of a guest, its driver domain and its device: I/Os go round between
 * stations, one server each or several. How often the other side must be told follows from how
 * often it is found idle, which follows from the throughput, and so on until both agree.
 */
#include "model/analytic/closed.h"

#include <math.h>

#define ROUNDS 200

enum { GUEST = RL_PLACE_GUEST, DRIVER = RL_PLACE_DRIVER, DEVICE, REST, STATIONS };

static bool blocks(const struct rl_wait *w)
{
	return w->kind != RL_WAIT_POLL && w->kind != RL_WAIT_YIELD && w->kind != RL_WAIT_MONITOR &&
	       w->kind != RL_WAIT_TIMER;
}

/* What an I/O asks of each station when it tells the sides so often. */
static uint32_t stations(
	const struct rl_analytic *a, const struct rl_told *told, struct rl_closed_station *st)
{
	struct rl_wakeup back = rl_wakeup_of(a->s, &a->back, RL_SIDE_BACK),
			 front = rl_wakeup_of(a->s, &a->front, RL_SIDE_FRONT);
	struct rl_demand d;
	double travel = told->back * back.travel + told->front * front.travel;

	rl_demand_of(a->s, &a->device, told, &d);
	for (int i = 0; i < STATIONS; i++)
		st[i] = (struct rl_closed_station){0, 1};
	for (uint32_t i = 0; i < d.n; i++) {
		double servers = d.st[i].servers / a->s->guest.count;

		if (d.st[i].place == RL_PLACE_GUEST || d.st[i].place == RL_PLACE_DRIVER)
			st[d.st[i].place] =
				(struct rl_closed_station){d.st[i].ns, fmax(1, floor(servers))};
	}
	if (a->station.servers > 0)
		st[DEVICE] = (struct rl_closed_station){a->station.mean_ns, a->station.servers};
	else
		travel += a->s->costs.v[RL_PARAM_device_ns];
	st[REST] = (struct rl_closed_station){travel + rl_closed_think_ns(a), INFINITY};
	return STATIONS;
}

/* One pCPU serves both: their work is one station's, and each turn is a switch. */
static void share(const struct rl_analytic *a, struct rl_closed_station *st, double turns)
{
	st[GUEST].ns += st[DRIVER].ns + turns * a->s->costs.v[RL_PARAM_switch_ns];
	st[DRIVER].ns = 0;
}

static bool one_pcpu(const struct rl_scenario *s)
{
	return s->machine.pcpus == 1 || (s->guest.pcpu >= 0 && s->guest.pcpu == s->driver.pcpu &&
						s->guest.pcpus <= 1 && s->driver.pcpus <= 1);
}

static double solve(const struct rl_analytic *a, bool shared, uint32_t n, struct rl_told *told)
{
	struct rl_closed_station st[STATIONS];
	double x = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double busy[2], turns = told->back + told->front;

		stations(a, told, st);
		if (shared)
			share(a, st, turns);
		x = rl_closed_throughput(st, STATIONS, n);
		for (int k = 0; k < 2; k++)
			busy[k] = fmin(1, x * st[k].ns / st[k].servers);
		if (shared)
			busy[DRIVER] = busy[GUEST];
		/* Half of the way: the two chase each other. */
		told->back += (blocks(&a->back) * (n == 1 ? 1 : 1 - busy[DRIVER]) - told->back) / 2;
		told->front +=
			(blocks(&a->front) * (n == 1 ? 1 : 1 - busy[GUEST]) - told->front) / 2;
	}
	return x;
}

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	struct rl_told told = {blocks(&a->back), blocks(&a->front), a->mean.call > 0};
	bool shared = one_pcpu(a->s);
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
	if (shared && !blocks(&a->back)) {
		rl_form_no(p,
			"the backend %s on its guest's pCPU (expected one that blocks, or a "
			"pCPU of its own)",
			rl_wait_words(a->back.kind));
		return;
	}
	x = solve(a, shared, n, &told);
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
