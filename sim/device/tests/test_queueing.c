/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Poisson arrivals at one server: the mean wait is lambda E[S^2] / (2 (1 - rho)), whatever the
 * distribution of the service time (Pollaczek-Khinchine), and a service time that is 2 % off shows.
 */
#include "sim/device/tests/device_fixture.h"

static void arrivals(double per_s)
{
	s.job.rate_iops[RL_DIR_READ] = (uint64_t)per_s;
	s.job.poisson = true;
	s.job.offload = true; /* come when they are due, whatever is in flight */
}

static double latency_ns(double rho, double mean_ns, double cv)
{
	return mean_ns + rho * mean_ns * (1 + cv * cv) / (2 * (1 - rho));
}

static void waits(const char *device, double rho, double mean_ns, double cv)
{
	double want = latency_ns(rho, mean_ns, cv),
	       off = latency_ns(1.02 * rho, 1.02 * mean_ns, cv);
	const struct rl_estimate *e;

	setup(device, RL_RW_RANDREAD, 4096, 1024);
	arrivals(rho * 1e9 / mean_ns);
	e = measure(10, 100000, RL_METRIC_lat_mean_ns);
	if (!(fabs(e->value - want) < 3 * (e->hi - e->value)) ||
		fabs(e->value - off) < 3 * (e->hi - e->value))
		fail_msg("%s at %g: %g +- %g, not %g (%g)", device, rho, e->value, e->hi - e->value,
			want, off);
}

static void any_distribution(void **state)
{
	(void)state;
	waits("fixed:time=100us", 0.7, 100e3, 0);
	waits("random:mean=100us", 0.3, 100e3, 1);
	waits("random:mean=100us", 0.7, 100e3, 1);
	waits("random:dist=lognormal,mean=100us,cv=0.5", 0.7, 100e3, 0.5);
	waits("random:dist=gamma,mean=100us,cv=1.4", 0.7, 100e3, 1.4);
	waits("random:dist=empirical,points=50us*80+300us*20", 0.7, 100e3, 1);
}

/* Servers of one queue: Erlang's C. At 0.7 of four, 0.4287 of all wait, S / (4 (1 - rho)) each. */
static void servers(void **state)
{
	double offered = 2.8, tail = 1, sum = 0, wait, want;
	const struct rl_estimate *e;

	(void)state;
	for (int k = 0; k < 4; k++) {
		sum += tail;
		tail *= offered / (k + 1);
	}
	wait = tail / (1 - 0.7) / (sum + tail / (1 - 0.7));
	assert_true(fabs(wait - 0.4287) < 1e-4);
	want = 100e3 * (1 + wait / (4 * 0.3));
	setup("random:mean=100us,servers=4", RL_RW_RANDREAD, 4096, 1024);
	arrivals(28000);
	e = measure(10, 100000, RL_METRIC_lat_mean_ns);
	if (!(fabs(e->value - want) < 3 * (e->hi - e->value)) || e->hi - e->value > 0.01 * want)
		fail_msg("%g +- %g, not %g", e->value, e->hi - e->value, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_distribution),
		cmocka_unit_test(servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
