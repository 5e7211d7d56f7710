/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario's check refuses what makes no sense and names the field. */
#include "model/scenario.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct rl_scenario s;

static void refused(const char *field)
{
	struct rl_err err = {0};

	assert_int_equal(rl_scenario_check(&s, &err), -EINVAL);
	assert_non_null(strstr(err.what, field));
	rl_scenario_default(&s);
}

static void fields(void **state)
{
	struct rl_err err = {0};

	(void)state;
	rl_scenario_default(&s);
	assert_int_equal(rl_scenario_check(&s, &err), 0);
	s.machine.pcpus = 0;
	refused("machine.pcpus");
	s.driver.pcpu = 2;
	refused("driver.pcpu");
	s.guest.weight = 0;
	refused("guest.weight");
	s.disk.ring_pages = 3;
	refused("disk.ring_pages");
	snprintf(s.back_policy, sizeof(s.back_policy), "no_such_policy");
	refused("back_policy");
	s.job.iodepth = 0;
	refused("job.iodepth");
	s.job.bs_bytes = 1000;
	refused("job.bs");
	s.job.numjobs = 4;
	refused("job.numjobs");
}

static void costs(void **state)
{
	struct rl_err err = {0};

	(void)state;
	rl_scenario_default(&s);
	for (int i = 0; i < RL_PARAM_COUNT; i++) {
		double bad[] = {NAN, INFINITY, -1, rl_param_info[i].max * 1.01};

		assert_int_equal(rl_param_find(rl_param_info[i].name), i);
		for (int k = 0; k < 4; k++) {
			s.costs.v[i] = bad[k];
			refused(rl_param_info[i].name);
		}
	}
	assert_int_equal(rl_scenario_check(&s, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(costs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
