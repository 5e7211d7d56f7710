/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where latency and CPU time went: cells and stages add up to the picosecond whatever is simulated,
 * a lone I/O is known step by step, and a planted error is noticed.
 */
#include "sim/tests/rep_fixture.h"

/* ---- conservation -------------------------------------------------------------------------- */

static struct rl_mark mark;

static void some_time(void)
{
	struct rl_rep_args a = {.s = &s, .sched = rl_scheds[0]};

	rl_scenario_default(&s);
	s.job.iodepth = 8;
	rl_rep_start(w, &a, 0);
	while (w->completed < 500)
		assert_true(rl_world_step(w));
	assert_null(rl_mark_take(w, &mark));
}

static void violated(const char *what)
{
	const char *said = rl_mark_take(w, &mark);

	assert_non_null(said);
	assert_non_null(strstr(said, what));
}

static void planted_errors_are_noticed(void **state)
{
	(void)state;
	some_time();
	rl_world_driver(w, 0, 0)->st.run_ps++; /* charged twice */
	violated("CPU time");
	some_time();
	w->pcpu[0].idle_ps--; /* not at all */
	violated("CPU time");
	some_time();
	w->vcpu[RL_GUEST].st.cpu[RL_CPU_COPY]++; /* for a second purpose as well */
	violated("by purpose");
	some_time();
	w->tally.c[RL_CLASS_READ].clat++; /* one picosecond of one latency */
	violated("Little");
	some_time();
	w->tally.in_flight--; /* an I/O that ended twice */
	violated("Little");
	some_time();
	w->tally.stage[RL_STAGE_NOTIFY]++;
	violated("stages");
	some_time();
	w->tally.disordered = !rl_stage_add(w->tally.stage,
		&(struct rl_stamps){.at = {[RL_STAGE_SUBMIT] = 9, [RL_STAGE_SLOT] = 8}}, 9);
	violated("stages");
	some_time();
	w->blk[0].responses--; /* a lost response */
	violated("requests");
}

/* More latency together than 64 bits of picoseconds hold: 10^9 I/Os of 20 s each. */
static void sums_do_not_wrap(void **state)
{
	static struct rl_tally t;
	const rl_ps age = 1ull << 62;
	struct rl_stamps stamps;

	(void)state;
	memset(&t, 0, sizeof(t));
	for (int i = 0; i < 7; i++)
		rl_tally_begin(&t, 1);
	for (int i = 0; i < 7; i++) {
		for (int k = 0; k < RL_STAGE_COUNT; k++)
			rl_stage_mark(&stamps, k, k < RL_STAGE_DEVICE ? 1 : age);
		rl_tally_end(&t, age + 1, 1, 1, 4096, RL_CLASS_READ, &stamps);
	}
	assert_true(rl_tally_little(&t, age + 1));
	assert_true(rl_tally_staged(&t));
	assert_true((double)t.c[RL_CLASS_READ].clat == 7 * (double)age);
	assert_true((double)t.stage[RL_STAGE_DEVICE] == 7 * (double)(age - 1));
}

/* ---- where the CPU time went --------------------------------------------------------------- */

/* Every policy on either side, one pCPU and more, ticks, dom0, reads and writes, both grants. */
static void cells_add_up(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it)
		for (uint32_t i = 0; i < 12; i++) {
			rl_ps sum;

			rl_scenario_default(&s);
			s.machine.pcpus = 1 + i % 3;
			s.machine.mwait = true;
			s.guest.pcpu = s.driver.pcpu = i < 3 ? 0 : -1;
			s.disk.grants = i % 2 ? RL_GRANTS_PERSISTENT : RL_GRANTS_MAP;
			s.job.rw = RL_RW_RANDRW;
			s.job.iodepth = 1 + 5 * (i % 4);
			s.costs.v[RL_PARAM_dom0_period_ns] = 2e6;
			s.costs.v[RL_PARAM_jitter_frac] = i < 6 ? 0.3 : 0;
			s.costs.v[RL_PARAM_poll_drag_frac] = i < 6 ? 0.2 : 0;
			snprintf(i % 2 ? s.front_policy : s.back_policy, RL_SPEC_BYTES, "%s",
				(*it)->name);
			run(1000);
			sum = rep.idle;
			for (int v = 0; v < (int)RL_ROLES; v++)
				for (int k = 0; k < RL_CPU_COUNT; k++)
					sum += rep.cpu[v][k];
			assert_true(sum == rep.time);
			assert_true((rep.cpu[RL_DRIVER][RL_CPU_GRANT] == 0) == (i % 2));
			assert_true((rep.cpu[RL_GUEST][RL_CPU_COPY] != 0) == (i % 2));
		}
}

/* One I/O at a time, both sides block: what each step costs, to whom, for what. */
static void depth_one_cell_by_cell(void **state)
{
	const double *c = s.costs.v;

	(void)state;
	rl_scenario_default(&s);
	s.machine.pcpus = 1;
	s.guest.pcpu = s.driver.pcpu = 0;
	s.costs.v[RL_PARAM_tick_period_ns] = s.costs.v[RL_PARAM_dom0_period_ns] = 0;
	run(1000);
	costs(RL_GUEST, RL_CPU_FIO,
		c[RL_PARAM_fio_ns] + c[RL_PARAM_submit_ns] + c[RL_PARAM_submit_return_ns] +
			c[RL_PARAM_page_ns] + c[RL_PARAM_reap_ns]);
	costs(RL_GUEST, RL_CPU_FRONTEND,
		c[RL_PARAM_front_request_ns] + c[RL_PARAM_front_response_ns] +
			2 * c[RL_PARAM_front_segment_ns]);
	costs(RL_GUEST, RL_CPU_COPY, 4096 * c[RL_PARAM_copy_ns_per_byte]);
	costs(RL_DRIVER, RL_CPU_BACKEND, c[RL_PARAM_back_request_ns] + c[RL_PARAM_back_segment_ns]);
	for (int v = RL_GUEST; v <= RL_DRIVER; v++) {
		costs(v, RL_CPU_NOTIFY, c[RL_PARAM_evtchn_send_ns]);
		costs(v, RL_CPU_UPCALL, c[RL_PARAM_upcall_ns]);
		costs(v, RL_CPU_THREAD_SWITCH, c[RL_PARAM_thread_switch_ns]);
		costs(v, RL_CPU_IDLE_ENTRY, c[RL_PARAM_block_ns]);
		costs(v, RL_CPU_VCPU_SWITCH, c[RL_PARAM_switch_ns]);
	}
	assert_true(rep.idle == 0);
}

/* ---- where the latency went ---------------------------------------------------------------- */

/* The same lone I/O, stage by stage. */
static void depth_one_stage_by_stage(void **state)
{
	const double *c = s.costs.v;
	double away;

	(void)state;
	rl_scenario_default(&s);
	s.machine.pcpus = 1;
	s.guest.pcpu = s.driver.pcpu = 0;
	s.costs.v[RL_PARAM_tick_period_ns] = s.costs.v[RL_PARAM_dom0_period_ns] = 0;
	away = c[RL_PARAM_block_ns] + c[RL_PARAM_switch_ns] + c[RL_PARAM_upcall_ns];
	run(1000);
	stage(RL_STAGE_SUBMIT, c[RL_PARAM_submit_ns] + c[RL_PARAM_page_ns]);
	stage(RL_STAGE_SLOT, 0);
	stage(RL_STAGE_PUBLISH, c[RL_PARAM_front_request_ns] + c[RL_PARAM_front_segment_ns]);
	stage(RL_STAGE_NOTIFY, c[RL_PARAM_evtchn_send_ns]);
	stage(RL_STAGE_BACK_WAKE, c[RL_PARAM_submit_return_ns] + c[RL_PARAM_reap_ns] + away +
					  c[RL_PARAM_thread_switch_ns]);
	stage(RL_STAGE_DEQUEUE, 0);
	stage(RL_STAGE_PROCESS, c[RL_PARAM_back_request_ns] + c[RL_PARAM_back_segment_ns]);
	stage(RL_STAGE_DEVICE, 0);
	stage(RL_STAGE_RESPOND, 0);
	stage(RL_STAGE_RSP_NOTIFY, c[RL_PARAM_evtchn_send_ns]);
	stage(RL_STAGE_FRONT_WAKE, away);
	stage(RL_STAGE_COMPLETE, c[RL_PARAM_front_response_ns] + c[RL_PARAM_front_segment_ns] +
					 4096 * c[RL_PARAM_copy_ns_per_byte]);
	stage(RL_STAGE_REAP, c[RL_PARAM_thread_switch_ns]);
}

/* Whatever happens, the means add up; only a full ring makes an I/O wait for a slot. */
static void stages_add_up(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it)
		for (uint32_t i = 0; i < 8; i++) {
			double sum = 0;

			rl_scenario_default(&s);
			s.machine.pcpus = 1 + i % 2;
			s.driver.pcpu = (int32_t)i % 2;
			s.job.bs_bytes = i < 4 ? 4096 : 65536; /* of two requests */
			s.job.iodepth = i % 4 < 2 ? 16 : 64;
			s.costs.v[RL_PARAM_dom0_period_ns] = 2e6;
			s.costs.v[RL_PARAM_device_ns] = i % 4 == 1 ? 50e3 : 0;
			snprintf(i % 2 ? s.front_policy : s.back_policy, RL_SPEC_BYTES, "%s",
				(*it)->name);
			run(1000);
			for (int k = 0; k < RL_STAGE_COUNT; k++)
				sum += rep.m[RL_METRIC_stage_submit_ns + k];
			assert_true(fabs(sum / rep.m[RL_METRIC_lat_mean_ns] - 1) < 1e-12);
			if (i % 4 < 2) /* never more requests than slots */
				assert_true(rep.m[RL_METRIC_stage_slot_ns] == 0);
			if (i % 4 == 1)
				assert_true(rep.m[RL_METRIC_stage_device_ns] >= 50e3);
		}
}

/* On one pCPU the guest fills the ring before the backend runs. */
static void a_full_ring(void **state)
{
	(void)state;
	rl_scenario_default(&s);
	s.machine.pcpus = 1;
	s.guest.pcpu = s.driver.pcpu = 0;
	s.job.iodepth = 64;
	run(1000);
	assert_true(rep.m[RL_METRIC_stage_slot_ns] > 0);
	s.disk.ring_pages = 2;
	run(1000);
	assert_true(rep.m[RL_METRIC_stage_slot_ns] == 0);
}

/* In the result: every cell with its interval, all of them all pCPUs. */
static void cells_of_a_result(void **state)
{
	static struct rl_sim_result r;
	double sum = 0;

	(void)state;
	rl_scenario_default(&s);
	s.machine.pcpus = 3;
	assert_int_equal(rl_sim_run(&s, NULL, &r, NULL), 0);
	for (uint32_t i = 0; i < r.ncells; i++)
		sum += r.cell[i].cores.value;
	assert_true(r.ncells > 10 && fabs(sum - 3) < 1e-9);
	assert_string_equal(r.cell[r.ncells - 1].purpose, "idle");
	assert_true(r.cell[r.ncells - 1].cores.value > 1);
	sum = 0;
	for (uint32_t i = 0; i < r.ncells; i++)
		if (strcmp(r.cell[i].domain, "guest") == 0 ||
			strcmp(r.cell[i].domain, "driver") == 0)
			sum += r.cell[i].ns.value;
	assert_true(fabs(sum / r.metrics.m[RL_METRIC_cpu_ns_per_request].value - 1) < 1e-12);
	/* others', too: who always wants a pCPU leaves none idle */
	s.load.vcpus = 3;
	sum = 0;
	assert_int_equal(rl_sim_run(&s, NULL, &r, NULL), 0);
	for (uint32_t i = 0; i < r.ncells; i++) {
		assert_non_null(r.cell[i].domain);
		sum += r.cell[i].cores.value;
	}
	assert_true(fabs(sum - 3) < 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planted_errors_are_noticed),
		cmocka_unit_test(sums_do_not_wrap),
		cmocka_unit_test(cells_add_up),
		cmocka_unit_test(depth_one_cell_by_cell),
		cmocka_unit_test(cells_of_a_result),
		cmocka_unit_test(depth_one_stage_by_stage),
		cmocka_unit_test(stages_add_up),
		cmocka_unit_test(a_full_ring),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
