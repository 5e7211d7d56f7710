/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several jobs, each told apart: its own time, its own figures, and nothing lost between them. */
#include "sim/sim.h"
#include "sim/tests/load_fixture.h"

static struct rl_sim_result r;

static void simulate(const char *job, uint32_t guests, uint32_t threads)
{
	struct rl_sim_options o = {.reps = 4, .threads = threads};
	struct rl_err err = {0};

	job_file(job);
	s.guest.count = guests;
	if (rl_sim_run(&s, &o, &r, &err))
		fail_msg("%s: %s", job, err.what);
}

static void device(const char *spec)
{
	free_of_charge(0);
	snprintf(s.disk.device, sizeof(s.disk.device), "%s", spec);
}

static double value(uint32_t job, int metric)
{
	return r.section[job].metrics.m[metric].value;
}

/* A server that takes 100 us: alone a job gets all of it, for as long as it lasts. */
static void one_after_the_other(void **state)
{
	(void)state;
	device("fixed:time=100us");
	simulate("[a]\nrw=randread\nsize=4m\n[b]\nstonewall\nrw=randwrite\nbs=8k\niodepth=4\nsize="
		 "8m\n",
		1, 1);
	assert_int_equal(r.nsections, 2);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(r.section[i].requests, 4 * 1024);
		assert_float_equal(value(i, RL_METRIC_iops), 10000, 1e-6);
		assert_float_equal(r.section[i].runtime_ns.value, 1024 * 100e3, 1);
		assert_true(isnan(value(i, RL_METRIC_read_iops)));
	}
	assert_float_equal(value(0, RL_METRIC_clat_mean_ns), 100e3, 1e-6);
	/* Four wait for one server; the first three came to a queue that was shorter. */
	assert_float_equal(value(1, RL_METRIC_clat_mean_ns), (1021 * 400e3 + 600e3) / 1024, 1e-3);
	assert_float_equal(value(1, RL_METRIC_bw_bytes_per_s), 8192 * 10000.0, 1e-3);
	assert_float_equal(value(0, RL_METRIC_clat_p99_ns), 100e3, 100e3 / 64);
	assert_float_equal(value(1, RL_METRIC_clat_p99_ns), 400e3, 400e3 / 64);
	/* The whole is over both. */
	assert_float_equal(r.metrics.m[RL_METRIC_iops].value, 10000, 1e-6);
}

/* Side by side, each until its own end: what is over does not go on to count. */
static void side_by_side(void **state)
{
	(void)state;
	device("fixed:time=100us,servers=2");
	simulate("[short]\nrw=randread\nsize=4m\n[long]\nrw=randread\nsize=16m\n", 1, 1);
	assert_float_equal(value(0, RL_METRIC_iops), 10000, 1e-6);
	assert_float_equal(value(1, RL_METRIC_iops), 10000, 1e-6);
	assert_float_equal(r.section[1].runtime_ns.value, 4 * r.section[0].runtime_ns.value, 1);
	assert_float_equal(r.metrics.m[RL_METRIC_iops].value, 12500, 1e-6);
}

static void reads_and_syncs_of_one_are_not_the_other_s(void **state)
{
	(void)state;
	device("ssd:cache=1m,drain=40m/s,write=20us");
	simulate("[mix]\nrw=randrw\nsize=4m\n[log]\nrw=write\nsize=1m\nfsync=4\n", 1, 1);
	assert_true(value(0, RL_METRIC_read_iops) > 0 && value(0, RL_METRIC_write_iops) > 0);
	assert_true(isnan(value(0, RL_METRIC_sync_iops)));
	assert_true(isnan(value(1, RL_METRIC_read_iops)));
	assert_float_equal(
		value(1, RL_METRIC_sync_iops) / value(1, RL_METRIC_iops), 63 / 256.0, 1e-9);
}

/* What the sections counted and left out is what the run counted, whatever starts when. */
static void nothing_is_lost(void **state)
{
	static const char *const jobs[] = {
		"[a]\nrw=randread\nsize=4m\n[b]\nrw=randwrite\nsize=4m\n",
		"[a]\nrw=randread\nsize=4m\nnumjobs=3\n[b]\nstonewall\nrw=randrw\nsize=1m\n",
		"[a]\nrw=randread\nsize=4m\nramp_time=10ms\n[b]\nrw=write\nsize=4m\nramp_time="
		"50ms\n",
		"[a]\nrw=randread\nsize=1m\nramp_time=500ms\n[b]\nstonewall\nrw=write\nsize=8m\n",
		"[a]\nrw=read\nsize=4m\nramp_time=5ms\n[b]\nrw=read\nsize=4m\nstartdelay=20ms\n"
		"ramp_time=20ms\n[c]\nstonewall\nrw=write\nsize=1m\nramp_time=1ms\nfsync=2\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		for (uint32_t guests = 1; guests <= 2; guests++) {
			uint64_t sum = 0;

			device("random:mean=100us,servers=4");
			simulate(jobs[i], guests, 1);
			for (uint32_t k = 0; k < r.nsections; k++)
				sum += r.section[k].requests + r.section[k].left_out;
			if (sum != r.requests)
				fail_msg("%s: %llu of %llu", jobs[i], (unsigned long long)sum,
					(unsigned long long)r.requests);
		}
}

/* I/Os of its own ramp are not in a job's figures. */
static void a_ramp_is_left_out(void **state)
{
	(void)state;
	device("fixed:time=100us,servers=2");
	simulate("[a]\nrw=randread\nsize=4m\n[b]\nrw=randread\nsize=4m\nramp_time=50ms\n", 1, 1);
	assert_int_equal(r.section[0].left_out, 0);
	assert_int_equal(r.section[1].left_out / r.reps, 499); /* the 500th ends with the ramp */
	assert_float_equal(r.section[1].runtime_ns.value, 52.4e6, 1);
}

static void threads_change_nothing(void **state)
{
	static struct rl_sim_result one;
	const char *job = "[a]\nrw=randrw\nsize=4m\n[b]\nstonewall\nrw=randread\nsize=4m\n";

	(void)state;
	device("random:mean=100us");
	simulate(job, 2, 1);
	one = r;
	simulate(job, 2, 2);
	assert_memory_equal(one.section, r.section, sizeof(r.section));
}

static void one_job_has_none(void **state)
{
	(void)state;
	device("fixed:time=100us");
	simulate("[a]\nrw=randread\nsize=4m\n", 1, 1);
	assert_int_equal(r.nsections, 0);
	simulate("[a]\nrw=randread\nsize=4m\nstartdelay=1ms\n", 1, 1);
	assert_int_equal(r.nsections, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(side_by_side),
		cmocka_unit_test(reads_and_syncs_of_one_are_not_the_other_s),
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(a_ramp_is_left_out),
		cmocka_unit_test(threads_change_nothing),
		cmocka_unit_test(one_job_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
