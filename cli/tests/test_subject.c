/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run's name finds, and that its cell is simulated as a validation would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/tests/store_fixture.h"
#include "cli/subject.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char dir[32], db[48];
static struct rl_measured_cell cells[FIXTURE_CELLS];

static int setup(void **state)
{
	struct rl_param_set set = {.name = FIXTURE_PLATFORM, .platform = FIXTURE_PLATFORM};
	struct rl_store *store;
	struct rl_costs truth;
	int rc;

	(void)state;
	strcpy(dir, "/tmp/subject.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(db, sizeof(db), "%s/db", dir);
	fixture_grid(cells);
	fixture_truth(&truth);
	rc = fixture_measure(cells, 1, &truth);
	rc = rc ? rc : rl_store_open(&store, db, true, NULL);
	rc = rc ? rc : fixture_put(store, &cells[0], 1, NULL);
	set.p[RL_PARAM_submit_ns] = (struct rl_fitted){
		.present = true, .value = truth.v[RL_PARAM_submit_ns], .lo = NAN, .hi = NAN};
	rc = rc ? rc : rl_store_save_params(store, &set, NULL);
	rl_store_close(store);
	return rc;
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static int find(const char *name, const char *params, struct rl_subject *s, struct rl_err *err)
{
	struct rl_configure conf = {.scenario = name, .params = params};

	memset(err, 0, sizeof(*err));
	return rl_subject_read(&conf, db, s, err);
}

static void names(void **state)
{
	static struct rl_subject s;
	char name[256];
	struct rl_err err;

	(void)state;
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s%s", i == 2 ? FIXTURE_PLATFORM "/" : "",
			i ? cells[0].name : "1", i == 3 ? ".r0" : "");
		if (find(name, NULL, &s, &err))
			fail_msg("%s: %s", name, err.what);
		assert_true(s.measured && s.modelled && s.repeats == 1);
		assert_string_equal(s.params, FIXTURE_PLATFORM);
		assert_true(rl_account_find(s.account, RL_ACCOUNT_RESULT, "iops")->e.value ==
			    cells[0].m[RL_METRIC_iops].value);
		rl_subject_fini(&s);
	}
}

static void nowhere(void **state)
{
	static const char *const wrong[] = {
		"2", "no-such", "hosted/no-such", "/", "x/", "18446744073709551616", ""};
	static struct rl_subject s;
	struct rl_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int rc = find(wrong[i], NULL, &s, &err);

		rl_subject_fini(&s);
		if (rc >= 0 || !*err.what)
			fail_msg("'%s' found something", wrong[i]);
	}
	assert_int_not_equal(find("1", "no-such", &s, &err), 0);
	rl_subject_fini(&s);
}

/* To the last bit what rl_forward_run() says, which validations ask. */
static void as_validated(void **state)
{
	static struct rl_subject s;
	static struct rl_sim_result r;
	struct rl_forward_options forward;
	struct rl_sim_options o;
	struct rl_metrics m;
	struct rl_err err;

	(void)state;
	assert_int_equal(find("1", NULL, &s, &err), 0);
	o = rl_subject_options(&s, &(struct rl_sim_options){0});
	assert_int_equal(rl_sim_run(&s.scenario, &o, &r, &err), 0);
	rl_forward_precise(&forward);
	assert_int_equal(rl_forward_run(s.cell, 1, &s.scenario.costs, 1, &forward, &m, &err), 0);
	assert_memory_equal(&m, &r.metrics, sizeof(m));
	o = rl_subject_options(&s, &(struct rl_sim_options){.reps = 3, .requests = 77});
	assert_true(o.reps == 3 && o.requests == 77);
	rl_subject_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(nowhere),
		cmocka_unit_test(as_validated),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
