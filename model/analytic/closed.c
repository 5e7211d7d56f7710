/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What closed loops share; see the header. */
#include "model/analytic/closed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
