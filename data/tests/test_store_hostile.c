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
		{"CREATE VIEW more AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM "
		 "c) SELECT x FROM c",
			"a view that is not"},
		{"CREATE INDEX more ON run (abs(repeat))", "tables"},
		{"DROP TRIGGER role_is_sealed", "tables"},
		{"DROP TRIGGER role_is_sealed; CREATE TRIGGER role_is_sealed BEFORE UPDATE OF role "
		 "ON run BEGIN SELECT 1; END",
			"tables"},
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

/* A store's runs are those of the sample, figure by figure. */
static bool is_sample(struct rl_store *s)
{
	struct rl_err err = {0};
	struct rl_run *runs, sample;
	bool same;
	size_t n;

	if (rl_store_runs(s, NULL, RL_ROLE_ANY, &runs, &n, &err))
		return false;
	if (rl_run_read_dir(&sample, SAMPLE, NULL, &err))
		fail_msg("%s", err.what);
	same = n == 1 && strcmp(runs[0].cell, sample.cell) == 0 && runs[0].role == RL_ROLE_NONE;
	for (int m = 0; same && m < RL_METRIC_COUNT; m++)
		same = memcmp(&runs[0].metrics.m[m].value, &sample.metrics.m[m].value,
			       sizeof(double)) == 0 ||
		       (isnan(runs[0].metrics.m[m].value) && isnan(sample.metrics.m[m].value));
	rl_store_free_runs(runs, n);
	rl_run_fini(&sample);
	return same;
}

static void write_file(const char *bytes, size_t size)
{
	FILE *f = fopen(db, "w");

	assert_int_equal(fwrite(bytes, 1, size, f), size);
	fclose(f);
}

/*
 * Bits flipped all over a real database: refused and left alone, or found by `ringlab check`, or
 * of no meaning; never a crash, never a hang, never another figure.
 */
static void test_flipped_bits(void **state)
{
	struct rl_store *s = open_store();
	bool every = getenv("RL_EVERY_BIT");
	int refused_by[2] = {0}, meaningless = 0;
	struct rl_err err = {0};
	struct rl_store_audited audited;
	char *good, *after;
	size_t size, n;

	(void)state;
	import(s, RL_ROLE_NONE, NULL);
	rl_store_close(s);
	assert_int_equal(rl_text_read(db, &good, &size, &err), 0);
	for (size_t bit = 5; bit < 8 * size; bit += every ? 8 + 1 : 8 * 997 + 1) {
		good[bit / 8] ^= (char)(1 << bit % 8);
		write_file(good, size);
		memset(&err, 0, sizeof(err));
		alarm(60); /* a hang ends the test */
		if (rl_store_open(&s, db, false, &err)) {
			refused_by[0]++;
			assert_true(err.what[0] && !strchr(err.what, '\n'));
			assert_int_equal(rl_text_read(db, &after, &n, &err), 0);
			assert_int_equal(n, size);
			assert_memory_equal(after, good, size);
			free(after);
		} else {
			if (rl_store_audit(s, &audited, &err))
				refused_by[1]++;
			else if (is_sample(s))
				meaningless++;
			else
				fail_msg("bit %zu changes a figure, and nobody says so", bit);
			rl_store_close(s);
		}
		good[bit / 8] ^= (char)(1 << bit % 8);
	}
	alarm(0);
	free(good);
	print_message("%d bits refused when opened, %d by the audit, %d without a meaning\n",
		refused_by[0], refused_by[1], meaningless);
	assert_true(refused_by[0] > 0 && refused_by[1] > 0);
}

/* Truncated anywhere: refused and left alone, or a file that has no run. */
static void test_truncated(void **state)
{
	struct rl_store *s = open_store();
	struct rl_err err = {0};
	char *good, *after;
	size_t size, n;

	(void)state;
	import(s, RL_ROLE_NONE, NULL);
	rl_store_close(s);
	assert_int_equal(rl_text_read(db, &good, &size, &err), 0);
	for (size_t cut = 1; cut < size; cut += getenv("RL_EVERY_BIT") ? 1 : 1021) {
		write_file(good, cut);
		memset(&err, 0, sizeof(err));
		alarm(60);
		if (rl_store_open(&s, db, false, &err) == 0)
			fail_msg("taken when cut at %zu of %zu", cut, size);
		assert_int_equal(rl_text_read(db, &after, &n, &err), 0);
		assert_int_equal(n, cut);
		assert_memory_equal(after, good, cut);
		free(after);
	}
	alarm(0);
	free(good);
}

/* What nobody would see without reading all again. */
static void test_changed_values(void **state)
{
	static const char *const changes[][2] = {
		{"UPDATE metric SET value = value * 1.01 WHERE metric = 'iops'", "iops"},
		{"UPDATE document SET bytes = x'78' WHERE name = 'fio.json'", "fio.json"},
		{"UPDATE run SET cell = 'other'", "its name or a document"},
		{"UPDATE run SET started = '2001'", "started"},
		{"UPDATE run SET manifest = replace(manifest, 'cpus', 'cpuz')", "its manifest"},
		{"UPDATE run SET repeat = 3", "repeat"},
		{"UPDATE config SET iodepth = iodepth + 1", "its manifest"},
		{"UPDATE document SET sha256 = replace(hex(zeroblob(32)), '0', 'a')", "cell.txt"},
		{"INSERT INTO split VALUES (1, replace(hex(zeroblob(32)), '0', 'b'), "
		 "CAST('platform,cell,role' AS BLOB)); INSERT INTO role_seal VALUES (1, 1)",
			"its role"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct rl_store *s = open_store();
		struct rl_err err = {0};
		struct rl_store_audited audited;

		import(s, RL_ROLE_NONE, NULL);
		assert_int_equal(rl_store_audit(s, &audited, &err), 0);
		assert_int_equal(audited.runs, 1);
		rl_store_close(s);
		assert_int_equal(shell(db, changes[i][0]), 0);
		s = open_store();
		assert_int_equal(rl_store_audit(s, &audited, &err), -EINVAL);
		if (!strstr(err.what, changes[i][1]))
			fail_msg("'%s' does not say '%s'", err.what, changes[i][1]);
		rl_store_close(s);
		remove(db);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(test_foreign_files_are_refused),
		FRESH(test_tampered_databases_are_refused),
		FRESH(test_flipped_bits),
		FRESH(test_truncated),
		FRESH(test_changed_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
