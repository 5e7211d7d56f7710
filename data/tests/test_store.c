/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store: what goes in comes out, once; what is not ours is refused and left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/format/text.h"
#include "data/run.h"
#include "data/store.h"

#define SAMPLE "data/tests/sample/event-spin-randread-4k-qd8"

static char dir[64], db[96];

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/ringlab-store-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(db, sizeof(db), "%s/t.db", dir);
	return 0;
}

static int teardown(void **state)
{
	char cmd[128];

	(void)state;
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	return system(cmd);
}

/* The sqlite3 shell on the database, as somebody else would. */
static int shell(const char *path, const char *sql)
{
	char cmd[1024];

	snprintf(cmd, sizeof(cmd), "sqlite3 -bail '%s' \"%s\" >/dev/null 2>&1", path, sql);
	return system(cmd);
}

static struct rl_store *open_store(void)
{
	struct rl_store *s = NULL;
	struct rl_err err = {0};

	if (rl_store_open(&s, db, true, &err))
		fail_msg("%s", err.what);
	return s;
}

static void import(struct rl_store *s, enum rl_role role, bool *is_new)
{
	struct rl_err err = {0};
	struct rl_run run;

	if (rl_run_read_dir(&run, SAMPLE, NULL, &err))
		fail_msg("%s: %s", err.file, err.what);
	run.role = role;
	if (rl_store_put_run(s, &run, is_new, &err))
		fail_msg("%s", err.what);
	rl_run_fini(&run);
}

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
	import(s, RL_ROLE_CALIBRATE, &is_new);
	import(s, RL_ROLE_VALIDATE, &is_new);
	assert_false(is_new);
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

/* Refused with @says, and not one byte of the file has changed. */
static void refused(const char *path, const char *says)
{
	struct rl_err err = {0};
	struct rl_store *s;
	char *before, *after;
	size_t n, m;

	assert_int_equal(rl_text_read(path, &before, &n, &err), 0);
	assert_int_not_equal(rl_store_open(&s, path, true, &err), 0);
	assert_null(s);
	if (!strstr(err.what, says))
		fail_msg("'%s' does not say '%s'", err.what, says);
	assert_null(strchr(err.what, '\n'));
	memset(&err, 0, sizeof(err));
	assert_int_equal(rl_text_read(path, &after, &m, &err), 0);
	assert_int_equal(n, m);
	assert_memory_equal(before, after, n);
	free(before);
	free(after);
}

static void test_foreign_files_are_refused(void **state)
{
	struct rl_err err = {0};
	struct rl_store *s;
	FILE *f = fopen(db, "w");

	(void)state;
	fputs("just a text, which is no database at all, and longer than a header of one: "
	      "0123456789 0123456789 0123456789\n",
		f);
	fclose(f);
	refused(db, "not a database");
	f = fopen(db, "w");
	fputs("SQLite format 3", f);
	fclose(f);
	refused(db, "not a database");
	remove(db);
	assert_int_equal(shell(db, "CREATE TABLE a(b); PRAGMA application_id=1;"), 0);
	refused(db, "another program");
	assert_int_equal(rl_store_open(&s, dir, true, &err), -EINVAL);
	memset(&err, 0, sizeof(err));
	remove(db);
	assert_int_equal(rl_store_open(&s, db, false, &err), -ENOENT);
	assert_int_not_equal(access(db, F_OK), 0);
}

/* Ours by its number, and yet not: each change made by the shell of SQLite. */
static void test_tampered_databases_are_refused(void **state)
{
	static const char *const changes[][2] = {
		{"PRAGMA user_version = 99", "newer"},
		{"PRAGMA application_id = 7", "another program"},
		{"CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM run; END", "tables"},
		{"DROP TABLE stat; CREATE VIEW stat AS SELECT 1 AS run", "tables"},
		{"CREATE TABLE more (x)", "tables"},
		{"DROP TABLE metric", "tables"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct rl_store *s = open_store();

		import(s, RL_ROLE_NONE, NULL);
		rl_store_close(s);
		assert_int_equal(shell(db, changes[i][0]), 0);
		refused(db, changes[i][1]);
		remove(db);
	}
}

/* Bits flipped all over a real database: refused or read, never a crash or a hang. */
static void test_flipped_bits(void **state)
{
	struct rl_store *s = open_store();
	struct rl_err err = {0};
	char *good;
	size_t size;
	int damaged = 0;

	(void)state;
	import(s, RL_ROLE_NONE, NULL);
	rl_store_close(s);
	assert_int_equal(rl_text_read(db, &good, &size, &err), 0);
	for (size_t at = 0; at < size; at += 211) {
		struct rl_run *runs;
		size_t n;
		FILE *f = fopen(db, "w");

		good[at] ^= 0x40;
		fwrite(good, 1, size, f);
		fclose(f);
		good[at] ^= 0x40;
		memset(&err, 0, sizeof(err));
		if (rl_store_open(&s, db, false, &err)) {
			damaged++;
			assert_true(err.what[0]);
			continue;
		}
		if (rl_store_runs(s, NULL, RL_ROLE_ANY, &runs, &n, &err) == 0)
			rl_store_free_runs(runs, n);
		rl_store_close(s);
	}
	free(good);
	assert_true(damaged > 0);
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
	assert_int_equal(rl_split_role(split, "p", "c"), RL_ROLE_CALIBRATE);
	assert_int_equal(rl_split_role(split, "p", "d"), RL_ROLE_VALIDATE);
	assert_int_equal(rl_split_role(split, "q", "d"), RL_ROLE_NONE);
	rl_split_free(split);
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),
		FRESH(test_a_run_comes_back),
		FRESH(test_twice_is_once),
		FRESH(test_rollback_leaves_nothing),
		FRESH(test_no_infinity),
		FRESH(test_params),
		FRESH(test_foreign_files_are_refused),
		FRESH(test_tampered_databases_are_refused),
		FRESH(test_flipped_bits),
		FRESH(test_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
