/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tolerances.csv: the committed file is read, anything odd is refused with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "data/format/tolerance.h"
#include "model/metrics.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER "platform,metric,statistic,tolerance\n"

static void test_committed(void **state)
{
	struct rl_tolerance *t;
	size_t n, found = 0;

	(void)state;
	assert_int_equal(rl_tolerance_read("data/params/tolerances.csv", &t, &n, NULL), 0);
	for (size_t i = 0; i < n; i++)
		found += strcmp(t[i].platform, "xen-qemu-counted") == 0 &&
			 t[i].metric == RL_METRIC_iops &&
			 t[i].statistic == RL_STATISTIC_MEAN_ABS_ERROR && t[i].tolerance <= 0.10;
	assert_int_equal(found, 1);
	free(t);
}

static void refused(const char *text, int line, int col, const char *what)
{
	char path[] = "/tmp/tolerance.XXXXXX";
	int fd = mkstemp(path);
	struct rl_tolerance *t;
	struct rl_err err = {0};
	size_t n;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_int_equal(rl_tolerance_read(path, &t, &n, &err), -EINVAL);
	unlink(path);
	assert_int_equal(err.line, line);
	assert_int_equal(err.col, col);
	assert_non_null(strstr(err.what, what));
	assert_null(t);
}

static void test_refused(void **state)
{
	(void)state;
	refused("", 1, 1, "header");
	refused("platform,metric\n", 1, 1, "header");
	refused(HEADER "p,iops,mean_abs_error\n", 2, 1, "3 fields");
	refused(HEADER "p,iops,mean_abs_error,0.1,x\n", 2, 1, "5 fields");
	refused(HEADER "p,iop,mean_abs_error,0.1\n", 2, 3, "unknown metric");
	refused(HEADER "p,iops,mean,0.1\n", 2, 8, "unknown statistic");
	refused(HEADER "p,iops,mean_abs_error,nan\n", 2, 23, "nan");
	refused(HEADER "p,iops,mean_abs_error,10%\n", 2, 23, "10%");
	refused(HEADER "p,iops,mean_abs_error,-0.1\n", 2, 23, "-0.1");
	refused(HEADER "p,iops,mean_abs_error,0.1\np,iops,mean_abs_error,0.2\n", 3, 1, "before");
}

static void test_no_file(void **state)
{
	struct rl_tolerance *t;
	struct rl_err err = {0};
	size_t n;

	(void)state;
	assert_int_equal(rl_tolerance_read("/nonexistent/t.csv", &t, &n, &err), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_committed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
