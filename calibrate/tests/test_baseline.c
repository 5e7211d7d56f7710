/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interpolation on planes whose values are known; winners of pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/baseline.h"
#include "calibrate/tests/cells_fixture.h"
#include "calibrate/winner.h"

#include <stdlib.h>

static const uint32_t depths[] = {1, 2, 4, 8, 32};
static const uint64_t sizes[] = {4096, 8192, 32768, 65536};

/* log y = 3 + 0.7 log depth - 0.4 log bs + k log depth log bs */
static double plane(double k, uint32_t depth, uint64_t bs)
{
	double u = log(depth), v = log((double)bs);

	return exp(3 + 0.7 * u - 0.4 * v + k * u * v);
}

static void make_grid(struct rl_cells *g, double k)
{
	g->v = calloc(40, sizeof(*g->v));
	g->n = 0;
	for (int p = 0; p < 2; p++)
		for (int d = 0; d < 5; d++)
			for (int b = 0; b < 4; b++) {
				struct rl_measured_cell *c = &g->v[g->n++];

				fixture_cell(c, p ? "q" : "p", RL_RW_RANDREAD, sizes[b], depths[d],
					RL_ROLE_CALIBRATE);
				fixture_measured(c, RL_METRIC_iops,
					(p ? 100 : 1) * plane(k, depths[d], sizes[b]));
			}
}

static void check_plane(double k, const char *back, enum rl_rw rw, uint64_t bs, uint32_t depth)
{
	struct rl_cells g = {0};
	struct rl_measured_cell at;
	double truth = (back[0] == 'q' ? 100 : 1) * plane(k, depth, bs);

	make_grid(&g, k);
	fixture_cell(&at, back, rw, bs, depth, RL_ROLE_VALIDATE);
	for (int b = 0; b < RL_BASELINE_COUNT; b++) {
		double y = rl_baseline_predict((enum rl_baseline)b, &g, &at, RL_METRIC_iops);

		assert_true(fabs(y / truth - 1) < 1e-9);
	}
	free(g.v);
}

static void test_plane(void **state)
{
	(void)state;
	check_plane(0, "p", RL_RW_RANDREAD, 16384, 16);
	check_plane(0.05, "q", RL_RW_RANDREAD, 16384, 4);
	check_plane(0.05, "p", RL_RW_RANDREAD, 131072, 64); /* beyond the edges */
	check_plane(0.05, "q", RL_RW_RANDWRITE, 4096, 16);  /* a direction never seen */
}

static void test_bilinear_hits_its_points(void **state)
{
	struct rl_cells g = {0};

	(void)state;
	make_grid(&g, 0);
	g.v[7].m[RL_METRIC_iops].value *= 3; /* no plane any more */
	assert_true(fabs(rl_baseline_predict(RL_BASELINE_BILINEAR, &g, &g.v[7], RL_METRIC_iops) /
				    g.v[7].m[RL_METRIC_iops].value -
			    1) < 1e-9);
	assert_true(fabs(rl_baseline_predict(RL_BASELINE_OLS, &g, &g.v[7], RL_METRIC_iops) /
				    g.v[7].m[RL_METRIC_iops].value -
			    1) > 0.1);
	free(g.v);
}

/* A policy that was never measured: all there is to go by is what the others did. */
static void test_other_policies(void **state)
{
	struct rl_cells g = {0}, none = {0};
	struct rl_measured_cell at;
	double y;

	(void)state;
	make_grid(&g, 0);
	fixture_cell(&at, "neither", RL_RW_RANDREAD, 16384, 16, RL_ROLE_VALIDATE);
	y = rl_baseline_predict(RL_BASELINE_OLS, &g, &at, RL_METRIC_iops);
	assert_true(fabs(y / (sqrt(100) * plane(0, 16, 16384)) - 1) < 1e-9);
	assert_true(isnan(rl_baseline_predict(RL_BASELINE_OLS, &none, &at, RL_METRIC_iops)));
	free(g.v);
}

/* Two cells that differ in policy, their measured ratio and the predicted one. */
static struct rl_duel duel_of(int quantity, double measured, double predicted)
{
	struct rl_measured_cell v[3];
	struct rl_cells cells = {.v = v, .n = 3};
	double pred[3 * RL_QUANTITY_COUNT] = {0};
	struct rl_duel *d, out;
	size_t n;

	fixture_cell(&v[0], "p", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
	fixture_cell(&v[1], "q", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
	fixture_cell(&v[2], "q", RL_RW_RANDREAD, 4096, 2, RL_ROLE_VALIDATE);
	fixture_measured(&v[0], quantity, 10);
	fixture_measured(&v[1], quantity, 10 * measured);
	pred[quantity] = 5;
	pred[RL_QUANTITY_COUNT + quantity] = 5 * predicted;
	assert_int_equal(rl_winner_duels(&cells, pred, quantity, 0.03, &d, &n), 0);
	assert_int_equal(n, 1); /* the third has another depth: no pair */
	out = d[0];
	free(d);
	return out;
}

static void test_winner(void **state)
{
	struct rl_duel d;

	(void)state;
	d = duel_of(RL_METRIC_iops, 1.5, 1.01);
	assert_true(d.counts && d.right && d.winner == 1);
	d = duel_of(RL_METRIC_iops, 1.5, 0.99);
	assert_true(d.counts && !d.right);
	d = duel_of(RL_METRIC_iops, 1.5, 1.0);
	assert_true(d.counts && !d.right); /* a predicted tie is wrong */
	d = duel_of(RL_METRIC_iops, 1.02, 0.9);
	assert_false(d.counts);
	d = duel_of(RL_METRIC_clat_p50_ns, 1.5, 1.2);
	assert_true(d.right && d.winner == -1); /* of times the smaller wins */
	d = duel_of(RL_METRIC_iops, 1.5, NAN);
	assert_true(d.counts && !d.right);
}

/* Two policies whose repeats overlap have not been told apart, whatever their medians say. */
static void test_noise_has_no_winner(void **state)
{
	struct rl_measured_cell v[2];
	struct rl_cells cells = {.v = v, .n = 2};
	double pred[2 * RL_QUANTITY_COUNT] = {0};
	struct rl_duel *d;
	size_t n;

	(void)state;
	fixture_cell(&v[0], "p", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
	fixture_cell(&v[1], "q", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
	fixture_measured(&v[0], RL_METRIC_iops, 100);
	fixture_measured(&v[1], RL_METRIC_iops, 110);
	v[0].m[RL_METRIC_iops].spread = v[1].m[RL_METRIC_iops].spread = 0.05;
	assert_int_equal(rl_winner_duels(&cells, pred, RL_METRIC_iops, 0.03, &d, &n), 0);
	assert_true(n == 1 && !d[0].counts && d[0].lo < 1 && d[0].hi > 1);
	free(d);
	v[0].m[RL_METRIC_iops].spread = v[1].m[RL_METRIC_iops].spread = 0.03;
	assert_int_equal(rl_winner_duels(&cells, pred, RL_METRIC_iops, 0.03, &d, &n), 0);
	assert_true(n == 1 && d[0].counts);
	free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plane),
		cmocka_unit_test(test_bilinear_hits_its_points),
		cmocka_unit_test(test_other_policies),
		cmocka_unit_test(test_winner),
		cmocka_unit_test(test_noise_has_no_winner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
