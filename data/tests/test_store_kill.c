/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program that is killed while it writes, again and again: what it had said to be done is there,
 * whole and with the content that it had, and of what it was doing there is all or nothing.
 * $RL_KILLS: how often (data/tests/long_faults.bats does it 500 times).
 */
#include "data/tests/store_fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <time.h>

#define BATCH 3 /* runs in one transaction */

static int kills(void)
{
	const char *text = getenv("RL_KILLS");

	return text ? atoi(text) : 25;
}

static uint64_t seed = 1;

/* A number below @n; the same in every run of the test. */
static uint64_t draw(uint64_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % n;
}

/* Tells the parent that number @done is finished. */
static void acknowledge(int fd, int done)
{
	if (write(fd, &done, sizeof(done)) != sizeof(done))
		_exit(3);
}

static int put_numbered(struct rl_store *s, const struct rl_run *sample, int number)
{
	struct rl_run run = *sample;
	struct rl_document docs[8];
	struct rl_err err = {0};

	assert_true(run.ndocuments <= 8);
	memcpy(docs, sample->documents, run.ndocuments * sizeof(*docs));
	run.documents = docs;
	snprintf(run.cell, sizeof(run.cell), "cell-%d", number);
	return rl_store_put_run(s, &run, NULL, &err);
}

/* Imports batches of runs, without end. */
static void import_for_ever(int fd, int first)
{
	struct rl_store *s = NULL;
	struct rl_run sample;
	struct rl_err err = {0};
	int rc = rl_run_read_dir(&sample, SAMPLE, NULL, &err);

	rc = rc ? rc : rl_store_open(&s, db, true, &err);
	for (int batch = first; !rc; batch++) {
		rc = rl_store_begin(s, &err);
		for (int i = 0; !rc && i < BATCH; i++)
			rc = put_numbered(s, &sample, batch * BATCH + i);
		rc = rc ? rc : rl_store_commit(s, &err);
		if (!rc)
			acknowledge(fd, batch + 1);
	}
	_exit(2);
}

/* Saves parameters over those that are there, each time other values, without end. */
static void save_for_ever(int fd, int first)
{
	struct rl_param_set set = {.name = "p", .platform = "sample", .created = "now"};
	struct rl_store *s = NULL;
	struct rl_err err = {0};
	int rc = rl_store_open(&s, db, true, &err);
	char manifest[128];

	for (int n = first; !rc; n++) {
		snprintf(manifest, sizeof(manifest), "{\"calibrated_on\": [\"%064d\"]}", n + 1);
		set.manifest = manifest;
		for (int p = 0; p < RL_PARAM_COUNT; p++)
			set.p[p] = (struct rl_fitted){true, true, n + 1, n + 1, n + 1};
		rc = rl_store_save_params(s, &set, &err);
		if (!rc)
			acknowledge(fd, n + 1);
	}
	_exit(2);
}

/*
 * Starts @work, kills it within 20 ms after its first words or before them.
 * Returns: the last number that it acknowledged, @done when none.
 */
static int run_and_kill(void (*work)(int, int), int done)
{
	struct timespec pause = {0, (long)draw(20000000)};
	int fd[2], status, number;
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (pid == 0) {
		close(fd[0]);
		work(fd[1], done);
	}
	close(fd[1]);
	if (draw(4) && read(fd[0], &number, sizeof(number)) == sizeof(number))
		done = number;
	nanosleep(&pause, NULL);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	while (read(fd[0], &number, sizeof(number)) == sizeof(number))
		done = number;
	close(fd[0]);
	return done;
}

/* One number out of the database, by another's eyes. */
static int64_t ask(const char *sql)
{
	sqlite3 *d = NULL;
	sqlite3_stmt *q = NULL;
	int64_t value = -1;

	assert_int_equal(sqlite3_open_v2(db, &d, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	sqlite3_busy_timeout(d, 10000);
	if (sqlite3_prepare_v2(d, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		value = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	sqlite3_close(d);
	return value;
}

/* Every document has the bytes that its hash was taken of. */
static void check_contents(void)
{
	sqlite3 *d = NULL;
	sqlite3_stmt *q = NULL;

	assert_int_equal(sqlite3_open_v2(db, &d, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(d, "SELECT bytes, sha256 FROM document", -1, &q, NULL), 0);
	while (sqlite3_step(q) == SQLITE_ROW) {
		struct rl_sha256 s;
		char hex[RL_SHA256_HEX];

		rl_sha256_init(&s);
		rl_sha256_add(&s, sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0));
		rl_sha256_hex(&s, hex);
		assert_string_equal(hex, (const char *)sqlite3_column_text(q, 1));
	}
	sqlite3_finalize(q);
	sqlite3_close(d);
}

static void test_killed_while_importing(void **state)
{
	int64_t documents = 0;
	int done = 0, new_states = 0, whole = 0;

	(void)state;
	for (int k = 0; k < kills(); k++) {
		int acked = run_and_kill(import_for_ever, done);
		struct rl_store *s = NULL;
		struct rl_err err = {0};
		int64_t runs;

		if (rl_store_open(
			    &s, db, true, &err)) /* it recovers, or makes what was not there */
			fail_msg("kill %d: %s", k, err.what);
		rl_store_close(s);
		runs = ask("SELECT count(*) FROM run");
		if (!documents && runs)
			documents = ask("SELECT count(*) FROM document WHERE run = 1");
		/* All that was acknowledged, and of the next batch all or nothing. */
		assert_int_equal(runs % BATCH, 0);
		done = (int)(runs / BATCH);
		assert_true(done == acked || done == acked + 1);
		assert_int_equal(ask("SELECT count(*) FROM document"), runs * documents);
		assert_int_equal(ask("SELECT count(DISTINCT hash) FROM run"), runs);
		assert_int_equal(ask("SELECT count(DISTINCT n) FROM (SELECT count(*) AS n FROM "
				     "metric GROUP BY run)"),
			runs > 0);
		new_states += done == acked + 1;
		whole += acked > 0;
	}
	check_contents();
	assert_int_equal(
		ask("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
		0);
	assert_true(whole > 0);
	print_message("import: %d kills, %d batches of %d runs whole, %d times committed but not "
		      "yet said\n",
		kills(), done, BATCH, new_states);
}

static void test_killed_while_saving(void **state)
{
	int done = 0, new_states = 0;

	(void)state;
	for (int k = 0; k < kills(); k++) {
		int acked = run_and_kill(save_for_ever, done);
		struct rl_param_set set;
		struct rl_store *s = NULL;
		struct rl_err err = {0};
		int rc;

		if (rl_store_open(&s, db, true, &err))
			fail_msg("kill %d: %s", k, err.what);
		rc = rl_store_load_params(s, "p", &set, &err);
		assert_true(rc == 0 || (rc == -ENOENT && acked == 0));
		done = rc ? 0 : (int)set.p[0].value;
		for (int p = 0; !rc && p < RL_PARAM_COUNT; p++)
			assert_true(
				set.p[p].present && set.p[p].value == done && set.p[p].hi == done);
		assert_true(done == acked || done == acked + 1);
		if (!rc) {
			char hash[80];

			snprintf(hash, sizeof(hash), "\"%064d\"", done);
			assert_non_null(strstr(set.manifest, hash));
			rl_param_set_fini(&set);
		}
		rl_store_close(s);
		assert_int_equal(ask("SELECT count(*) FROM param_set"), done > 0);
		assert_int_equal(ask("SELECT count(*) FROM calibration_run"), done > 0);
		new_states += done == acked + 1;
	}
	assert_true(done > 0);
	print_message("calibrate --save: %d kills, %d sets saved over each other, %d times "
		      "committed but not yet said\n",
		kills(), done, new_states);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(test_killed_while_importing),
		FRESH(test_killed_while_saving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
