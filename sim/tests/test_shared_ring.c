/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several vCPUs of a guest on one ring: one takes the responses and wakes the others' threads, and
 * they make their requests one after the other.
 */
#include "core/policy.h"
#include "sim/tests/rep_fixture.h"

static void guest_of(uint32_t vcpus, uint32_t queues)
{
	rl_scenario_default(&s);
	s.machine.pcpus = vcpus + 1;
	s.guest.vcpus = s.guest.pcpus = vcpus;
	s.guest.pcpu = 1;
	s.driver.pcpu = 0;
	s.disk.queues = queues;
	s.job.numjobs = vcpus;
	COST(dom0_period_ns) = COST(tick_period_ns) = 0;
	strcpy(s.back_policy, "spin");
}

/* How many of its vCPUs the guest spends so. */
static double share(enum rl_purpose purpose)
{
	return (double)rep.cpu[RL_GUEST][purpose] * s.machine.pcpus / (double)rep.time;
}

/* A lost wake-up from one vCPU to another would stop a clone for ever. */
static void all_go_on(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it)
		for (uint32_t queues = 1; queues <= 3; queues++) {
			guest_of(4, queues);
			s.machine.mwait = true;
			s.job.iodepth = 2;
			s.job.thinktime_ns = 100000;
			COST(tick_period_ns) = 4e6; /* threads of a vCPU take turns */
			snprintf(s.front_policy, sizeof(s.front_policy), "%s", (*it)->name);
			run(4000);
			for (uint32_t i = 0; i < w->jobs[0].n; i++)
				if (w->jobs[0].fio[i].ios_done[0] < 20)
					fail_msg("%s, %u rings: clone %u did %llu", (*it)->name,
						queues, i,
						(unsigned long long)w->jobs[0].fio[i].ios_done[0]);
		}
}

/* A thread that is woken on another vCPU costs an event and an upcall, on one's own nothing. */
static void telling_another_vcpu_costs(void **state)
{
	double alone;

	(void)state;
	guest_of(1, 1);
	run(4000);
	alone = rep.m[RL_METRIC_upcalls_per_request];
	guest_of(2, 1);
	s.job.numjobs = 2;
	COST(fio_ns) = 1e6;
	COST(jitter_frac) = 0.5; /* they seldom meet */
	run(4000);
	/* Each second request is of the clone on the other vCPU. */
	assert_true(fabs(rep.m[RL_METRIC_upcalls_per_request] - alone - 0.5) < 0.05);
	guest_of(2, 2);
	COST(fio_ns) = 1e6;
	run(4000);
	assert_true(fabs(rep.m[RL_METRIC_upcalls_per_request] - alone) < 0.02);
}

/* Under the lock only one of them makes requests: no more than one per time that it is held. */
static void one_at_a_time(void **state)
{
	double hold;

	(void)state;
	guest_of(4, 1);
	s.job.iodepth = 8;
	COST(fio_ns) = COST(submit_ns) = 0;
	COST(front_request_ns) = 100e3;
	COST(front_lock_frac) = 1;
	hold = (COST(front_request_ns) + COST(front_segment_ns)) * 1e-9;
	run(4000);
	assert_true(rep.m[RL_METRIC_iops] < 1.001 / hold);
	assert_true(rep.m[RL_METRIC_iops] > 0.9 / hold);
	assert_true(share(RL_CPU_LOCK) > 1);
	COST(front_lock_frac) = 0;
	run(4000);
	assert_true(rep.m[RL_METRIC_iops] > 2 / hold);
	assert_true(share(RL_CPU_LOCK) == 0);
	guest_of(4, 4);
	COST(front_lock_frac) = 1;
	run(4000);
	assert_true(share(RL_CPU_LOCK) == 0); /* nobody to wait for */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_go_on),
		cmocka_unit_test(telling_another_vcpu_costs),
		cmocka_unit_test(one_at_a_time),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
