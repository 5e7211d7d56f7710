/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Leave-one-out over tables whose truth is known: rows that the simulator made with other costs are
 * predicted without having been seen, and a row that says something else is told.
 */
#include "calibrate/published.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define ROWS	  8
#define TRUE_FIO  2.0
#define TRUE_COPY 2.0

static const struct rl_sim_options few = {
	.reps = 2, .threads = 1, .requests = 1500, .warmup = RL_WARMUP_TENTH};

static struct rl_published table;
static struct rl_published_verdict verdict;

static double simulated(const struct rl_scenario *s)
{
	static struct rl_sim_result r;
	struct rl_err err = {0};

	if (rl_sim_run(s, &few, &r, &err))
		fail_msg("%s", err.what);
	return r.metrics.m[RL_METRIC_iops].value;
}

/* Two sizes and four depths on a machine whose fio takes twice, and whose copying twice, what
 * the priors say. */
static void make(void)
{
	memset(&table, 0, sizeof(table));
	table.ratios = true;
	table.nfits = 2;
	table.fit[0] = (struct rl_published_fit){"fio_ns", RL_PUBLISHED_COST, RL_PARAM_fio_ns};
	table.fit[1] = (struct rl_published_fit){
		"copy_ns_per_byte", RL_PUBLISHED_COST, RL_PARAM_copy_ns_per_byte};
	for (table.nrows = 0; table.nrows < ROWS; table.nrows++) {
		struct rl_published_row *row = &table.row[table.nrows];
		struct rl_scenario truth;

		rl_scenario_default(&row->s);
		row->s.job.bs_bytes = table.nrows % 2 ? 32768 : 4096;
		row->s.job.iodepth = 1u << (table.nrows / 2);
		truth = row->s;
		truth.costs.v[RL_PARAM_fio_ns] *= TRUE_FIO;
		truth.costs.v[RL_PARAM_copy_ns_per_byte] *= TRUE_COPY;
		row->iops = simulated(&truth);
	}
}

static void judge(void)
{
	struct rl_err err = {0};

	if (rl_published_judge(&table, &few, &verdict, &err))
		fail_msg("%s", err.what);
}

static void finds_what_made_them(void **state)
{
	double fio = rl_param_info[RL_PARAM_fio_ns].dflt * TRUE_FIO;
	double copy = rl_param_info[RL_PARAM_copy_ns_per_byte].dflt * TRUE_COPY;

	(void)state;
	make();
	judge();
	assert_int_equal(verdict.passed, ROWS);
	assert_true(verdict.worst < 0.05);
	assert_int_equal(verdict.pairs_right, verdict.pairs);
	assert_true(verdict.pairs > ROWS);
	assert_true(fabs(verdict.fitted[0] / fio - 1) < 0.1);
	assert_true(fabs(verdict.fitted[1] / copy - 1) < 0.15);
}

/* The row that is wrong is predicted as it would have been; the others hardly care. */
static void tells_a_wrong_row(void **state)
{
	double right;

	(void)state;
	make();
	right = table.row[3].iops;
	table.row[3].iops *= 1.5;
	judge();
	assert_false(verdict.pass[3]);
	assert_true(fabs(verdict.predicted[3] / right - 1) < 0.05);
}

static void by_order(void **state)
{
	(void)state;
	make();
	table.ratios = false;
	table.nfits = 0;
	table.nrows = 2; /* 4 KiB and 32 KiB, one at a time */
	table.row[0].iops = 2;
	table.row[1].iops = 1;
	judge();
	assert_int_equal(verdict.passed, 2);
	assert_int_equal(verdict.pairs, 1);
	table.row[1].iops = 3;
	judge();
	assert_int_equal(verdict.passed, 0);
	table.row[1].iops = 2.01; /* the source does not tell them apart */
	judge();
	assert_int_equal(verdict.pairs, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_made_them),
		cmocka_unit_test(tells_a_wrong_row),
		cmocka_unit_test(by_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
