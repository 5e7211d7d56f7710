/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `bench requests` simulates the scenario that it says, which anybody can simulate as well. */
#include "cli/bench.h"
#include "data/format/scenario.h"
#include "model/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void set(struct rl_scenario *s, const char *path, const char *value)
{
	assert_int_equal(rl_scenario_set(s, path, value, "-", 1, 1, NULL, NULL, NULL), 0);
}

static char *text(const char *policy, bool shipped)
{
	struct rl_scenario s;
	struct rl_err err = {0};

	if (!shipped) {
		assert_int_equal(rl_bench_scenario(&s, policy, &err), 0);
	} else {
		if (rl_scenario_read("data/scenarios/two-cores.yaml", &s, NULL, NULL, &err))
			fail_msg("%s", err.what);
		set(&s, "job.iodepth", "32");
		set(&s, "back_policy", policy);
	}
	set(&s, "name", "same");
	return rl_scenario_json(&s);
}

static void as_shipped(void **state)
{
	const char *const policies[] = {"event", "spin"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		char *a = text(policies[i], true), *b = text(policies[i], false);

		assert_non_null(a);
		assert_string_equal(a, b);
		free(a);
		free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_shipped)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
