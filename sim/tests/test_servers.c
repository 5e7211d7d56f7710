/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A backend thread that serves several rings: each ring gets its turn whatever the policy, and
 * what its looks cost is known.
 */
#include "core/policy.h"
#include "sim/tests/rep_fixture.h"

/* @guests with a ring each, all served by @threads of one driver domain, a vCPU each. */
static void many(uint32_t guests, uint32_t threads)
{
	rl_scenario_default(&s);
	s.machine.pcpus = guests + (threads ? threads : 1);
	s.guest.count = guests;
	s.guest.pcpu = threads ? (int32_t)threads : 1;
	s.guest.pcpus = guests;
	s.driver.vcpus = threads ? threads : 1;
	s.driver.pcpu = 0;
	s.driver.pcpus = s.driver.vcpus;
	s.driver.threads = threads;
	s.costs.v[RL_PARAM_dom0_period_ns] = 0;
}

/* Whatever is asked of one thread, every ring is served, about as often as the others. */
static void all_are_served(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it)
		for (uint32_t threads = 1; threads <= 3; threads++) {
			many(7, threads);
			s.machine.mwait = true;
			s.job.iodepth = 3;
			snprintf(s.back_policy, sizeof(s.back_policy), "%s", (*it)->name);
			run(4000);
			for (uint32_t i = 0; i < w->nblk; i++)
				if (w->blk[i].responses < 300)
					fail_msg("%s, %u threads: ring %u was served %llu times",
						(*it)->name, threads, i,
						(unsigned long long)w->blk[i].responses);
		}
}

/* A ring of its own, or the only one of the only thread: the same thing. */
static void one_of_one(void **state)
{
	double iops;

	(void)state;
	many(1, 0);
	run(2000);
	iops = rep.m[RL_METRIC_iops];
	s.driver.threads = 1;
	run(2000);
	assert_true(rep.m[RL_METRIC_iops] == iops);
	many(3, 3);
	run(2000);
	iops = rep.m[RL_METRIC_iops];
	s.driver.threads = 0;
	run(2000);
	assert_true(rep.m[RL_METRIC_iops] == iops);
}

/*
 * K guests that rarely ask: a spinner comes by each of their rings in turn. A request that comes at
 * any time waits half a round in the mean, until the end of the look that sees it.
 */
static void the_way_round(void **state)
{
	const double look = 1000;

	(void)state;
	for (uint32_t k = 1; k <= 16; k *= 4) {
		double got, want = look * k / 2;

		many(k, 1);
		strcpy(s.back_policy, "spin");
		strcpy(s.front_policy, "event");
		for (int p = 0; p < RL_PARAM_COUNT; p++)
			s.costs.v[p] = rl_param_info[p].min;
		s.costs.v[RL_PARAM_poll_ns] = look;
		s.costs.v[RL_PARAM_fio_ns] = 400e3; /* at any time, seen from the round */
		s.costs.v[RL_PARAM_jitter_frac] = 0.9;
		run(20000);
		got = rep.m[RL_METRIC_stage_back_wake_ns] + rep.m[RL_METRIC_stage_dequeue_ns];
		print_message("%u rings: %g ns to be seen, %g expected\n", k, got, want);
		if (fabs(got - want) > 0.05 * want)
			fail_msg("%u rings: %g ns to be seen, not %g", k, got, want);
	}
}

/* Among idle rings a lone one is found no later than all looks take. */
static void never_later_than_a_round(void **state)
{
	double found;

	(void)state;
	many(8, 1);
	strcpy(s.back_policy, "spin");
	s.costs.v[RL_PARAM_poll_ns] = 10e3;
	s.job.iodepth = 1;
	run(4000);
	found = rep.m[RL_METRIC_stage_back_wake_ns] + rep.m[RL_METRIC_stage_dequeue_ns];
	assert_true(found > 10e3 / 2 && found < 8 * 10e3);
	assert_true(rep.m[RL_METRIC_back_spin_frac] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_served),
		cmocka_unit_test(one_of_one),
		cmocka_unit_test(the_way_round),
		cmocka_unit_test(never_later_than_a_round),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
