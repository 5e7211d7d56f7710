/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion queues with an interrupt each: who is interrupted, and that each is coalesced alone.
 */
#include "sim/tests/rep_fixture.h"

#define RINGS 4u

/* A ring a vCPU on both sides; nobody but the device interrupts the spinning backend. */
static void with(const char *device)
{
	rl_scenario_default(&s);
	s.machine.pcpus = 2 * RINGS;
	s.guest.vcpus = s.guest.pcpus = s.driver.vcpus = s.driver.pcpus = RINGS;
	s.driver.pcpu = RINGS;
	s.disk.queues = s.job.numjobs = RINGS;
	s.job.iodepth = 4;
	s.costs.v[RL_PARAM_dom0_period_ns] = s.costs.v[RL_PARAM_tick_period_ns] = 0;
	strcpy(s.back_policy, "spin");
	strcpy(s.disk.device, device);
	run(4000);
}

/* More than by the first event of each ring, which is still armed when all begins. */
static uint32_t interrupted(void)
{
	rl_ps some = 10 * rl_cost(w, upcall_ns);
	uint32_t n = 0;

	for (uint32_t i = 0; i < RINGS; i++)
		n += rl_world_driver(w, 0, i)->st.cpu[RL_CPU_UPCALL] > some;
	return n;
}

static void each_ring_has_its_own(void **state)
{
	(void)state;
	with("fixed:time=50us,servers=16");
	assert_int_equal(interrupted(), 4);
	with("fixed:time=50us,servers=16,vectors=3");
	assert_int_equal(interrupted(), 3);
	with("fixed:time=50us,servers=16,vectors=1");
	assert_int_equal(interrupted(), 1);
	with("fixed:time=50us,servers=16,vectors=9"); /* no more than there are rings */
	assert_int_equal(interrupted(), 4);
}

/* Two completions of one queue make an interrupt; of different queues they do not. */
static void coalesced_alone(void **state)
{
	uint64_t one, four;

	(void)state;
	with("fixed:time=50us,servers=16,vectors=1,coalesce=4,coalesce_time=1ms");
	one = w->vbd[0].device.interrupts;
	with("fixed:time=50us,servers=16,coalesce=4,coalesce_time=1ms");
	four = w->vbd[0].device.interrupts;
	assert_true(one * 3 < w->completed); /* four at a time, few by the time */
	assert_true(four * 3 < w->completed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_ring_has_its_own),
		cmocka_unit_test(coalesced_alone),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
