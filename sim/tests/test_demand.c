/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What closed forms take for the way of an I/O (model/analytic/demand.h) is what the simulator
 * charges for it, place by place: a step that one of them forgets, or takes twice, breaks this.
 */
#include "model/analytic/analytic.h"
#include "sim/sim.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define NEAR 5e-3 /* a run begins and ends in the middle of an I/O */

static struct rl_scenario s;
static struct rl_sim_result r;

#define COST(name) (s.costs.v[RL_PARAM_##name])

/* One at a time, nothing by chance, a backend that looks all the time. */
static void plain(void)
{
	rl_scenario_default(&s);
	strcpy(s.back_policy, "spin");
	COST(tick_period_ns) = COST(dom0_period_ns) = 0;
}

static void run(void)
{
	struct rl_sim_options o = {.reps = 2, .requests = 1000, .warmup = RL_WARMUP_TENTH};
	struct rl_err err = {0};

	if (rl_scenario_check(&s, &err) || rl_sim_run(&s, &o, &r, &err))
		fail_msg("%s", err.what);
}

/* Of a domain's time for some purposes, ns an I/O. */
static double spent(const char *domain, const char *const *purposes)
{
	double cores = 0;

	for (uint32_t i = 0; i < r.ncells; i++)
		for (const char *const *p = purposes; *p; p++)
			if (strcmp(r.cell[i].domain, domain) == 0 &&
				strcmp(r.cell[i].purpose, *p) == 0)
				cores += r.cell[i].cores.value;
	return cores / r.metrics.m[RL_METRIC_iops].value * 1e9;
}

static void same(const char *what, double model, double sim)
{
	if (fabs(model - sim) > NEAR * fmax(model, sim) + 1e-6)
		fail_msg("%s, %s, %s %llu: %g ns an I/O in the forms, %g simulated", what,
			rl_grants_name[s.disk.grants], s.job.rw == RL_RW_WRITE ? "write" : "read",
			(unsigned long long)s.job.bs_bytes, model, sim);
}

static void compare(void)
{
	static const char *const guest[] = {"fio", "frontend", "copy", NULL}, *const driver[] = {
										      "backend",
										      "grant",
										      "copy", NULL};
	struct rl_analytic a;

	run();
	rl_analytic_init(&a, &s);
	same("guest", rl_guest_work(&a), spent("guest", guest));
	same("driver", a.mean.back, spent("driver", driver));
}

static void every_size_direction_and_grant(void **state)
{
	static const uint64_t bytes[] = {512, 4096, 5120, 45056};

	(void)state;
	for (int grants = 0; grants < RL_GRANTS_COUNT; grants++)
		for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++)
			for (int write = 0; write < 2; write++) {
				plain();
				s.disk.grants = (enum rl_grants)grants;
				s.job.bs_bytes = bytes[i];
				s.job.rw = write ? RL_RW_WRITE : RL_RW_READ;
				compare();
			}
}

static void many_requests_an_io(void **state)
{
	(void)state;
	plain();
	s.job.bs_bytes = 128 << 10; /* three requests */
	compare();
	s.disk.indirect_segments = 32; /* one */
	compare();
	s.disk.indirect_segments = 0;
	s.job.bs_bytes = 1 << 20;
	compare();
}

static void every_type(void **state)
{
	(void)state;
	for (int type = 0; type < RL_DOMAIN_TYPES; type++) {
		plain();
		s.driver.type = (enum rl_domain_type)type;
		s.disk.grants = RL_GRANTS_MAP;
		compare();
	}
}

/* One an I/O where both sides sleep in between, as the forms count it. */
static void events(void **state)
{
	static const char *const send[] = {"notify", NULL}, *const upcall[] = {"upcall", NULL};
	struct rl_analytic a;
	struct rl_wakeup to_back, to_front;

	(void)state;
	plain();
	strcpy(s.back_policy, "event");
	run();
	rl_analytic_init(&a, &s);
	to_back = rl_wakeup_of(&s, &a.back, RL_SIDE_BACK);
	to_front = rl_wakeup_of(&s, &a.front, RL_SIDE_FRONT);
	same("guest's send", to_back.send, spent("guest", send));
	same("driver's send", to_front.send, spent("driver", send));
	same("guest's upcall", to_front.handle, spent("guest", upcall));
	same("driver's upcall", to_back.handle - COST(thread_switch_ns), spent("driver", upcall));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_direction_and_grant),
		cmocka_unit_test(many_requests_an_io),
		cmocka_unit_test(every_type),
		cmocka_unit_test(events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
