/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many guests, driver domains and rings: each keeps its own count, and what is apart stays apart.
 */
#include "sim/core/rep.h"
#include "sim/core/tests/world_fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct rl_scenario s;

static void setup(uint32_t guests, uint32_t drivers, uint32_t queues)
{
	rl_scenario_default(&s);
	s.machine.pcpus = (guests + drivers) * queues;
	s.guest = (struct rl_domain){.count = guests,
		.vcpus = queues,
		.pcpu = 0,
		.pcpus = guests * queues,
		.weight = 256};
	s.driver = (struct rl_domain){.count = drivers,
		.vcpus = queues,
		.pcpu = (int32_t)(guests * queues),
		.pcpus = drivers * queues,
		.weight = 256};
	s.disk.queues = queues;
	s.job.iodepth = 4;
	s.job.numjobs = queues;
	s.costs.v[RL_PARAM_dom0_period_ns] = 0;
	s.costs.v[RL_PARAM_tick_period_ns] = 0;
	s.costs.v[RL_PARAM_ratelimit_ns] = 0;
}

static void start_on(const char *sched)
{
	struct rl_rep_args a = {.s = &s, .seed = 3, .sched = sched_named(sched)};

	assert_int_equal(rl_rep_start(w, &a, 0), 0);
}

static void start(void)
{
	start_on("null");
}

/* I/Os of each job in @t of simulated time. */
static void run_for(rl_ps t)
{
	while (w->now < t)
		assert_true(rl_world_step(w));
}

static void each_ring_keeps_its_count(void **state)
{
	(void)state;
	setup(3, 2, 2);
	start();
	assert_int_equal(w->nblk, 6);
	assert_int_equal(w->jobs[2].n, 2);
	for (int i = 0; i < 100000; i++) {
		const struct rl_blk *b = &w->blk[i % 6];

		assert_true(rl_world_step(w));
		assert_int_equal(b->requests - b->responses, b->front.size - b->nfree);
		assert_int_equal(b->requests, b->front.req_prod_pub);
	}
	for (uint32_t i = 0; i < w->nblk; i++)
		assert_true(w->blk[i].responses > 1000);
}

/* A pCPU for every vCPU and a driver domain for every guest: nobody meets anybody. */
static void what_is_apart_stays_apart(void **state)
{
	uint64_t alone;

	(void)state;
	setup(1, 1, 1);
	start();
	run_for(RL_PS_PER_S / 10);
	alone = w->jobs[0].fio[0].ios_done[RL_DIR_READ];
	assert_true(alone > 500);
	setup(4, 4, 1);
	start();
	run_for(RL_PS_PER_S / 10);
	for (uint32_t i = 0; i < w->nguests; i++)
		assert_int_equal(w->jobs[i].fio[0].ios_done[RL_DIR_READ], alone);
}

/* Guests are dealt to driver domains in turn: four share two of them evenly. */
static void guests_are_dealt_in_turn(void **state)
{
	(void)state;
	setup(4, 2, 1);
	start();
	for (uint32_t i = 0; i < 4; i++)
		assert_ptr_equal(w->blk[i].driver, rl_world_driver(w, i % 2, 0));
	run_for(RL_PS_PER_S / 10);
	for (uint32_t i = 1; i < 4; i++)
		assert_int_equal(w->jobs[i].fio[0].ios_done[RL_DIR_READ],
			w->jobs[0].fio[0].ios_done[RL_DIR_READ]);
}

/* One driver domain for more guests than it can serve: it is the limit, and it is shared. */
static void a_driver_domain_saturates(void **state)
{
	uint64_t all[3], least, most;
	const uint32_t guests[] = {1, 8, 16};

	(void)state;
	for (int k = 0; k < 3; k++) {
		setup(guests[k], 1, 1);
		start();
		run_for(RL_PS_PER_S / 5);
		all[k] = 0;
		least = most = w->jobs[0].fio[0].ios_done[RL_DIR_READ];
		for (uint32_t i = 0; i < w->nguests; i++) {
			all[k] += w->jobs[i].fio[0].ios_done[RL_DIR_READ];
			least = w->jobs[i].fio[0].ios_done[RL_DIR_READ] < least
					? w->jobs[i].fio[0].ios_done[RL_DIR_READ]
					: least;
			most = w->jobs[i].fio[0].ios_done[RL_DIR_READ] > most
				       ? w->jobs[i].fio[0].ios_done[RL_DIR_READ]
				       : most;
		}
		assert_true(least > 0.9 * (double)most);
	}
	assert_true(all[1] > 2 * all[0]);
	assert_true(all[2] < 1.2 * (double)all[1]);
}

/* Event channels that are pending together are served by one upcall. */
static void one_upcall_serves_many(void **state)
{
	uint64_t sends = 0, upcalls;

	(void)state;
	setup(8, 1, 1);
	start();
	run_for(RL_PS_PER_S / 5);
	for (uint32_t i = 0; i < 8; i++)
		sends += rl_world_guest(w, i, 0)->st.sends;
	upcalls = rl_world_driver(w, 0, 0)->st.upcalls;
	assert_true(upcalls < sends);
	setup(1, 1, 1);
	start();
	run_for(RL_PS_PER_S / 5);
	upcalls = rl_world_driver(w, 0, 0)->st.upcalls;
	assert_true(upcalls + 2 >= rl_world_guest(w, 0, 0)->st.sends);
}

/* Who waits for a pCPU costs no event: ten times as many on one pCPU cost no more. */
static void who_waits_costs_no_event(void **state)
{
	uint64_t events[2];
	const uint32_t guests[] = {100, 1000};

	(void)state;
	for (int k = 0; k < 2; k++) {
		setup(guests[k], 1, 1);
		s.machine.pcpus = 2;
		s.guest.pcpus = 1;
		s.driver.pcpu = 1;
		s.costs.v[RL_PARAM_tick_period_ns] = 4e6;
		strcpy(s.front_policy, "spin");
		start_on("credit2");
		run_for(4 * RL_PS_PER_S);
		events[k] = w->engine.events;
		run_for(5 * RL_PS_PER_S);
		events[k] = w->engine.events - events[k];
	}
	assert_true(events[1] < 1.2 * (double)events[0]);
}

/* Each disk draws times of its own; with the same seed, the same as ever. */
static void disks_draw_apart(void **state)
{
	rl_ps first[2];

	(void)state;
	for (int again = 0; again < 2; again++) {
		setup(2, 2, 1);
		s.job.iodepth = 1;
		snprintf(s.disk.device, sizeof(s.disk.device), "random:mean=100us");
		start();
		run_for(RL_PS_PER_S);
		assert_true(w->blk[0].responses > 1000);
		assert_true(w->blk[0].responses != w->blk[1].responses);
		for (int i = 0; i < 2; i++) {
			rl_ps busy = rl_device_busy(&w->vbd[i].device);

			assert_true(!again || busy == first[i]);
			first[i] = busy;
		}
		assert_true(first[0] != first[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_ring_keeps_its_count),
		cmocka_unit_test(what_is_apart_stays_apart),
		cmocka_unit_test(guests_are_dealt_in_turn),
		cmocka_unit_test(a_driver_domain_saturates),
		cmocka_unit_test(one_upcall_serves_many),
		cmocka_unit_test(who_waits_costs_no_event),
		cmocka_unit_test(disks_draw_apart),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
