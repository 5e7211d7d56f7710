/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the machine does to a pair: a noisy neighbour takes what weights and caps let it, a line
 * and an interrupt from another socket take longer, the type of a domain is in each step's cost,
 * and a waker waits behind a spinner as long as on the rig.
 */
#include "sim/core/rep.h"
#include "sim/core/tests/world_fixture.h"
#include "sim/sim.h"

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

static double cost(int param)
{
	return s.costs.v[param];
}

static void setup(uint32_t pcpus, const char *back, uint32_t depth)
{
	rl_scenario_default(&s);
	s.machine.pcpus = pcpus;
	s.driver.pcpu = pcpus > 1;
	s.job.iodepth = depth;
	s.costs.v[RL_PARAM_dom0_period_ns] = 0;
	s.costs.v[RL_PARAM_tick_period_ns] = 0;
	snprintf(s.back_policy, sizeof(s.back_policy), "%s", back);
}

static double run(enum rl_metric m)
{
	const struct rl_sim_options o = {.reps = 3, .requests = 20000};
	struct rl_err err = {0};

	if (rl_sim_run(&s, &o, &r, &err))
		fail_msg("%s", err.what);
	return r.metrics.m[m].value;
}

/* A policy that never polls, and one that does nothing else, by what they cost when idle. */
static const char *policy(enum rl_action action)
{
	const struct rl_policy *const *it;

	rl_for_each_policy (it) {
		struct rl_idle in = {.cpu_idle_permille = 1000};
		struct rl_policy_inst inst;
		struct rl_plan plan;

		if ((*it)->state_bytes || (*it)->on_result)
			continue;
		assert_int_equal(rl_policy_select(&inst, (*it)->name, NULL), 0);
		rl_policy_idle(&inst, &in, &plan);
		if (plan.action == action && plan.deadline_ns == RL_NEVER &&
			plan.timer_ns == RL_NEVER && !plan.gap_ns && plan.event_offset == 1)
			return (*it)->name;
	}
	fail_msg("no policy with action %d", action);
	return NULL;
}

/*
 * The guest could use all of its pCPU; beside a hog it has what its weight or a cap leaves it. A
 * socket each, as credit2's epochs are those of a run queue: a spinner that empties its
 * credit on a pCPU of its own ends them for all, and weights come out less exact. credit shares
 * out the credit of all pCPUs whoever is pinned where, so only equal weights are tried with it.
 */
static void a_neighbour_takes_its_share(void **state)
{
	const struct {
		uint32_t weight, cap;
		double left;
	} with[] = {{256, 0, 0.5}, {256, 20, 0.8}, {64, 0, 0.8}, {768, 0, 0.25}};
	double alone, cpu;

	(void)state;
	setup(2, policy(RL_POLL), 32);
	s.machine.sockets = 2;
	alone = run(RL_METRIC_iops);
	cpu = r.metrics.m[RL_METRIC_front_cpu_frac].value;
	assert_true(cpu > 0.97);
	assert_true(r.metrics.m[RL_METRIC_front_steal_frac].value < 0.02);
	for (int i = 0; i < 6; i++) {
		double left = with[i % 4].left, steal;

		snprintf(s.machine.scheduler, sizeof(s.machine.scheduler), "%s",
			i < 4 ? "credit2" : "credit");
		s.load = (struct rl_load_domain){.vcpus = 1,
			.pcpu = 0,
			.weight = with[i % 4].weight,
			.cap = with[i % 4].cap,
			.busy_ns = 1000000};
		assert_true(fabs(run(RL_METRIC_iops) / alone - left) < 0.05);
		cpu = r.metrics.m[RL_METRIC_front_cpu_frac].value;
		steal = r.metrics.m[RL_METRIC_front_steal_frac].value;
		assert_true(fabs(cpu - left) < 0.03);
		assert_true(cpu + steal > 0.97 && cpu + steal < 1.0001);
		assert_true(r.metrics.m[RL_METRIC_back_steal_frac].value < 0.01);
	}
}

/* Alone on a pCPU the neighbour works busy / (busy + idle) of the time, each vCPU for itself. */
static void a_neighbour_rests(void **state)
{
	struct rl_rep_args a = {.s = &s, .seed = 1, .sched = sched_named("credit2")};

	(void)state;
	setup(5, policy(RL_ARM_HALT), 1);
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		if (i != RL_PARAM_fio_ns)
			s.costs.v[i] = rl_param_info[i].min;
	s.costs.v[RL_PARAM_poll_ns] = 1;
	s.driver.pcpu = 1;
	s.load = (struct rl_load_domain){
		.vcpus = 3, .pcpu = -1, .weight = 256, .busy_ns = 2000000, .idle_ns = 6000000};
	assert_int_equal(rl_rep_start(w, &a, 0), 0);
	while (w->now < 60 * RL_PS_PER_S)
		assert_true(rl_world_step(w));
	rl_xen_settle(w);
	for (int i = 2; i < 5; i++) {
		double share = (double)w->vcpu[i].st.run_ps / (double)w->now;

		assert_true(fabs(share - 0.25) < 0.01);
		assert_true(i == 2 || w->vcpu[i].st.run_ps != w->vcpu[2].st.run_ps);
	}
}

/* A request and its answer: three lines and one interrupt, all from the other pCPU. */
static void the_other_socket_is_far(void **state)
{
	double near, far;

	(void)state;
	setup(2, policy(RL_POLL), 1);
	s.costs.v[RL_PARAM_poll_ns] = 1;
	s.costs.v[RL_PARAM_back_request_ns] = 100e3; /* so that the guest sleeps meanwhile */
	near = 1e9 / run(RL_METRIC_iops);
	s.machine.sockets = 2;
	far = 1e9 / run(RL_METRIC_iops);
	assert_true(fabs(far - near - 3 * (cost(RL_PARAM_line_socket_ns) - cost(RL_PARAM_line_ns)) -
			    (cost(RL_PARAM_ipi_socket_ns) - cost(RL_PARAM_ipi_ns))) < 1.5);
}

/* One I/O at a time on one core: a send, an upcall and a thread switch on each side. */
static void types_are_in_the_sum(void **state)
{
	double pv, guest[RL_DOMAIN_TYPES], driver[RL_DOMAIN_TYPES];

	(void)state;
	setup(1, policy(RL_ARM_HALT), 1);
	pv = 1e9 / run(RL_METRIC_iops);
	for (int t = RL_PV; t < RL_DOMAIN_TYPES; t++) {
		s.guest.type = (enum rl_domain_type)t;
		guest[t] = 1e9 / run(RL_METRIC_iops) - pv;
		s.guest.type = RL_PV;
		s.driver.type = (enum rl_domain_type)t;
		driver[t] = 1e9 / run(RL_METRIC_iops) - pv;
		s.driver.type = RL_PV;
	}
	assert_true(guest[RL_PV] == 0 && driver[RL_PV] == 0);
	for (int t = RL_PVH; t < RL_DOMAIN_TYPES; t++) {
		int first =
			t == RL_PVH ? RL_PARAM_pvh_hypercall_ratio : RL_PARAM_hvm_hypercall_ratio;
		double want = cost(RL_PARAM_evtchn_send_ns) * (cost(first) - 1) +
			      cost(RL_PARAM_upcall_ns) * (cost(first + 1) - 1) +
			      cost(RL_PARAM_thread_switch_ns) * (cost(first + 2) - 1);

		assert_true(fabs(want) > 100);
		assert_true(fabs(guest[t] - want) < 1e-2 && fabs(driver[t] - want) < 1e-2);
	}
	assert_true(guest[RL_PVH] != guest[RL_HVM]);
}

/* ---- the rig ------------------------------------------------------------------------------- */

#define TRACE "data/evidence/pairs/schedule-spin/xenalyze.txt"

/* Mean time of a state of a domain, in ms: the trace's counters run at 1 GHz. */
static double traced(int domain, const char *runstate)
{
	char line[256], head[32], want[32];
	FILE *f = fopen(TRACE, "r");
	bool here = false;
	double mean = 0;

	assert_non_null(f);
	snprintf(head, sizeof(head), "|-- Domain %d --|", domain);
	snprintf(want, sizeof(want), " %s: %%*d %%*fs %%lf", runstate);
	while (!mean && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "|--", 3) == 0)
			here = strncmp(line, head, strlen(head)) == 0;
		if (here)
			sscanf(line, want, &mean);
	}
	fclose(f);
	assert_true(mean > 0);
	return mean / 1e6;
}

/*
 * One core, a spinning backend, depth 1: how long the guest waits for the pCPU when it wakes, and
 * how long the spinner keeps it, in the mean. The trace has 347 wake-ups, a standard error of 3 %,
 * and its dom0 wakes in bursts; here dom0 is as busy, at random times. The priors of the
 * costs are those of that machine.
 */
static void a_waker_waits_behind_a_spinner(void **state)
{
	struct rl_rep_args a = {.s = &s, .seed = 1, .sched = sched_named("credit2")};
	const struct rl_vcpu *guest, *driver;
	enum rl_vstate was = RL_V_BLOCKED;
	rl_ps woke = 0, waited = 0;
	uint64_t wakes = 0;

	(void)state;
	rl_scenario_default(&s);
	s.machine.pcpus = 1;
	s.driver.pcpu = 0;
	s.costs.v[RL_PARAM_dom0_period_ns] = traced(0, "blocked") * 1e6;
	s.costs.v[RL_PARAM_dom0_run_ns] = traced(0, "running") * 1e6;
	snprintf(s.back_policy, sizeof(s.back_policy), "%s", policy(RL_POLL));
	assert_int_equal(rl_rep_start(w, &a, 0), 0);
	guest = &w->vcpu[RL_GUEST];
	driver = &w->vcpu[RL_DRIVER];
	while (w->now < 100 * RL_PS_PER_S) {
		assert_true(rl_world_step(w));
		if (was == RL_V_BLOCKED && guest->state != RL_V_BLOCKED)
			woke = w->now;
		if (woke && guest->state == RL_V_RUNNING) {
			waited += w->now - woke;
			wakes++;
			woke = 0;
		}
		was = guest->state;
	}
	rl_xen_settle(w);
	assert_true(fabs((double)waited / (double)wakes / 1e9 / traced(2, "wake") - 1) < 0.1);
	assert_true(fabs((double)driver->st.run_ps / (double)driver->st.turns / 1e9 /
				    traced(1, "running") -
			    1) < 0.05);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_neighbour_takes_its_share),
		cmocka_unit_test(a_neighbour_rests),
		cmocka_unit_test(the_other_socket_is_far),
		cmocka_unit_test(types_are_in_the_sum),
		cmocka_unit_test(a_waker_waits_behind_a_spinner),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
