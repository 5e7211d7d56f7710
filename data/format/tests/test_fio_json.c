/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's JSON, as fio wrote it and as somebody broke it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <math.h>

#include <cmocka.h>

#include "data/format/fio_json.h"

#define SAMPLE "data/tests/sample/event-spin-randread-4k-qd8/fio.json"
#define PLUS   "data/format/tests/fio-plus.json"

static char *sample;
static size_t sample_size;

static int setup(void **state)
{
	struct rl_err err = {0};

	(void)state;
	return rl_text_read(SAMPLE, &sample, &sample_size, &err);
}

static int teardown(void **state)
{
	(void)state;
	free(sample);
	return 0;
}

static int parse(const char *text, size_t size, struct rl_fio_result *out, struct rl_err *err)
{
	/* A copy of the exact size, so that a sanitizer sees a read behind it. */
	char *copy = malloc(size ? size : 1);
	int rc;

	memcpy(copy, text, size);
	memset(err, 0, sizeof(*err));
	rc = rl_fio_json_parse(copy, size, "x.json", out, err);
	free(copy);
	assert_true(rc == 0 || (rc < 0 && err->what[0]));
	assert_null(strchr(err->what, '\n'));
	return rc;
}

static void test_reads_what_fio_wrote(void **state)
{
	struct rl_fio_result r;
	struct rl_err err;
	char *plus;
	size_t n;

	(void)state;
	assert_int_equal(parse(sample, sample_size, &r, &err), 0);
	assert_int_equal(r.documents, 1);
	assert_float_equal(r.metrics.m[RL_METRIC_iops].value, 23395.604396, 1e-6);
	assert_float_equal(r.metrics.m[RL_METRIC_clat_mean_ns].value, 334019.65639, 1e-6);
	assert_float_equal(r.metrics.m[RL_METRIC_clat_p99_ns].value, 5603328, 0);
	/* 23419 samples say nothing of p99.99. */
	assert_true(isnan(r.metrics.m[RL_METRIC_clat_p99_99_ns].value));
	assert_true(isnan(r.metrics.m[RL_METRIC_front_cpu_frac].value));
	assert_float_equal(r.ios, 23419, 0);
	assert_true(r.has_job);
	assert_int_equal(r.job.iodepth, 8);
	assert_int_equal(r.job.bs_bytes, 4096);
	assert_int_equal(r.job.rw, RL_RW_RANDREAD);
	assert_string_equal(r.version, "fio-3.33");
	assert_int_equal(strlen(r.started), 20);
	assert_int_equal(rl_text_read(PLUS, &plus, &n, &err), 0);
	assert_int_equal(parse(plus, n, &r, &err), 0);
	assert_true(r.metrics.m[RL_METRIC_clat_p50_ns].value > 0);
	free(plus);
}

/* Cut anywhere: an error with a place, or the document was complete. */
static void test_cut_at_every_byte(void **state)
{
	size_t last = sample_size;

	(void)state;
	while (sample[last - 1] != '}')
		last--;
	for (size_t n = 0; n <= sample_size; n++) {
		struct rl_fio_result r;
		struct rl_err err;
		int rc = parse(sample, n, &r, &err);

		assert_int_equal(rc == 0, n >= last);
		if (rc)
			assert_true(err.line > 0 && err.col > 0);
	}
}

static void test_text_before_and_several_documents(void **state)
{
	static const char noise[] = "fio: this platform does not support {something}\n";
	char *two = malloc(2 * sample_size + 2 * sizeof(noise));
	struct rl_fio_result r;
	struct rl_err err;
	int n;

	(void)state;
	n = sprintf(two, "%s%s%s%s", noise, sample, noise, sample);
	assert_int_equal(parse(two, (size_t)n, &r, &err), 0);
	assert_int_equal(r.documents, 2);
	assert_float_equal(r.metrics.m[RL_METRIC_iops].value, 23395.604396, 1e-6);
	/* A torn last document is an error, not the one before it. */
	assert_int_equal(parse(two, (size_t)n - 20, &r, &err), -EINVAL);
	n = sprintf(two, "%sAborted\n", sample);
	assert_int_equal(parse(two, (size_t)n, &r, &err), -EINVAL);
	assert_non_null(strstr(err.what, "behind the last document"));
	free(two);
}

/* The sample with its first @from replaced. */
static int replaced(const char *from, const char *to, struct rl_err *err)
{
	char *text = malloc(sample_size + strlen(to) + 1), *at = strstr(sample, from);
	struct rl_fio_result r;
	int n, rc;

	assert_non_null(at);
	n = sprintf(text, "%.*s%s%s", (int)(at - sample), sample, to, at + strlen(from));
	rc = parse(text, (size_t)n, &r, err);
	free(text);
	return rc;
}

static void test_hostile_values(void **state)
{
	static const char *const cases[][3] = {
		{"\"iops\" : 23395.604396", "\"iops\" : NaN", "invalid token"},
		{"\"iops\" : 23395.604396", "\"iops\" : 1e400", "overflow"},
		{"\"iops\" : 23395.604396", "\"iops\" : -1", "jobs[0].read.iops"},
		{"\"iops\" : 23395.604396", "\"iops\" : \"many\"", "jobs[0].read.iops"},
		{"\"iops\" : 23395.604396", "\"iops\" : null", "jobs[0].read.iops: missing"},
		{"\"iops\" : 23395.604396", "\"iops\" : 99999999999999999999", "too big"},
		{"\"jobname\" : \"job\"", "\"jobname\" : \"\xff\xfe\"", "decode byte"},
		{"\"jobname\" : \"job\"", "\"error\" : 0", "duplicate"},
		{"\"error\" : 0", "\"error\" : 5", "failed"},
		{"\"jobs\" : [", "\"jobs\" : [[],", "jobs[0]: not an object"},
		{"\"jobs\" :", "\"works\" :", "jobs: missing"},
		{"\"read\" : {", "\"read\" : 1, \"was\" : {", "jobs[0].read"},
		{"\"clat_ns\" : {", "\"clat_ns\" : 7, \"x\" : {", "clat_ns"},
		{"\"bs\" : \"4k\"", "\"bs\" : \"4q\"", "bs=4q"},
		{"\"bs\" : \"4k\"", "\"bs\" : 4096", "not a string"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rl_err err;

		assert_int_equal(replaced(cases[i][0], cases[i][1], &err), -EINVAL);
		if (!strstr(err.what, cases[i][2]))
			fail_msg("'%s' does not say '%s'", err.what, cases[i][2]);
	}
}

static void test_nesting(void **state)
{
	size_t n = 100000;
	char *deep = malloc(n + 6);
	struct rl_fio_result r;
	struct rl_err err;

	(void)state;
	memcpy(deep, "{\"a\":", 5);
	memset(deep + 5, '[', n);
	assert_int_equal(parse(deep, n + 5, &r, &err), -EINVAL);
	free(deep);
}

/* Every byte replaced by something nasty: never a crash, never an error without words. */
static void test_each_byte_changed(void **state)
{
	static const char nasty[] = {'\0', '"', '{', '-', '\x80'};
	char *text = malloc(sample_size);

	(void)state;
	for (size_t i = 0; i < sample_size; i += 3) {
		struct rl_fio_result r;
		struct rl_err err;

		memcpy(text, sample, sample_size);
		text[i] = nasty[i % sizeof(nasty)];
		parse(text, sample_size, &r, &err);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_what_fio_wrote),
		cmocka_unit_test(test_cut_at_every_byte),
		cmocka_unit_test(test_text_before_and_several_documents),
		cmocka_unit_test(test_hostile_values),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_each_byte_changed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
