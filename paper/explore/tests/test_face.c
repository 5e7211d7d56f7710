/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator as a page drives it, in the program: its answers are JSON, its errors are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/scenario.h"
#include "paper/explore/face.h"
#include "paper/explore/json.h"
#include "sim/sim.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define FEW 300 /* requests a replication */

static struct rl_face *f;

static int begin(void **state)
{
	(void)state;
	f = rl_face_create();
	return f ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	rl_face_destroy(f);
	return 0;
}

static json_t *answer(void)
{
	json_error_t why;
	json_t *j = json_loads(rl_face_text(f), 0, &why);

	if (!j)
		fail_msg("%s in %s", why.text, rl_face_text(f));
	return j;
}

static json_t *run(void)
{
	assert_int_equal(rl_face_run(f, 3, FEW, 5), 0);
	return answer();
}

/* What the simulator says of the same scenario. */
static void the_digest_is_the_simulators(void **state)
{
	struct rl_sim_options o = {.reps = 3, .requests = FEW, .seed = 5};
	struct rl_sim_result r;
	struct rl_scenario s;
	char digest[17];
	json_t *j;

	(void)state;
	rl_scenario_default(&s);
	s.job.iodepth = 4;
	strcpy(s.back_policy, "spin");
	assert_int_equal(rl_sim_run(&s, &o, &r, NULL), 0);
	snprintf(digest, sizeof(digest), "%016" PRIx64, rl_sim_digest(&r));
	assert_int_equal(rl_face_set(f, "job.iodepth", "4"), 0);
	assert_int_equal(rl_face_set(f, "back_policy", "spin"), 0);
	j = run();
	assert_string_equal(json_string_value(json_object_get(j, "digest")), digest);
	assert_true(json_real_value(json_array_get(
			    json_object_get(json_object_get(j, "metrics"), "iops"), 0)) ==
		    r.metrics.m[RL_METRIC_iops].value);
	json_decref(j);
}

/* The histogram holds what the percentiles are made of: all measured requests. */
static void latencies_are_those_of_the_result(void **state)
{
	json_t *j = run(), *bins = json_object_get(j, "latency");
	json_int_t n = 0, requests = json_integer_value(json_object_get(j, "requests"));
	double median = json_real_value(
		json_array_get(json_object_get(json_object_get(j, "metrics"), "clat_p50_ns"), 0));
	bool found = false;
	size_t i;
	json_t *bin;

	(void)state;
	json_array_foreach(bins, i, bin)
	{
		n += json_integer_value(json_array_get(bin, 1));
		if (!found && 2 * n >= requests) {
			assert_true(json_real_value(json_array_get(bin, 0)) == median);
			found = true;
		}
	}
	assert_int_equal(n, requests);
	assert_true(found);
	json_decref(j);
}

static void a_loaded_scenario_is_what_is_reset_to(void **state)
{
	struct rl_scenario s;
	json_t *j;
	char first[17];

	(void)state;
	rl_scenario_default(&s);
	s.job.iodepth = 2;
	assert_int_equal(rl_face_load(f, &s, sizeof(s) - 1), -EINVAL);
	assert_int_equal(rl_face_load(f, &s, sizeof(s)), 0);
	j = run();
	strcpy(first, json_string_value(json_object_get(j, "digest")));
	json_decref(j);
	assert_int_equal(rl_face_set(f, "job.iodepth", "1"), 0);
	j = run();
	assert_string_not_equal(json_string_value(json_object_get(j, "digest")), first);
	json_decref(j);
	rl_face_reset(f);
	j = run();
	assert_string_equal(json_string_value(json_object_get(j, "digest")), first);
	json_decref(j);
}

static void errors_are_told_in_a_line(void **state)
{
	(void)state;
	assert_int_equal(rl_face_trace(f, 1e6), -EINVAL);
	assert_non_null(strstr(rl_face_text(f), "nothing was simulated"));
	assert_int_equal(rl_face_set(f, "machine.pcpu", "1"), -EINVAL);
	assert_non_null(strstr(rl_face_text(f), "pcpus"));
	assert_int_equal(rl_face_set(f, "job", "/no/such/file"), -EINVAL);
	assert_int_equal(rl_face_set(f, "driver.pcpu", "9"), 0);
	assert_int_equal(rl_face_run(f, 3, FEW, 0), -EINVAL);
	assert_non_null(strstr(rl_face_text(f), "driver.pcpu"));
	assert_null(strchr(rl_face_text(f), '\n'));
	rl_face_reset(f);
	json_decref(run());
	assert_int_equal(rl_face_trace(f, 0), -EINVAL);
	assert_int_equal(rl_face_trace(f, 1e6), 0);
}

/* Spans of a track follow each other and fill the window; what is beyond a limit is said. */
static void a_trace_has_no_gap(void **state)
{
	enum { KIND, GROUP, TRACK, AT };
	json_int_t from, to, at[64], sum[64] = {0};
	json_t *j, *e;
	size_t i;

	(void)state;
	json_decref(run());
	assert_int_equal(rl_face_trace(f, 2e6), 0);
	j = answer();
	from = json_integer_value(json_object_get(j, "from"));
	to = json_integer_value(json_object_get(j, "to"));
	assert_int_equal(to - from, 2000000000);
	assert_int_equal(json_integer_value(json_object_get(j, "cut")), 0);
	json_array_foreach(json_object_get(j, "events"), i, e)
	{
		json_int_t kind = json_integer_value(json_array_get(e, KIND));
		json_int_t track = json_integer_value(json_array_get(e, TRACK));

		assert_true(track < 64);
		if (kind == 2)
			at[track] = json_integer_value(json_array_get(e, AT));
		else if (kind == 3)
			sum[track] += json_integer_value(json_array_get(e, AT)) - at[track];
	}
	for (i = 0; i < 64; i++)
		assert_true(sum[i] == 0 || sum[i] == to - from);
	json_decref(j);
}

static void a_catalog_has_all_there_is(void **state)
{
	json_t *j, *policies;
	size_t i;
	json_t *p;
	bool found = false;

	(void)state;
	assert_int_equal(rl_face_catalog(f), 0);
	j = answer();
	assert_int_equal(json_array_size(json_object_get(j, "costs")), RL_PARAM_COUNT);
	assert_int_equal(json_array_size(json_object_get(j, "metrics")), RL_METRIC_COUNT);
	policies = json_object_get(j, "policies");
	json_array_foreach(policies, i,
		p) if (strcmp(json_string_value(json_object_get(p, "name")), "spin_block") == 0)
		found = json_array_size(json_object_get(p, "options")) > 0;
	assert_true(found);
	json_decref(j);
}

static void text_is_escaped(void **state)
{
	static const char evil[] = "a\"b\\c\n</script>\x01&\xc3\xa9";
	struct rl_json j = {0};
	json_t *read;

	(void)state;
	rl_json_open(&j, '[');
	rl_json_text(&j, evil);
	rl_json_real(&j, NAN);
	rl_json_real(&j, 0.1);
	rl_json_int(&j, INT64_MIN);
	rl_json_close(&j, ']');
	assert_null(strchr(j.text, '<'));
	assert_null(strchr(j.text, '\n'));
	read = json_loads(j.text, 0, NULL);
	assert_non_null(read);
	assert_string_equal(json_string_value(json_array_get(read, 0)), evil);
	assert_true(json_is_null(json_array_get(read, 1)));
	assert_true(json_real_value(json_array_get(read, 2)) == 0.1);
	assert_true(json_integer_value(json_array_get(read, 3)) == INT64_MIN);
	json_decref(read);
	rl_json_fini(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_digest_is_the_simulators, begin, end),
		cmocka_unit_test_setup_teardown(latencies_are_those_of_the_result, begin, end),
		cmocka_unit_test_setup_teardown(a_loaded_scenario_is_what_is_reset_to, begin, end),
		cmocka_unit_test_setup_teardown(errors_are_told_in_a_line, begin, end),
		cmocka_unit_test_setup_teardown(a_trace_has_no_gap, begin, end),
		cmocka_unit_test_setup_teardown(a_catalog_has_all_there_is, begin, end),
		cmocka_unit_test(text_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
