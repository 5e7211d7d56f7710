/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers with units are read strictly: nothing is ignored, nothing wraps. */
#include "model/base/units.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void sizes(void **state)
{
	uint64_t n;
	const char *bad[] = {"4q", "-1", "", "k", "4 k", "4kk", "1.5k", "0x10", "+4", NULL};

	(void)state;
	assert_int_equal(rl_units_size("4k", &n, NULL), 0);
	assert_int_equal(n, 4096);
	assert_int_equal(rl_units_size("64KiB", &n, NULL), 0);
	assert_int_equal(n, 65536);
	assert_int_equal(rl_units_size("512", &n, NULL), 0);
	assert_int_equal(n, 512);
	for (const char **t = bad; *t; t++)
		assert_int_equal(rl_units_size(*t, &n, NULL), -EINVAL);
	assert_int_equal(rl_units_size("9223372036854775807", &n, NULL), 0);
	assert_int_equal(rl_units_size("9223372036854775808", &n, NULL), -ERANGE);
	assert_int_equal(rl_units_size("99999999t", &n, NULL), -ERANGE);
}

static void times(void **state)
{
	uint64_t ns;
	const char *what = NULL, *bad[] = {"20", "20xs", "-1s", "", "1.s", ".5s", "0.5ns", NULL};

	(void)state;
	assert_int_equal(rl_units_time("20us", &ns, &what), 0);
	assert_int_equal(ns, 20000);
	assert_int_equal(rl_units_time("1.5ms", &ns, &what), 0);
	assert_int_equal(ns, 1500000);
	assert_int_equal(rl_units_time("0.001us", &ns, &what), 0);
	assert_int_equal(ns, 1);
	for (const char **t = bad; *t; t++)
		assert_int_equal(rl_units_time(*t, &ns, &what), -EINVAL);
	assert_non_null(what);
	assert_int_equal(rl_units_time("99999999999h", &ns, &what), -ERANGE);
}

static void numbers(void **state)
{
	uint64_t n;
	double x;

	(void)state;
	assert_int_equal(rl_units_count("18446744073709551616", &n, NULL), -ERANGE);
	assert_int_equal(rl_units_count("12x", &n, NULL), -EINVAL);
	assert_int_equal(rl_units_real("2.5e3", &x, NULL), 0);
	assert_true(x == 2500);
	assert_int_equal(rl_units_real("nan", &x, NULL), -EINVAL);
	assert_int_equal(rl_units_real("inf", &x, NULL), -EINVAL);
	assert_int_equal(rl_units_real("1e400", &x, NULL), -ERANGE);
	assert_int_equal(rl_units_real("0x10", &x, NULL), -EINVAL);
	assert_int_equal(rl_units_real("1 ", &x, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(times),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
