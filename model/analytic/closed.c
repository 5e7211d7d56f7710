/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What closed loops share; see the header. */
#include "model/analytic/closed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 200 /* of a fixed point that is near after ten */

enum { GUEST = RL_PLACE_GUEST, DRIVER = RL_PLACE_DRIVER, DEVICE, REST, STATIONS };

/* g[k] of one station: the weight of k I/Os there, times scaled so that no term is large. */
static void weights(const struct rl_closed_station *st, double scale, uint32_t n, long double *f)
{
	f[0] = 1;
	for (uint32_t k = 1; k <= n; k++)
		f[k] = f[k - 1] * (st->ns * scale) / fminl(k, st->servers);
}

static void convolve(long double *g, const long double *f, long double *to, uint32_t n)
{
	for (uint32_t k = 0; k <= n; k++) {
		to[k] = 0;
		for (uint32_t i = 0; i <= k; i++)
			to[k] += f[i] * g[k - i];
	}
	memcpy(g, to, (n + 1) * sizeof(*g));
}

/* The least upper bound that is at hand: with it as the scale no station's weights run away. */
static double most(const struct rl_closed_station *st, uint32_t stations, uint32_t n)
{
	double sum = 0, x = INFINITY;

	for (uint32_t i = 0; i < stations; i++) {
		sum += st[i].ns;
		if (st[i].ns > 0)
			x = fmin(x, st[i].servers / st[i].ns);
	}
	return fmin(x, n / sum);
}

double rl_closed_throughput(const struct rl_closed_station *st, uint32_t stations, uint32_t n)
{
	double scale = most(st, stations, n), x = NAN;
	long double *g = calloc(3 * ((size_t)n + 1), sizeof(*g));

	if (!g || n < 1 || n > RL_CLOSED_MAX || !isfinite(scale)) {
		free(g);
		return NAN;
	}
	g[0] = 1;
	for (uint32_t i = 0; i < stations; i++) {
		if (st[i].servers == 1) { /* geometric weights: one pass */
			for (uint32_t k = 1; k <= n; k++)
				g[k] += g[k - 1] * (st[i].ns * scale);
		} else if (st[i].ns > 0) {
			weights(&st[i], scale, n, g + n + 1);
			convolve(g, g + n + 1, g + 2 * (n + 1), n);
		}
	}
	x = (double)(g[n - 1] / g[n]) * scale;
	free(g);
	return x;
}

bool rl_closed_applies(const struct rl_analytic *a, struct rl_prediction *p)
{
	const struct rl_job *j = &a->s->job;
	double n = a->least.in_flight / a->s->guest.count;

	if (j->offload)
		return rl_form_no(p, "arrivals are an open loop (expected a closed one: no "
				     "io_submit_mode=offload)");
	if (isfinite(a->least.offered_per_s))
		return rl_form_no(p, "a rate holds the loop back (expected none)");
	if (j->batch > 1 || j->complete_min > 1)
		return rl_form_no(p,
			"I/Os are issued or reaped together (expected "
			"iodepth_batch=1 and iodepth_batch_complete_min of at most 1)");
	if (j->thinktime_ns && (j->iodepth > 1 || j->thinktime_spin_ns))
		return rl_form_no(p, "thinktime stops all I/Os of a job (expected iodepth=1, and "
				     "thinking asleep)");
	if (j->fsync || j->fdatasync)
		return rl_form_no(p, "fsync stops the loop (expected none)");
	if (a->s->load.vcpus)
		return rl_form_no(p, "a neighbour wants pCPUs, too (expected none)");
	if (a->s->guest.cap || a->s->driver.cap)
		return rl_form_no(p, "a cap stops a domain (expected none)");
	if (n > RL_CLOSED_MAX)
		return rl_form_no(p, "%.0f I/Os in flight (expected at most %d; the bounds apply)",
			n, RL_CLOSED_MAX);
	return true;
}

/* A job thinks after so many blocks; its other I/Os have come back by then. */
double rl_closed_think_ns(const struct rl_analytic *a)
{
	return a->least.think_ns;
}

void rl_closed_say(const struct rl_analytic *a, double per_ns, struct rl_prediction *p)
{
	const struct rl_demand *d = &a->least;
	double n = d->in_flight / a->s->guest.count;

	rl_form_say(p, "iops", per_ns * 1e9 * a->s->guest.count);
	rl_form_say(p, "lat_mean_ns", fmax(0, n / per_ns - d->think_ns - a->mean.fio));
}

/* ---- guest, driver domain, device ------------------------------------------------------------ */

bool rl_closed_blocks(const struct rl_wait *w)
{
	return w->kind != RL_WAIT_POLL && w->kind != RL_WAIT_YIELD && w->kind != RL_WAIT_MONITOR &&
	       w->kind != RL_WAIT_TIMER;
}

struct rl_told rl_closed_told(const struct rl_analytic *a, double times)
{
	return (struct rl_told){
		.back = times,
		.front = times,
		.to_back = rl_wakeup_of(a->s, &a->back, RL_SIDE_BACK),
		.to_front = rl_wakeup_of(a->s, &a->front, RL_SIDE_FRONT),
		.calls = a->mean.call > 0,
	};
}

/* What an I/O asks of each station when it tells the sides so often. */
static void stations(
	const struct rl_analytic *a, const struct rl_told *told, struct rl_closed_station *st)
{
	struct rl_demand d;
	double travel = told->back * told->to_back.travel + told->front * told->to_front.travel;

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
}

/* One pCPU serves both: their work is one station's, and each turn is a switch. */
static void share(const struct rl_analytic *a, struct rl_closed_station *st, double turns)
{
	st[GUEST].ns += st[DRIVER].ns + turns * a->s->costs.v[RL_PARAM_switch_ns];
	st[DRIVER].ns = 0;
}

bool rl_closed_one_pcpu(const struct rl_scenario *s)
{
	return s->machine.pcpus == 1 || (s->guest.pcpu >= 0 && s->guest.pcpu == s->driver.pcpu &&
						s->guest.pcpus <= 1 && s->driver.pcpus <= 1);
}

/*
 * How often a side must be told follows from how often it is found idle, which follows from the
 * throughput, and so on until both agree; half of the way each time, for the two chase each other.
 */
double rl_closed_mva(const struct rl_analytic *a, uint32_t n)
{
	bool shared = rl_closed_one_pcpu(a->s);
	double to[2] = {rl_closed_blocks(&a->back), rl_closed_blocks(&a->front)}, x = 0;
	struct rl_told told = rl_closed_told(a, 1);
	struct rl_closed_station st[STATIONS];

	told.back = to[0];
	told.front = to[1];
	for (int i = 0; i < ROUNDS; i++) {
		double was = x, idle[2];

		stations(a, &told, st);
		if (shared)
			share(a, st, told.back + told.front);
		x = rl_closed_throughput(st, STATIONS, n);
		if (n == 1 || fabs(x - was) <= 1e-12 * x)
			break;
		for (int k = 0; k < 2; k++)
			idle[k] = 1 - fmin(1, x * st[k].ns / st[k].servers);
		told.back += (to[0] * idle[shared ? GUEST : DRIVER] - told.back) / 2;
		told.front += (to[1] * idle[GUEST] - told.front) / 2;
	}
	return x;
}
