/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a run says of itself: intervals that hold the truth, a precision that is kept, reads and
 * writes that make up the whole.
 */
#include "model/stat.h"
#include "sim/sim.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define SERVICE_NS 100e3
#define RUNS	   2000

static struct rl_scenario s;
static struct rl_sim_result r;

static double value(enum rl_metric m)
{
	return r.metrics.m[m].value;
}

static void run(const struct rl_sim_options *o)
{
	struct rl_err err = {0};

	if (rl_sim_run(&s, o, &r, &err))
		fail_msg("%s", err.what);
}

/* Nothing costs anything but an exponential server: its throughput is known. */
static void server(uint32_t depth)
{
	rl_scenario_default(&s);
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		s.costs.v[i] = rl_param_info[i].min;
	snprintf(s.disk.device, sizeof(s.disk.device), "random:mean=%.0fns", (double)SERVICE_NS);
	s.job.iodepth = depth;
}

static bool holds(enum rl_metric m, double truth)
{
	return r.metrics.m[m].lo <= truth && r.metrics.m[m].hi >= truth;
}

/*
 * A closed loop of eight around one exponential server: never idle, and every latency is the sum of
 * eight services, so successive ones are strongly correlated, and the first seven I/Os meet a
 * shorter queue. Percentiles are those of Erlang's distribution.
 */
#define DEPTH	   8
#define ERLANG_P50 7.669250
#define ERLANG_P99 15.999965

static void intervals_hold_the_truth(void **state)
{
	struct rl_sim_options o = {.requests = 1000};
	int rate = 0, mean = 0, median = 0, p99 = 0;

	(void)state;
	server(DEPTH);
	for (o.seed = 1; o.seed <= RUNS; o.seed++) {
		run(&o);
		rate += holds(RL_METRIC_iops, 1e9 / SERVICE_NS);
		mean += holds(RL_METRIC_clat_mean_ns, DEPTH * SERVICE_NS);
		median += holds(RL_METRIC_clat_p50_ns, ERLANG_P50 * SERVICE_NS);
		p99 += holds(RL_METRIC_clat_p99_ns, ERLANG_P99 * SERVICE_NS);
	}
	print_message(
		"of %d hold: rate %d, mean %d, median %d, p99 %d\n", RUNS, rate, mean, median, p99);
	/* 95 % but for four standard errors of a proportion */
	assert_in_range(rate, 0.931 * RUNS, 0.969 * RUNS);
	assert_in_range(mean, 0.931 * RUNS, 0.969 * RUNS);
	assert_in_range(median, 0.931 * RUNS, 0.969 * RUNS);
	assert_in_range(p99, 0.931 * RUNS, 0.969 * RUNS);
}

/* Stopping when content costs a little of it. */
static void intervals_of_a_precision(void **state)
{
	struct rl_sim_options o = {.requests = 300, .precision = 0.02};
	int rate = 0, mean = 0;

	(void)state;
	server(DEPTH);
	for (o.seed = 1; o.seed <= RUNS / 4; o.seed++) {
		run(&o);
		assert_true(r.precise);
		rate += holds(RL_METRIC_iops, 1e9 / SERVICE_NS);
		mean += holds(RL_METRIC_clat_mean_ns, DEPTH * SERVICE_NS);
	}
	print_message("of %d hold: rate %d, mean %d\n", RUNS / 4, rate, mean);
	assert_in_range(rate, 0.92 * RUNS / 4, 0.98 * RUNS / 4);
	assert_in_range(mean, 0.92 * RUNS / 4, 0.98 * RUNS / 4);
}

/* Depth 8: the first I/Os wait less; the warm-up is found, the same whatever the threads. */
static void precision(void **state)
{
	struct rl_sim_options o = {.requests = 500, .precision = 0.02, .seed = 4};
	struct rl_metrics one;
	double half;

	(void)state;
	server(8);
	run(&o);
	one = r.metrics;
	assert_true(r.precise && r.warm && r.reps > 10 && r.warmup >= 8);
	rl_sim_target(&o, &r.metrics, &half);
	assert_true(half <= 0.02);
	for (o.threads = 2; o.threads <= 8; o.threads *= 2) {
		run(&o);
		assert_memory_equal(&one, &r.metrics, sizeof(one));
	}
	/* the narrowest of many is not the one that counts */
	o.ntargets = 1;
	o.target[0] = RL_METRIC_clat_p99_ns;
	run(&o);
	assert_true(r.precise && rl_stat_half(&r.metrics.m[RL_METRIC_clat_p99_ns]) <= 0.02 &&
		    rl_sim_target(&o, &r.metrics, &half) == RL_METRIC_clat_p99_ns);
	/* giving up is said */
	o.precision = 0.0001;
	o.max_reps = 20;
	run(&o);
	assert_true(!r.precise && r.reps == 20);
	/* what is never known is never precise */
	o.target[0] = RL_METRIC_read_iops;
	run(&o);
	assert_true(!r.precise && r.reps == 20);
}

static void bad_options(void **state)
{
	struct rl_sim_options o = {.precision = NAN};
	struct rl_err err = {0};

	(void)state;
	server(1);
	assert_int_equal(rl_sim_run(&s, &o, &r, &err), -EINVAL);
	o = (struct rl_sim_options){.reps = RL_SIM_MAX_REPS + 1};
	assert_int_equal(rl_sim_run(&s, &o, &r, NULL), -EINVAL);
	o = (struct rl_sim_options){.precision = 0.1, .max_reps = RL_SIM_MAX_REPS + 1};
	assert_int_equal(rl_sim_run(&s, &o, &r, NULL), -EINVAL);
}

/* The two make up the whole, three to one; alone, neither is told apart. */
static void reads_and_writes(void **state)
{
	struct rl_sim_options o = {.requests = 2000};

	(void)state;
	rl_scenario_default(&s);
	s.job.rw = RL_RW_RANDRW;
	s.job.rwmixread = 75;
	s.job.iodepth = 4;
	run(&o);
	assert_true(fabs(value(RL_METRIC_read_iops) + value(RL_METRIC_write_iops) -
			    value(RL_METRIC_iops)) < 1e-9 * value(RL_METRIC_iops));
	assert_true(fabs(value(RL_METRIC_read_iops) / value(RL_METRIC_iops) - 0.75) < 0.02);
	assert_true(value(RL_METRIC_read_bw_bytes_per_s) == 4096 * value(RL_METRIC_read_iops));
	/* a write's copy is made before it is submitted, a read's after */
	assert_true(value(RL_METRIC_write_slat_mean_ns) > value(RL_METRIC_read_slat_mean_ns));
	assert_false(isnan(value(RL_METRIC_write_clat_p99_9_ns)));
	assert_true(isnan(value(RL_METRIC_read_clat_p99_99_ns)));
	for (enum rl_rw rw = RL_RW_RANDREAD; rw <= RL_RW_RANDWRITE; rw++) {
		s.job.rw = rw;
		run(&o);
		for (int i = 0; i < 20; i++)
			assert_true(isnan(value(RL_METRIC_read_iops + i)));
	}
}

static void tail_needs_samples(void **state)
{
	struct rl_sim_options o = {.reps = 4, .requests = 20000};

	(void)state;
	server(1);
	run(&o);
	assert_true(r.requests < 100000 && isnan(value(RL_METRIC_clat_p99_99_ns)));
	o.requests = 28000;
	run(&o);
	assert_true(r.requests >= 100000);
	assert_true(fabs(value(RL_METRIC_clat_p99_99_ns) / (SERVICE_NS * 9.21) - 1) < 0.2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_hold_the_truth),
		cmocka_unit_test(intervals_of_a_precision),
		cmocka_unit_test(precision),
		cmocka_unit_test(bad_options),
		cmocka_unit_test(reads_and_writes),
		cmocka_unit_test(tail_needs_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
