/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenario files: every field arrives, and every slip is shown where it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/format/scenario.h"

static int parse(const char *text, size_t size, struct rl_scenario *s, struct rl_err *err)
{
	char *copy = malloc(size ? size : 1);
	int rc;

	memcpy(copy, text, size);
	memset(err, 0, sizeof(*err));
	rc = rl_scenario_parse(copy, size, "x.yaml", s, NULL, NULL, err);
	free(copy);
	assert_true(rc == 0 || (rc < 0 && err->what[0]));
	assert_null(strchr(err->what, '\n'));
	return rc;
}

static const char whole[] =
	"name: all\n"
	"machine: {pcpus: 4, sockets: 2, cores: 1, threads: 2, scheduler: credit2}\n"
	"guest:\n  pcpu: any\n  weight: 512\n  cap: 150\n"
	"driver: {pcpu: 3, weight: 128, type: pvh}\n"
	"load: {vcpus: 2, pcpu: 1, weight: 64, cap: 30, busy: 2ms, idle: 500us}\n"
	"disk: {device: 'null', ring_pages: 4, grants: map}\n"
	"front_policy: event\n"
	"back_policy: spin\n"
	"job: {rw: randwrite, bs: 64k, iodepth: 16, runtime: 10s, time_based: true,"
	" thinktime: 5us}\n"
	"costs: {evtchn_send_ns: 1.25e3, poll_ns: 7}\n";

static void test_every_field(void **state)
{
	struct rl_scenario s;
	struct rl_err err;

	(void)state;
	if (parse(whole, sizeof(whole) - 1, &s, &err))
		fail_msg("%d:%d: %s", err.line, err.col, err.what);
	assert_string_equal(s.name, "all");
	assert_int_equal(s.machine.pcpus, 4);
	assert_string_equal(s.machine.scheduler, "credit2");
	assert_int_equal(s.guest.pcpu, -1);
	assert_int_equal(s.guest.weight, 512);
	assert_int_equal(s.driver.pcpu, 3);
	assert_int_equal(s.driver.weight, 128);
	assert_true(s.machine.sockets == 2 && s.machine.cores == 1 && s.machine.threads == 2);
	assert_true(s.guest.cap == 150 && s.driver.cap == 0);
	assert_true(s.guest.type == RL_PV && s.driver.type == RL_PVH);
	assert_true(s.load.vcpus == 2 && s.load.pcpu == 1 && s.load.weight == 64);
	assert_true(s.load.cap == 30 && s.load.busy_ns == 2000000 && s.load.idle_ns == 500000);
	assert_string_equal(s.disk.device, "null");
	assert_int_equal(s.disk.ring_pages, 4);
	assert_int_equal(s.disk.grants, RL_GRANTS_MAP);
	assert_string_equal(s.front_policy, "event");
	assert_string_equal(s.back_policy, "spin");
	assert_int_equal(s.job.rw, RL_RW_RANDWRITE);
	assert_int_equal(s.job.bs_bytes, 65536);
	assert_int_equal(s.job.iodepth, 16);
	assert_int_equal(s.job.runtime_ns, 10000000000);
	assert_true(s.job.time_based);
	assert_int_equal(s.job.thinktime_ns, 5000);
	assert_float_equal(s.costs.v[RL_PARAM_evtchn_send_ns], 1250, 0);
	assert_float_equal(s.costs.v[RL_PARAM_poll_ns], 7, 0);
}

/* JSON is YAML: what the program prints of a scenario, as far as it is one, it reads again. */
static void test_json_has_every_field(void **state)
{
	static const char *const parts[] = {"\"pcpus\":4", "\"pcpu\":-1", "\"weight\":512",
		"\"grants\":\"map\"", "\"back_policy\":\"spin\"", "\"bs_bytes\":65536",
		"\"poll_ns\":7.0", "\"rw\":\"randwrite\""};
	struct rl_scenario s;
	struct rl_err err;
	char *json;

	(void)state;
	assert_int_equal(parse(whole, sizeof(whole) - 1, &s, &err), 0);
	json = rl_scenario_json(&s);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strstr(json, parts[i]))
			fail_msg("no %s in %s", parts[i], json);
	free(json);
}

static void test_shipped_scenarios(void **state)
{
	struct rl_scenario one, two;
	struct rl_err err = {0};

	(void)state;
	if (rl_scenario_read("data/scenarios/one-core.yaml", &one, NULL, NULL, &err) ||
		rl_scenario_read("data/scenarios/two-cores.yaml", &two, NULL, NULL, &err))
		fail_msg("%s:%d:%d: %s", err.file, err.line, err.col, err.what);
	assert_int_equal(one.machine.pcpus, 1);
	assert_int_equal(one.guest.pcpu, one.driver.pcpu);
	assert_int_equal(two.machine.pcpus, 2);
	assert_int_not_equal(two.guest.pcpu, two.driver.pcpu);
}

struct bad {
	const char *text;
	int line, col;
	const char *says;
};

static void test_errors_name_their_place(void **state)
{
	static const struct bad cases[] = {
		{"nmae: x\n", 1, 1, "did you mean 'name'"},
		{"machine: {pcpsu: 1}\n", 1, 11, "did you mean 'pcpus'"},
		{"machine:\n  pcpus: two\n", 2, 10, "machine.pcpus: 'two'"},
		{"machine:\n  pcpus: 0\n", 2, 10, "machine.pcpus out of range"},
		{"machine:\n  pcpus: 4294967297\n", 2, 10, "machine.pcpus"},
		{"machine:\n  pcpus: -1\n", 2, 10, "machine.pcpus: '-1'"},
		{"machine:\n  pcpus: [1]\n", 2, 3, "not a single value"},
		{"machine: 4\n", 1, 1, "unknown key 'machine'"},
		{"machine:\n", 1, 1, "unknown key 'machine'"},
		{"guest: {pcpu: 7}\n", 1, 15, "guest.pcpu out of range"},
		{"machine: {mwait: yes}\n", 1, 18, "true or false"},
		{"disk: {grants: yes}\n", 1, 16, "persistent, map or copy"},
		{"disk: {ring_pages: 3}\n", 1, 20, "disk.ring_pages"},
		{"back_policy: spn\n", 1, 14, "did you mean 'spin'"},
		{"back_policy: spin:tau=1us\n", 1, 19, "spin:tau=1us"},
		{"disk: {device: sdd}\n", 1, 16, "did you mean 'ssd'"},
		{"disk:\n  device: ssd:chanels=8\n", 2, 15, "did you mean 'channels'"},
		{"disk:\n  device: ssd:coalesc=8\n", 2, 15, "did you mean 'coalesce'"},
		{"disk:\n  device: ssd:read=80us,channels=0\n", 2, 34, "channels='0' out of range"},
		{"disk:\n  device: ssd:read=80\n", 2, 20, "read='80' (expected a time"},
		{"disk:\n  device: null:time=1us\n", 2, 16, "unknown option 'time'"},
		{"disk: {device: 'random:cv=2'}\n", 1, 24, "cv (expected none but"},
		{"disk: {device: 'disk:size=1g'}\njob: {size: 2g}\n", 2, 13,
			"job.size out of range"},
		{"disk: {device: 'disk:size=1g'}\njob: {size: 1g, offset: 512}\n", 2, 13,
			"within the disk's 1073741824 bytes"},
		{"job: {iodepth: 4q}\n", 1, 16, "iodepth=4q"},
		{"job: {bs: 4k, size: -1}\n", 1, 21, "size=-1"},
		{"job: {iodepht: 4}\n", 1, 7, "did you mean 'iodepth'"},
		{"job: {bs: 5}\n", 1, 11, "job.bs out of range"},
		{"job: nowhere.fio\n", 1, 6, "cannot open"},
		{"costs: {poll_ns: NaN}\n", 1, 18, "costs.poll_ns: 'NaN'"},
		{"costs: {poll_ns: .nan}\n", 1, 18, "costs.poll_ns: '.nan'"},
		{"costs: {poll_ns: -5}\n", 1, 18, "costs.poll_ns: '-5'"},
		{"costs: {poll_ns: 1e400}\n", 1, 18, "costs.poll_ns: '1e400'"},
		{"costs: {polls_ns: 5}\n", 1, 9, "did you mean 'poll_ns'"},
		{"name: a\nname: b\n", 2, 1, "duplicate"},
		{"name: &a x\nback_policy: *a\n", 2, 15, "not a single value"},
		{"name: [a\n", 2, 1, "expected YAML"},
		{"a: b: c\n", 1, 5, "expected YAML"},
		{"- name\n", 1, 1, "not a mapping"},
		{"", 1, 1, "not a mapping"},
		{"name: a\n---\nname: b\n", 0, 0, "a second document"},
		{"name: \xff\n", 1, 7, "not a text"},
		{"name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", 1, 7, "too long"},
		{"machine: {pcpus: {x: 1}}\n", 1, 11, "not a single value"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct bad *b = &cases[i];
		struct rl_scenario s;
		struct rl_err err;

		assert_int_equal(parse(b->text, strlen(b->text), &s, &err), -EINVAL);
		if (err.line != b->line || err.col != b->col || !strstr(err.what, b->says))
			fail_msg("case %zu: %d:%d: %s (expected %d:%d: %s)", i, err.line, err.col,
				err.what, b->line, b->col, b->says);
	}
}

static void test_cut_and_changed_at_every_byte(void **state)
{
	static const char nasty[] = {'\0', ':', '{', '&', '\x80', '\n', '"', '-'};
	char text[sizeof(whole)];
	struct rl_scenario s;
	struct rl_err err;

	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		parse(whole, n, &s, &err);
		memcpy(text, whole, sizeof(whole));
		text[n] = nasty[n % sizeof(nasty)];
		parse(text, sizeof(whole) - 1, &s, &err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_field),
		cmocka_unit_test(test_json_has_every_field),
		cmocka_unit_test(test_shipped_scenarios),
		cmocka_unit_test(test_errors_name_their_place),
		cmocka_unit_test(test_cut_and_changed_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
