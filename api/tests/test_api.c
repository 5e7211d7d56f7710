/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libringlab's calls: what they give, what they refuse, and that a refusal changes nothing. */
#include "api/ringlab.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SCENARIO "data/scenarios/two-cores.yaml"

static const struct ringlab_options quick = {.reps = 2, .requests = 200};

static struct ringlab *create(void)
{
	struct ringlab *lab = ringlab_create();

	assert_non_null(lab);
	return lab;
}

/* The bits of all metrics and intervals. */
static void values(struct ringlab *lab, double *out, size_t *n)
{
	struct ringlab_metric m;

	*n = 0;
	for (size_t i = 0; ringlab_list_metrics(i, &m) == 0; i++) {
		assert_true(isnan(m.value) && isnan(m.lo) && isnan(m.hi));
		assert_int_equal(ringlab_metric(lab, m.name, &m), 0);
		out[(*n)++] = m.value;
		out[(*n)++] = m.lo;
		out[(*n)++] = m.hi;
	}
}

static void same_bits_with_threads_and_handles(void **state)
{
	struct ringlab *a = create(), *b = create();
	struct ringlab_options two = quick;
	double of_a[1024], of_b[1024];
	size_t n, m;

	(void)state;
	two.threads = 2;
	assert_int_equal(ringlab_load_file(a, SCENARIO), 0);
	assert_int_equal(ringlab_load_file(b, SCENARIO), 0);
	assert_int_equal(ringlab_simulate(a, &quick), 0);
	assert_int_equal(ringlab_simulate(b, &two), 0);
	values(a, of_a, &n);
	values(b, of_b, &m);
	assert_true(n == m && n >= 60 && of_a[0] > 0);
	assert_memory_equal(of_a, of_b, n * sizeof(*of_a));
	two.seed = 1;
	assert_int_equal(ringlab_set(b, "disk.device", "random:mean=100us"), 0);
	assert_int_equal(ringlab_simulate(b, &two), 0);
	values(b, of_b, &m);
	assert_true(of_a[0] != of_b[0]);
	ringlab_free(a);
	ringlab_free(b);
}

static void metrics_have_a_unit_and_an_interval(void **state)
{
	struct ringlab *lab = create();
	struct ringlab_metric m = {.value = -1};

	(void)state;
	assert_int_equal(ringlab_metric(lab, "iops", &m), -ENODATA);
	assert_non_null(strstr(ringlab_error(lab), "ringlab_metric: error: no result"));
	assert_true(m.value == -1);
	assert_int_equal(ringlab_set(lab, "disk.device", "random:mean=100us"), 0);
	assert_string_equal(ringlab_error(lab), "");
	assert_int_equal(ringlab_simulate(lab, &quick), 0);
	assert_int_equal(ringlab_metric(lab, "iops", &m), 0);
	assert_string_equal(m.name, "iops");
	assert_string_equal(m.unit, "1/s");
	assert_true(m.value > 0 && m.lo < m.value && m.hi > m.value);
	assert_int_equal(ringlab_metric(lab, "clat_p99_99_ns", &m), 0);
	assert_true(isnan(m.value));
	assert_int_equal(ringlab_metric(lab, "iosp", &m), -ENOENT);
	assert_non_null(strstr(ringlab_error(lab), "did you mean 'iops'?"));
	/* what was changed has no result yet */
	assert_int_equal(ringlab_set(lab, "job.iodepth", "2"), 0);
	assert_int_equal(ringlab_metric(lab, "iops", &m), -ENODATA);
	ringlab_free(lab);
}

static double iops(struct ringlab *lab)
{
	struct ringlab_metric m;

	assert_int_equal(ringlab_simulate(lab, &quick), 0);
	assert_int_equal(ringlab_metric(lab, "iops", &m), 0);
	return m.value;
}

static void a_refusal_changes_nothing(void **state)
{
	static const struct {
		const char *path, *value, *error;
	} bad[] = {{"job.iodepth", "4q", "ringlab_set:1:"},
		{"job.iodepth", "NaN", "ringlab_set:1:"},
		{"machine.pcpus", "0", "machine.pcpus out of range"}, {"", "", "error: "},
		{"back_policy", "spinn", "did you mean 'spin'?"},
		{"job", "/no/such/file.fio", "/no/such/file.fio"},
		{"back_policy", "spin\nx", "error: "}};
	static const char yaml[] = "back_policy: spin\nno_such_key: 1\n";
	struct ringlab *lab = create();
	struct ringlab_metric m;
	double before;

	(void)state;
	assert_int_equal(ringlab_load_file(lab, SCENARIO), 0);
	before = iops(lab);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_true(ringlab_set(lab, bad[i].path, bad[i].value) < 0);
		if (!strstr(ringlab_error(lab), bad[i].error) || strchr(ringlab_error(lab), '\n'))
			fail_msg("%s=%s: %s", bad[i].path, bad[i].value, ringlab_error(lab));
	}
	assert_int_equal(ringlab_load_text(lab, yaml, strlen(yaml), "mine"), -EINVAL);
	assert_true(strncmp(ringlab_error(lab), "mine:2:1: error: ", 17) == 0);
	assert_int_equal(ringlab_load_file(lab, "/no/such/file"), -ENOENT);
	assert_non_null(strstr(ringlab_error(lab), "/no/such/file: error: "));
	assert_int_equal(ringlab_load_file(lab, "data"), -EISDIR);
	/* and its result is still there */
	assert_int_equal(ringlab_metric(lab, "iops", &m), 0);
	assert_true(m.value == before && iops(lab) == before);
	ringlab_free(lab);
}

static void text_needs_no_end(void **state)
{
	static const char yaml[] = {'n', 'a', 'm', 'e', ':', ' ', 'x', '\n', '\xff', '\0', '{'};
	struct ringlab *lab = create();

	(void)state;
	for (size_t n = 0; n <= sizeof(yaml); n++) {
		char *copy = malloc(n + !n);
		int rc;

		assert_non_null(copy);
		memcpy(copy, yaml, n);
		rc = ringlab_load_text(lab, copy, n, "mine");
		free(copy);
		assert_int_equal(rc, n == 7 || n == 8 ? 0 : -EINVAL);
		if (rc)
			assert_true(strncmp(ringlab_error(lab), "mine:", 5) == 0);
	}
	ringlab_free(lab);
}

static void options_out_of_range(void **state)
{
	static const struct ringlab_options bad[] = {{.seed = UINT64_MAX}, {.reps = 10001},
		{.max_reps = UINT32_MAX}, {.threads = 65}, {.requests = 1000000000001},
		{.precision = -0.1}, {.precision = 1}, {.precision = NAN}, {.reserved_ = 1}};
	struct ringlab *lab = create();
	struct ringlab_metric m;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(ringlab_simulate(lab, &bad[i]), -EINVAL);
		assert_non_null(strstr(ringlab_error(lab), "ringlab_simulate: error: "));
		assert_int_equal(ringlab_metric(lab, "iops", &m), -ENODATA);
	}
	/* fields that do not suit each other */
	assert_int_equal(ringlab_set(lab, "machine.pcpus", "1"), 0);
	assert_int_equal(ringlab_simulate(lab, NULL), -EINVAL);
	assert_non_null(strstr(ringlab_error(lab), "driver.pcpu"));
	ringlab_free(lab);
}

static void warnings_go_with_what_they_are_about(void **state)
{
	static const char yaml[] = "job: {rw: randread, bs: 4k, verify: md5}\n";
	const struct ringlab_options coarse = {.requests = 100, .precision = 1e-9, .max_reps = 10};
	struct ringlab *lab = create();
	char first[8192];

	(void)state;
	assert_string_equal(ringlab_warnings(lab), "");
	assert_int_equal(ringlab_load_text(lab, yaml, strlen(yaml), "mine"), 0);
	assert_non_null(strstr(ringlab_warnings(lab), "mine:1:"));
	assert_non_null(strstr(ringlab_warnings(lab), "verify"));
	assert_int_equal(ringlab_set(lab, "disk.device", "random:mean=100us"), 0);
	for (int i = 0; i < 200; i++) { /* they do not pile up */
		assert_int_equal(ringlab_simulate(lab, &coarse), 0);
		assert_non_null(strstr(ringlab_warnings(lab), "expected 1e-07 %"));
		if (i == 0)
			strcpy(first, ringlab_warnings(lab));
		assert_string_equal(ringlab_warnings(lab), first);
	}
	assert_int_equal(ringlab_load_text(lab, "bad", 3, "mine"), -EINVAL);
	assert_string_equal(ringlab_warnings(lab), first);
	assert_int_equal(ringlab_load_text(lab, "name: x", 7, "mine"), 0);
	assert_string_equal(ringlab_warnings(lab), "");
	ringlab_free(lab);
}

static void *simulate_alone(void *arg)
{
	double *out = arg;
	struct ringlab *lab = create();

	assert_int_equal(ringlab_load_file(lab, SCENARIO), 0);
	*out = iops(lab);
	ringlab_free(lab);
	return NULL;
}

static void handles_in_several_threads(void **state)
{
	pthread_t thread[4];
	double got[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, simulate_alone, &got[i]), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	for (int i = 1; i < 4; i++)
		assert_true(got[i] == got[0] && got[0] > 0);
}

static void a_null_handle(void **state)
{
	(void)state;
	ringlab_free(NULL);
	assert_non_null(strstr(ringlab_error(NULL), "out of memory"));
	assert_string_equal(ringlab_version(), RL_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_bits_with_threads_and_handles),
		cmocka_unit_test(metrics_have_a_unit_and_an_interval),
		cmocka_unit_test(a_refusal_changes_nothing),
		cmocka_unit_test(text_needs_no_end),
		cmocka_unit_test(options_out_of_range),
		cmocka_unit_test(warnings_go_with_what_they_are_about),
		cmocka_unit_test(handles_in_several_threads),
		cmocka_unit_test(a_null_handle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
