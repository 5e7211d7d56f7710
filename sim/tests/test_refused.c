/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the simulator's face refuses before anything runs, and that it names what is wrong. */
#include "sim/sim.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct rl_scenario s;
static struct rl_sim_result r;

static void bad_names(void **state)
{
	struct rl_err err = {0};

	(void)state;
	rl_scenario_default(&s);
	snprintf(s.disk.device, sizeof(s.disk.device), "no_such");
	assert_int_equal(rl_sim_run(&s, NULL, &r, &err), -EINVAL);
	assert_non_null(strstr(err.what, "disk.device"));
	rl_scenario_default(&s);
	snprintf(s.machine.scheduler, sizeof(s.machine.scheduler), "no_such");
	err = (struct rl_err){0};
	assert_int_equal(rl_sim_run(&s, NULL, &r, &err), -EINVAL);
	assert_non_null(strstr(err.what, "machine.scheduler"));
}

static void options_out_of_range(void **state)
{
	const struct rl_sim_options bad[] = {{.reps = RL_SIM_MAX_REPS + 1},
		{.precision = 0.1, .max_reps = RL_SIM_MAX_REPS + 1}, {.precision = 1},
		{.precision = -0.1}, {.precision = NAN}};

	(void)state;
	rl_scenario_default(&s);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rl_err err = {0};

		assert_int_equal(rl_sim_run(&s, &bad[i], &r, &err), -EINVAL);
		assert_non_null(strstr(err.what, i < 2 ? "replications" : "precision"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_names),
		cmocka_unit_test(options_out_of_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
