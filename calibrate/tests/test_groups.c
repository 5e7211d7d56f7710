/* SPDX-License-Identifier: GPL-3.0-or-later */
/* once: the same fit as others, of more parameters. */
/* Costs that are always charged together are found by what they do, not by a list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/groups.h"
#include "calibrate/tests/store_fixture.h"

#include <math.h>

static const int wanted[] = {RL_PARAM_thread_switch_ns, RL_PARAM_back_request_ns};

static struct rl_measured_cell v[FIXTURE_CELLS], calibration[FIXTURE_CELLS];
static struct rl_cells cells = {.v = calibration};
static struct rl_fit fit;

static int set_up(void **state)
{
	struct rl_fit_spec spec;
	size_t n = fixture_grid(v);

	(void)state;
	assert_int_equal(rl_fit_spec_for(FIXTURE_PLATFORM, &spec, NULL), 0);
	/* A switch that weighs as much as an upcall; what comes now and then would blur both. */
	spec.prior.v[RL_PARAM_thread_switch_ns] = 16e3;
	spec.prior.v[RL_PARAM_block_ns] = 18e3;
	spec.prior.v[RL_PARAM_idle_ticks] = spec.prior.v[RL_PARAM_slice_late_ns] = 0;
	spec.prior.v[RL_PARAM_fio_period_ns] = spec.prior.v[RL_PARAM_fio_util_period_ns] = 0;
	assert_int_equal(fixture_measure(v, n, &spec.prior), 0);
	for (size_t i = 0; i < n; i++)
		if (v[i].role == RL_ROLE_CALIBRATE)
			calibration[cells.n++] = v[i];
	spec.nparams = 2;
	memcpy(spec.params, wanted, sizeof(wanted));
	assert_int_equal(rl_fit_run(&spec, &cells, &fit, NULL), 0);
	assert_int_equal(rl_fit_examine(&fit, &cells, NULL), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rl_fit_fini(&fit);
	return 0;
}

static const struct rl_charge *find(int param)
{
	for (size_t i = 0; i < fit.ncharges; i++)
		if (fit.charge[i].param == param)
			return &fit.charge[i];
	fail_msg("%s is not among the charges", rl_param_info[param].name);
	return NULL;
}

/* In these cells every upcall of the backend wakes its thread: one can take over from the other. */
static void test_together(void **state)
{
	const struct rl_charge *a = find(RL_PARAM_thread_switch_ns), *b = find(RL_PARAM_upcall_ns);
	char sum[512];

	(void)state;
	assert_true(a->told && b->told && a->fitted && !b->fitted);
	assert_true(a->group >= 0 && a->group == b->group);
	assert_true(a->ratio == 1 && b->cosine >= RL_GROUP_COSINE);
	assert_true(fabs(b->ratio - 1) < 0.25);
	assert_true(b->taken_up > 0.9);
	rl_groups_sum(&fit, fit.charge, fit.ncharges, a->group, sum, sizeof(sum));
	print_message("%s\n", sum);
	assert_non_null(strstr(sum, "thread_switch_ns + "));
	assert_non_null(strstr(sum, "upcall_ns"));
}

/* A request in the backend and a timer tick have nothing to do with each other. */
static void test_apart(void **state)
{
	const struct rl_charge *a = find(RL_PARAM_back_request_ns), *b = find(RL_PARAM_tick_ns);

	(void)state;
	assert_true(a->told && b->told);
	assert_true(a->group < 0 || a->group != b->group);
}

/* Persistent grants: nothing is mapped, so nobody can say what mapping costs. */
static void test_not_told(void **state)
{
	const struct rl_charge *c = find(RL_PARAM_grant_map_ns);

	(void)state;
	assert_false(c->told);
	assert_int_equal(c->group, -1);
	assert_true(c->sensitivity == 0);
}

/* Fitted ones come first: a group bears the name of what stands for it. */
static void test_order(void **state)
{
	(void)state;
	assert_true(fit.charge[0].fitted && fit.charge[1].fitted && !fit.charge[2].fitted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_not_told),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
