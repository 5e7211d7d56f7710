/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine repairman, M/M/1//N: jobs that think, and then all ask one exponential device.
 */
#include "model/analytic/closed.h"

/* The device is idle with this probability: the others' sums of N!/(N-k)! (S/Z)^k. */
static double idle(double n, double s_to_z)
{
	long double term = 1, sum = 1;

	for (double k = 1; k <= n; k++) {
		term *= (n - k + 1) * s_to_z;
		sum += term;
	}
	return (double)(1 / sum);
}

static void predict(const struct rl_analytic *a, struct rl_prediction *p)
{
	const struct rl_job *j = &a->s->job;
	double think = rl_closed_think_ns(a), s = a->station.mean_ns;

	if (!rl_closed_applies(a, p))
		return;
	if (j->iodepth != 1 || !think || j->thinktime_blocks > 1 || j->thinktime_iotime_ns) {
		rl_form_no(p, "jobs do not think after each I/O (expected iodepth=1 and a "
			      "thinktime)");
		return;
	}
	if (a->station.servers != 1 || !a->station.exponential) {
		rl_form_no(p, "the device is no single exponential server");
		return;
	}
	think += rl_guest_work(a) + a->mean.back;
	rl_closed_say(a, (1 - idle(j->numjobs, s / think)) / s, p);
}

RL_FORM(repairman) = {
	.name = "repairman",
	.summary = "jobs that think, one exponential device: M/M/1//N",
	.source = "Feller, An introduction to probability theory and its applications, XVII.7",
	.is = RL_FORM_EXACT,
	.assumes = RL_ASSUMES(TICKS) | RL_ASSUMES(DOM0) | RL_ASSUMES(DRAG) | RL_ASSUMES(CLOCK) |
		   RL_ASSUMES(NOTIFY) | RL_ASSUMES(GRANTS) | RL_ASSUMES(BATCH) | RL_ASSUMES(GUEST),
	.predict = predict,
};
