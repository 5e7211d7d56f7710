/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What open queues share; see the header. */
#include "model/analytic/open.h"

#include <math.h>

bool rl_open_arrivals(const struct rl_analytic *a, struct rl_prediction *p)
{
	const struct rl_job *j = &a->s->job;

	if (!j->offload)
		return rl_form_no(p, "arrivals are a closed loop (expected io_submit_mode=offload "
				     "and a rate with rate_process=poisson)");
	if (!(a->lambda > 0) || !isfinite(a->lambda))
		return rl_form_no(p, "no rate of arrivals (expected rate_iops or rate)");
	if (!a->poisson)
		return rl_form_no(p, "arrivals at equal distances (expected rate_process=poisson)");
	if (j->thinktime_ns || j->batch > 1)
		return rl_form_no(p, "arrivals are held back (expected neither thinktime nor "
				     "iodepth_batch)");
	return true;
}

static bool server_applies(const struct rl_analytic *a, uint32_t waits, struct rl_prediction *p)
{
	if (!(waits & 1u << a->back.kind))
		return rl_form_no(p, "the backend %s (expected one that %s)",
			rl_wait_words(a->back.kind),
			rl_wait_words((enum rl_wait_kind)__builtin_ctz(waits)));
	if (a->front.kind != RL_WAIT_BLOCK)
		return rl_form_no(p, "the frontend %s (expected: %s)", rl_wait_words(a->front.kind),
			rl_wait_words(RL_WAIT_BLOCK));
	if (!a->at_once)
		return rl_form_no(p, "the device takes time beside the backend (expected null "
				     "with device_ns 0)");
	if (a->mean.requests > 1)
		return rl_form_no(
			p, "an I/O becomes %.3g requests (expected one)", a->mean.requests);
	if (!rl_demand_apart(a->s))
		return rl_form_no(p, "guest and driver domain share a pCPU (expected one for each "
				     "vCPU)");
	return true;
}

/* Rings of the thread that has most of them. */
static double rings_of(const struct rl_scenario *s)
{
	double guests = ceil((double)s->guest.count / s->driver.count);
	double rings = guests * s->disk.queues;

	return s->driver.threads ? ceil(rings / s->driver.threads) : 1;
}

bool rl_open_stable(const struct rl_open *q, struct rl_prediction *p)
{
	if (q->rho < 1)
		return true;
	return rl_form_no(
		p, "overloaded: rho = %.3g (expected below 1: the queue grows for ever)", q->rho);
}

bool rl_open_applies(const struct rl_analytic *a, uint32_t waits, uint32_t rings, struct rl_open *q,
	struct rl_prediction *p)
{
	const struct rl_scenario *s = a->s;
	double each = rings_of(s);

	*q = (struct rl_open){.lambda = a->lambda, .c = a->back_mean, .c2 = a->back_second};
	q->rho = q->lambda * q->c;
	if (!rl_open_arrivals(a, p) || !server_applies(a, waits, p))
		return false;
	if (s->disk.queues != 1)
		return rl_form_no(p, "%u rings of a guest (expected one)", s->disk.queues);
	if (rings == 1 && each > 1)
		return rl_form_no(
			p, "a thread of the backend serves %.0f rings (expected one)", each);
	if (rings == 1 && (double)s->guest.count > (double)s->driver.count * s->driver.vcpus)
		return rl_form_no(p, "threads of the backend share a vCPU (expected one each)");
	return rings != 1 || rl_open_stable(q, p);
}

double rl_open_pk(const struct rl_open *q)
{
	return q->lambda * q->c2 / (2 * (1 - q->rho));
}

struct rl_open_wait rl_open_wakes_up(const struct rl_open *q, double d, double d2)
{
	double l = q->lambda;

	return (struct rl_open_wait){
		.extra = (2 * d + l * d2) / (2 * (1 + l * d)),
		.k2_to_k = (1 + 3 * l * d + l * l * d2) / (1 + l * d),
	};
}

/*
 * The arrival is exponential since then: y is how long before its look it came. Below a thousandth
 * of an arrival a look the difference of nearly equal terms is taken by its series.
 */
struct rl_open_wait rl_open_look(const struct rl_open *q, double gap, double late)
{
	double x = q->lambda * gap, y1, y2;

	if (x < 1e-3) {
		y1 = gap / 2 * (1 - x / 6);
		y2 = gap * gap / 3 * (1 - x / 4);
	} else {
		y1 = (1 - x / expm1(x)) / q->lambda;
		y2 = (2 - (x * x + 2 * x) / expm1(x)) / (q->lambda * q->lambda);
	}
	gap += late;
	return rl_open_wakes_up(q, gap - y1, gap * gap - 2 * gap * y1 + y2);
}

/* From the issue of an I/O to its publication, and from there on, beyond the backend. */
static void around(const struct rl_analytic *a, double send, double *lat, double *slat)
{
	const struct rl_scenario *s = a->s;
	struct rl_wakeup front = rl_wakeup_of(s, &a->front, RL_SIDE_FRONT);

	*slat = a->mean.submit + a->mean.make + send + a->mean.ret;
	*lat = a->mean.submit + a->mean.make + front.send + front.travel + front.handle +
	       a->mean.complete + rl_guest_switch_ns(s) + a->mean.reap;
}

void rl_open_say(const struct rl_analytic *a, const struct rl_open *q, const struct rl_open_wait *w,
	struct rl_prediction *p)
{
	double l = q->lambda, wait = rl_open_pk(q) + w->extra, lat, slat;
	double var = q->c2 - q->c * q->c;
	double r = (q->rho + l * l * var + (1 - q->rho) * w->k2_to_k) / (1 - q->rho * q->rho);

	p->service_ns = q->c;
	around(a, w->send, &lat, &slat);
	lat += wait + q->c + (r - 1) * q->c / 2;
	rl_form_say(p, "wait_ns", wait);
	rl_form_say(p, "stage_process_ns", r * q->c);
	rl_form_say(p, "lat_mean_ns", lat);
	rl_form_say(p, "clat_mean_ns", fmax(0, lat - slat));
	rl_form_say(p, "iops", l * 1e9 * a->s->guest.count);
}
