/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exit codes of calibrate and validate as scripts rely on them, on a synthetic store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/tests/store_fixture.h"
#include "cli/cli.h"

#include <unistd.h>

extern const struct rl_verb rl_verb_calibrate, rl_verb_validate;

static const char *const rows =
	"platform,metric,statistic,tolerance\n" FIXTURE_PLATFORM
	",iops,mean_abs_error,0.10\n" FIXTURE_PLATFORM ",iops,winner_threshold,0.03\n";

struct bench {
	char dir[32], db[48], tolerances[48];
};

/* Held-out runs are @factor times what the parameters that are saved predict. */
static void set_up(struct bench *b, double factor)
{
	static struct rl_measured_cell v[FIXTURE_CELLS];
	struct rl_param_set set = {.name = FIXTURE_PLATFORM, .platform = FIXTURE_PLATFORM};
	struct rl_store *store;
	struct rl_costs truth;
	size_t n = fixture_grid(v);
	FILE *f;

	strcpy(b->dir, "/tmp/verbs.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->db, sizeof(b->db), "%s/db", b->dir);
	snprintf(b->tolerances, sizeof(b->tolerances), "%s/tol.csv", b->dir);
	f = fopen(b->tolerances, "w");
	assert_non_null(f);
	fputs(rows, f);
	fclose(f);
	fixture_truth(&truth);
	assert_int_equal(fixture_measure(v, n, &truth), 0);
	assert_int_equal(rl_store_open(&store, b->db, true, NULL), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(
			fixture_put(store, &v[i], v[i].role == RL_ROLE_VALIDATE ? factor : 1, NULL),
			0);
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		set.p[i] = (struct rl_fitted){
			.present = true, .value = truth.v[i], .lo = NAN, .hi = NAN};
	assert_int_equal(rl_store_save_params(store, &set, NULL), 0);
	rl_store_close(store);
}

static void tear_down(const struct bench *b)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", b->dir);
	assert_int_equal(system(command), 0);
}

static int validate(const struct bench *b, const char *platform, const char *params)
{
	char *argv[] = {"ringlab validate", "--db", (char *)b->db, "--tolerances",
		(char *)b->tolerances, "--platform", (char *)platform, "--params", (char *)params,
		"--format", "csv", NULL};

	return rl_verb_validate.run(11, argv);
}

static void test_validate(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, 1);
	assert_int_equal(validate(&b, FIXTURE_PLATFORM, FIXTURE_PLATFORM), RL_EXIT_OK);
	assert_int_equal(validate(&b, FIXTURE_PLATFORM, "none"), RL_EXIT_INPUT);
	assert_int_equal(validate(&b, "hosted", FIXTURE_PLATFORM), RL_EXIT_INPUT);
	tear_down(&b);
}

static void test_shifted_by_a_fifth(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, 1.2);
	assert_int_equal(validate(&b, FIXTURE_PLATFORM, FIXTURE_PLATFORM), RL_EXIT_INVALID);
	tear_down(&b);
}

/* 16 calibration cells do not carry the parameters that the platform is asked for. */
static void test_calibrate_refuses_too_few_cells(void **state)
{
	struct bench b;
	char *argv[] = {"ringlab calibrate", "--db", b.db, "--platform", FIXTURE_PLATFORM, NULL};

	(void)state;
	set_up(&b, 1);
	assert_int_equal(rl_verb_calibrate.run(5, argv), RL_EXIT_INPUT);
	tear_down(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_validate),
		cmocka_unit_test(test_shifted_by_a_fifth),
		cmocka_unit_test(test_calibrate_refuses_too_few_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
