/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where two ways of waiting come out even; see the header. */
#include "model/analytic/cross.h"

#include "model/analytic/closed.h"
#include "model/analytic/open.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdio.h>

#define TIE	  0.03 /* less is called level */
#define MOST_DEEP 1024
#define MOST_WIDE 4096

/* What both sides of a difference are made of. */
struct two {
	struct rl_analytic poll, block;
	struct rl_wakeup wake; /* of the one that blocks */
	double gap;	       /* between looks of the one that polls */
	double threads;	       /* that would poll */
};

static struct two two_of(const struct rl_analytic *a)
{
	struct two t = {.poll = *a, .block = *a};

	t.poll.back = (struct rl_wait){.kind = RL_WAIT_POLL};
	t.block.back = (struct rl_wait){.kind = RL_WAIT_BLOCK};
	t.wake = rl_wakeup_of(a->s, &t.block.back, RL_SIDE_BACK);
	t.gap = a->s->costs.v[RL_PARAM_poll_ns] +
		(a->back.kind == RL_WAIT_TIMER ? (double)a->back.for_ns : 0);
	t.threads = (double)a->s->guest.count * a->s->disk.queues;
	if (a->s->driver.threads)
		t.threads = fmin(t.threads, (double)a->s->driver.threads * a->s->driver.count);
	return t;
}

/* A root between @lo and @hi, at whose ends @f has two signs; else NaN. */
static double root(double (*f)(double, void *), void *arg, double lo, double hi)
{
	gsl_root_fsolver *solver;
	gsl_function fn = {f, arg};
	double at = NAN;

	if (!(lo < hi) || !(f(lo, arg) * f(hi, arg) < 0))
		return NAN;
	solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
	if (!solver)
		return NAN;
	gsl_root_fsolver_set(solver, &fn, lo, hi);
	for (int i = 0; i < 200; i++) {
		gsl_root_fsolver_iterate(solver);
		at = gsl_root_fsolver_root(solver);
		if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver),
			    gsl_root_fsolver_x_upper(solver), 0, 1e-9) == GSL_SUCCESS)
			break;
	}
	gsl_root_fsolver_free(solver);
	return at;
}

static struct rl_open queue(const struct rl_analytic *a, double lambda)
{
	return (struct rl_open){lambda, a->back_mean, a->back_second, lambda * a->back_mean};
}

/* ---- the rate at which an event answers as soon -------------------------------------------- */

static double later(double lambda, void *arg)
{
	const struct two *t = arg;
	struct rl_open q = queue(&t->poll, lambda);
	double d = t->wake.send + t->wake.travel + t->wake.handle;

	return rl_open_look(&q, t->gap, 0).extra - rl_open_wakes_up(&q, d, d * d).extra;
}

static void by_latency(struct two *t, struct rl_crossing *c)
{
	double full = 1 / t->poll.back_mean, lo = full * 1e-9, hi = full * (1 - 1e-9);

	*c = (struct rl_crossing){"rate_latency", "1/s", "mg1_poll, mg1_wakeup", NAN, ""};
	if (!isfinite(full)) {
		snprintf(c->what, sizeof(c->what), "the backend's work takes no time");
		return;
	}
	c->at = root(later, t, lo, hi) * 1e9;
	if (isfinite(c->at))
		snprintf(c->what, sizeof(c->what),
			"I/Os a second at which looks %.4g us apart and an event answer as soon; "
			"%s from there on",
			t->gap / 1e3, later(hi, t) < 0 ? "polling sooner" : "events sooner");
	else
		snprintf(c->what, sizeof(c->what),
			"on a pCPU of its own, looks %.4g us apart answer %s than an event at any "
			"rate",
			t->gap / 1e3, later(lo, t) < 0 ? "sooner" : "later");
}

/* ---- the rate at which it costs as much CPU ------------------------------------------------ */

/* What an event costs beyond the work: both sides' time for it, and going idle again. */
static double event_cpu(const struct two *t)
{
	return t->wake.send + t->wake.handle + t->block.s->costs.v[RL_PARAM_block_ns];
}

static double dearer(double lambda, void *arg)
{
	const struct two *t = arg;
	double d = t->wake.send + t->wake.travel + t->wake.handle;
	double rho = lambda * t->poll.back_mean;
	double wakeups = lambda * (1 - rho) / (1 + lambda * d);

	return rho + wakeups * event_cpu(t) - 1;
}

static void by_cpu(struct two *t, struct rl_crossing *c)
{
	double full = 1 / fmax(t->poll.back_mean, 1);

	*c = (struct rl_crossing){"rate_cpu", "1/s", "mg1_wakeup", NAN, ""};
	c->at = root(dearer, t, full * 1e-9, full * (1 - 1e-6)) * 1e9;
	if (isfinite(c->at))
		snprintf(c->what, sizeof(c->what),
			"I/Os a second from which events cost more CPU than the whole pCPU of a "
			"poller: %.4g us each",
			event_cpu(t) / 1e3);
	else
		snprintf(c->what, sizeof(c->what),
			"polling takes more CPU at any rate: an event costs %.4g us, and they "
			"become rare as the backend gets busy",
			event_cpu(t) / 1e3);
}

/* ---- the time to poll before blocking ------------------------------------------------------ */

static void by_time(struct two *t, struct rl_crossing *c)
{
	*c = (struct rl_crossing){"tau", "ns", "Karlin et al. 1990", event_cpu(t), ""};
	snprintf(c->what, sizeof(c->what),
		"poll for so long before blocking: what an event costs of CPU; then neither costs "
		"more than twice of what the better one would have");
}

/* ---- the depth to which polling pays ------------------------------------------------------- */

static double at_depth(const struct rl_analytic *a, double n)
{
	double whole = floor(n), x = rl_closed_mva(a, (uint32_t)whole);

	if (whole == n)
		return x;
	return x + (n - whole) * (rl_closed_mva(a, (uint32_t)whole + 1) - x);
}

static double gains(double n, void *arg)
{
	const struct two *t = arg;

	return at_depth(&t->poll, n) / at_depth(&t->block, n) - 1 - TIE;
}

static void by_depth(struct two *t, struct rl_crossing *c)
{
	struct rl_prediction p = {0};
	double jobs = t->poll.s->job.numjobs;

	*c = (struct rl_crossing){"depth", "I/Os", "mva", NAN, ""};
	if (!rl_closed_applies(&t->poll, &p)) {
		snprintf(c->what, sizeof(c->what), "%s", p.why);
	} else if (t->poll.device.type->service && !(t->poll.station.servers > 0)) {
		snprintf(c->what, sizeof(c->what), "the device '%s' is more than a queue",
			t->poll.device.type->name);
	} else if (!rl_demand_apart(t->poll.s)) {
		snprintf(c->what, sizeof(c->what),
			"no depth: a poller on its guest's pCPU takes the time in which the guest "
			"could make work (expected a pCPU of its own)");
	} else if (!isfinite(gains(jobs, t))) {
		snprintf(c->what, sizeof(c->what), "nothing takes any time");
	} else if (gains(jobs, t) <= 0) {
		snprintf(c->what, sizeof(c->what),
			"no depth: polling gains %.2g %% with one I/O of each job",
			100 * (gains(jobs, t) + TIE));
	} else if (gains(MOST_DEEP + jobs, t) > 0) {
		snprintf(c->what, sizeof(c->what),
			"any depth: polling gains %.3g %% with one I/O of each job",
			100 * (gains(jobs, t) + TIE));
	} else {
		c->at = root(gains, t, jobs, MOST_DEEP + jobs);
		snprintf(c->what, sizeof(c->what),
			"I/Os in flight of a guest up to which polling gives more than %g %% more "
			"IOPS than events; %.3g %% with one of each job",
			100 * TIE, 100 * (gains(jobs, t) + TIE));
	}
}

/* ---- the pCPUs from which polling pays ----------------------------------------------------- */

/* Of a machine that is busy: what is left to the guests, against what all do with events. */
static double wider(double pcpus, void *arg)
{
	const struct two *t = arg;
	struct rl_told told = rl_closed_told(&t->block, 1);
	struct rl_demand event, poll;
	double of_event = 0, of_poll[2] = {0};

	rl_demand_of(t->block.s, &t->block.device, &told, &event);
	told.back = 0;
	rl_demand_of(t->poll.s, &t->poll.device, &told, &poll);
	for (uint32_t i = 0; i < event.n; i++)
		if (event.st[i].place == RL_PLACE_PCPUS)
			of_event = event.st[i].ns + t->block.s->costs.v[RL_PARAM_block_ns];
	for (uint32_t i = 0; i < poll.n; i++)
		if (poll.st[i].place <= RL_PLACE_DRIVER)
			of_poll[poll.st[i].place] = poll.st[i].ns;
	return fmin((pcpus - t->threads) / of_poll[0], t->threads / of_poll[1]) - pcpus / of_event;
}

static void by_width(struct two *t, struct rl_crossing *c)
{
	double best = t->threads + 1e-6;

	*c = (struct rl_crossing){"pcpus", "pCPUs", "asymptotic", NAN, ""};
	if (t->threads >= MOST_WIDE || !(rl_guest_work(&t->poll) > 0) || !(t->poll.back_mean > 0)) {
		snprintf(c->what, sizeof(c->what), "one of the sides takes no time");
		return;
	}
	/* It rises until the pollers are busy, then falls: a root is before that. */
	for (double n = best; n < MOST_WIDE && wider(n, t) <= 0; n += 0.25)
		best = n + 0.25;
	c->at = root(wider, t, t->threads + 1e-6, best);
	if (isfinite(c->at))
		snprintf(c->what, sizeof(c->what),
			"pCPUs that guests and %g polling thread%s need before polling gives as "
			"many IOPS as an event for each I/O, where all pCPUs are busy",
			t->threads, t->threads == 1 ? "" : "s");
	else
		snprintf(c->what, sizeof(c->what),
			"no number of pCPUs: %g polling thread%s become%s the bottleneck first",
			t->threads, t->threads == 1 ? "" : "s", t->threads == 1 ? "s" : "");
}

uint32_t rl_crossings(const struct rl_analytic *a, struct rl_crossing *out)
{
	struct two t = two_of(a);
	uint32_t n = 0;

	if (a->s->njobs != 1 || a->s->job.replay)
		return 0;
	by_latency(&t, &out[n++]);
	by_cpu(&t, &out[n++]);
	by_time(&t, &out[n++]);
	by_depth(&t, &out[n++]);
	by_width(&t, &out[n++]);
	return n;
}
