/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the pages of a request cost, whom, and in which stage: mapped and unmapped, copied by Xen,
 * kept within a limit, listed indirectly; and what unmapping costs the other pCPUs.
 */
#include "sim/tests/rep_fixture.h"

/* One request of @bytes at a time on two pCPUs, undisturbed. */
static void lone(enum rl_grants grants, uint32_t bytes, bool write)
{
	rl_scenario_default(&s);
	s.disk.grants = grants;
	s.job.bs_bytes = bytes;
	s.job.rw = write ? RL_RW_RANDWRITE : RL_RW_RANDREAD;
	COST(tick_period_ns) = COST(dom0_period_ns) = 0;
}

static void mapped_and_unmapped(void **state)
{
	double map, unmap;

	(void)state;
	lone(RL_GRANTS_MAP, 44 << 10, true);
	map = COST(grant_op_ns) + 11 * COST(grant_map_ns);
	unmap = COST(grant_op_ns) + 11 * COST(grant_unmap_ns);
	run(1000);
	costs(RL_DRIVER, RL_CPU_GRANT, map + unmap);
	costs(RL_GUEST, RL_CPU_COPY, 0);
	stage(RL_STAGE_PROCESS,
		COST(back_request_ns) + 11 * COST(back_segment_ns) + map + COST(line_ns));
	stage(RL_STAGE_RESPOND, unmap);
	assert_true(rep.m[RL_METRIC_copy_bytes_per_request] == 0);
}

/* What completes in an interrupt is unmapped there, by a call for each request. */
static void unmapped_by_the_interrupt(void **state)
{
	double calls;

	(void)state;
	lone(RL_GRANTS_MAP, 4096, false);
	strcpy(s.disk.device, "fixed");
	s.job.iodepth = 4;
	run(1000);
	calls = (double)(rep.cpu[RL_DRIVER][RL_CPU_GRANT] / RL_PS_PER_NS) / (double)rep.requests;
	/* One unmap call a request, and at most one map call. */
	assert_true(calls > COST(grant_op_ns) + COST(grant_map_ns) + COST(grant_unmap_ns));
	assert_true(
		calls < 1.01 * (2 * COST(grant_op_ns) + COST(grant_map_ns) + COST(grant_unmap_ns)));
	assert_true(rep.m[RL_METRIC_stage_respond_ns] >= COST(grant_op_ns) + COST(grant_unmap_ns));
}

static void copied_by_xen(void **state)
{
	(void)state;
	for (int write = 0; write < 2; write++) {
		double copy;

		lone(RL_GRANTS_COPY, 8192, write);
		copy = COST(grant_op_ns) + 2 * COST(grant_copy_ns) + 8192 * COST(copy_ns_per_byte);
		run(1000);
		costs(RL_DRIVER, RL_CPU_COPY, copy);
		costs(RL_DRIVER, RL_CPU_GRANT, 0);
		costs(RL_GUEST, RL_CPU_COPY, 0);
		stage(RL_STAGE_RESPOND, write ? 0 : copy); /* what was read is copied afterwards */
		assert_true(rep.m[RL_METRIC_copy_bytes_per_request] == 8192);
	}
}

/* Of five pages three stay mapped: two are mapped and unmapped, and all are copied all the same. */
static void beyond_the_limit(void **state)
{
	(void)state;
	lone(RL_GRANTS_PERSISTENT, 5 * 4096, true);
	s.disk.persistent_grants = 3;
	run(1000);
	costs(RL_DRIVER, RL_CPU_GRANT,
		2 * COST(grant_op_ns) + 2 * COST(grant_map_ns) + 2 * COST(grant_unmap_ns));
	costs(RL_GUEST, RL_CPU_COPY, 5 * 4096 * COST(copy_ns_per_byte));
	s.disk.persistent_grants = 5;
	run(1000);
	costs(RL_DRIVER, RL_CPU_GRANT, 0);
}

/* 256 KiB: six requests of a slot, or one that lists 64 pages on one more. */
static void listed_indirectly(void **state)
{
	(void)state;
	lone(RL_GRANTS_MAP, 256 << 10, false);
	run(1000);
	costs(RL_GUEST, RL_CPU_FRONTEND,
		6 * (COST(front_request_ns) + COST(front_response_ns) + COST(line_ns)) +
			2 * 64 * COST(front_segment_ns));
	s.disk.indirect_segments = 64;
	run(1000);
	costs(RL_GUEST, RL_CPU_FRONTEND,
		COST(front_request_ns) + COST(front_response_ns) + COST(line_ns) +
			2 * 65 * COST(front_segment_ns));
	costs(RL_DRIVER, RL_CPU_GRANT,
		2 * COST(grant_op_ns) + 65 * COST(grant_map_ns) + 65 * COST(grant_unmap_ns));
	costs(RL_DRIVER, RL_CPU_BACKEND,
		COST(back_request_ns) + 65 * COST(back_segment_ns) + COST(line_ns));
}

/* ---- TLBs ---------------------------------------------------------------------------------- */

static double respond(uint32_t driver_vcpus, double flush_ns)
{
	lone(RL_GRANTS_MAP, 4096, false);
	s.machine.pcpus = 8;
	s.guest.pcpu = 0;
	s.driver.pcpu = 1;
	s.driver.vcpus = s.driver.pcpus = driver_vcpus;
	/* Spinners over rings of which only the first is used: nobody is idle. */
	strcpy(s.back_policy, "spin");
	s.guest.vcpus = s.disk.queues = driver_vcpus;
	COST(tlb_flush_ns) = flush_ns;
	run(1000);
	return rep.m[RL_METRIC_stage_respond_ns] - COST(grant_op_ns) - COST(grant_unmap_ns);
}

/* Each other pCPU that a vCPU of the driver domain ran on last is asked; one waits for all. */
static void waits_for_the_others(void **state)
{
	(void)state;
	assert_true(fabs(respond(1, 1500)) < 1e-3);
	for (uint32_t n = 2; n <= 4; n++) {
		double want;

		want = respond(n, 1500);
		assert_true(
			fabs(want - ((n - 1) * COST(tlb_send_ns) + COST(ipi_ns) + 1500)) < 1e-3);
	}
}

static struct rl_vcpu *v[3];

/* Three vCPUs of one domain that work on pCPUs of their own. */
static void three_at_work(void)
{
	struct rl_rep_args a = {.s = &s, .sched = rl_scheds[0]};

	lone(RL_GRANTS_MAP, 4096, false);
	s.machine.pcpus = 4;
	s.driver.pcpu = 1;
	s.driver.vcpus = s.driver.pcpus = 3;
	s.job.thinktime_ns = 3600ull * 1000000000;
	assert_int_equal(rl_rep_start(w, &a, 0), 0);
	for (uint32_t i = 0; i < 3; i++)
		v[i] = rl_world_driver(w, 0, i);
	while (!v[0]->on || !v[1]->on || !v[2]->on || !v[0]->active || !v[1]->active ||
		!v[2]->active)
		assert_true(rl_world_step(w));
}

static rl_ps all_of(struct rl_tlb_flush f)
{
	return f.lock + f.flush;
}

/* Who is idle is asked once, and then has nothing of the domain any more. */
static void asks_the_idle_once(void **state)
{
	rl_ps all;

	(void)state;
	three_at_work();
	for (uint32_t i = 0; i < 3; i++)
		while (v[i]->on)
			assert_true(rl_world_step(w));
	all = 3 * rl_cost(w, tlb_send_ns) + rl_cost(w, ipi_ns) + rl_cost(w, tlb_flush_ns);
	v[0]->cpu = 0; /* as if it had moved */
	assert_true(all_of(rl_tlb_flush(v[0], 0)) == all);
	assert_true(all_of(rl_tlb_flush(v[0], all)) == 0);
}

/* Two that flush at once: the second waits for the first; and each pCPU lost the time of a flush.
 */
static void one_at_a_time(void **state)
{
	rl_ps hold, left;

	(void)state;
	three_at_work();
	left = v[2]->active->left;
	hold = all_of(rl_tlb_flush(v[0], 0));
	assert_true(hold ==
		    2 * rl_cost(w, tlb_send_ns) + rl_cost(w, ipi_ns) + rl_cost(w, tlb_flush_ns));
	assert_true(all_of(rl_tlb_flush(v[1], 0)) == 2 * hold);
	assert_true(v[2]->active->left == left + 2 * rl_cost(w, tlb_flush_ns));
	assert_true(
		all_of(rl_tlb_flush(v[1], 5 * hold)) == hold); /* the lock is free again by then */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mapped_and_unmapped),
		cmocka_unit_test(unmapped_by_the_interrupt),
		cmocka_unit_test(copied_by_xen),
		cmocka_unit_test(beyond_the_limit),
		cmocka_unit_test(listed_indirectly),
		cmocka_unit_test(waits_for_the_others),
		cmocka_unit_test(asks_the_idle_once),
		cmocka_unit_test(one_at_a_time),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
