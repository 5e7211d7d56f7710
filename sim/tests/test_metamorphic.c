/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must follow when a scenario is changed in a known way. All times doubled and all rates
 * halved is the same run at half the speed: times double, rates halve, whatever is counted or a
 * share stays. A cost that is forgotten, taken twice or measured in another unit breaks that. The
 * machine has a pCPU for each vCPU and no slices: Xen's own constants, which nobody can double, do
 * not act.
 */
#include "sim/sim.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/policy.h"
#include "sim/xen/xen.h"

#define EXACT  0.0
#define DRAWN  1e-5 /* drawn times are rounded to picoseconds before the doubling, or after it */
#define TICKED 1e-3 /* policies count whole nanoseconds */
#define SLICED 2e-3 /* a slice that ends delivers what an IPI is still under way for */

static struct rl_scenario once, twice;
static struct rl_sim_result a, b;

/* Nothing is drawn; times are whole nanoseconds, which is what policies compute in. */
static void certain(void)
{
	rl_scenario_default(&once);
	snprintf(once.machine.scheduler, sizeof(once.machine.scheduler), "null");
	once.guest.pcpu = 0;
	once.driver.pcpu = 1;
	once.costs.v[RL_PARAM_tick_period_ns] = 0;
	once.costs.v[RL_PARAM_dom0_period_ns] = 0;
	once.costs.v[RL_PARAM_copy_ns_per_byte] = 0.25;
}

static bool is_time(const char *unit)
{
	return strcmp(unit, "ns") == 0 || strcmp(unit, "ns/B") == 0;
}

static bool is_rate(const char *unit)
{
	return strcmp(unit, "1/s") == 0 || strcmp(unit, "B/s") == 0;
}

static void double_job(struct rl_job *j)
{
	j->runtime_ns *= 2;
	j->ramp_ns *= 2;
	j->thinktime_ns *= 2;
	j->thinktime_spin_ns *= 2;
	j->thinktime_iotime_ns *= 2;
	j->startdelay_ns *= 2;
	for (int d = 0; d < RL_DIRS; d++) {
		j->rate_iops[d] /= 2;
		j->rate_bytes_per_s[d] /= 2;
	}
}

/* A policy with every option that is a time doubled, said in full. */
static void double_policy(char *spec)
{
	struct rl_policy_inst inst;
	int n;

	assert_int_equal(rl_policy_select(&inst, spec, NULL), 0);
	n = snprintf(spec, RL_SPEC_BYTES, "%s", inst.ops->name);
	for (rl_u32 i = 0; i < inst.ops->nopts; i++) {
		const struct rl_policy_opt *o = &inst.ops->opts[i];

		n += snprintf(spec + n, (size_t)(RL_SPEC_BYTES - n), "%c%s=%llu%s", i ? ',' : ':',
			o->name, (unsigned long long)inst.opts[i] * (o->unit[0] ? 2 : 1), o->unit);
		assert_true(n < RL_SPEC_BYTES);
	}
}

/* @device: the disk that is twice as slow; null: it has no times of its own. */
static void double_times(const char *device)
{
	twice = once;
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		if (is_time(rl_param_info[i].unit))
			twice.costs.v[i] *= 2;
	twice.load.busy_ns *= 2;
	twice.load.idle_ns *= 2;
	for (uint32_t i = 0; i < twice.njobs; i++)
		double_job(&twice.jobs[i]);
	double_policy(twice.front_policy);
	double_policy(twice.back_policy);
	if (device)
		snprintf(twice.disk.device, sizeof(twice.disk.device), "%s", device);
}

static void same(double x, double y, double factor, double slack, const char *what)
{
	if (isnan(x) && isnan(y))
		return;
	if (!(fabs(y - x * factor) <= slack))
		fail_msg("%s: %.17g, then %.17g (expected %.17g): %s x %s, %s, depth %u, %s", what,
			x, y, x * factor, once.front_policy, once.back_policy, once.disk.device,
			once.job.iodepth, once.machine.scheduler);
}

/* @within: of the value. The ends of an interval over two replications move 13 times as far. */
static void estimates(const struct rl_estimate *x, const struct rl_estimate *y, double factor,
	double within, const char *what)
{
	double slack = within * fabs(x->value) * factor;

	same(x->value, y->value, factor, slack, what);
	same(x->lo, y->lo, factor, 20 * slack, what);
	same(x->hi, y->hi, factor, 20 * slack, what);
}

static void compare(double within)
{
	for (int i = 0; i < RL_METRIC_COUNT; i++) {
		const char *unit = rl_metric_info[i].unit;

		estimates(&a.metrics.m[i], &b.metrics.m[i],
			is_time(unit)	? 2
			: is_rate(unit) ? 0.5
					: 1,
			within, rl_metric_info[i].name);
	}
	assert_int_equal(a.requests, b.requests);
	assert_int_equal(a.ncells, b.ncells);
	for (uint32_t i = 0; i < a.ncells; i++)
		estimates(&a.cell[i].cores, &b.cell[i].cores, 1, within + 1e-12, a.cell[i].purpose);
	assert_int_equal(a.nlimits, b.nlimits);
	for (uint32_t i = 0; i < a.nlimits; i++)
		same(a.limit[i].busy_frac, b.limit[i].busy_frac, 1, within + 1e-12,
			a.limit[i].what);
}

static void run(const struct rl_scenario *s, struct rl_sim_result *r)
{
	const struct rl_sim_options o = {.reps = 2, .requests = 1500, .seed = 3};
	struct rl_err err = {0};

	if (rl_sim_run(s, &o, r, &err))
		fail_msg("%s: %s x %s, %s", err.what, s->front_policy, s->back_policy,
			s->disk.device);
}

static void doubles(const char *device, double within)
{
	double_times(device);
	run(&once, &a);
	run(&twice, &b);
	compare(within);
}

/* Each policy of the backend, at depths at which it waits long, shortly, and hardly at all. */
static void each_policy_doubles(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it)
		for (uint32_t depth = 1; depth <= 16; depth *= 4) {
			certain();
			once.job.iodepth = depth;
			snprintf(once.back_policy, RL_SPEC_BYTES, "%s", (*it)->name);
			snprintf(once.disk.device, sizeof(once.disk.device),
				"fixed:time=24us,servers=2");
			doubles("fixed:time=48us,servers=2", EXACT);
		}
}

/* The same of the frontend. It shares its vCPU with the job, and a kernel that polls needs ticks to
 * let the job run: they begin at drawn times. */
static void each_policy_in_front_doubles(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it)
		for (uint32_t depth = 1; depth <= 16; depth *= 4) {
			certain();
			once.costs.v[RL_PARAM_tick_period_ns] = 1e6;
			once.job.iodepth = depth;
			snprintf(once.front_policy, RL_SPEC_BYTES, "%s", (*it)->name);
			doubles(NULL, TICKED);
		}
}

/* Each device: what it takes a time for, and its rates; of a disk, turns a minute. */
static void each_device_doubles(void **state)
{
	static const char *const pair[][2] = {
		{"null", "null"},
		{"fixed:time=20us,servers=2,coalesce=4,coalesce_time=100us",
			"fixed:time=40us,servers=2,coalesce=4,coalesce_time=200us"},
		{"ssd:channels=2,read=80us,write=20us,cache=64k,drain=50000000/s,"
		 "bandwidth=250000000/s",
			"ssd:channels=2,read=160us,write=40us,cache=64k,drain=25000000/s,"
			"bandwidth=125000000/s"},
		{"disk:rpm=6000,seek_min=1ms,seek_max=1ms,rate=51200000/s,size=1g,order=nearest",
			"disk:rpm=3000,seek_min=2ms,seek_max=2ms,rate=25600000/s,size=1g,"
			"order=nearest"},
	};

	(void)state;
	for (size_t i = 0; i < RL_ARRAY_LEN(pair); i++)
		for (int rw = 0; rw < 3; rw++) {
			certain();
			once.job.iodepth = 8;
			once.job.rw = rw == 0	? RL_RW_RANDREAD
				      : rw == 1 ? RL_RW_RANDWRITE
						: RL_RW_RANDRW;
			once.job.rwmixread = 60;
			once.costs.v[RL_PARAM_device_ns] = i == 0 ? 30e3 : 0;
			snprintf(once.disk.device, sizeof(once.disk.device), "%s", pair[i][0]);
			doubles(pair[i][1], EXACT);
		}
}

/* Ways to issue: in batches, at a rate, after thinking, whatever is in flight. */
static void each_workload_doubles(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		struct rl_job *j = &once.job;

		certain();
		once.disk.grants = (enum rl_grants)(i % RL_GRANTS_COUNT);
		j->iodepth = 8;
		j->rw = i & 1 ? RL_RW_WRITE : RL_RW_READ;
		j->bs_bytes = i & 2 ? 65536 : 4096;
		if (i & 4)
			j->batch = j->complete_min = 4;
		if (i == 2 || i == 5)
			j->rate_iops[j->rw == RL_RW_WRITE] = 2000;
		if (i == 5)
			j->offload = true;
		if (i == 3 || i == 6) {
			j->thinktime_ns = 300000;
			j->thinktime_spin_ns = i == 3 ? 100000 : 0;
			j->thinktime_blocks = 3;
		}
		if (i == 7)
			j->rate_bytes_per_s[RL_DIR_WRITE] = 64000000;
		doubles(NULL, EXACT);
	}
}

/* Domains of other types, more rings and pages, each scheduler: all costs that domains differ in.
 */
static void each_machine_doubles(void **state)
{
	(void)state;
	for (const struct rl_sched *const *it = rl_scheds; *it; it++)
		for (int type = 0; type < RL_DOMAIN_TYPES; type++) {
			certain();
			snprintf(once.machine.scheduler, sizeof(once.machine.scheduler), "%s",
				(*it)->name);
			once.machine.pcpus = 8;
			once.machine.sockets = 2;
			once.machine.cores = type == 1 ? 2 : 4;
			once.machine.threads = type == 1 ? 2 : 1;
			once.guest.type = once.driver.type = (enum rl_domain_type)type;
			once.guest.vcpus = once.guest.pcpus = 2;
			once.driver.vcpus = once.driver.pcpus = 2;
			once.driver.pcpu = type == 2 ? 4 : 2;
			once.disk.queues = 2;
			once.disk.ring_pages = 4;
			once.disk.grants = (enum rl_grants)((type + 1) % RL_GRANTS_COUNT);
			once.job.numjobs = 2;
			once.job.iodepth = 16;
			doubles(NULL, strcmp((*it)->name, "null") ? SLICED : EXACT);
		}
}

/* With all that is drawn: ticks, dom0, a neighbour, arrivals, service, the spread of steps. */
static void a_random_run_doubles_to_its_rounding(void **state)
{
	static const char *const pair[][2] = {{"random:mean=60us", "random:mean=120us"},
		{"random:dist=gamma,cv=0.5,mean=60us", "random:dist=gamma,cv=0.5,mean=120us"}};

	(void)state;
	for (size_t i = 0; i < RL_ARRAY_LEN(pair); i++) {
		rl_scenario_default(&once);
		snprintf(once.machine.scheduler, sizeof(once.machine.scheduler), "null");
		once.machine.pcpus = 4;
		once.guest.pcpu = 0;
		once.driver.pcpu = 1;
		once.load.vcpus = 1;
		once.load.pcpu = 2;
		once.load.busy_ns = 3000000;
		once.load.idle_ns = 5000000;
		once.costs.v[RL_PARAM_jitter_frac] = i ? 0.2 : 0;
		once.costs.v[RL_PARAM_poll_drag_frac] = i ? 0.3 : 0;
		once.costs.v[RL_PARAM_tick_period_ns] = 1e6;
		/* One that wakes a vCPU may meet what comes by a picosecond. */
		once.costs.v[RL_PARAM_idle_ticks] = 0;
		once.costs.v[RL_PARAM_dom0_period_ns] = i ? 20e6 : 0;
		once.job.iodepth = 16;
		once.job.offload = true;
		once.job.poisson = true;
		once.job.rate_iops[RL_DIR_READ] = 4000;
		snprintf(once.disk.device, sizeof(once.disk.device), "%s", pair[i][0]);
		doubles(pair[i][1], DRAWN);
	}
}

/* Doubling sees what is left out: if one time stays as it was, it must show. */
static void a_time_that_is_left_out_shows(void **state)
{
	double iops;

	(void)state;
	for (int i = 0; i < RL_PARAM_COUNT; i++) {
		if (i != RL_PARAM_fio_ns && i != RL_PARAM_back_request_ns &&
			i != RL_PARAM_evtchn_send_ns && i != RL_PARAM_copy_ns_per_byte)
			continue;
		certain();
		double_times(NULL);
		twice.costs.v[i] = once.costs.v[i];
		run(&once, &a);
		run(&twice, &b);
		iops = a.metrics.m[RL_METRIC_iops].value;
		assert_true(b.metrics.m[RL_METRIC_iops].value > 1.001 * iops / 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_policy_doubles),
		cmocka_unit_test(each_policy_in_front_doubles),
		cmocka_unit_test(each_device_doubles),
		cmocka_unit_test(each_workload_doubles),
		cmocka_unit_test(each_machine_doubles),
		cmocka_unit_test(a_random_run_doubles_to_its_rounding),
		cmocka_unit_test(a_time_that_is_left_out_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
