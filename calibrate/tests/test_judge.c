/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts on rows and duels whose outcome is known beforehand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/balance.h"
#include "calibrate/judge.h"
#include "calibrate/kind.h"
#include "calibrate/pool.h"
#include "calibrate/tests/cells_fixture.h"

#include <errno.h>

#define PLATFORM "p"
#define CELLS	 60

static void test_count_band(void **state)
{
	size_t lo, hi;

	(void)state;
	rl_judge_count_band(60, 0.9, &lo, &hi);
	assert_int_equal(lo, 47);
	assert_int_equal(hi, 59);
	rl_judge_count_band(240, 0.9, &lo, &hi);
	assert_int_equal(lo, 202);
	assert_int_equal(hi, 228);
	rl_judge_count_band(5, 0.9, &lo, &hi);
	assert_int_equal(hi, 5); /* five of five say nothing */
}

/* Sixty cells, the i-th off by errors[i % n]; the interval is 10 % either side. */
static void make(struct rl_validation *v, struct rl_measured_cell *cells,
	struct rl_validation_row *rows, const double *errors, size_t n)
{
	memset(v, 0, sizeof(*v));
	v->cells.v = cells;
	v->cells.n = CELLS;
	v->rows = rows;
	v->nrows = CELLS;
	for (size_t i = 0; i < CELLS; i++) {
		double e = errors[i % n];

		fixture_cell(&cells[i], "q", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
		cells[i].m[RL_METRIC_iops].deviation = 0.3;
		rows[i] = (struct rl_validation_row){.cell = i,
			.quantity = RL_METRIC_iops,
			.measured = 1000,
			.predicted = 1000 * (1 + e),
			.error = e,
			.lo = 900 * (1 + e),
			.hi = 1100 * (1 + e)};
		rows[i].covered = rows[i].lo <= 1000 && rows[i].hi >= 1000;
	}
}

/* The first verdict of one bound. */
static struct rl_verdict judge(
	struct rl_validation *v, enum rl_statistic statistic, double tolerance)
{
	struct rl_tolerance t = {PLATFORM, RL_METRIC_iops, statistic, tolerance};

	v->nverdicts = 0;
	assert_int_equal(rl_judge(v, PLATFORM, &t, 1, NULL), 0);
	assert_true(v->verdicts[0].binding);
	return v->verdicts[0];
}

static void test_errors(void **state)
{
	static const double errors[] = {0.04, -0.08};
	static struct rl_measured_cell cells[CELLS];
	static struct rl_validation_row rows[CELLS];
	struct rl_tolerance none = {"another", RL_METRIC_iops, RL_STATISTIC_MEAN_ABS_ERROR, 0.1};
	struct rl_validation v;

	(void)state;
	make(&v, cells, rows, errors, 2);
	assert_true(fabs(judge(&v, RL_STATISTIC_MEAN_ABS_ERROR, 0.05).value - 0.06) < 1e-12);
	assert_false(judge(&v, RL_STATISTIC_MEAN_ABS_ERROR, 0.05).pass);
	assert_true(judge(&v, RL_STATISTIC_MEAN_ABS_ERROR, 0.07).pass);
	assert_true(fabs(judge(&v, RL_STATISTIC_MAX_ABS_ERROR, 0.11).value - 0.08) < 1e-12);
	assert_false(judge(&v, RL_STATISTIC_MAX_ABS_ERROR, 0.07).pass);
	/* Repeats that scatter by 30 % cannot tell an error of 6 %. */
	assert_true(judge(&v, RL_STATISTIC_MEAN_ERROR_OR_SPREAD, 0.05).pass);
	for (size_t i = 0; i < CELLS; i++)
		cells[i].m[RL_METRIC_iops].deviation = 0;
	assert_false(judge(&v, RL_STATISTIC_MEAN_ERROR_OR_SPREAD, 0.05).pass);
	rows[7].error = NAN; /* no prediction at all */
	assert_false(judge(&v, RL_STATISTIC_MEAN_ABS_ERROR, 1).pass);
	assert_false(judge(&v, RL_STATISTIC_MAX_ABS_ERROR, 1).pass);
	v.nverdicts = 0;
	assert_int_equal(rl_judge(&v, PLATFORM, &none, 1, NULL), -ENOENT);
}

static void test_intervals(void **state)
{
	static const double tenth_out[] = {0, 0, 0, 0, 0.2, 0, 0, 0, 0, 0};
	static const double half_out[] = {0, 0.2};
	static struct rl_measured_cell cells[CELLS];
	static struct rl_validation_row rows[CELLS];
	struct rl_validation v;

	(void)state;
	make(&v, cells, rows, tenth_out, 10);
	assert_true(judge(&v, RL_STATISTIC_COVERAGE, 0.9).pass);
	assert_true(fabs(v.verdicts[0].value - 0.9) < 1e-12);
	/* Width everywhere, and twenty times what is missed (2 / 0.1) in a tenth of the cells. */
	assert_true(fabs(v.verdicts[1].value - (log(11. / 9) + 2 * log(1.08))) < 1e-9);
	assert_true(judge(&v, RL_STATISTIC_MEDIAN_WIDTH, 0.2000001).pass);
	assert_false(judge(&v, RL_STATISTIC_MEDIAN_WIDTH, 0.19).pass);
	make(&v, cells, rows, half_out, 2);
	assert_false(judge(&v, RL_STATISTIC_COVERAGE, 0.9).pass);
	make(&v, cells, rows, half_out, 1); /* all of them: too wide, too */
	assert_false(judge(&v, RL_STATISTIC_COVERAGE, 0.9).pass);
}

/* Half of one platform is missed and none of three others: together an eighth. */
static void test_pool(void **state)
{
	static const double half_out[] = {0, 0.2}, none_out[] = {0};
	static struct rl_measured_cell cells[CELLS];
	static struct rl_validation_row rows[4][CELLS];
	struct rl_tolerance t[] = {{PLATFORM, RL_METRIC_iops, RL_STATISTIC_MEAN_ABS_ERROR, 0.01},
		{RL_POOL_PLATFORM, RL_METRIC_iops, RL_STATISTIC_COVERAGE_OFF, 0.05},
		{RL_POOL_PLATFORM, RL_METRIC_iops, RL_STATISTIC_MAX_ABS_ERROR, 0.5}};
	struct rl_validation v[4], pool;
	struct rl_err err;

	(void)state;
	for (int i = 0; i < 4; i++)
		make(&v[i], cells, rows[i], i ? none_out : half_out, i ? 1 : 2);
	assert_int_equal(rl_pool_judge(v, 4, t, 2, &pool, &err), 0);
	assert_int_equal(pool.nrows, 4 * CELLS);
	assert_true(fabs(pool.verdicts[0].value - 0.025) < 1e-12);
	assert_true(pool.pass);
	rl_validation_fini(&pool);
	/* Alone it is outside, and so is what misses nothing. */
	assert_int_equal(rl_pool_judge(v, 1, t, 2, &pool, &err), 0);
	assert_false(pool.pass);
	rl_validation_fini(&pool);
	assert_int_equal(rl_pool_judge(v + 1, 3, t, 2, &pool, &err), 0);
	assert_false(pool.pass);
	rl_validation_fini(&pool);
	assert_int_equal(rl_pool_judge(v, 4, t, 3, &pool, &err), -EINVAL);
	assert_int_equal(rl_pool_judge(v, 4, t, 1, &pool, &err), -ENOENT);
}

/* p beats q nine times of ten, clearly but for the last; s always loses. */
static void test_balance(void **state)
{
	struct rl_measured_cell v[3];
	struct rl_cells cells = {.v = v, .n = 3};
	struct rl_duel d[12];
	size_t n, right;

	(void)state;
	fixture_cell(&v[0], "p", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
	fixture_cell(&v[1], "q", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
	fixture_cell(&v[2], "s", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
	for (int i = 0; i < 12; i++)
		d[i] = (struct rl_duel){.a = 0,
			.b = i < 10 ? 1 : 2,
			.measured = i == 9 ? 1.5 : 0.9 - 0.05 * i,
			.winner = i == 9 ? 1 : -1,
			.counts = true,
			.held_out = true,
			.right = i != 0};
	assert_true(rl_balance_duels(&cells, d, 12, 0.2, &n, &right));
	/* One win of five is a fifth; the narrowest four defeats stay, with the wrong one. */
	assert_int_equal(n, 5);
	assert_int_equal(right, 4);
	for (int i = 0; i < 12; i++)
		d[i].held_out = false;
	assert_false(rl_balance_duels(&cells, d, 12, 0.2, &n, &right));
}

static void test_kinds(void **state)
{
	struct rl_scenario a, b;
	char text[96];

	(void)state;
	rl_scenario_default(&a);
	b = a;
	assert_string_equal(rl_kind_name(&a, text, sizeof(text)), "closed loop");
	b.job.numjobs = 4;
	b.load.vcpus = 1;
	b.load.weight = 256;
	b.load.cap = 20;
	assert_string_equal(rl_kind_name(&b, text, sizeof(text)), "4 jobs load 256:20");
	assert_false(rl_kind_same(&a, &b));
	b = a;
	b.job.rate_iops[RL_DIR_READ] = 500;
	b.job.poisson = true;
	assert_string_equal(rl_kind_name(&b, text, sizeof(text)), "poisson");
	b.job.bs_bytes *= 2;
	b.job.rate_iops[RL_DIR_READ] = 0;
	assert_true(rl_kind_same(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count_band),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_pool),
		cmocka_unit_test(test_balance),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
