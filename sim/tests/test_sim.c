/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulator as a whole: exact sums where nothing is left to chance, conservation,
 * determinism, and what a spinner does on one core and on two.
 */
#include "sim/sim.h"

#include "sim/core/rep.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct rl_scenario s;
static struct rl_sim_result r;

/* Does it give this plan, and no other, whether requests are in flight or not? */
static bool always(const struct rl_policy *p, enum rl_action action)
{
	if (p->state_bytes || p->on_result)
		return false;
	for (uint32_t in_flight = 0; in_flight < 2; in_flight++) {
		struct rl_idle in = {.cpu_idle_permille = 1000, .in_flight = in_flight};
		struct rl_policy_inst inst;
		struct rl_plan plan;

		assert_int_equal(rl_policy_select(&inst, p->name, NULL), 0);
		rl_policy_idle(&inst, &in, &plan);
		if (plan.action != action || plan.deadline_ns != RL_NEVER ||
			plan.timer_ns != RL_NEVER || plan.event_offset != 1 || plan.gap_ns ||
			plan.no_arm)
			return false;
	}
	return true;
}

/* A policy that always polls (or that always blocks at once), whatever its name is. */
static void choose_policy(char *spec, enum rl_action action)
{
	const struct rl_policy *const *it;

	rl_for_each_policy (it)
		if (always(*it, action)) {
			snprintf(spec, RL_SPEC_BYTES, "%s", (*it)->name);
			return;
		}
	fail_msg("no policy with action %d", action);
}

static void setup(uint32_t pcpus, enum rl_action back, uint32_t depth)
{
	rl_scenario_default(&s);
	s.machine.pcpus = pcpus;
	s.driver.pcpu = (int32_t)pcpus - 1;
	s.job.iodepth = depth;
	s.costs.v[RL_PARAM_dom0_period_ns] = 0;
	choose_policy(s.front_policy, RL_ARM_HALT);
	choose_policy(s.back_policy, back);
}

static double run(const struct rl_sim_options *o, enum rl_metric m)
{
	struct rl_err err = {0};

	if (rl_sim_run(&s, o, &r, &err))
		fail_msg("%s", err.what);
	return r.metrics.m[m].value;
}

static double cost(int param)
{
	return s.costs.v[param];
}

/* One I/O at a time, blocking, one core, no ticks: every step is known, the sum is exact. */
static void depth_one_is_a_sum(void **state)
{
	double submit, front, back, event, switches;

	(void)state;
	setup(1, RL_ARM_HALT, 1);
	s.costs.v[RL_PARAM_tick_period_ns] = 0;
	submit = cost(RL_PARAM_submit_ns) + cost(RL_PARAM_submit_return_ns) +
		 cost(RL_PARAM_page_ns) + cost(RL_PARAM_front_request_ns) +
		 cost(RL_PARAM_front_segment_ns);
	front = cost(RL_PARAM_fio_ns) + cost(RL_PARAM_reap_ns) + cost(RL_PARAM_front_response_ns) +
		cost(RL_PARAM_front_segment_ns) + 4096 * cost(RL_PARAM_copy_ns_per_byte);
	back = cost(RL_PARAM_back_request_ns) + cost(RL_PARAM_back_segment_ns);
	event = cost(RL_PARAM_evtchn_send_ns) + cost(RL_PARAM_upcall_ns) +
		cost(RL_PARAM_thread_switch_ns) + cost(RL_PARAM_block_ns);
	switches = 2 * cost(RL_PARAM_switch_ns);
	assert_true(fabs(1e9 / run(NULL, RL_METRIC_iops) -
			    (submit + front + back + 2 * event + switches)) < 1e-3);
	assert_true(fabs(r.metrics.m[RL_METRIC_slat_mean_ns].value - submit -
			    cost(RL_PARAM_evtchn_send_ns)) < 1e-3);
	assert_true(fabs(r.metrics.m[RL_METRIC_notifications_per_request].value - 2) < 1e-9);
	assert_true(fabs(r.metrics.m[RL_METRIC_switches_per_request].value - 2) < 1e-9);
}

/*
 * A spinner on a core of its own: no send, upcall, thread switch or block on its side. Going to
 * wait passes beside it and is no part of the sum.
 */
static void depth_one_spin_is_a_sum(void **state)
{
	double fixed, ns;

	(void)state;
	setup(2, RL_POLL, 1);
	s.costs.v[RL_PARAM_tick_period_ns] = 0;
	s.costs.v[RL_PARAM_back_request_ns] = 100e3; /* so that the guest blocks meanwhile */
	fixed = cost(RL_PARAM_submit_ns) + cost(RL_PARAM_page_ns) +
		cost(RL_PARAM_front_request_ns) + 2 * cost(RL_PARAM_front_segment_ns) +
		cost(RL_PARAM_fio_ns) + cost(RL_PARAM_front_response_ns) +
		4096 * cost(RL_PARAM_copy_ns_per_byte) + cost(RL_PARAM_back_request_ns) +
		cost(RL_PARAM_back_segment_ns) + cost(RL_PARAM_evtchn_send_ns) +
		cost(RL_PARAM_upcall_ns) + cost(RL_PARAM_thread_switch_ns) + cost(RL_PARAM_ipi_ns) +
		cost(RL_PARAM_halt_wake_ns) + 3 * cost(RL_PARAM_line_ns);
	ns = 1e9 / run(NULL, RL_METRIC_iops);
	/* In the mean half a look, at most one. */
	assert_true(ns >= fixed - 1e-3 && ns <= fixed + cost(RL_PARAM_poll_ns) + 1e-3);
	assert_true(r.metrics.m[RL_METRIC_back_cpu_frac].value > 0.999999);
	assert_true(r.metrics.m[RL_METRIC_notifications_per_request].value < 1.01);
}

/* Work takes longer while another pCPU polls; on one pCPU, or beside a sleeper, nothing changes. */
static void a_poller_drags(void **state)
{
	double before[2][2], ratio;

	(void)state;
	for (uint32_t cores = 1; cores <= 2; cores++)
		for (int spin = 0; spin <= 1; spin++) {
			setup(cores, spin ? RL_POLL : RL_ARM_HALT, 4);
			before[cores - 1][spin] = run(NULL, RL_METRIC_iops);
		}
	for (uint32_t cores = 1; cores <= 2; cores++)
		for (int spin = 0; spin <= 1; spin++) {
			setup(cores, spin ? RL_POLL : RL_ARM_HALT, 4);
			s.costs.v[RL_PARAM_poll_drag_frac] = 0.5;
			ratio = before[cores - 1][spin] / run(NULL, RL_METRIC_iops);
			if (cores == 2 && spin)
				assert_true(ratio > 1.3 && ratio < 1.51);
			else
				assert_true(ratio == 1);
		}
}

/* One core: the spinner burns what its peer needs. Two: it saves the wake-ups. */
static void spin_loses_on_one_core_and_wins_on_two(void **state)
{
	double event, spin;

	(void)state;
	for (uint32_t depth = 1; depth <= 8; depth *= 8) {
		setup(1, RL_ARM_HALT, depth);
		event = run(NULL, RL_METRIC_iops);
		setup(1, RL_POLL, depth);
		spin = run(NULL, RL_METRIC_iops);
		assert_true(spin < 0.5 * event);
		setup(2, RL_ARM_HALT, depth);
		event = run(NULL, RL_METRIC_iops);
		setup(2, RL_POLL, depth);
		spin = run(NULL, RL_METRIC_iops);
		assert_true(spin > 1.01 * event);
	}
}

/*
 * Nothing costs anything but the disk: one server that is never idle. Throughput is 1/S whatever
 * the depth, and by Little's law the latency is N S (exact MVA of a single station).
 */
static void a_disk_alone_obeys_mva(void **state)
{
	struct rl_sim_options o = {.reps = 10, .requests = 4000, .seed = 5};
	const double service_ns = 100e3;

	(void)state;
	for (uint32_t depth = 1; depth <= 16; depth *= 4) {
		const struct rl_estimate *x = &r.metrics.m[RL_METRIC_iops];
		const struct rl_estimate *l = &r.metrics.m[RL_METRIC_clat_mean_ns];
		double slack;

		setup(2, RL_ARM_HALT, depth);
		for (int i = 0; i < RL_PARAM_COUNT; i++)
			s.costs.v[i] = rl_param_info[i].min;
		snprintf(s.disk.device, sizeof(s.disk.device), "random:mean=%.0fns", service_ns);
		run(&o, RL_METRIC_iops);
		/* Three half-widths of the 95 % interval: once in a billion by chance. */
		slack = 3 * (x->hi - x->value);
		assert_true(slack < 0.05e9 / service_ns);
		assert_true(fabs(x->value - 1e9 / service_ns) < slack);
		slack = 3 * (l->hi - l->value);
		assert_true(fabs(l->value - depth * service_ns) < slack);
	}
}

static void same_bits(const struct rl_sim_result *a, const struct rl_sim_result *b)
{
	assert_memory_equal(&a->metrics, &b->metrics, sizeof(a->metrics));
	assert_true(a->events == b->events && a->requests == b->requests);
}

/* Threads and earlier runs change nothing; another seed does. */
static void bits_do_not_depend_on_threads(void **state)
{
	struct rl_sim_options o = {.reps = 12, .seed = 3, .requests = 500};
	struct rl_sim_result one;

	(void)state;
	setup(1, RL_POLL, 4);
	s.costs.v[RL_PARAM_dom0_period_ns] = 3e6;
	snprintf(s.disk.device, sizeof(s.disk.device), "random:mean=50us");
	run(&o, RL_METRIC_iops);
	one = r;
	for (o.threads = 2; o.threads < 9; o.threads += 3) {
		run(&o, RL_METRIC_iops);
		same_bits(&one, &r);
	}
	o.seed = 4;
	run(&o, RL_METRIC_iops);
	assert_memory_not_equal(&one.metrics, &r.metrics, sizeof(one.metrics));
	o.seed = 3;
	run(&o, RL_METRIC_iops);
	same_bits(&one, &r);
}

/* A spin episode of any length: looks are computed, not made. */
static void a_long_spin_costs_few_events(void **state)
{
	struct rl_sim_options o = {.reps = 1, .requests = 200};
	double looks;

	(void)state;
	setup(2, RL_POLL, 1);
	s.costs.v[RL_PARAM_tick_period_ns] = 0;
	s.costs.v[RL_PARAM_poll_ns] = 1;
	s.costs.v[RL_PARAM_fio_ns] = 10e6;
	run(&o, RL_METRIC_iops);
	looks = 10e6 * (double)r.requests;
	assert_true(looks > 1e9);
	assert_true(r.events < 30 * 300);
}

static const struct rl_sched *sched(const char *name)
{
	const struct rl_sched *const *it = rl_scheds;

	while (*it && strcmp((*it)->name, name) != 0)
		it++;
	assert_non_null(*it);
	return *it;
}

/* requests = responses + in flight, at every event; and nothing is lost at the end. */
static void requests_are_conserved(void **state)
{
	struct rl_world *w = rl_world_create();
	struct rl_rep_args a = {.s = &s, .seed = 1};

	(void)state;
	assert_non_null(w);
	setup(1, RL_ARM_HALT, 32);
	s.job.bs_bytes = 65536; /* two requests an I/O: more than the ring has slots */
	a.sched = sched("credit2");
	assert_int_equal(rl_rep_start(w, &a, 0), 0);
	for (int i = 0; i < 200000; i++) {
		struct rl_blk *b = &w->blk[0];

		assert_true(rl_world_step(w));
		assert_int_equal(b->requests - b->responses, b->front.size - b->nfree);
		assert_true(b->front.req_prod_pub - b->front.rsp_cons <= b->front.size);
		assert_int_equal(b->requests, b->front.req_prod_pub);
	}
	assert_true(w->completed > 1000);
	assert_true(w->blk[0].requests >= 2 * w->completed);
	rl_world_destroy(w);
}

/* Every picosecond of every pCPU is some vCPU's or idle; switches are time of the vCPUs. */
static void time_adds_up(void **state)
{
	struct rl_world *w = rl_world_create();
	struct rl_rep_args a = {.s = &s, .seed = 1};

	(void)state;
	assert_non_null(w);
	for (uint32_t k = 0; k < 6; k++) {
		uint32_t pcpus = k % 3 + 1;

		setup(pcpus, pcpus == 2 ? RL_POLL : RL_ARM_HALT, 4);
		s.costs.v[RL_PARAM_dom0_period_ns] = 2e6;
		s.guest.pcpu = s.driver.pcpu = pcpus == 3 ? -1 : s.driver.pcpu;
		a.sched = sched(k < 3 ? "credit2" : "credit");
		assert_int_equal(rl_rep_start(w, &a, 0), 0);
		for (int i = 0; i < 100000; i++) {
			rl_ps sum = 0;

			rl_world_step(w);
			if (i % 1000)
				continue;
			rl_xen_settle(w);
			for (uint32_t p = 0; p < w->npcpus; p++)
				sum += w->pcpu[p].idle_ps;
			for (uint32_t v = 0; v < w->nvcpus; v++)
				sum += w->vcpu[v].st.run_ps;
			assert_true(sum == w->npcpus * w->now);
		}
	}
	rl_world_destroy(w);
}

static void standing_still_is_noticed(void **state)
{
	struct rl_err err = {0};

	(void)state;
	/* Two vCPUs, one pCPU, nobody is ever preempted: the spinner keeps it for ever. */
	setup(1, RL_POLL, 1);
	snprintf(s.machine.scheduler, sizeof(s.machine.scheduler), "null");
	assert_int_equal(rl_sim_run(&s, NULL, &r, &err), -EDEADLK);
	assert_non_null(strstr(err.what, "stands still"));
	assert_non_null(strstr(err.what, "a vCPU of the guest waits for a pCPU"));
	/* Without ticks the job does not get its vCPU back from the driver that polls there. */
	setup(2, RL_ARM_HALT, 1);
	choose_policy(s.front_policy, RL_POLL);
	s.costs.v[RL_PARAM_tick_period_ns] = 0;
	err = (struct rl_err){0};
	assert_int_equal(rl_sim_run(&s, NULL, &r, &err), -EDEADLK);
	assert_non_null(strstr(err.what, "a thread of the guest waits for its vCPU"));
}

/* The same of jobs that end by themselves, before their ramp_time is over and after. */
static void jobs_that_stand_still_are_noticed(void **state)
{
	(void)state;
	for (int ramp = 0; ramp < 2; ramp++) {
		struct rl_err err = {0};

		setup(2, RL_ARM_HALT, 1);
		choose_policy(s.front_policy, RL_POLL);
		s.costs.v[RL_PARAM_tick_period_ns] = 0;
		s.job.size_bytes = 1 << 20;
		s.job.ramp_ns = ramp ? 1000000000 : 0;
		s.job.runtime_ns = 1000000000;
		s.jobs[1] = s.job;
		s.njobs = 2;
		assert_int_equal(rl_sim_run(&s, NULL, &r, &err), -EDEADLK);
		assert_non_null(strstr(err.what, "a thread of the guest waits for its vCPU"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depth_one_is_a_sum),
		cmocka_unit_test(depth_one_spin_is_a_sum),
		cmocka_unit_test(a_poller_drags),
		cmocka_unit_test(spin_loses_on_one_core_and_wins_on_two),
		cmocka_unit_test(a_disk_alone_obeys_mva),
		cmocka_unit_test(bits_do_not_depend_on_threads),
		cmocka_unit_test(a_long_spin_costs_few_events),
		cmocka_unit_test(requests_are_conserved),
		cmocka_unit_test(time_adds_up),
		cmocka_unit_test(standing_still_is_noticed),
		cmocka_unit_test(jobs_that_stand_still_are_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
