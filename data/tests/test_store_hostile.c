/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hostile databases: what is not ours is refused and left alone. */
#include "data/tests/store_fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(test_foreign_files_are_refused),
		FRESH(test_tampered_databases_are_refused),
		FRESH(test_flipped_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
