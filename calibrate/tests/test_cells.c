/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repeats into cells: medians, spread, roles that never mix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/cells.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static void run(struct rl_run *r, const char *cell, int repeat, enum rl_role role, double iops)
{
	memset(r, 0, sizeof(*r));
	rl_scenario_default(&r->scenario);
	rl_metrics_clear(&r->metrics);
	strcpy(r->platform, "bench");
	strcpy(r->cell, cell);
	memset(r->hash, 'a' + repeat, RL_SHA256_HEX - 1);
	r->repeat = repeat;
	r->role = role;
	r->metrics.m[RL_METRIC_iops].value = iops;
}

static void test_medians(void **state)
{
	struct rl_run r[5];
	struct rl_cells c;
	static const double iops[] = {100, 120, 90, 5000, 110}; /* one wild repeat */

	(void)state;
	for (int i = 0; i < 4; i++)
		run(&r[i], "one", i, RL_ROLE_CALIBRATE, iops[i]);
	run(&r[4], "two", 0, RL_ROLE_VALIDATE, 7);
	r[4].metrics.m[RL_METRIC_front_cpu_frac].value = 0.5;
	assert_int_equal(rl_cells_make(r, 5, &c, NULL), 0);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.v[0].repeats, 4);
	assert_true(c.v[0].m[RL_METRIC_iops].value == 110);
	assert_true(c.v[0].m[RL_METRIC_iops].spread > 0);
	assert_true(isnan(c.v[0].m[RL_METRIC_clat_mean_ns].value));
	assert_true(c.v[1].m[RL_METRIC_iops].spread == 0);
	assert_true(fabs(c.v[1].m[RL_QUANTITY_FRONT_CPU_NS].value - 0.5e9 / 7) < 1);
	assert_int_equal(c.nhashes, 5);
	rl_cells_fini(&c);
}

static void test_roles_never_mix(void **state)
{
	struct rl_run r[2];
	struct rl_cells c;
	struct rl_err err = {0};

	(void)state;
	run(&r[0], "one", 0, RL_ROLE_CALIBRATE, 1);
	run(&r[1], "one", 1, RL_ROLE_VALIDATE, 1);
	assert_int_equal(rl_cells_make(r, 2, &c, &err), -EINVAL);
	assert_non_null(strstr(err.what, "one role a cell"));
}

static void test_no_role_no_cell(void **state)
{
	struct rl_run r;
	struct rl_cells c;

	(void)state;
	run(&r, "one", 0, RL_ROLE_NONE, 1);
	assert_int_equal(rl_cells_make(&r, 1, &c, NULL), 0);
	assert_int_equal(c.n, 0);
	assert_int_equal(c.nhashes, 0);
	rl_cells_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_medians),
		cmocka_unit_test(test_roles_never_mix),
		cmocka_unit_test(test_no_role_no_cell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
