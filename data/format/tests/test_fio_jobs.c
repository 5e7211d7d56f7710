/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Job files with several jobs, rates, mixes and bursts; what fio reads of them is asked of fio. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/format/fio_job.h"

static struct rl_job jobs[RL_JOBS];
static struct rl_err err;
static uint32_t n;
static int warned;

static void note(void *arg, const struct rl_err *w)
{
	(void)arg;
	(void)w;
	warned++;
}

static int parse(const char *text)
{
	memset(&err, 0, sizeof(err));
	warned = 0;
	return rl_fio_jobs_parse(text, strlen(text), "x.fio", jobs, RL_JOBS, &n, note, NULL, &err);
}

static const struct rl_job *one(const char *options)
{
	char text[512];

	snprintf(text, sizeof(text), "[j]\nsize=1m\n%s\n", options);
	if (parse(text))
		fail_msg("%s: %d:%d: %s", options, err.line, err.col, err.what);
	assert_int_equal(n, 1);
	assert_int_equal(warned, 0);
	return &jobs[0];
}

static void test_sections(void **state)
{
	(void)state;
	assert_int_equal(parse("[global]\nsize=1m\niodepth=4\n[a]\nbs=8k\n[b]\nrw=write\n"
			       "stonewall\n[global]\niodepth=2\n[c]\nwait_for_previous=1\n"),
		0);
	assert_int_equal(n, 3);
	assert_string_equal(jobs[0].name, "a");
	assert_int_equal(jobs[0].bs_bytes, 8192);
	assert_int_equal(jobs[0].iodepth, 4);
	assert_false(jobs[0].stonewall);
	assert_int_equal(jobs[1].bs_bytes, 4096);
	assert_int_equal(jobs[1].rw, RL_RW_WRITE);
	assert_true(jobs[1].stonewall);
	assert_int_equal(jobs[2].iodepth, 2);
	assert_true(jobs[2].stonewall);
}

static void test_sixteen_jobs_fit(void **state)
{
	char text[512] = "[global]\nsize=1m\n";

	(void)state;
	for (int i = 0; i < RL_JOBS; i++)
		strcat(text, "[j]\n");
	assert_int_equal(parse(text), 0);
	assert_int_equal(n, RL_JOBS);
	strcat(text, "[j]\n");
	assert_int_equal(parse(text), -EINVAL);
	assert_non_null(strstr(err.what, "at most 16"));
	assert_int_equal(err.line, RL_JOBS + 3);
}

static void test_rates(void **state)
{
	(void)state;
	assert_int_equal(one("rate=1m")->rate_bytes_per_s[RL_DIR_READ], 1 << 20);
	assert_int_equal(jobs[0].rate_bytes_per_s[RL_DIR_WRITE], 1 << 20);
	assert_false(jobs[0].poisson);
	assert_int_equal(one("rate=,500k")->rate_bytes_per_s[RL_DIR_READ], 0);
	assert_int_equal(jobs[0].rate_bytes_per_s[RL_DIR_WRITE], 500 << 10);
	assert_int_equal(one("rate=500k,")->rate_bytes_per_s[RL_DIR_READ], 500 << 10);
	assert_int_equal(jobs[0].rate_bytes_per_s[RL_DIR_WRITE], 0);
	assert_int_equal(one("rate_iops=100,200,300")->rate_iops[RL_DIR_READ], 100);
	assert_int_equal(jobs[0].rate_iops[RL_DIR_WRITE], 200);
	assert_true(one("rate_iops=7\nrate_process=poisson")->poisson);
	assert_true(one("io_submit_mode=offload")->offload);
}

static void test_bssplit(void **state)
{
	const struct rl_job *j = one("bssplit=64k/50:4k/10:32k/40");

	(void)state;
	assert_int_equal(j->nsplit[RL_DIR_READ], 3);
	assert_int_equal(j->split[RL_DIR_READ][0].bytes, 4096);
	assert_int_equal(j->split[RL_DIR_READ][0].percent, 10);
	assert_int_equal(j->split[RL_DIR_READ][2].bytes, 65536);
	assert_int_equal(j->split[RL_DIR_READ][2].percent, 50);
	assert_memory_equal(j->split[0], j->split[1], sizeof(j->split[0]));
	assert_true(rl_job_mean_bytes(j, RL_DIR_READ) == 0.1 * 4096 + 0.4 * 32768 + 0.5 * 65536);
	j = one("bssplit=4k/50:1k/:32k/");
	assert_int_equal(j->split[0][0].percent, 25);
	assert_int_equal(j->split[0][1].percent, 50);
	j = one("bssplit=2k/50:4k/50,4k/90:8k/10");
	assert_int_equal(j->split[RL_DIR_READ][1].bytes, 4096);
	assert_int_equal(j->split[RL_DIR_WRITE][1].percent, 10);
}

static void test_pauses_and_batches(void **state)
{
	const struct rl_job *j = one("thinktime=10ms\nthinktime_blocks=64\nthinktime_spin=200\n"
				     "thinktime_iotime=2\nthinktime_blocks_type=issue\n"
				     "startdelay=3\niodepth=32\niodepth_batch=8\n"
				     "iodepth_batch_complete_min=2\niodepth_batch_complete_max=16");

	(void)state;
	assert_int_equal(j->thinktime_ns, 10000000);
	assert_int_equal(j->thinktime_blocks, 64);
	assert_int_equal(j->thinktime_spin_ns, 200000);	      /* a bare number: microseconds */
	assert_int_equal(j->thinktime_iotime_ns, 2000000000); /* here: seconds */
	assert_true(j->thinktime_issue);
	assert_int_equal(j->startdelay_ns, 3000000000);
	assert_int_equal(j->batch, 8);
	assert_int_equal(j->complete_min, 2);
	assert_int_equal(j->complete_max, 16);
	assert_int_equal(one("iodepth=4\niodepth_batch=0")->batch, RL_JOB_DEPTH);
}

static void test_places(void **state)
{
	(void)state;
	assert_int_equal(one("random_distribution=zipf:1.2")->spread, RL_SPREAD_ZIPF);
	assert_true(jobs[0].spread_arg == 1.2);
	assert_true(one("random_distribution=pareto")->spread_arg == 0.2);
	assert_int_equal(one("random_distribution=random")->spread, RL_SPREAD_RANDOM);
	assert_int_equal(one("offset=1m\noffset_increment=64k")->offset_bytes, 1 << 20);
	assert_int_equal(jobs[0].offset_increment_bytes, 65536);
}

static void test_errors_name_their_place(void **state)
{
	static const struct {
		const char *option;
		int col;
		const char *says;
	} bad[] = {
		{"rate=fast", 6, "rate=fast"},
		{"rate=1m,2m,3m,4m", 6, "at most three"},
		{"rate_iops=-1", 11, "rate_iops=-1"},
		{"rate_iops=1e3", 11, "rate_iops=1e3"},
		{"rate_iops=nan", 11, "rate_iops=nan"},
		{"rate_process=possion", 14, "linear or poisson"},
		{"io_submit_mode=off", 16, "inline or offload"},
		{"bssplit=4k/60:8k/60", 9, "add up to 100"},
		{"bssplit=4k/60:8k/30", 9, "add up to 100"},
		{"bssplit=4k/101", 9, "percentage"},
		{"bssplit=0/100", 9, "block sizes"},
		{"bssplit=8g/100", 9, "block sizes"},
		{"bssplit=4q/100", 9, "bssplit=4q/100"},
		{"bssplit=:", 9, "bssplit=:"},
		{"bssplit=1k:1k:1k:1k:1k:1k:1k:1k:1k:1k:1k:1k:1k:1k:1k:1k:1k", 9, "at most 16"},
		{"random_distribution=zipf:x", 21, "zipf:THETA"},
		{"random_distribution=zipf:inf", 21, "zipf:THETA"},
		{"random_distribution=zoned:50/50", 21, "zipf:THETA"},
		{"random_distribution=random:1", 21, "zipf:THETA"},
		{"thinktime_blocks=0", 18, "1 to"},
		{"thinktime_blocks=4294967296", 18, "1 to"},
		{"thinktime=99999999999999999999", 11, "thinktime="},
		{"startdelay=1-5", 12, "startdelay=1-5"},
		{"stonewall=0", 11, "no value"},
		{"iodepth_batch=65537", 15, "0 to 65536"},
		{"read_iolog=a:b", 12, "one file"},
		{"replay_time_scale=0", 19, "1 to"},
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "[j]\nsize=1m\n%s\n", bad[i].option);
		assert_int_equal(parse(text), -EINVAL);
		if (err.line != 3 || err.col != bad[i].col || !strstr(err.what, bad[i].says))
			fail_msg("%s: %d:%d: %s (expected %d: %s)", bad[i].option, err.line,
				err.col, err.what, bad[i].col, bad[i].says);
	}
}

static void test_log_lies_beside_its_job(void **state)
{
	char dir[] = "/tmp/ringlab-jobs-XXXXXX", path[64], job[64],
	     text[] = "[j]\nread_iolog=l.log\n";
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/l.log", dir);
	snprintf(job, sizeof(job), "%s/j.fio", dir);
	memset(&err, 0, sizeof(err));
	assert_int_not_equal(
		rl_fio_jobs_parse(text, strlen(text), job, jobs, 16, &n, NULL, NULL, &err), 0);
	assert_string_equal(err.file, job);
	assert_true(err.line == 2 && err.col == 12 && strstr(err.what, path));
	f = fopen(path, "w");
	fputs("fio version 2 iolog\n/dev/x add\n/dev/x open\n/dev/x write 512 1024\n", f);
	fclose(f);
	memset(&err, 0, sizeof(err));
	if (rl_fio_jobs_parse(text, strlen(text), job, jobs, 16, &n, NULL, NULL, &err))
		fail_msg("%s", err.what);
	assert_true(jobs[0].replay > 0);
	remove(path);
	rmdir(dir);
}

static bool fio_takes(const char *options)
{
	char path[] = "/tmp/ringlab-jobs-XXXXXX", cmd[128];
	int fd = mkstemp(path), rc;
	FILE *f = fdopen(fd, "w");

	fprintf(f, "[j]\nioengine=null\nsize=1m\n%s\n", options);
	fclose(f);
	snprintf(cmd, sizeof(cmd), "fio --parse-only %s >/dev/null 2>&1", path);
	rc = system(cmd);
	remove(path);
	return rc == 0;
}

/* What is taken here, fio takes. What fio refuses, is refused here. */
static void test_fio_takes_the_same(void **state)
{
	static const char *const good[] = {"rate=1m", "rate=,500k", "rate_iops=100,200,300",
		"rate_iops=7\nrate_process=poisson", "io_submit_mode=offload",
		"bssplit=64k/50:4k/10:32k/40", "bssplit=4k/50:1k/:32k/",
		"bssplit=2k/50:4k/50,4k/90:8k/10", "thinktime=10ms\nthinktime_blocks=64",
		"thinktime=1s\nthinktime_iotime=2", "thinktime=1\nthinktime_blocks_type=issue",
		"startdelay=3", "iodepth=32\niodepth_batch=8\niodepth_batch_complete_max=16",
		"iodepth_batch_complete=2", "random_distribution=zipf:1.2",
		"random_distribution=pareto:0.3", "random_distribution=normal:20",
		"random_distribution=zipf", "offset=1m\noffset_increment=64k", "stonewall",
		"wait_for_previous", "replay_no_stall=1", "replay_time_scale=50", "numjobs=4"};
	static const char *const wrong[] = {"rate=fast", "rate_process=possion",
		"io_submit_mode=off", "random_distribution=gauss:1", "random_distribution=pareto:2",
		"random_distribution=zipf:1", "thinktime_blocks_type=some", "no_such_option=1"};

	(void)state;
	if (system("command -v fio >/dev/null 2>&1") != 0)
		skip();
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		one(good[i]);
		assert_int_equal(rl_job_check(&jobs[0], &err), 0);
		if (!fio_takes(good[i]))
			fail_msg("fio refuses '%s'", good[i]);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[128];

		snprintf(text, sizeof(text), "[j]\nsize=1m\n%s\n", wrong[i]);
		if (parse(text) == 0 && rl_job_check(&jobs[0], &err) == 0)
			fail_msg("'%s' is taken", wrong[i]);
		if (fio_takes(wrong[i]))
			fail_msg("fio takes '%s'", wrong[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_sixteen_jobs_fit),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_bssplit),
		cmocka_unit_test(test_pauses_and_batches),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_errors_name_their_place),
		cmocka_unit_test(test_log_lies_beside_its_job),
		cmocka_unit_test(test_fio_takes_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
