/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's logs: as fio wrote them they agree with its summary; cut or changed anywhere they do not.
 */
#include "data/format/tests/fio_fixture.h"

static void test_kinds(void **state)
{
	static const struct {
		const char *name;
		int kind;
	} rows[] = {{"x_clat.1.log", RL_FIO_CLAT}, {"/a/b_lat.log/x_slat.12.log", RL_FIO_SLAT},
		{"x_lat.log", RL_FIO_LAT}, {"x_iops.3.log", RL_FIO_LOG_IOPS},
		{"x_bw.1.log", RL_FIO_LOG_BW}, {"x_clat_hist.1.log", RL_FIO_LOG_HIST + RL_FIO_CLAT},
		{"x_lat_hist.1.log", RL_FIO_LOG_HIST + RL_FIO_LAT}, {"fio.log", -1},
		{"clat.1.log", -1}, {"_clat.1.log", RL_FIO_CLAT}, {"x_clat.1.txt", -1},
		{"x_clat1.log", RL_FIO_CLAT}, {"", -1}, {".log", -1}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(rl_fio_log_kind(rows[i].name), rows[i].kind);
}

static void test_agree(void **state)
{
	static const char *const runs[] = {"jobs", "grouped", "averaged"};

	(void)state;
	for (int r = 0; r < 3; r++) {
		struct rl_fio_logs *logs = calloc(1, sizeof(*logs));
		struct rl_fio_result result;
		struct rl_fio_hists *fio = fixture_fio(runs[r], &result);
		struct rl_err err = {0};

		fixture_logs(runs[r], -1, NULL, logs);
		assert_true(logs->files[RL_FIO_CLAT] > 0);
		if (rl_fio_logs_check(logs, fio, runs[r], &err))
			fail_msg("%s: %s", runs[r], err.what);
		assert_int_equal(fio->averaged, r == 2);
		free(logs);
		free(fio);
	}
}

/* A job's log that is missing is missed, of every kind but a histogram's. */
static void test_a_log_less(void **state)
{
	static const char *const names[] = {"x_clat.2", "x_slat.1", "x_lat.2"};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct rl_fio_logs *logs = calloc(1, sizeof(*logs));
		struct rl_fio_result r;
		struct rl_fio_hists *fio = fixture_fio("jobs", &r);
		struct rl_err err = {0};

		fixture_logs("jobs", -1, names[i], logs);
		assert_int_equal(rl_fio_logs_check(logs, fio, "d", &err), -EINVAL);
		assert_non_null(strstr(err.what, "number of samples"));
		free(logs);
		free(fio);
	}
}

/* @text in place of the log @name of run "jobs": 0 when reader and check take it. */
static int take(const struct rl_fio_logs *others, const struct rl_fio_hists *fio, const char *name,
	const char *text, size_t n, struct rl_err *err)
{
	struct rl_fio_logs *logs = malloc(sizeof(*logs));
	char *exact = malloc(n ? n : 1); /* of just this size, for the sanitizer */
	int rc;

	memcpy(logs, others, sizeof(*logs));
	memcpy(exact, text, n);
	memset(err, 0, sizeof(*err));
	rc = rl_fio_log_add(exact, n, name, rl_fio_log_kind(name), logs, err);
	rc = rc ? rc : rl_fio_logs_check(logs, fio, "d", err);
	assert_true(rc == 0 || (rc == -EINVAL && *err->what && !strchr(err->what, '\n')));
	free(exact);
	free(logs);
	return rc;
}

static void cut_everywhere(const char *run, const char *name, bool hist)
{
	struct rl_fio_logs *others = calloc(1, sizeof(*others));
	struct rl_fio_result r;
	struct rl_fio_hists *fio = fixture_fio(run, &r);
	struct rl_err err = {0};
	char path[128], *text;
	size_t n;

	snprintf(path, sizeof(path), LOGGED "%s/%s", run, name);
	fixture_logs(run, rl_fio_log_kind(name), name, others);
	assert_int_equal(rl_text_read(path, &text, &n, &err), 0);
	assert_int_equal(take(others, fio, path, text, n, &err), 0);
	for (size_t cut = 0; cut < n; cut++) {
		bool whole_lines = !cut || text[cut - 1] == '\n';
		int rc = take(others, fio, path, text, cut, &err);

		/* fio itself leaves out a histogram's last interval: fewer lines may be all. */
		if (!(hist && whole_lines))
			assert_int_equal(rc, -EINVAL);
	}
	free(text);
	free(others);
	free(fio);
}

static void test_cut_at_every_byte(void **state)
{
	(void)state;
	cut_everywhere("jobs", "x_clat.1.log", false);
	cut_everywhere("jobs", "x_slat.2.log", false);
	cut_everywhere("grouped", "x_lat.3.log", false);
	cut_everywhere("grouped", "x_clat_hist.2.log", true);
}

/* Any digit changed in a value or a direction shows. */
static void test_each_digit_changed(void **state)
{
	struct rl_fio_logs *others = calloc(1, sizeof(*others));
	struct rl_fio_result r;
	struct rl_fio_hists *fio = fixture_fio("jobs", &r);
	const char *path = LOGGED "jobs/x_clat.1.log";
	struct rl_err err = {0};
	char *text;
	size_t n, changed = 0;
	int field = 0;

	(void)state;
	fixture_logs("jobs", RL_FIO_CLAT, "x_clat.1.log", others);
	assert_int_equal(rl_text_read(path, &text, &n, &err), 0);
	for (size_t i = 0; i < n; i++) {
		char was = text[i];

		field = was == '\n' ? 0 : field + (was == ',');
		if (was < '0' || was > '9' || field < 1 || field > 2)
			continue;
		text[i] = was == '9' ? '3' : (char)(was + 1);
		assert_int_equal(take(others, fio, path, text, n, &err), -EINVAL);
		text[i] = was;
		changed++;
	}
	assert_true(changed > 100);
	free(text);
	free(others);
	free(fio);
}

static void test_hostile_lines(void **state)
{
	static const char *const rows[][2] = {
		{"0, 1, 0\n", "not 4, 5 or 6 fields"},
		{"0, 1, 0, 4096, 0, 0, 0\n", "not 4, 5 or 6 fields"},
		{"0, -1, 0, 4096\n", "no number"},
		{"0, 1, 3, 4096\n", "a direction that is none"},
		{"0, NaN, 0, 4096\n", "no number"},
		{"0, 1e5, 0, 4096\n", "no comma"},
		{"0, 4611686018427387904, 0, 4096\n", "2^62"},
		{"0, 99999999999999999999999, 0, 4096\n", "2^62"},
		{"0, 4611686018427387903, 0, 4096\n0, 4611686018427387903, 0, 4096\n", "add up"},
		{"0, 1, 0, \n", "nothing behind the comma"},
		{"0 1 0 4096\n", "not 4, 5 or 6 fields"},
		{"\n", "not 4, 5 or 6 fields"},
		{"0, 1, 0, 4096", "the last line has no end"},
	};
	struct rl_fio_logs *logs = calloc(1, sizeof(*logs));
	struct rl_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&err, 0, sizeof(err));
		memset(logs, 0, sizeof(*logs));
		assert_int_equal(rl_fio_log_add(rows[i][0], strlen(rows[i][0]), "x_clat.1.log",
					 RL_FIO_CLAT, logs, &err),
			-EINVAL);
		assert_true(err.line >= 1 && err.col >= 1);
		if (!strstr(err.what, rows[i][1]))
			fail_msg("'%s' does not say '%s'", err.what, rows[i][1]);
	}
	memset(&err, 0, sizeof(err));
	assert_int_equal(rl_fio_log_add("5, 0, 4096, 1\n", 14, "x_clat_hist.1.log",
				 RL_FIO_LOG_HIST + RL_FIO_CLAT, logs, &err),
		-EINVAL);
	assert_non_null(strstr(err.what, "1856 bins"));
	free(logs);
}

/* All forms that versions of fio have: with and without an offset, priority in hexadecimal. */
static void test_forms(void **state)
{
	static const char text[] = "1, 10, 0, 4096\n1, 20, 1, 4096, 0x4004\n"
				   "1, 30, 0, 4096, 8192, 0\n1,5,2,4096\r\n";
	struct rl_fio_logs *logs = calloc(1, sizeof(*logs));
	struct rl_err err = {0};

	(void)state;
	if (rl_fio_log_add(text, sizeof(text) - 1, "x", RL_FIO_LAT, logs, &err))
		fail_msg("%d:%d: %s", err.line, err.col, err.what);
	assert_int_equal(logs->sum[RL_FIO_LAT][RL_FIO_READ].n, 2); /* trims are left out */
	assert_int_equal(logs->sum[RL_FIO_LAT][RL_FIO_READ].sum, 40);
	assert_int_equal(logs->sum[RL_FIO_LAT][RL_FIO_WRITE].max, 20);
	free(logs);
}

static void test_iops_without_averaging(void **state)
{
	static const char ones[] = "0, 1, 0, 4096, 0\n2, 1, 1, 4096, 0\n";
	struct rl_fio_logs *logs = calloc(1, sizeof(*logs));
	struct rl_fio_result r;
	struct rl_fio_hists *fio = fixture_fio("jobs", &r);
	struct rl_err err = {0};

	(void)state;
	assert_int_equal(take(logs, fio, "x_iops.1.log", ones, sizeof(ones) - 1, &err), -EINVAL);
	assert_non_null(strstr(err.what, "every line says 1"));
	free(fio);
	free(logs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_agree),
		cmocka_unit_test(test_a_log_less),
		cmocka_unit_test(test_cut_at_every_byte),
		cmocka_unit_test(test_each_digit_changed),
		cmocka_unit_test(test_hostile_lines),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_iops_without_averaging),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
