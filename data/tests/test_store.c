/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store: what goes in comes out, once. */
#include "data/tests/store_fixture.h"

static void test_sha256(void **state)
{
	struct rl_sha256 s;
	char hex[RL_SHA256_HEX];

	(void)state;
	rl_sha256_init(&s);
	rl_sha256_add(&s, "abc", 3);
	rl_sha256_hex(&s, hex);
	assert_string_equal(
		hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	rl_sha256_init(&s);
	for (int i = 0; i < 1000000; i++)
		rl_sha256_add(&s, "a", 1);
	rl_sha256_hex(&s, hex);
	assert_string_equal(
		hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void test_a_run_comes_back(void **state)
{
	struct rl_store *s = open_store();
	struct rl_err err = {0};
	struct rl_run *runs;
	const struct rl_document *doc;
	char *bytes;
	size_t n, size;
	bool is_new;

	(void)state;
	import(s, RL_ROLE_CALIBRATE, &is_new);
	assert_true(is_new);
	rl_store_close(s);
	s = open_store();
	assert_int_equal(rl_store_runs(s, "sample", RL_ROLE_CALIBRATE, &runs, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_string_equal(runs[0].cell, "event-spin-randread-4k-qd8");
	assert_int_equal(runs[0].repeat, 0);
	assert_int_equal(runs[0].role, RL_ROLE_CALIBRATE);
	assert_string_equal(runs[0].scenario.back_policy, "spin");
	assert_string_equal(runs[0].scenario.front_policy, "event");
	assert_int_equal(runs[0].scenario.machine.pcpus, 1);
	assert_int_equal(runs[0].scenario.job.iodepth, 8);
	assert_int_equal(rl_scenario_check(&runs[0].scenario, &err), 0);
	assert_float_equal(runs[0].metrics.m[RL_METRIC_iops].value, 23395.604396, 0);
	assert_true(isnan(runs[0].metrics.m[RL_METRIC_iops].lo));
	assert_true(isnan(runs[0].metrics.m[RL_METRIC_front_cpu_frac].value));
	assert_int_equal(rl_store_documents(s, &runs[0], &err), 0);
	doc = rl_run_document(&runs[0], "fio.json");
	assert_int_equal(rl_text_read(SAMPLE "/fio.json", &bytes, &size, &err), 0);
	assert_int_equal(doc->size, size);
	assert_memory_equal(doc->bytes, bytes, size);
	free(bytes);
	rl_store_free_runs(runs, n);
	assert_int_equal(rl_store_runs(s, "sample", RL_ROLE_VALIDATE, &runs, &n, &err), 0);
	assert_int_equal(n, 0);
	rl_store_close(s);
}

static void test_twice_is_once(void **state)
{
	struct rl_store *s = open_store();
	struct rl_err err = {0};
	struct rl_run *runs;
	size_t n;
	bool is_new;

	(void)state;
	import(s, RL_ROLE_NONE, &is_new);
	import(s, RL_ROLE_VALIDATE, &is_new);
	assert_false(is_new);
	import(s, RL_ROLE_NONE, &is_new);
	assert_int_equal(rl_store_runs(s, NULL, RL_ROLE_ANY, &runs, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(runs[0].role, RL_ROLE_VALIDATE);
	rl_store_free_runs(runs, n);
	rl_store_close(s);
}

static void test_rollback_leaves_nothing(void **state)
{
	struct rl_store *s = open_store();
	struct rl_err err = {0};
	struct rl_run *runs;
	size_t n;

	(void)state;
	assert_int_equal(rl_store_begin(s, &err), 0);
	import(s, RL_ROLE_NONE, NULL);
	rl_store_rollback(s);
	assert_int_equal(rl_store_runs(s, NULL, RL_ROLE_ANY, &runs, &n, &err), 0);
	assert_int_equal(n, 0);
	rl_store_close(s);
}

static void test_no_infinity(void **state)
{
	struct rl_store *s = open_store();
	struct rl_err err = {0};
	struct rl_run run, *runs;
	size_t n;

	(void)state;
	assert_int_equal(rl_run_read_dir(&run, SAMPLE, NULL, &err), 0);
	run.metrics.m[RL_METRIC_iops].value = INFINITY;
	assert_int_equal(rl_store_put_run(s, &run, NULL, &err), -EINVAL);
	assert_non_null(strstr(err.what, "iops"));
	rl_run_fini(&run);
	assert_int_equal(rl_store_runs(s, NULL, RL_ROLE_ANY, &runs, &n, &err), 0);
	assert_int_equal(n, 0);
	rl_store_close(s);
}

static void test_params(void **state)
{
	struct rl_param_set set = {.name = "p", .platform = "sample", .created = "now"}, got;
	struct rl_store *s = open_store();
	struct rl_costs costs;
	struct rl_err err = {0};

	(void)state;
	set.p[0] = (struct rl_fitted){true, true, 1.25, 1, 1.5};
	set.p[1] = (struct rl_fitted){true, false, 3, NAN, NAN};
	assert_int_equal(rl_store_save_params(s, &set, &err), 0);
	set.p[0].value = 2.5;
	assert_int_equal(rl_store_save_params(s, &set, &err), 0);
	assert_int_equal(rl_store_load_params(s, "p", &got, &err), 0);
	assert_float_equal(got.p[0].value, 2.5, 0);
	assert_float_equal(got.p[0].hi, 1.5, 0);
	assert_true(got.p[0].identifiable && got.p[1].present && !got.p[1].identifiable);
	assert_true(isnan(got.p[1].lo));
	assert_false(got.p[2].present);
	rl_costs_default(&costs);
	rl_param_set_apply(&got, &costs);
	assert_float_equal(costs.v[0], 2.5, 0);
	assert_float_equal(costs.v[2], rl_param_info[2].dflt, 0);
	rl_param_set_fini(&got);
	assert_int_equal(rl_store_load_params(s, "none", &got, &err), -ENOENT);
	rl_store_close(s);
}

/* A set that names a run held out is refused as a whole; the set of that name stays as it was. */
static void test_params_of_a_held_out_run(void **state)
{
	struct rl_param_set set = {.name = "p", .platform = "sample", .created = "now"}, got;
	struct rl_store *s = open_store();
	struct rl_err err = {0};
	struct rl_run *runs;
	char manifest[128];
	size_t n;

	(void)state;
	import(s, RL_ROLE_VALIDATE, NULL);
	set.p[0] = (struct rl_fitted){true, true, 1.25, 1, 1.5};
	assert_int_equal(rl_store_save_params(s, &set, &err), 0);
	assert_int_equal(rl_store_runs(s, NULL, RL_ROLE_ANY, &runs, &n, &err), 0);
	snprintf(manifest, sizeof(manifest), "{\"calibrated_on\": [\"%s\"]}", runs[0].hash);
	set.manifest = manifest;
	set.p[0].value = 7;
	assert_int_equal(rl_store_save_params(s, &set, &err), -EINVAL);
	assert_non_null(strstr(err.what, "held out"));
	assert_int_equal(rl_store_load_params(s, "p", &got, &err), 0);
	assert_float_equal(got.p[0].value, 1.25, 0);
	rl_param_set_fini(&got);
	set.manifest = (char *)"{\"calibrated_on\": [7]}";
	memset(&err, 0, sizeof(err));
	assert_int_equal(rl_store_save_params(s, &set, &err), -EINVAL);
	assert_non_null(strstr(err.what, "calibrated_on[0]"));
	rl_store_free_runs(runs, n);
	rl_store_close(s);
}

static void test_split(void **state)
{
	static const char *const bad[] = {"", "cell,role\n", "platform,cell,role\na,b\n",
		"platform,cell,role\na,b,maybe\n", "platform,cell,role\na,b,none\na,b,none\n",
		"platform,cell,role\na,,none\n", "platform,cell,role\na,b,none,c\n"};
	struct rl_err err = {0};
	struct rl_split *split;

	(void)state;
	for (size_t i = 0; i <= sizeof(bad) / sizeof(bad[0]); i++) {
		FILE *f = fopen(db, "w");
		bool good = i == sizeof(bad) / sizeof(bad[0]);

		fputs(good ? "platform,cell,role\n# a remark\np,c,calibrate\np,d,validate\n"
			   : bad[i],
			f);
		fclose(f);
		memset(&err, 0, sizeof(err));
		assert_int_equal(rl_split_read(&split, db, &err), good ? 0 : -EINVAL);
	}
	assert_int_equal(rl_split_role(split, "p", "c", NULL), RL_ROLE_CALIBRATE);
	assert_int_equal(rl_split_role(split, "p", "d", NULL), RL_ROLE_VALIDATE);
	assert_int_equal(rl_split_role(split, "q", "d", NULL), RL_ROLE_NONE);
	rl_split_free(split);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),
		FRESH(test_a_run_comes_back),
		FRESH(test_twice_is_once),
		FRESH(test_rollback_leaves_nothing),
		FRESH(test_no_infinity),
		FRESH(test_params),
		FRESH(test_params_of_a_held_out_run),
		FRESH(test_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
