/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each change to the disk fails in turn, once or for good, as full or as broken, while runs are
 * imported and while parameters are saved: then the database is as it was or as it should be, what
 * was said to be done is done, and doing it again succeeds.
 */
#include "data/tests/faulty_vfs.h"
#include "data/tests/store_fixture.h"

#define TRACED "data/tests/traced/tiny"

/* All that a store says, as one hash: rows of every table in order of their keys. */
static void state_of(char hash[RL_SHA256_HEX])
{
	static const char *const tables[] = {"run", "document", "metric", "stat", "stage",
		"latency", "config", "split", "role_seal", "param_set", "param", "calibration_run"};
	struct rl_sha256 s;
	sqlite3 *d = NULL;
	sqlite3_stmt *q;
	char sql[128];

	assert_int_equal(sqlite3_open_v2(db, &d, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	rl_sha256_init(&s);
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY 1, 2", tables[t]);
		if (sqlite3_prepare_v2(d, sql, -1, &q, NULL) != SQLITE_OK)
			fail_msg("%s: %s", tables[t], sqlite3_errmsg(d));
		while (sqlite3_step(q) == SQLITE_ROW)
			for (int c = 0; c < sqlite3_column_count(q); c++) {
				const void *bytes = sqlite3_column_blob(q, c);

				rl_sha256_add(
					&s, bytes ? bytes : "", (size_t)sqlite3_column_bytes(q, c));
				rl_sha256_add(&s, "|", 1);
			}
		sqlite3_finalize(q);
	}
	sqlite3_close(d);
	rl_sha256_hex(&s, hash);
}

static int put_dir(struct rl_store *s, const char *path, struct rl_err *err)
{
	static const char split[] = "platform,cell,role\nhosted,tiny,validate\n";
	struct rl_sha256 h;
	struct rl_run run;
	int rc = rl_run_read_dir(&run, path, NULL, err);

	if (rc)
		return rc;
	run.role = RL_ROLE_VALIDATE;
	rl_sha256_init(&h);
	rl_sha256_add(&h, split, sizeof(split) - 1);
	rl_sha256_hex(&h, run.split);
	rc = rl_store_put_split(s, run.split, split, sizeof(split) - 1, err);
	rc = rc ? rc : rl_store_put_run(s, &run, NULL, err);
	rl_run_fini(&run);
	return rc;
}

/* What `ringlab import` does with two runs. */
static int import_two(void)
{
	struct rl_store *s = NULL;
	struct rl_err err = {0};
	int rc = rl_store_open(&s, db, true, &err);

	rc = rc ? rc : rl_store_begin(s, &err);
	rc = rc ? rc : put_dir(s, TRACED, &err);
	rc = rc ? rc : put_dir(s, SAMPLE, &err);
	rc = rc ? rc : rl_store_commit(s, &err);
	rl_store_close(s);
	if (rc)
		assert_true(*err.what && !strchr(err.what, '\n'));
	return rc;
}

/* What `ringlab calibrate --save` does, over a set of this name. */
static int save_set(double value)
{
	struct rl_param_set set = {.name = "p", .platform = "sample", .created = "now"};
	struct rl_store *s = NULL;
	struct rl_err err = {0};
	char manifest[160];
	int rc = rl_store_open(&s, db, false, &err);

	snprintf(manifest, sizeof(manifest), "{\"calibrated_on\": [\"%064d\", \"%064d\"]}", 1,
		(int)value);
	set.manifest = manifest;
	for (int p = 0; p < RL_PARAM_COUNT; p++)
		set.p[p] = (struct rl_fitted){true, true, value + p, value, value + p + 1};
	rc = rc ? rc : rl_store_save_params(s, &set, &err);
	rl_store_close(s);
	if (rc)
		assert_true(*err.what && !strchr(err.what, '\n'));
	return rc;
}

static int save_seven(void)
{
	return save_set(7);
}

static void copy(const char *from, const char *to)
{
	char cmd[1024];

	snprintf(cmd, sizeof(cmd),
		"rm -f '%s' '%s-wal' '%s-shm' '%s-journal'; [ ! -e '%s' ] || cp '%s' '%s'", to, to,
		to, to, from, from, to);
	assert_int_equal(system(cmd), 0);
}

/* Every change takes a minute or two: that is data/tests/long_faults.bats. */
static long step(void)
{
	return getenv("RL_EVERY_CHANGE") ? 1 : 13;
}

/* Each change of @action in turn, from the database that is kept in @before, which may be none. */
static void each_change_fails(
	int (*action)(void), const char *before, int code, bool for_good, const char *name)
{
	char old[RL_SHA256_HEX] = "none", new[RL_SHA256_HEX], have[RL_SHA256_HEX];
	bool there = access(before, F_OK) == 0;
	long n, old_states = 0, new_states = 0;

	memset(&faulty, 0, sizeof(faulty));
	copy(before, db);
	if (there)
		state_of(old);
	assert_int_equal(action(), 0);
	state_of(new);
	assert_string_not_equal(old, new);
	for (n = 1;; n += step()) {
		int rc;

		copy(before, db);
		faulty = (struct faulty){.fail_at = n, .for_good = for_good, .code = code};
		rc = action();
		if (!faulty.failed)
			break; /* it makes fewer changes than this */
		faulty = (struct faulty){0};
		if (!there && rc) {
			/* A database that could not even be made: empty, or none. */
			assert_int_equal(action(), 0);
			old_states++;
		} else {
			state_of(have);
			if (rc)
				assert_true(!strcmp(have, old) || !strcmp(have, new));
			else
				assert_string_equal(have, new);
			old_states += !strcmp(have, old);
			new_states += !strcmp(have, new);
			assert_int_equal(action(), 0);
		}
		state_of(have);
		assert_string_equal(have, new);
	}
	faulty = (struct faulty){0};
	print_message("%s, %s, %s: %ld changes, of which each %ld. failed; then %ld times the "
		      "old state, %ld the new\n",
		name, code == SQLITE_FULL ? "full" : "broken", for_good ? "for good" : "once",
		n - step(), step(), old_states, new_states);
	assert_true(n > 10);
}

static void all_kinds(int (*action)(void), const char *before, const char *name)
{
	for (int good = 0; good < 2; good++) {
		each_change_fails(action, before, SQLITE_FULL, good, name);
		each_change_fails(action, before, SQLITE_IOERR_WRITE, good, name);
	}
}

static void test_import_into_a_new_database(void **state)
{
	char none[128];

	(void)state;
	snprintf(none, sizeof(none), "%s/none", dir);
	all_kinds(import_two, none, "import, no database yet");
}

static void test_import_into_a_database(void **state)
{
	char before[128];
	struct rl_store *s;

	(void)state;
	s = open_store();
	rl_store_close(s);
	assert_int_equal(save_set(3), 0);
	snprintf(before, sizeof(before), "%s/before", dir);
	copy(db, before);
	all_kinds(import_two, before, "import");
}

static void test_save_parameters(void **state)
{
	char before[128];

	(void)state;
	assert_int_equal(import_two(), 0);
	assert_int_equal(save_set(3), 0);
	snprintf(before, sizeof(before), "%s/before", dir);
	copy(db, before);
	all_kinds(save_seven, before, "calibrate --save");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_import_into_a_new_database, setup, teardown),
		cmocka_unit_test_setup_teardown(test_import_into_a_database, setup, teardown),
		cmocka_unit_test_setup_teardown(test_save_parameters, setup, teardown),
	};

	faulty_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
