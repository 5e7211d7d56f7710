/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several jobs and clones, pauses, ends, batches and replay. */
#include "sim/tests/load_fixture.h"

#include "data/format/iolog.h"

static struct rl_rep rep;

static void about(double x, double expected, double relative)
{
	if (!(fabs(x / expected - 1) <= relative))
		fail_msg("%.9g (expected %.9g)", x, expected);
}

static void ends_by_size(void **state)
{
	(void)state;
	free_of_charge(10e3);
	job_file("[global]\nrw=randrw\niodepth=4\n[a]\nsize=1m\n[b]\nsize=1m\nio_size=3m\n");
	run(&rep);
	assert_int_equal(all_done(0), 256);
	assert_int_equal(all_done(1), 768);
	assert_int_equal(w->blk[0].requests, 1024);
	assert_int_equal(w->blk[0].responses, 1024);
}

static void ends_by_time(void **state)
{
	(void)state;
	free_of_charge(100e3);
	job_file("[global]\nrw=randread\nsize=4k\ntime_based\n"
		 "[a]\nruntime=1\n[b]\nruntime=500ms\nramp_time=250ms\n");
	run(&rep);
	assert_int_equal(done(0, RL_DIR_READ), 10000);
	/* A ramp comes before the runtime. */
	assert_int_equal(done(1, RL_DIR_READ), 7500);
}

/* b starts when a has ended, c together with it; the requests show whose turn it is. */
static void stonewall_keeps_the_order(void **state)
{
	uint32_t turn = 0, seen[3] = {0};
	const struct rl_tag *t;

	(void)state;
	free_of_charge(10e3);
	job_file("[global]\nsize=256k\niodepth=2\n[a]\n[b]\nstonewall\n[c]\n");
	start();
	while ((t = next_request()) != NULL) {
		uint32_t job = t->fio->section;

		if (job > 0)
			turn = 1;
		assert_true(turn ? job > 0 : job == 0);
		if (turn)
			assert_true(w->jobs[0].fio[0].over);
		seen[job]++;
	}
	assert_true(seen[0] == 64 && seen[1] == 64 && seen[2] == 64);
	assert_true(rl_jobs_over(w));
}

static void startdelay_delays(void **state)
{
	const struct rl_tag *t;

	(void)state;
	free_of_charge(10e3);
	job_file("[global]\nsize=64k\n[a]\n[b]\nstartdelay=2\n");
	start();
	while ((t = next_request()) != NULL)
		assert_true((published(t) >= 2 * RL_PS_PER_S) == (t->fio->section == 1));
	assert_int_equal(w->blk[0].requests, 32);
}

/* Clones do not share a depth: four of one each have four in flight. */
static void clones_run_side_by_side(void **state)
{
	(void)state;
	free_of_charge(1e6);
	job_file("[j]\nrw=randread\nsize=1g\nnumjobs=4\noffset_increment=1g\n");
	run(&rep);
	about(rep.m[RL_METRIC_iops], 4000, 1e-3);
	for (int i = 0; i < 4; i++) {
		assert_true(w->jobs[0].fio[i].ios_done[RL_DIR_READ] > 5000);
		assert_true(w->jobs[0].fio[i].io[0].sector / (1u << 21) == (uint64_t)i);
	}
	/* They have one CPU together: what switching between them costs is felt. */
	s.costs.v[RL_PARAM_fio_ns] = 400e3;
	run(&rep);
	about(rep.m[RL_METRIC_iops], 2500, 2e-2);
	s.costs.v[RL_PARAM_thread_switch_ns] = 100e3;
	run(&rep);
	assert_true(rep.m[RL_METRIC_iops] < 2200);
}

static void thinking_takes_its_time(void **state)
{
	static const struct {
		const char *options;
		double iops, cpu;
	} cases[] = {
		{"thinktime=400", 2000, 0},
		{"thinktime=400\nthinktime_blocks=4", 5000, 0},
		{"thinktime=400\nthinktime_spin=100", 2000, 0.2},
		/* A burst of a millisecond, then a pause of one. */
		{"thinktime=1ms\nthinktime_iotime=1ms", 5000, 0},
		{"thinktime=400\nthinktime_blocks=8\nthinktime_blocks_type=issue\niodepth=8", 16000,
			0},
		/* Eight completed when seven more were issued, which are waited for. */
		{"thinktime=400\nthinktime_blocks=8\niodepth=8", 25000, 0},
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		free_of_charge(100e3);
		snprintf(text, sizeof(text), "[j]\nrw=randread\nsize=1g\n%s\n", cases[i].options);
		job_file(text);
		run(&rep);
		about(rep.m[RL_METRIC_iops], cases[i].iops, 2e-3);
		assert_true(fabs(rep.m[RL_METRIC_front_cpu_frac] - cases[i].cpu) < 2e-3);
		assert_true(rep.m[RL_METRIC_clat_mean_ns] == 100e3);
	}
}

/* fio knows what a sleep takes and polls the clock for the rest: it is not late, but it pays. */
static void sleeping_costs_but_comes_in_time(void **state)
{
	(void)state;
	rl_scenario_default(&s);
	s.costs.v[RL_PARAM_dom0_period_ns] = s.costs.v[RL_PARAM_tick_period_ns] = 0;
	job_file("[j]\nrw=randread\nsize=1g\nrate_iops=200\n");
	run(&rep);
	about(rep.m[RL_METRIC_iops], 200, 1e-3);
	/* At least the shortest sleep, at most a tenth of the time. */
	assert_true(rep.m[RL_METRIC_front_cpu_frac] > 200 * 100e-6);
	assert_true(rep.m[RL_METRIC_front_cpu_frac] < 0.15);
	assert_true(rep.m[RL_METRIC_front_spin_frac] == 0);
}

/* fio's other threads wake as often as they should, and cost what they do and the way there. */
static void watching_costs(void **state)
{
	double idle;

	(void)state;
	for (int helper = 0; helper < 2; helper++) {
		rl_scenario_default(&s);
		s.costs.v[RL_PARAM_dom0_period_ns] = s.costs.v[RL_PARAM_tick_period_ns] = 0;
		s.costs.v[RL_PARAM_device_ns] = 5e6; /* the guest sleeps in between */
		job_file("[j]\nrw=randread\nsize=1g\n");
		run(&rep);
		idle = rep.m[RL_METRIC_front_cpu_frac];
		s.costs.v[helper ? RL_PARAM_fio_util_period_ns : RL_PARAM_fio_period_ns] = 10e6;
		s.costs.v[helper ? RL_PARAM_fio_util_ns : RL_PARAM_fio_look_ns] = 1e6;
		run(&rep);
		/* A millisecond and the way there, then a sleep of ten; I/Os wait a little for it.
		 */
		about(rep.m[RL_METRIC_front_cpu_frac] - idle, 1.06 / 11.06, 0.06);
	}
}

/* The 99th percentile with a backend that naps for 25 us, @depth in flight. */
static double longest_of(unsigned depth, bool ticks)
{
	char job[80];

	rl_scenario_default(&s);
	snprintf(s.back_policy, sizeof(s.back_policy), "hybrid_sleep:delay=25us");
	s.machine.pcpus = 1;
	s.guest.pcpu = s.driver.pcpu = 0;
	s.costs.v[RL_PARAM_dom0_period_ns] = 0;
	if (!ticks)
		s.costs.v[RL_PARAM_tick_period_ns] = 0;
	snprintf(job, sizeof(job), "[j]\nrw=randwrite\nbs=4k\nsize=1g\niodepth=%u\n", depth);
	job_file(job);
	run(&rep);
	return rep.m[RL_METRIC_clat_p99_ns];
}

/*
 * A nap outlasts the guest's turn, for the timer is set no nearer than 100 us. But a tick that the
 * last nap's end put off by as much ends it early when it comes between the nap's beginning and the
 * halt; the backend finds nothing then and polls on, for a slice. With few requests the vCPU has
 * halted by then.
 */
static void a_late_tick_ends_a_nap(void **state)
{
	(void)state;
	assert_true(longest_of(8, true) > 5e6);
	assert_true(longest_of(8, false) < 5e6);
	assert_true(longest_of(4, true) < 5e6);
}

/* A batch of eight is issued at once and told of once; each is reaped with the others. */
static void batches_save_notifications(void **state)
{
	double one, eight;

	(void)state;
	rl_scenario_default(&s);
	s.costs.v[RL_PARAM_device_ns] = 5e6; /* the backend sleeps in between */
	job_file("[j]\nrw=randread\nsize=1g\niodepth=8\n");
	run(&rep);
	one = rep.m[RL_METRIC_notifications_per_request];
	job_file("[j]\nrw=randread\nsize=1g\niodepth=8\niodepth_batch=8\n"
		 "iodepth_batch_complete_min=8\n");
	run(&rep);
	eight = rep.m[RL_METRIC_notifications_per_request];
	assert_true(eight < 0.5 * one);
	/* One from the frontend for eight; the device completes one after another. */
	assert_true(w->jobs[0].fio[0].ios_done[RL_DIR_READ] % 8 == 0);
}

/* A batch larger than the ring: who waits for a slot publishes first what it has, or none would
 * ever be free. */
static void a_batch_larger_than_the_ring(void **state)
{
	(void)state;
	free_of_charge(100e3);
	job_file("[j]\nrw=randread\nsize=1g\niodepth=96\niodepth_batch=96\n"
		 "iodepth_batch_complete_min=96\nnumjobs=3\n");
	run(&rep);
	assert_int_equal(w->blk[0].front.size, 32);
	assert_in_range(rep.requests, 20000 - 96, 20000 + 96);
}

static void reaping_waits_for_the_minimum(void **state)
{
	(void)state;
	free_of_charge(100e3);
	job_file("[j]\nrw=randread\nsize=1g\niodepth=8\niodepth_batch_complete_min=8\n");
	run(&rep);
	assert_true(w->jobs[0].fio[0].ios_done[RL_DIR_READ] % 8 == 0);
	about(rep.m[RL_METRIC_iops], 80000, 1e-2);
}

static const char log_text[] = "fio version 2 iolog\n/dev/x add\n/dev/x open\n"
			       "/dev/x read 4096 4096\n/dev/x wait 700 0\n/dev/x write 0 65536\n"
			       "/dev/x read 8192 512\n/dev/x wait 1300 0\n/dev/x write 512 1024\n";

static void replay_is_the_log(void **state)
{
	/* 64k are two requests. */
	static const struct {
		uint64_t us, sector;
		uint32_t bytes;
		bool write;
	} want[] = {{0, 8, 4096, false}, {700, 0, 45056, true}, {700, 88, 20480, true},
		{700, 16, 512, false}, {2000, 1, 1024, true}};
	struct rl_err err = {0};
	uint32_t number;

	(void)state;
	free_of_charge(5e6); /* all are in flight together */
	assert_int_equal(
		rl_iolog_parse(log_text, sizeof(log_text) - 1, "x", &number, NULL, NULL, &err), 0);
	for (uint32_t scale = 100; scale; scale = scale == 100 ? 300 : 0) {
		s.job.replay = number;
		s.job.replay_time_scale = scale;
		s.job.iodepth = 64;
		start();
		for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
			const struct rl_tag *t = next_request();

			assert_int_equal(published(t), want[i].us * scale / 100 * 1000000);
			assert_int_equal(t->r.sector, want[i].sector);
			assert_int_equal(t->r.bytes, want[i].bytes);
			assert_int_equal(t->r.write, want[i].write);
		}
		assert_null(next_request());
		assert_true(rl_jobs_over(w));
		run(&rep);
		assert_int_equal(done(0, RL_DIR_READ), 2);
		assert_int_equal(w->tally.c[RL_CLASS_WRITE].bytes, 65536 + 1024);
	}
	s.job.replay_no_stall = true;
	start();
	for (int i = 0; i < 5; i++)
		assert_int_equal(published(next_request()), 0);
}

static void what_is_not_modelled_is_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"[i]\nsize=1m\nnumjobs=600\n[j]\nsize=1m\nnumjobs=600\n", "job.numjobs"},
		{"[j]\nsize=1m\niodepth=65536\nnumjobs=17\n", "job.iodepth"},
		{"[a]\nsize=1000t\nbs=512\n[b]\nsize=1m\n", "job.size"},
		{"[a]\nruntime=24h\nrw=randread\n[b]\nsize=1m\n", "job.runtime"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rl_err err = {0};

		free_of_charge(0);
		assert_int_equal(rl_fio_jobs_parse(bad[i].text, strlen(bad[i].text), "x.fio",
					 s.jobs, RL_JOBS, &s.njobs, NULL, NULL, &err),
			0);
		assert_int_not_equal(rl_scenario_check(&s, &err), 0);
		assert_non_null(strstr(err.what, bad[i].says));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_by_size),
		cmocka_unit_test(ends_by_time),
		cmocka_unit_test(stonewall_keeps_the_order),
		cmocka_unit_test(startdelay_delays),
		cmocka_unit_test(clones_run_side_by_side),
		cmocka_unit_test(thinking_takes_its_time),
		cmocka_unit_test(sleeping_costs_but_comes_in_time),
		cmocka_unit_test(batches_save_notifications),
		cmocka_unit_test(a_batch_larger_than_the_ring),
		cmocka_unit_test(reaping_waits_for_the_minimum),
		cmocka_unit_test(watching_costs),
		cmocka_unit_test(a_late_tick_ends_a_nap),
		cmocka_unit_test(replay_is_the_log),
		cmocka_unit_test(what_is_not_modelled_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
