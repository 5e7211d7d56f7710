/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Job files: what fio takes and means, and what it takes although it should not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/format/fio_job.h"

struct warned {
	int n;
	struct rl_err last;
};

static void note(void *arg, const struct rl_err *w)
{
	struct warned *to = arg;

	to->n++;
	to->last = *w;
}

static int parse(const char *text, struct rl_job *job, struct warned *w, struct rl_err *err)
{
	memset(err, 0, sizeof(*err));
	memset(w, 0, sizeof(*w));
	return rl_fio_job_parse(text, strlen(text), "x.fio", job, note, w, err);
}

static void test_whole_job(void **state)
{
	static const char text[] =
		"; a comment\n# another\n\n[global]\nioengine=libaio\ndirect=1\r\n"
		"filename=/dev/rlblk0\ngroup_reporting\n\n[ job one ]\n"
		"  bs = 64k\nrw=randwrite\niodepth=32\nsize=1g\nio_size=2m\n"
		"runtime=10\nramp_time=500ms\ntime_based\nthinktime=20\n"
		"randseed=7\nnumjobs=1\nscramble_buffers=0\nnorandommap\n";
	struct rl_job j;
	struct warned w;
	struct rl_err err;

	(void)state;
	assert_int_equal(parse(text, &j, &w, &err), 0);
	assert_int_equal(w.n, 0);
	assert_string_equal(j.name, " job one ");
	assert_int_equal(j.bs_bytes, 65536);
	assert_int_equal(j.rw, RL_RW_RANDWRITE);
	assert_int_equal(j.iodepth, 32);
	assert_int_equal(j.size_bytes, 1u << 30);
	assert_int_equal(j.io_size_bytes, 2u << 20);
	assert_int_equal(j.runtime_ns, 10000000000);
	assert_int_equal(j.ramp_ns, 500000000);
	assert_true(j.time_based);
	assert_int_equal(j.thinktime_ns, 20000); /* a bare number is microseconds there */
	assert_int_equal(j.seed, 7);
}

static void test_defaults_are_fios(void **state)
{
	struct rl_job j;
	struct warned w;
	struct rl_err err;

	(void)state;
	assert_int_equal(parse("[j]\nsize=1m\n", &j, &w, &err), 0);
	assert_int_equal(j.rw, RL_RW_READ);
	assert_int_equal(j.bs_bytes, 4096);
	assert_int_equal(j.iodepth, 1);
	assert_int_equal(j.numjobs, 1);
}

struct bad {
	const char *text;
	int line, col;
	const char *says;
};

static void test_errors_name_their_place(void **state)
{
	static const struct bad cases[] = {
		{"[j]\nsize=1m\niodepth=4q\n", 3, 9, "iodepth=4q"},
		{"[j]\nbs=4q\nsize=1m\n", 2, 4, "bs=4q"},
		{"[j]\nbs=4ki\nsize=1m\n", 2, 4, "bs=4ki"},
		{"[j]\nsize=-1\n", 2, 6, "size=-1"},
		{"[j]\nsize=50%\n", 2, 6, "size=50%"},
		{"[j]\nsize=NaN\n", 2, 6, "size=NaN"},
		{"[j]\nsize=1e400\n", 2, 6, "size=1e400"},
		{"[j]\nsize=18446744073709551616\n", 2, 6, "2^63"},
		{"[j]\nsize=9223372036854775807k\n", 2, 6, "2^63"},
		{"[j]\nbs=0\nsize=1m\n", 2, 4, "bs=0"},
		{"[j]\nbs=4k,8k\nsize=1m\n", 2, 4, "bs=4k,8k"},
		{"[j]\niodepth=0\nsize=1m\n", 2, 9, "1 to 65536"},
		{"[j]\niodepth=\nsize=1m\n", 2, 1, "without a value"},
		{"[j]\niodepth\nsize=1m\n", 2, 1, "without a value"},
		{"[j]\niodepht=4\nsize=1m\n", 2, 1, "did you mean 'iodepth'"},
		{"[j]\n  xyzzyplugh=4\nsize=1m\n", 2, 3,
			"unknown option 'xyzzyplugh' (expected one"},
		{"[j]\nrw=randraed\nsize=1m\n", 2, 4, "did you mean 'randread'"},
		{"[j]\nrw=trim\nsize=1m\n", 2, 4, "rw=trim"},
		{"[j]\nruntime=10x\n", 2, 9, "runtime=10x"},
		{"[j]\nruntime=5ns\n", 2, 9, "runtime=5ns"},
		{"[j]\nruntime=9223372037\n", 2, 9, "runtime=9223372037"},
		{"[j]\nsize=1m\nkb_base=1000\n", 3, 9, "kb_base=1000"},
		{"[j]\nsize=1m\n[k]\nsize=1m\n", 3, 1, "a second job"},
		{"[j]\nsize=1m\n[global]\n", 3, 1, "[global] after"},
		{"[j\nsize=1m\n", 1, 1, "malformed section"},
		{"[j] x\nsize=1m\n", 1, 5, "text after"},
		{"bs=4k\n", 1, 1, "outside of a section"},
		{"[j]\n=4k\n", 2, 1, "no name"},
		{"[j]\ntime_based\nsize=1m\n", 1, 0, "without a runtime"},
		{"[j]\nbs=4k\n", 1, 0, "without an end"},
		{"[j]\nname=\xff\xfe\nsize=1m\n", 2, 6, "not a text"},
		{"", 0, 0, "no job"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct bad *b = &cases[i];
		struct rl_job j;
		struct warned w;
		struct rl_err err;

		assert_int_equal(parse(b->text, &j, &w, &err), -EINVAL);
		if (err.line != b->line || err.col != b->col || !strstr(err.what, b->says))
			fail_msg("case %zu: %d:%d: %s (expected %d:%d: %s)", i, err.line, err.col,
				err.what, b->line, b->col, b->says);
	}
}

static void test_warns_of_what_the_model_leaves_out(void **state)
{
	struct rl_job j;
	struct warned w;
	struct rl_err err;

	(void)state;
	assert_int_equal(parse("[j]\nsize=1m\nrate_min=10m\n", &j, &w, &err), 0);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.last.line, 3);
	assert_non_null(strstr(w.last.what, "'rate_min'"));
	assert_int_equal(parse("[j]\nsize=1m\ndirect=0\nioengine=psync\n", &j, &w, &err), 0);
	assert_int_equal(w.n, 2);
}

static void test_cut_and_changed_at_every_byte(void **state)
{
	static const char text[] = "[global]\nbs=64k\n[j]\nsize=1m\nrw=randrw\nrwmixwrite=30\n";
	struct warned w = {0};
	struct rl_job j;

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		for (int c = 0; c < 256; c += 5) {
			char *copy = malloc(sizeof(text));
			struct rl_err err = {0};
			int rc;

			memcpy(copy, text, sizeof(text));
			if (n < sizeof(text) - 1)
				copy[n] = (char)c;
			copy = realloc(copy, n + 1);
			rc = rl_fio_job_parse(copy, n + 1, "x.fio", &j, note, &w, &err);
			assert_true(rc == 0 || err.what[0]);
			assert_null(strchr(err.what, '\n'));
			free(copy);
		}
	}
}

/* What this parser takes, fio takes and means the same: sizes and times as fio says them. */
static void test_fio_agrees(void **state)
{
	char dir[] = "/tmp/ringlab-job-XXXXXX", cmd[256], path[64], line[256] = "";
	FILE *f;

	(void)state;
	if (system("command -v fio >/dev/null 2>&1") != 0)
		skip();
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/j.fio", dir);
	f = fopen(path, "w");
	fputs("[j]\nioengine=null\nbs=8k\nrw=randread\nsize=1m\nio_size=256k\nrandseed=3\n", f);
	fclose(f);
	snprintf(cmd, sizeof(cmd),
		"fio --output-format=json %s/j.fio | jq -r '.jobs[0].read.total_ios'", dir);
	f = popen(cmd, "r");
	assert_non_null(fgets(line, sizeof(line), f));
	pclose(f);
	assert_int_equal(atoi(line), 32);
	remove(path);
	remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_job),
		cmocka_unit_test(test_defaults_are_fios),
		cmocka_unit_test(test_errors_name_their_place),
		cmocka_unit_test(test_warns_of_what_the_model_leaves_out),
		cmocka_unit_test(test_cut_and_changed_at_every_byte),
		cmocka_unit_test(test_fio_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
