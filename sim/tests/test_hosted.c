/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two processes in place of domains: the frontend runs in the thread that asks for completions,
 * an event is a wake-up of a process, and Linux shares the CPU.
 */
#include "sim/tests/rep_fixture.h"

static double run_on(const char *back, uint32_t pcpus, uint64_t requests)
{
	struct rl_rep_args a = {.s = &s,
		.sched = rl_sched_find("eevdf"),
		.requests = requests,
		.warm = requests / 7};
	static struct rl_mark marks[2];
	static struct rl_hist hist[RL_CLASSES];

	snprintf(s.back_policy, sizeof(s.back_policy), "%s", back);
	s.machine.pcpus = pcpus;
	s.driver.pcpu = (int32_t)pcpus - 1;
	rl_rep_run(w, &a, 3, &rep, marks, hist);
	if (rep.failed)
		fail_msg("%s on %u CPUs stands still", back, pcpus);
	if (rep.broken)
		fail_msg("%s on %u CPUs: %s", back, pcpus, rep.broken);
	return rep.m[RL_METRIC_iops];
}

/* Costs of a bare CPU, rounded. */
static void processes(void)
{
	static const struct {
		int param;
		double value;
	} costs[] = {{RL_PARAM_fio_ns, 150}, {RL_PARAM_submit_ns, 20},
		{RL_PARAM_submit_return_ns, 20}, {RL_PARAM_reap_ns, 20}, {RL_PARAM_page_ns, 0},
		{RL_PARAM_front_request_ns, 20}, {RL_PARAM_front_response_ns, 20},
		{RL_PARAM_front_segment_ns, 3}, {RL_PARAM_copy_ns_per_byte, 0.01},
		{RL_PARAM_back_request_ns, 50}, {RL_PARAM_back_segment_ns, 3},
		{RL_PARAM_evtchn_send_ns, 600}, {RL_PARAM_upcall_ns, 300},
		{RL_PARAM_thread_switch_ns, 0}, {RL_PARAM_block_ns, 600}, {RL_PARAM_switch_ns, 900},
		{RL_PARAM_poll_ns, 26}, {RL_PARAM_hypercall_ns, 250}, {RL_PARAM_clock_ns, 10},
		{RL_PARAM_timer_min_ns, 1000}, {RL_PARAM_timer_slack_ns, 50e3},
		{RL_PARAM_tick_ns, 2000}, {RL_PARAM_dom0_period_ns, 0}, {RL_PARAM_ipi_ns, 1000},
		{RL_PARAM_halt_wake_ns, 20e3}, {RL_PARAM_line_ns, 60}};

	rl_scenario_default(&s);
	s.machine.hosted = true;
	strcpy(s.machine.scheduler, "eevdf");
	s.disk.persistent_grants = RL_MAX_PERSISTENT_GRANTS;
	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++)
		s.costs.v[costs[i].param] = costs[i].value;
}

/* Every policy of both sides, blocks of more than one request, more of them than slots. */
static void all_go_on(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it)
		for (uint32_t pcpus = 1; pcpus <= 2; pcpus++)
			for (int front = 0; front < 2; front++) {
				processes();
				s.job.iodepth = 40;
				s.job.bs_bytes = 64 * 1024;
				snprintf(s.front_policy, sizeof(s.front_policy), "%s",
					front ? (*it)->name : "event");
				run_on((*it)->name, pcpus, 3000);
			}
}

/* There is no handler that a process could do without. */
static void waiting_for_the_port_is_waiting_for_the_event(void **state)
{
	double event;

	(void)state;
	processes();
	event = run_on("event", 1, 5000);
	assert_true(run_on("poll_port", 1, 5000) == event);
	s.machine.hosted = false;
	event = run_on("event", 1, 5000);
	assert_true(run_on("poll_port", 1, 5000) != event);
}

/* What a full ring does not take stays with the frontend: whoever issues it goes on. */
static void a_full_ring_holds_nobody(void **state)
{
	double slat;

	(void)state;
	processes();
	s.job.iodepth = 128;
	run_on("spin", 2, 5000);
	slat = rep.m[RL_METRIC_slat_mean_ns];
	assert_true(slat < 200);
	s.machine.hosted = false;
	run_on("spin", 2, 5000);
	assert_true(rep.m[RL_METRIC_slat_mean_ns] > 5 * slat);
}

/* The device answers at once: half of nothing is no sleep. */
static void who_has_nothing_to_sleep_for_polls(void **state)
{
	double spin;

	(void)state;
	processes();
	spin = run_on("spin", 1, 20000);
	assert_true(fabs(run_on("hybrid_sleep", 1, 20000) / spin - 1) < 0.1);
}

/* Measured so: data/policies. */
static void who_yields_wins_on_one_cpu(void **state)
{
	(void)state;
	processes();
	s.job.iodepth = 4;
	assert_true(run_on("spin_yield", 1, 40000) > 1.3 * run_on("spin", 1, 40000));
}

/* Waking a halted CPU takes its sender's time too; one that is on its way there takes none. */
static void an_interrupt_costs_its_sender(void **state)
{
	double free, entry;

	(void)state;
	processes();
	run_on("event", 2, 2000);
	free = rep.m[RL_METRIC_slat_mean_ns];
	s.costs.v[RL_PARAM_ipi_send_ns] = 10e3;
	run_on("event", 2, 2000);
	assert_true(rep.m[RL_METRIC_slat_mean_ns] > free + 9e3);
	s.costs.v[RL_PARAM_idle_entry_ns] = 1e6;
	entry = run_on("event", 2, 2000);
	assert_true(entry < 2000);
	s.costs.v[RL_PARAM_ipi_send_ns] = 0;
	assert_true(run_on("event", 2, 2000) == entry);
}

/* A CPU that runs another job takes notice by itself: the backend, whose target never halts, pays
 * nothing for its sends; fio, whose target does, pays. */
static void a_busy_target_takes_no_interrupt(void **state)
{
	double back[2], slat[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		processes();
		s.guest.vcpus = s.driver.vcpus = s.disk.queues = s.job.numjobs = 2;
		s.job.iodepth = 2;
		s.job.bs_bytes = 256 * 1024;
		s.costs.v[RL_PARAM_copy_ns_per_byte] = 1;
		s.costs.v[RL_PARAM_ipi_send_ns] = i ? 10e3 : 0;
		run_on("event", 2, 2000);
		assert_true(rep.m[RL_METRIC_front_cpu_frac] > 0.99);
		back[i] = rep.m[RL_METRIC_back_cpu_frac] / rep.m[RL_METRIC_iops];
		slat[i] = rep.m[RL_METRIC_slat_mean_ns];
	}
	assert_true(back[1] < back[0] + 1e-6);
	assert_true(slat[1] > slat[0] + 4e3);
}

/* Of what the other CPU wrote, the first slot of a batch waits for a line and the others for less.
 */
static void slots_of_a_batch_come_together(void **state)
{
	static const struct {
		uint32_t pcpus, depth;
		bool faster;
	} runs[] = {{2, 32, true}, {2, 1, false}, {1, 32, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		double apart, together;

		processes();
		s.costs.v[RL_PARAM_line_ns] = 600;
		s.job.iodepth = runs[i].depth;
		apart = run_on("event", runs[i].pcpus, 5000);
		s.costs.v[RL_PARAM_slot_next_lines] = 0.2;
		together = run_on("event", runs[i].pcpus, 5000);
		assert_true(runs[i].faster ? together > 1.1 * apart : together == apart);
	}
}

/* Who is woken on the way to sleep waits for an interrupt, where there is one to wait for; its
 * sender pays. */
static void a_wake_up_may_meet_the_entry(void **state)
{
	double entry, slat;

	(void)state;
	processes();
	s.costs.v[RL_PARAM_idle_entry_ns] = 30e3;
	entry = run_on("event", 2, 2000);
	s.costs.v[RL_PARAM_entry_wake_ns] = 1; /* comes within the entry: nothing changes */
	assert_true(run_on("event", 2, 2000) == entry);
	slat = rep.m[RL_METRIC_slat_mean_ns];
	s.costs.v[RL_PARAM_entry_wake_ns] = 100e3;
	assert_true(1e9 / entry < 70e3); /* both sides are met there */
	assert_true(1e9 / run_on("event", 2, 2000) > 100e3);
	s.costs.v[RL_PARAM_entry_send_ns] = 10e3;
	run_on("event", 2, 2000);
	assert_true(rep.m[RL_METRIC_slat_mean_ns] > slat + 9e3);
	s.costs.v[RL_PARAM_idle_entry_ns] = 0; /* nobody is met there */
	entry = run_on("event", 2, 2000);
	s.costs.v[RL_PARAM_entry_wake_ns] = 0;
	assert_true(run_on("event", 2, 2000) == entry);
}

/* On one CPU who is woken runs when the sender has left the kernel; on another at once. */
static void a_sender_leaves_the_kernel_first(void **state)
{
	for (uint32_t pcpus = 1; pcpus <= 2; pcpus++) {
		double wake, later;

		(void)state;
		processes();
		run_on("event", pcpus, 5000);
		wake = rep.m[RL_METRIC_stage_back_wake_ns];
		s.costs.v[RL_PARAM_evtchn_return_ns] = 20e3;
		run_on("event", pcpus, 5000);
		later = rep.m[RL_METRIC_stage_back_wake_ns] - wake;
		if (pcpus == 1)
			assert_true(later > 18e3);
		else
			assert_true(later < 2e3);
	}
}

/* A host that looks after the CPU for a while wakes it sooner. */
static void a_host_may_poll(void **state)
{
	double plain;

	(void)state;
	processes();
	plain = run_on("event", 2, 2000);
	s.costs.v[RL_PARAM_halt_poll_wake_ns] = 5e3;
	assert_true(run_on("event", 2, 2000) == plain);
	s.costs.v[RL_PARAM_halt_poll_ns] = 1e6;
	assert_true(run_on("event", 2, 2000) > 1.5 * plain);
}

/* Part of waking from a halt is work of who wakes: not longer in all, but his time. */
static void leaving_a_halt_is_work(void **state)
{
	double iops, cpu;

	(void)state;
	processes();
	iops = run_on("event", 2, 2000);
	cpu = rep.m[RL_METRIC_back_cpu_frac] / iops;
	s.costs.v[RL_PARAM_halt_wake_ns] -= 5e3;
	s.costs.v[RL_PARAM_idle_exit_ns] = 5e3;
	assert_true(fabs(run_on("event", 2, 2000) / iops - 1) < 0.01);
	assert_true(fabs(rep.m[RL_METRIC_back_cpu_frac] / iops - cpu - 5e-6) < 0.2e-6);
}

/* What is in flight no longer fits the cache. */
static void far_bytes_take_longer(void **state)
{
	double near;

	(void)state;
	processes();
	s.job.bs_bytes = 64 * 1024;
	s.costs.v[RL_PARAM_copy_far_frac] = 4;
	s.costs.v[RL_PARAM_cache_bytes] = 1e9;
	s.job.iodepth = 16;
	near = run_on("spin", 2, 5000);
	s.costs.v[RL_PARAM_cache_bytes] = 1 << 16;
	assert_true(run_on("spin", 2, 5000) < 0.7 * near);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_go_on),
		cmocka_unit_test(waiting_for_the_port_is_waiting_for_the_event),
		cmocka_unit_test(a_full_ring_holds_nobody),
		cmocka_unit_test(who_has_nothing_to_sleep_for_polls),
		cmocka_unit_test(who_yields_wins_on_one_cpu),
		cmocka_unit_test(an_interrupt_costs_its_sender),
		cmocka_unit_test(a_busy_target_takes_no_interrupt),
		cmocka_unit_test(slots_of_a_batch_come_together),
		cmocka_unit_test(a_wake_up_may_meet_the_entry),
		cmocka_unit_test(a_sender_leaves_the_kernel_first),
		cmocka_unit_test(a_host_may_poll),
		cmocka_unit_test(leaving_a_halt_is_work),
		cmocka_unit_test(far_bytes_take_longer),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
