/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decision logs, whole and torn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/format/decisions.h"

#define HEAD  RL_DECISIONS_MAGIC "\n"
#define NEVER "18446744073709551615"
#define IDLE  "idle 1000 3 750 20 0 " NEVER " " NEVER " 5 1000 9 1 0\n"

static int parse(const char *text, size_t size, struct rl_decisions *log, struct rl_err *err)
{
	char *copy = malloc(size ? size : 1);
	int rc;

	memcpy(copy, text, size);
	memset(err, 0, sizeof(*err));
	rc = rl_decisions_parse(copy, size, "d", log, err);
	free(copy);
	assert_true(rc == 0 || (err->what[0] && err->line > 0 && err->col > 0));
	return rc;
}

static void test_whole(void **state)
{
	static const char text[] = HEAD "policy spin\n" IDLE "result 0 17 4000\ntruncated\n";
	struct rl_decisions log;
	struct rl_err err;

	(void)state;
	assert_int_equal(parse(text, strlen(text), &log, &err), 0);
	assert_string_equal(log.policy, "spin");
	assert_int_equal(log.n, 2);
	assert_true(log.truncated);
	assert_int_equal(log.d[0].line, 3);
	assert_false(log.d[0].is_result);
	assert_int_equal(log.d[0].in.now_ns, 1000);
	assert_int_equal(log.d[0].in.in_flight, 3);
	assert_int_equal(log.d[0].in.cpu_idle_permille, 750);
	assert_int_equal(log.d[0].in.mean_completion_ns, 20);
	assert_int_equal(log.d[0].plan.action, RL_POLL);
	assert_true(log.d[0].plan.deadline_ns == RL_NEVER && log.d[0].plan.timer_ns == RL_NEVER);
	assert_int_equal(log.d[0].plan.gap_ns, 5);
	assert_int_equal(log.d[0].plan.gap_growth, 1000);
	assert_int_equal(log.d[0].plan.gap_max_ns, 9);
	assert_int_equal(log.d[0].plan.event_offset, 1);
	assert_true(log.d[1].is_result);
	assert_int_equal(log.d[1].how, RL_HIT);
	assert_int_equal(log.d[1].polls, 17);
	assert_int_equal(log.d[1].elapsed_ns, 4000);
	rl_decisions_free(&log);
	assert_int_equal(parse(HEAD, strlen(HEAD), &log, &err), 0);
	assert_int_equal(log.n, 0);
}

static void test_errors(void **state)
{
	static const struct {
		const char *text;
		int line, col;
		const char *says;
	} cases[] = {
		{"", 1, 1, "not a decision log"},
		{"# ringlab decisions 2\n", 1, 1, "not a decision log"},
		{HEAD IDLE, 2, 1, "no policy"},
		{HEAD "policy \n", 2, 1, "malformed policy"},
		{HEAD "policy spn\n", 2, 8, "unknown policy"},
		{HEAD "policy spin\nwait 1\n", 3, 1, "unknown entry"},
		{HEAD "policy spin\nresult 9 1 1\n", 3, 8, "how: too large"},
		{HEAD "policy spin\nresult 1 -1 1\n", 3, 10, "polls: no whole number"},
		{HEAD "policy spin\nresult 1 1\n", 3, 11, "elapsed_ns"},
		{HEAD "policy spin\nresult 1 1 1 1\n", 3, 13, "more numbers"},
		{HEAD "policy spin\nresult 1 1 18446744073709551616\n", 3, 12, "elapsed_ns"},
		{HEAD "policy spin\nidle 1 1 1001 1 0 1 1 1 1 1 1 0\n", 3, 10, "permille"},
		{HEAD "policy spin\nidle 1 1 1 1 6 1 1 1 1 1 1 0\n", 3, 14, "action"},
		{HEAD "policy spin\nidle 1 1 1 1 0 1 1 1 1 1 1 2\n", 3, 28, "no_arm"},
		{HEAD "policy spin\nidle 1 4294967296 1 1 0 1 1 1 1 1 1 0\n", 3, 8, "in_flight"},
		{HEAD "policy spin\ntruncated\n" IDLE, 4, 1, "behind `truncated`"},
		{HEAD "policy spin\nresult 1 1 12", 3, 14, "cut in the middle"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rl_decisions log;
		struct rl_err err;

		assert_int_equal(parse(cases[i].text, strlen(cases[i].text), &log, &err), -EINVAL);
		if (err.line != cases[i].line || err.col != cases[i].col ||
			!strstr(err.what, cases[i].says))
			fail_msg("case %zu: %d:%d: %s", i, err.line, err.col, err.what);
	}
}

static void test_cut_at_every_byte(void **state)
{
	static const char text[] = HEAD "policy spin\n" IDLE "result 0 17 4000\n" IDLE;
	size_t whole = 0;

	(void)state;
	for (size_t n = 0; n <= strlen(text); n++) {
		struct rl_decisions log;
		struct rl_err err;

		if (parse(text, n, &log, &err) == 0) {
			whole++;
			assert_true(n == 0 || text[n - 1] == '\n' || n == strlen(HEAD) - 1);
			rl_decisions_free(&log);
		}
	}
	/* After each of the five lines, and the first line without its end. */
	assert_in_range(whole, 5, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_cut_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
