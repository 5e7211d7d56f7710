/* SPDX-License-Identifier: GPL-3.0-or-later */
/* perf stat, as perf printed it and as somebody broke it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/format/perf.h"
#include "data/format/text.h"

#define DIR "data/tests/scheduled/"

static int parse(const char *bytes, size_t n, struct rl_perf *p, struct rl_err *err)
{
	char *exact = malloc(n ? n : 1); /* of just this size, for the sanitizer */
	int rc;

	memcpy(exact, bytes, n);
	memset(err, 0, sizeof(*err));
	rc = rl_perf_parse(exact, n, "x", p, err);
	free(exact);
	assert_true(rc == 0 || (rc == -EINVAL && *err->what && !strchr(err->what, '\n')));
	return rc;
}

static double value(const struct rl_perf *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->counter[i].name, name) == 0)
			return p->counter[i].value;
	return NAN;
}

static void load(const char *path, struct rl_perf *p)
{
	struct rl_err err = {0};
	char *bytes;
	size_t n;

	assert_int_equal(rl_text_read(path, &bytes, &n, &err), 0);
	if (parse(bytes, n, p, &err))
		fail_msg("%s:%d:%d: %s", path, err.line, err.col, err.what);
	free(bytes);
}

static void test_both_forms(void **state)
{
	struct rl_perf p;

	(void)state;
	load(DIR "perf.txt", &p);
	assert_float_equal(value(&p, "task-clock.msec"), 0.91, 0);
	assert_float_equal(value(&p, "context-switches"), 1, 0);
	assert_float_equal(value(&p, "page-faults"), 76, 0);
	assert_float_equal(value(&p, "elapsed.s"), 0.100382299, 0);
	assert_true(isnan(value(&p, "cycles"))); /* not supported there: not known, not 0 */
	rl_perf_free(&p);
	load(DIR "perf.csv", &p);
	assert_float_equal(value(&p, "task-clock.msec"), 0.93, 0);
	assert_float_equal(value(&p, "page-faults"), 76, 0);
	assert_int_equal(p.n, 3);
	rl_perf_free(&p);
}

/* A cut within a line is refused, and so is all of the text that lacks the time elapsed. */
static void test_cut_at_every_byte(void **state)
{
	static const char *const files[] = {DIR "perf.txt", DIR "perf.csv"};
	struct rl_err err = {0};
	struct rl_perf p;

	(void)state;
	for (int f = 0; f < 2; f++) {
		char *bytes;
		size_t n;

		assert_int_equal(rl_text_read(files[f], &bytes, &n, &err), 0);
		for (size_t cut = 0; cut < n; cut++) {
			int rc = parse(bytes, cut, &p, &err);

			if (rc == 0) {
				assert_true(bytes[cut - 1] == '\n');
				assert_true(f == 1 || !isnan(value(&p, "elapsed.s")));
				rl_perf_free(&p);
			}
		}
		free(bytes);
	}
}

static void refused(const char *bytes, const char *says)
{
	struct rl_perf p;
	struct rl_err err;

	assert_int_equal(parse(bytes, strlen(bytes), &p, &err), -EINVAL);
	if (!strstr(err.what, says))
		fail_msg("'%s' does not say '%s'", err.what, says);
}

#define TITLE " Performance counter stats for 'x':\n"

static void test_hostile(void **state)
{
	(void)state;
	refused("", "no event was counted");
	refused("nan,,cycles,1,100.00,,\n", "a number of 0 or more");
	refused("-1,,cycles,1,100.00,,\n", "a number of 0 or more");
	refused("1e400,,cycles,1,100.00,,\n", "a number of 0 or more");
	refused("99999999999999999999,,cycles,1,100.00,,\n", "below 2^63");
	refused("1,,cycles\n", "value,unit,event");
	refused("1,,,1,100.00,,\n", "the name of an event");
	refused("1,,a b,1,100.00,,\n", "the name of an event");
	refused("1,,cycles,1,100.00,,\n2,,cycles,1,100.00,,\n", "cycles given twice");
	refused("1.000,1,,cycles,1,100.00,,\n", "the name of an event"); /* -I: a time before */
	refused(TITLE "  1 cycles\n", "no time elapsed");
	refused(TITLE TITLE, "one report");
	refused(TITLE "  1 2 3 4 5\n", "a count, its unit");
	refused(TITLE "  1.1.1 cycles\n", "a number of 0 or more");
	refused(TITLE "  1 seconds past\n", "seconds time elapsed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_forms),
		cmocka_unit_test(test_cut_at_every_byte),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
