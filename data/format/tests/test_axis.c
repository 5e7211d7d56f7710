/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Axes of sweeps: lists, ranges, what is between two ends, and what is refused where. */
#include "data/format/axis.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The levels of an axis in one line. */
static const char *levels(const char *text, char *buf, size_t size)
{
	struct rl_err err = {0};
	struct rl_axis a;
	size_t n = 0;

	buf[0] = '\0';
	if (rl_axis_parse(text, "--over", &a, &err))
		fail_msg("%s: %s", text, err.what);
	for (uint32_t i = 0; i < a.nlevels; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? " " : "", a.level[i].text);
	rl_axis_fini(&a);
	return buf;
}

static void lists_and_ranges(void **state)
{
	static const char *const cases[][2] = {
		{"p=a", "a"},
		{"p=a,b", "a b"},
		{"p=1:32:*2", "1 2 4 8 16 32"},
		{"p=1:33:*2", "1 2 4 8 16 32"},
		{"p=1:10:*1.5", "1 2 3 5 8"}, /* 1 1.5 2.25 3.4 5.1 7.6: the nearest */
		{"p=0:100:25", "0 25 50 75 100"},
		{"p=0:99:25", "0 25 50 75"},
		{"p=5:5:1", "5"},
		{"p=0:1:0.1", "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1"},
		{"p=1us:1ms:*10", "1us 10us 100us 1ms"},
		{"p=500us:1500us:500us", "500us 1ms 1500us"},
		{"p=4k:1m:*4", "4k 16k 64k 256k 1m"},
		{"p=512:1k:*2", "512 1k"},
		{"p=30s:2m:30s", "30s 60s 90s 120s"},
		{"p=1,2:4:1,9", "1 2 3 4 9"},
		{"p=x:a=1,b=2,y", "x:a=1,b=2 y"},
		{"p=x:a=1:2:1,b=3:4:1", "x:a=1,b=3 x:a=1,b=4 x:a=2,b=3 x:a=2,b=4"},
		{"p=zipf:1.2,random", "zipf:1.2 random"},
		{"p=4k/50:8k/50", "4k/50:8k/50"},
		{"p=0-3,any", "0-3 any"},
	};
	char buf[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(levels(cases[i][0], buf, sizeof(buf)), cases[i][1]);
}

static void wrong(const char *text, int col, const char *what)
{
	struct rl_err err = {0};
	struct rl_axis a;

	assert_int_not_equal(rl_axis_parse(text, "--over", &a, &err), 0);
	rl_axis_fini(&a);
	if (!strstr(err.what, what) || err.col != col)
		fail_msg("%s: %d: %s", text, err.col, err.what);
	assert_string_equal(err.file, "--over");
}

static void refused(void **state)
{
	(void)state;
	wrong("p", 1, "PATH=VALUE");
	wrong("=1", 1, "PATH=VALUE");
	wrong("p=", 3, "a value");
	wrong("p=1,", 5, "a value");
	wrong("p=1,,2", 5, "a value");
	wrong("p=2:1:1", 3, "not below");
	wrong("p=1:2:0", 3, "step above 0");
	wrong("p=1:2:*1", 3, "factor above 1");
	wrong("p=1:2:*x", 3, "LOW:HIGH");
	wrong("p=1:2:3:4", 3, "LOW:HIGH");
	wrong("p=0:2:*2", 3, "begin above 0");
	wrong("p=0:2:log", 3, "begin above 0");
	wrong("p=1us:2k:1us", 3, "LOW:HIGH");
	wrong("p=1us:2us:1", 3, "LOW:HIGH");
	wrong("p=5,1:2", 5, "a step");
	wrong("p=0:10000000:1", 3, "at most a million");
	wrong("p=x:a=2:1:1", 3, "not below");
	wrong("p=x:a=2:1", 3, "not below");
	wrong("p=x:a=0:1:log", 3, "begin above 0");
	wrong("p=x:a=1:2,y", 3, "a step");
	wrong("p=y,x:a=1:2", 5, "a step");
	wrong("p=x:a=1:2,b=1:2", 3, "a step");
	wrong("p=x:a=1:2:1,b=1us:2us", 3, "a step");
}

static void between(const char *text, double u, const char *expected)
{
	char buf[64];
	struct rl_axis a;

	assert_int_equal(rl_axis_parse(text, "--over", &a, NULL), 0);
	assert_string_equal(rl_axis_value(&a, u, buf, sizeof(buf)), expected);
	rl_axis_fini(&a);
}

static void places(void **state)
{
	static const double last = 1 - 0x1p-53;

	(void)state;
	between("p=1:4", 0, "1");
	between("p=1:4", 0.2499, "1");
	between("p=1:4", 0.25, "2");
	between("p=1:4", last, "4");
	between("p=0.5:1.5", 0.25, "0.75");
	between("costs.p=1:3", 0.25, "1.5");
	between("p=1us:2us", 0, "1us");
	between("p=1us:2us", last, "2us");
	between("p=1us:2us", 0.5, "1500ns");
	between("p=1:100:log", 0.5, "10");
	between("p=1:100:log", last, "100");
	between("costs.p=0.01:100:log", 0.5, "1");
	between("p=a,b,c", 0.3333, "a");
	between("p=a,b,c", 0.3334, "b");
	between("p=a,b,c", last, "c");
	between("p=x:a=1us:9us,b=2", 0.5, "x:a=5us,b=2");
	between("p=x:a=1:100:log", 0.5, "x:a=10");
	between("p=x:b=2,a=1us:2us", last, "x:b=2,a=2us");
}

static void number(const char *axis, const char *text, double expected)
{
	struct rl_axis a;
	double x;

	assert_int_equal(rl_axis_parse(axis, "--over", &a, NULL), 0);
	x = rl_axis_number(&a, text);
	assert_true(isnan(expected) ? isnan(x) : x == expected);
	rl_axis_fini(&a);
}

/* What "1m" is, its neighbours tell. */
static void numbers(void **state)
{
	(void)state;
	number("p=20us,1ms", "20us", 20000);
	number("p=4k,1m", "1m", 1048576);
	number("p=30s,1m", "1m", 6e10);
	number("p=0.5,7", "7", 7);
	number("p=1:9", "7", 7);
	number("p=7,spin", "7", NAN);
	number("p=0-3,any", "0-3", NAN);
	number("p=x:a=1us:9us,b=2", "x:a=5us,b=2", 5000);
	number("p=x:a=1us:9us,b=2", "x", NAN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_and_ranges),
		cmocka_unit_test(refused),
		cmocka_unit_test(places),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
