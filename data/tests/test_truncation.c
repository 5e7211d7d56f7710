/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run whose files are cut, each at every byte. What is in one piece (JSON, traces) is refused
 * wherever it is cut; of what is lines, a cut within a line is. A refusal is one line that names
 * the file.
 */
#include "data/tests/store_fixture.h"

#include <fcntl.h>

#define TRACED "data/tests/traced"

enum rule {
	WHOLE, /* no part of it is a file */
	LINES, /* as many lines as you like, each with its end */
	ANY    /* what people write: a part may be a file */
};

static void write_cut(const char *path, const char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

static bool only_space(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != '\n' && bytes[i] != ' ')
			return false;
	return true;
}

static void cut_everywhere(const char *name, enum rule rule)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	char cmd[256], path[160], run_dir[128], *bytes;
	struct rl_err err = {0};
	size_t n, refused = 0;
	struct rl_run run;

	snprintf(cmd, sizeof(cmd), "rm -rf '%s/t' && cp -r " TRACED " '%s/t'", dir, dir);
	assert_int_equal(system(cmd), 0);
	snprintf(path, sizeof(path), "%s/t/%s", dir, name);
	snprintf(run_dir, sizeof(run_dir), "%s/t/tiny", dir);
	assert_int_equal(rl_text_read(path, &bytes, &n, &err), 0);
	assert_true(n > 0);
	for (size_t cut = 0; cut < n; cut++) {
		int rc;

		write_cut(path, bytes, cut);
		memset(&err, 0, sizeof(err));
		rc = rl_run_read_dir(&run, run_dir, NULL, &err);
		if (rc) {
			assert_int_equal(rc, -EINVAL);
			assert_true(*err.what && !strchr(err.what, '\n'));
			refused++;
			if (rule == WHOLE && !strstr(err.file, base))
				fail_msg("%s cut at %zu: '%s: %s' does not name it", name, cut,
					err.file, err.what);
			continue;
		}
		rl_run_fini(&run);
		if (rule == WHOLE && !only_space(bytes + cut, n - cut))
			fail_msg("%s cut at %zu of %zu is taken", name, cut, n);
		if (rule == LINES && cut && bytes[cut - 1] != '\n')
			fail_msg("%s cut at %zu of %zu, within a line, is taken", name, cut, n);
	}
	assert_true(refused > 0);
	free(bytes);
}

static void test_fio_json(void **state)
{
	(void)state;
	cut_everywhere("tiny/fio.json", WHOLE);
}

static void test_other_json(void **state)
{
	(void)state;
	cut_everywhere("tiny/cpu.json", WHOLE);
	cut_everywhere("manifest.json", WHOLE);
}

static void test_traces(void **state)
{
	(void)state;
	cut_everywhere("tiny/front.trace", WHOLE);
	cut_everywhere("tiny/back.trace", WHOLE);
}

static void test_lines(void **state)
{
	(void)state;
	cut_everywhere("tiny/front.stats", LINES);
	cut_everywhere("tiny/back.stats", LINES);
	cut_everywhere("tiny/cell.txt", ANY);
	cut_everywhere("tiny/job.fio", ANY);
	cut_everywhere("tiny/status", ANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(test_fio_json),
		FRESH(test_other_json),
		FRESH(test_traces),
		FRESH(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
