/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Validation on synthetic runs: passes on the truth, fails on shifted ones, refuses leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/fit.h"
#include "calibrate/tests/store_fixture.h"
#include "calibrate/validate.h"

#include <errno.h>

static const struct rl_tolerance tolerances[] = {
	{FIXTURE_PLATFORM, RL_METRIC_iops, RL_STATISTIC_MEAN_ABS_ERROR, 0.10},
	{FIXTURE_PLATFORM, RL_METRIC_clat_mean_ns, RL_STATISTIC_MEAN_ABS_ERROR, 0.10},
	{FIXTURE_PLATFORM, RL_METRIC_iops, RL_STATISTIC_WINNER_THRESHOLD, 0.03},
};

struct bench {
	struct rl_store *store;
	struct rl_measured_cell v[FIXTURE_CELLS];
	struct rl_param_set set;
	struct rl_validation val;
	struct rl_err err;
};

/* Measured by the simulator; the parameters are the truth, so that only @factor is wrong. */
static void set_up(struct bench *b, double factor)
{
	struct rl_costs truth;
	size_t n;

	memset(b, 0, sizeof(*b));
	fixture_truth(&truth);
	n = fixture_grid(b->v);
	assert_int_equal(fixture_measure(b->v, n, &truth), 0);
	assert_int_equal(rl_store_open(&b->store, ":memory:", true, &b->err), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(fixture_put(b->store, &b->v[i],
					 b->v[i].role == RL_ROLE_VALIDATE ? factor : 1, &b->err),
			0);
	strcpy(b->set.name, "truth");
	strcpy(b->set.platform, FIXTURE_PLATFORM);
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		b->set.p[i] = (struct rl_fitted){.present = true, .value = truth.v[i]};
}

static int run(struct bench *b)
{
	struct rl_forward_options o;

	rl_forward_default(&o);
	return rl_validate_run(
		b->store, FIXTURE_PLATFORM, &b->set, tolerances, 3, &o, &b->val, &b->err);
}

static void tear_down(struct bench *b)
{
	rl_validation_fini(&b->val);
	rl_param_set_fini(&b->set);
	rl_store_close(b->store);
}

static const struct rl_slice *slice(const struct bench *b, const char *name)
{
	for (size_t i = 0; i < b->val.nslices; i++)
		if (strcmp(b->val.slices[i].name, name) == 0 &&
			b->val.slices[i].quantity == RL_METRIC_iops)
			return &b->val.slices[i];
	return NULL;
}

static void test_truth_passes(void **state)
{
	static struct bench b;

	(void)state;
	set_up(&b, 1);
	assert_int_equal(run(&b), 0);
	assert_true(b.val.pass);
	assert_int_equal(b.val.nrows, 2 * 12); /* two metrics of the held-out cells alone */
	assert_non_null(slice(&b, "unseen bs 16k"));
	assert_int_equal(slice(&b, "unseen bs 16k")->n, 4);
	assert_int_equal(slice(&b, "unseen depth 8")->n, 4);
	assert_int_equal(slice(&b, "unseen direction randwrite")->n, 4);
	assert_int_equal(slice(&b, "all unseen slices")->n, 12);
	assert_int_equal(slice(&b, "backend spin")->n, 6);
	assert_null(slice(&b, "unseen bs 4k"));
	assert_true(slice(&b, "all held out")->error < 0.02);
	assert_int_equal(b.val.nduels, 14);
	for (size_t i = 0; i < b.val.nduels; i++)
		assert_true(!b.val.duels[i].counts || b.val.duels[i].right);
	tear_down(&b);
}

static void test_shifted_fails(void **state)
{
	static struct bench b;

	(void)state;
	set_up(&b, 1.2);
	assert_int_equal(run(&b), 0);
	assert_false(b.val.pass);
	assert_true(slice(&b, "all held out")->error > 0.14);
	tear_down(&b);
}

static void test_leak_is_refused(void **state)
{
	static struct bench b;
	struct rl_cells held_out;
	char manifest[200];

	(void)state;
	set_up(&b, 1);
	assert_int_equal(
		rl_cells_load(b.store, FIXTURE_PLATFORM, RL_ROLE_VALIDATE, &held_out, NULL), 0);
	snprintf(manifest, sizeof(manifest), "{\"calibrated_on\": [\"x\", \"%s\"]}",
		held_out.hashes[5]);
	b.set.manifest = strdup(manifest);
	assert_int_equal(run(&b), -EINVAL);
	assert_non_null(strstr(b.err.what, "fitted to run"));
	rl_cells_fini(&held_out);
	tear_down(&b);
}

static void test_other_platform_is_refused(void **state)
{
	static struct bench b;

	(void)state;
	set_up(&b, 1);
	strcpy(b.set.platform, "hosted");
	assert_int_equal(run(&b), -EINVAL);
	tear_down(&b);
}

/* A fit's manifest must carry what the two tests above rely on. */
static void test_fit_names_its_runs(void **state)
{
	static struct bench b;
	struct rl_fit_spec spec = {.params = {RL_PARAM_copy_ns_per_byte}, .nparams = 1};
	struct rl_cells cells;
	struct rl_costs costs;
	struct rl_fit fit;

	(void)state;
	set_up(&b, 1);
	rl_costs_default(&spec.prior);
	spec.prior.v[RL_PARAM_page_ns] = 123; /* a prior of this platform, not fitted */
	rl_forward_default(&spec.forward);
	assert_int_equal(
		rl_cells_load(b.store, FIXTURE_PLATFORM, RL_ROLE_CALIBRATE, &cells, NULL), 0);
	assert_int_equal(rl_fit_run(&spec, &cells, &fit, &b.err), 0);
	assert_int_equal(rl_fit_to_set(&fit, &cells, "p", FIXTURE_PLATFORM, &b.set, &b.err), 0);
	assert_int_equal(rl_store_save_params(b.store, &b.set, &b.err), 0);
	rl_param_set_fini(&b.set);
	assert_int_equal(rl_store_load_params(b.store, "p", &b.set, &b.err), 0);
	assert_int_equal(rl_validate_leak(&b.set, &cells, &b.err), -EINVAL);
	assert_true(b.set.p[RL_PARAM_copy_ns_per_byte].present);
	assert_false(b.set.p[RL_PARAM_submit_ns].present);
	assert_true(b.set.p[RL_PARAM_page_ns].value == 123);
	assert_false(b.set.p[RL_PARAM_page_ns].identifiable);
	rl_costs_default(&costs);
	rl_param_set_apply(&b.set, &costs);
	assert_memory_equal(&costs, &fit.costs, sizeof(costs));
	rl_fit_fini(&fit);
	rl_cells_fini(&cells);
	tear_down(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_truth_passes),
		cmocka_unit_test(test_shifted_fails),
		cmocka_unit_test(test_leak_is_refused),
		cmocka_unit_test(test_other_platform_is_refused),
		cmocka_unit_test(test_fit_names_its_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
