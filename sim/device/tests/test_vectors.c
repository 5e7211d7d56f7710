/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion queues with an interrupt each: who is interrupted, and that each is coalesced alone.
 */
#include "sim/core/rep.h"
#include "sim/core/tests/world_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#define RINGS 4u

static struct rl_scenario s;
static struct rl_rep rep;

/* A ring a vCPU on both sides; nobody but the device interrupts the spinning backend. */
static void run(const char *device)
{
	struct rl_rep_args a = {.s = &s, .sched = rl_scheds[0], .requests = 4000, .warm = 400};
	static struct rl_mark marks[2];
	static struct rl_hist hist[RL_CLASSES];

	rl_scenario_default(&s);
	s.machine.pcpus = 2 * RINGS;
	s.guest.vcpus = s.guest.pcpus = s.driver.vcpus = s.driver.pcpus = RINGS;
	s.driver.pcpu = RINGS;
	s.disk.queues = s.job.numjobs = RINGS;
	s.job.iodepth = 4;
	s.costs.v[RL_PARAM_dom0_period_ns] = s.costs.v[RL_PARAM_tick_period_ns] = 0;
	strcpy(s.back_policy, "spin");
	strcpy(s.disk.device, device);
	rl_rep_run(w, &a, 1, &rep, marks, hist);
	assert_int_equal(rep.failed, 0);
	assert_null(rep.broken);
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
	run("fixed:time=50us,servers=16");
	assert_int_equal(interrupted(), 4);
	run("fixed:time=50us,servers=16,vectors=3");
	assert_int_equal(interrupted(), 3);
	run("fixed:time=50us,servers=16,vectors=1");
	assert_int_equal(interrupted(), 1);
	run("fixed:time=50us,servers=16,vectors=9"); /* no more than there are rings */
	assert_int_equal(interrupted(), 4);
}

/* Two completions of one queue make an interrupt; of different queues they do not. */
static void coalesced_alone(void **state)
{
	uint64_t one, four;

	(void)state;
	run("fixed:time=50us,servers=16,vectors=1,coalesce=4,coalesce_time=1ms");
	one = w->vbd[0].device.interrupts;
	run("fixed:time=50us,servers=16,coalesce=4,coalesce_time=1ms");
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
