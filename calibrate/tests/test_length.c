/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs are cut as far as the data allow, and no further. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/length.h"
#include "calibrate/tests/cells_fixture.h"

#define CELLS 3

struct bench {
	struct rl_measured_cell v[CELLS];
	struct rl_cells cells;
	struct rl_forward_options o;
	struct rl_costs costs;
	double part[CELLS];
};

/* Every cell is measured as the model has it, and repeats to @spread. */
static void set_up(struct bench *b, double spread)
{
	struct rl_metrics m[CELLS];
	double q[RL_QUANTITY_COUNT];

	memset(b, 0, sizeof(*b));
	fixture_cell(&b->v[0], "event", RL_RW_RANDREAD, 4096, 1, RL_ROLE_CALIBRATE);
	fixture_cell(&b->v[1], "spin", RL_RW_RANDREAD, 4096, 8, RL_ROLE_CALIBRATE);
	fixture_cell(&b->v[2], "event", RL_RW_RANDREAD, 4096, 32, RL_ROLE_CALIBRATE);
	b->cells = (struct rl_cells){.v = b->v, .n = CELLS};
	rl_forward_default(&b->o);
	rl_costs_default(&b->costs);
	assert_int_equal(rl_forward_run(b->v, CELLS, &b->costs, 1, &b->o, m, NULL), 0);
	for (size_t c = 0; c < CELLS; c++) {
		rl_quantities(&m[c], q);
		for (int i = 0; i < RL_QUANTITY_COUNT; i++) {
			fixture_measured(&b->v[c], i, q[i]);
			b->v[c].m[i].spread = spread;
		}
	}
}

static void choose(struct bench *b, double tolerance)
{
	assert_int_equal(
		rl_length_choose(&b->o, &b->cells, &b->costs, tolerance, b->part, NULL), 0);
}

static void test_what_may_be_off_runs_briefly(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, 10);
	choose(&b, 1);
	for (size_t c = 0; c < CELLS; c++)
		assert_true(b.part[c] == 0.1);
	assert_true(fabs(rl_length_passes(&b.cells, b.part) - 0.1) < 1e-9);
	assert_true(rl_length_passes(&b.cells, NULL) == 1);
}

static void test_what_may_not_runs_whole(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, 0);
	choose(&b, 0);
	for (size_t c = 0; c < CELLS; c++)
		assert_true(b.part[c] == 1);
}

/* Where a tenth is taken, a whole run with random numbers of its own says the same. */
static void test_what_is_cut_says_the_same(void **state)
{
	static const unsigned stream = 7;
	struct rl_metrics whole[CELLS], brief[CELLS];
	double a[RL_QUANTITY_COUNT], q[RL_QUANTITY_COUNT];
	struct bench b;

	(void)state;
	set_up(&b, 0);
	choose(&b, 0.5);
	b.o.stream = &stream;
	assert_int_equal(rl_forward_run(b.v, CELLS, &b.costs, 1, &b.o, whole, NULL), 0);
	b.o.part = b.part;
	assert_int_equal(rl_forward_run(b.v, CELLS, &b.costs, 1, &b.o, brief, NULL), 0);
	assert_true(b.part[0] < 1); /* one request after the other */
	for (size_t c = 0; c < CELLS; c++) {
		rl_quantities(&whole[c], a);
		rl_quantities(&brief[c], q);
		/* twice what the two that chose were allowed */
		assert_true(fabs(log(q[RL_METRIC_iops] / a[RL_METRIC_iops])) < 0.01);
	}
}

static void test_no_run_for_a_part_of_nothing(void **state)
{
	static const double part[CELLS] = {1, 0, 1};
	struct rl_metrics m[CELLS];
	struct bench b;

	(void)state;
	set_up(&b, 0);
	memset(m, 0, sizeof(m));
	b.o.part = part;
	assert_int_equal(rl_forward_run(b.v, CELLS, &b.costs, 1, &b.o, m, NULL), 0);
	assert_true(m[0].m[RL_METRIC_iops].value > 0 && m[2].m[RL_METRIC_iops].value > 0);
	assert_true(m[1].m[RL_METRIC_iops].value == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_may_be_off_runs_briefly),
		cmocka_unit_test(test_what_may_not_runs_whole),
		cmocka_unit_test(test_what_is_cut_says_the_same),
		cmocka_unit_test(test_no_run_for_a_part_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
