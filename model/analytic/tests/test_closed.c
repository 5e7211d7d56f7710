/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closed networks against other formulas for the same: birth and death, one station, bounds. */
#include "model/analytic/closed.h"
#include "model/analytic/cross.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void near(double a, double b, double within)
{
	if (!(fabs(a - b) <= within * fabs(b)))
		fail_msg("%.15g, not %.15g", a, b);
}

static void one_station(void **state)
{
	struct rl_closed_station queue = {50, 1}, delay = {50, INFINITY}, three = {50, 3};

	(void)state;
	for (uint32_t n = 1; n <= 64; n *= 2) {
		near(rl_closed_throughput(&queue, 1, n), 1 / 50.0, 1e-12);
		near(rl_closed_throughput(&delay, 1, n), n / 50.0, 1e-12);
		near(rl_closed_throughput(&three, 1, n), fmin(n, 3) / 50.0, 1e-12);
	}
}

/* N who think for z and then ask c servers: balance of births and deaths, state by state. */
static double births_and_deaths(uint32_t n, double z, double s, double c)
{
	double p[128] = {1}, sum = 1, x = 0;

	for (uint32_t k = 1; k <= n; k++) {
		p[k] = p[k - 1] * ((n - k + 1) / z) / (fmin(k, c) / s);
		sum += p[k];
	}
	for (uint32_t k = 1; k <= n; k++)
		x += p[k] / sum * fmin(k, c) / s;
	return x;
}

static void repairmen(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 100; n = n * 2 + 1)
		for (double c = 1; c <= 5; c += 2) {
			struct rl_closed_station st[] = {{400, INFINITY}, {100, c}};

			near(rl_closed_throughput(st, 2, n), births_and_deaths(n, 400, 100, c),
				1e-10);
		}
}

/* The largest networks neither overflow nor pass their bounds; what is too large is no number. */
static void large(void **state)
{
	static const double z[] = {0, 1, 1e3, 1e9};

	(void)state;
	for (size_t i = 0; i < sizeof(z) / sizeof(z[0]); i++) {
		struct rl_closed_station st[] = {{z[i], INFINITY}, {100, 1}, {0.001, 1}, {640, 64}};
		double x = rl_closed_throughput(st, 4, RL_CLOSED_MAX);
		double bound = fmin(1 / 100.0, RL_CLOSED_MAX / (z[i] + 740.001));

		assert_true(x > 0.9 * bound && x <= bound * (1 + 1e-9));
	}
	assert_true(isnan(
		rl_closed_throughput(&(struct rl_closed_station){1, 1}, 1, RL_CLOSED_MAX + 1)));
	assert_true(isnan(rl_closed_throughput(&(struct rl_closed_station){1, 1}, 1, 0)));
	assert_true(isnan(rl_closed_throughput(&(struct rl_closed_station){0, 1}, 1, 4)));
}

/* Two domains with a pCPU each: what polling gains at depth 1 is what waking takes, by hand. */
static void depth_one(void **state)
{
	struct rl_scenario s;
	struct rl_analytic a;
	const double *c = s.costs.v;
	double work, wake, front;

	(void)state;
	rl_scenario_default(&s);
	rl_analytic_init(&a, &s);
	work = rl_guest_work(&a) + a.back_mean;
	front = c[RL_PARAM_evtchn_send_ns] + c[RL_PARAM_ipi_ns] + c[RL_PARAM_halt_wake_ns] +
		c[RL_PARAM_upcall_ns];
	wake = front + c[RL_PARAM_thread_switch_ns];
	near(rl_closed_mva(&a, 1), 1 / (work + front + wake), 1e-12);
	a.back.kind = RL_WAIT_POLL;
	near(rl_closed_mva(&a, 1), 1 / (work + front), 1e-12);
}

/* With the guest's and the driver's work by hand: (p - 1) / g = p / (g + b + events). */
static void pcpus_by_hand(void **state)
{
	struct rl_crossing c[RL_CROSSINGS];
	struct rl_scenario s;
	struct rl_analytic a;
	double g, b, all, found = NAN;
	uint32_t n;

	(void)state;
	rl_scenario_default(&s);
	s.costs.v[RL_PARAM_block_ns] = 0;
	rl_analytic_init(&a, &s);
	n = rl_crossings(&a, c);
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(c[i].name, "pcpus") == 0)
			found = c[i].at;
	g = rl_guest_work(&a) + s.costs.v[RL_PARAM_upcall_ns];
	b = a.back_mean + s.costs.v[RL_PARAM_evtchn_send_ns];
	all = g + b + s.costs.v[RL_PARAM_evtchn_send_ns] + s.costs.v[RL_PARAM_upcall_ns] +
	      s.costs.v[RL_PARAM_thread_switch_ns];
	near(found, all / (all - g), 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_station),
		cmocka_unit_test(repairmen),
		cmocka_unit_test(large),
		cmocka_unit_test(depth_one),
		cmocka_unit_test(pcpus_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
