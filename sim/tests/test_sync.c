/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fsync, fdatasync and end_fsync: when a flush is sent, who waits for it, and what it takes. */
#include "sim/tests/load_fixture.h"

static struct rl_rep rep;

/* Draining 4 KiB takes 97656.25 ns; a write and a flush take 20 us beside it. */
#define CACHED	 "ssd:cache=1m,drain=40m/s,write=20us"
#define DRAIN_NS (4096 / (40 * 1048576.0) * 1e9)
#define WRITE_NS 20e3

static void disk(const char *device)
{
	free_of_charge(0);
	snprintf(s.disk.device, sizeof(s.disk.device), "%s", device);
}

/*
 * One at a time: a write takes 20 us and leaves its bytes in the cache. The flush that follows
 * waits until they are drained, counted from when the write came, and takes 20 us. All else is
 * free.
 */
static void a_flush_drains_the_cache(void **state)
{
	(void)state;
	disk(CACHED);
	job_file("[j]\nrw=randwrite\nsize=1g\nfsync=1\n");
	run(&rep);
	assert_float_equal(rep.m[RL_METRIC_sync_lat_mean_ns], DRAIN_NS, 0.01);
	assert_float_equal(rep.m[RL_METRIC_clat_mean_ns], WRITE_NS, 0.01);
	assert_float_equal(rep.m[RL_METRIC_iops] * (DRAIN_NS + WRITE_NS) / 1e9, 1, 1e-6);
	assert_float_equal(rep.m[RL_METRIC_sync_iops] / rep.m[RL_METRIC_iops], 1, 1e-3);
}

/* What four writes left drains together: so does one flush for four. */
static void a_flush_of_several_writes(void **state)
{
	(void)state;
	disk(CACHED);
	job_file("[j]\nrw=write\nsize=1g\nfdatasync=4\n");
	run(&rep);
	assert_float_equal(rep.m[RL_METRIC_sync_lat_mean_ns], 4 * DRAIN_NS - 3 * WRITE_NS, 0.01);
	assert_float_equal(rep.m[RL_METRIC_sync_iops] / rep.m[RL_METRIC_iops], 0.25, 1e-3);
}

/* A disk that has no cache is sent none, as blkback offers none there. */
static void a_disk_without_a_cache_is_not_asked(void **state)
{
	static const char *const devices[] = {"null", "fixed:time=20us", "ssd:write=20us"};

	(void)state;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		disk(devices[i]);
		job_file("[j]\nrw=randwrite\nsize=4m\nstartdelay=1ms\nfsync=2\n");
		run(&rep);
		assert_float_equal(rep.m[RL_METRIC_sync_lat_mean_ns], 0, 0);
		assert_int_equal(w->tally.syncs, 511);
		assert_int_equal(w->blk[0].requests, 1024);
	}
}

/* Of jobs that end: a flush after every N-th write that others follow, and one at the end. */
static void as_many_as_the_job_says(void **state)
{
	static const struct {
		const char *job;
		unsigned syncs, ios;
	} jobs[] = {
		{"rw=write\nfsync=8\n", 127, 1024},
		{"rw=write\nfdatasync=8\n", 127, 1024},
		{"rw=write\nend_fsync=1\n", 1, 1024},
		{"rw=write\nfsync=8\nend_fsync=1\n", 128, 1024},
		{"rw=write\nfsync=3\nfdatasync=4\n", 511, 1024},
		{"rw=randread\nfsync=1\nend_fsync=1\n", 0, 1024},
		{"rw=write\nfsync=1\niodepth=16\n", 1023, 1024},
		{"rw=write\nfsync=3\niodepth=16\niodepth_batch=8\n", 341, 1024},
		{"rw=write\nfsync=8\nnumjobs=3\n", 3 * 127, 3 * 1024},
		{"rw=write\nfsync=8\nthinktime=1us\n", 127, 1024},
		{"rw=write\nfsync=8\nrate_iops=1000\n", 127, 1024},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		char text[256];

		disk(CACHED);
		snprintf(text, sizeof(text), "[j]\nsize=4m\nstartdelay=1ms\n%s", jobs[i].job);
		job_file(text);
		run(&rep);
		if (w->tally.syncs != jobs[i].syncs || all_done(0) != jobs[i].ios ||
			w->blk[0].requests != jobs[i].syncs + jobs[i].ios)
			fail_msg("%s: %llu calls, %llu requests, %llu I/Os (expected %u, %u)",
				jobs[i].job, (unsigned long long)w->tally.syncs,
				(unsigned long long)w->blk[0].requests,
				(unsigned long long)all_done(0), jobs[i].syncs, jobs[i].ios);
	}
}

/* Reads between writes bring no second one. */
static void a_mix_counts_its_writes(void **state)
{
	(void)state;
	disk(CACHED);
	job_file("[j]\nrw=randrw\nrwmixread=80\nsize=40m\nstartdelay=1ms\nfsync=4\n");
	run(&rep);
	assert_true(done(0, RL_DIR_WRITE) > 1800);
	assert_int_equal(w->tally.syncs, done(0, RL_DIR_WRITE) / 4);
}

/* fio waits in fsync for the flush alone: reads of its own that are in flight go on. */
static void what_is_in_flight_goes_on(void **state)
{
	(void)state;
	disk("ssd:cache=1m,drain=40m/s,write=1us,read=1s,channels=64");
	job_file("[j]\nrw=randrw\nrwmixread=50\nsize=1g\niodepth=16\nfsync=1\n");
	start();
	while (w->tally.syncs < 3)
		assert_true(rl_world_step(w));
	assert_true(w->jobs[0].fio[0].in_flight > 0); /* reads that take a second */
	assert_true(w->now < RL_PS_PER_S);
}

/* A second clone issues while the first waits for its flush. */
static void clones_do_not_wait_for_each_other(void **state)
{
	double one, two;

	(void)state;
	disk("ssd:cache=1m,drain=1m/s,write=20us");
	s.costs.v[RL_PARAM_fio_ns] = 1000;
	job_file("[a]\nrw=randwrite\nsize=4m\nruntime=1s\ntime_based\nstartdelay=1ms\nfsync=1\n");
	run(&rep);
	one = rep.m[RL_METRIC_iops];
	disk("ssd:cache=1m,drain=1m/s,write=20us");
	s.costs.v[RL_PARAM_fio_ns] = 1000;
	job_file("[a]\nrw=randwrite\nsize=4m\nruntime=1s\ntime_based\nfsync=1\n"
		 "[b]\nrw=randread\nsize=4m\nruntime=1s\ntime_based\n");
	run(&rep);
	two = (double)all_done(1);
	assert_true(one < 260 && two > 10000); /* reads take 80 us */
}

/* A flush is a request like others: it takes a slot, a notification and the parties' time. */
static void a_flush_costs_its_way(void **state)
{
	double free_ns, dear_ns;

	(void)state;
	disk(CACHED);
	job_file("[j]\nrw=randwrite\nsize=1g\nfsync=1\n");
	run(&rep);
	free_ns = rep.m[RL_METRIC_sync_lat_mean_ns];
	disk("ssd:cache=1m,drain=1024g/s,write=20us");
	job_file("[j]\nrw=randwrite\nsize=1g\nfsync=1\n");
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		s.costs.v[i] = 0;
	s.costs.v[RL_PARAM_poll_ns] = 1;
	s.costs.v[RL_PARAM_submit_ns] = 1000;
	s.costs.v[RL_PARAM_front_request_ns] = 200;
	s.costs.v[RL_PARAM_back_request_ns] = 30;
	s.costs.v[RL_PARAM_front_response_ns] = 4;
	s.costs.v[RL_PARAM_back_segment_ns] = 1e6; /* it has no segment */
	run(&rep);
	dear_ns = rep.m[RL_METRIC_sync_lat_mean_ns];
	assert_float_equal(dear_ns - WRITE_NS, 1234, 1);
	assert_true(free_ns > dear_ns);
}

static void no_flush_where_the_model_has_none(void **state)
{
	static const char *const bad[] = {
		"[j]\nrw=write\nsize=1m\nfsync=1\nrate_iops=10\nio_submit_mode=offload\n",
		"[j]\nrw=write\nsize=1m\nend_fsync=1\nrate_iops=10\nio_submit_mode=offload\n",
		"[j]\nrw=write\nsize=1m\nfsync=-1\n",
		"[j]\nrw=write\nsize=1m\nfdatasync=NaN\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rl_err err = {0};

		assert_int_not_equal(rl_fio_jobs_parse(bad[i], strlen(bad[i]), "x", s.jobs, RL_JOBS,
					     &s.njobs, NULL, NULL, &err),
			0);
		assert_non_null(strstr(err.what, "sync"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flush_drains_the_cache),
		cmocka_unit_test(a_flush_of_several_writes),
		cmocka_unit_test(a_disk_without_a_cache_is_not_asked),
		cmocka_unit_test(as_many_as_the_job_says),
		cmocka_unit_test(a_mix_counts_its_writes),
		cmocka_unit_test(what_is_in_flight_goes_on),
		cmocka_unit_test(clones_do_not_wait_for_each_other),
		cmocka_unit_test(a_flush_costs_its_way),
		cmocka_unit_test(no_flush_where_the_model_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
