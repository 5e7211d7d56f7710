/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counts and times of what is imported: NaN, infinities, 1e400, -1 and 2^64 in the place of every
 * number of a file, one after the other. Each is refused by the name of its field, or it is a
 * number that nothing is taken from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/format/fio_json.h"
#include "data/format/json.h"
#include "data/format/stats.h"
#include "data/format/text.h"
#include "data/run.h"
#include "data/store.h"

#define SAMPLE "data/tests/sample/event-spin-randread-4k-qd8"
#define MARK   "@the number@"

/* Some are no JSON at all; -1 and 2^64 as a real number are. */
static const char *const bad[] = {"NaN", "Infinity", "-Infinity", "1e400", "-1e400", "-1", "-0.5",
	"18446744073709551616", "1.8446744073709552e19", "1e308"};

#define NBAD (sizeof(bad) / sizeof(bad[0]))

static char dir[64];
static unsigned refused, unused;

/* ---- what reads a file --------------------------------------------------------------------- */

/* Reads @text; what comes of it as text, to be freed, or null and @err. */
typedef char *reader(const char *text, struct rl_err *err);

static char *read_fio(const char *text, struct rl_err *err)
{
	struct rl_fio_result r;
	char *all;

	if (rl_fio_json_parse(text, strlen(text), "it", &r, err))
		return NULL;
	all = calloc(1, 4096);
	snprintf(all, 4096, "%s %s %s %.17g %.17g %.17g", r.version, r.jobname, r.started, r.ios,
		r.bytes, r.runtime_ns);
	for (int m = 0; m < RL_METRIC_COUNT; m++)
		snprintf(all + strlen(all), 4096 - strlen(all), " %.17g", r.metrics.m[m].value);
	return all;
}

static char *read_cpu(const char *text, struct rl_err *err)
{
	struct rl_document doc = {.name = "it", .bytes = (char *)text, .size = strlen(text)};
	struct rl_run run = {0};
	char *all = NULL;

	if (rl_stats_cpu(&run, &doc, ".", err) == 0) {
		all = calloc(1, 4096);
		for (size_t i = 0; i < run.nstats; i++)
			snprintf(all + strlen(all), 4096 - strlen(all), " %s=%.17g",
				run.stats[i].key, run.stats[i].value);
	}
	run.ndocuments = 0;
	rl_run_fini(&run);
	return all;
}

static char *read_manifest(const char *text, struct rl_err *err)
{
	char path[128];
	struct rl_run run;
	char *all = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "%s/manifest.json", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	snprintf(path, sizeof(path), "%s/run", dir);
	if (rl_run_read_dir(&run, path, NULL, err) == 0) {
		const struct rl_scenario *s = &run.scenario;

		all = calloc(1, 256);
		snprintf(all, 256, "%u %u %d %d", s->machine.pcpus, s->machine.sockets,
			s->guest.pcpu, s->driver.pcpu);
	}
	rl_run_fini(&run);
	return all;
}

/* ---- every number of it -------------------------------------------------------------------- */

struct walk {
	json_t *root;
	reader *read;
	char *right; /* what comes of the file as it is */
};

static void must_refuse(const struct walk *w, const char *key, const char *value)
{
	char *text = json_dumps(w->root, 0), *at = strstr(text, "\"" MARK "\""), *all, *got;
	struct rl_err err = {0};
	size_t n = strlen(text) + strlen(value) + 1;

	assert_non_null(at);
	all = malloc(n);
	snprintf(all, n, "%.*s%s%s", (int)(at - text), text, value, at + strlen(MARK) + 2);
	got = w->read(all, &err);
	if (got && strcmp(got, w->right) != 0)
		fail_msg("%s = %s was taken: %s", key, value, got);
	if (!got && (!strstr(err.what, key) || !*err.file))
		fail_msg("%s = %s: %s:%d:%d: %s (expected its name)", key, value, err.file,
			err.line, err.col, err.what);
	refused += !got;
	unused += got != NULL;
	free(got);
	free(all);
	free(text);
}

static void visit(const struct walk *w, json_t *in, const char *above)
{
	const char *key;
	json_t *v;
	size_t i;
	void *next;

	json_object_foreach_safe(in, next, key, v)
	{
		char name[128];

		snprintf(name, sizeof(name), "%s", key);
		if (json_is_number(v)) {
			json_t *number = json_incref(v);

			json_object_set_new(in, name, json_string(MARK));
			for (i = 0; i < NBAD; i++)
				must_refuse(w, name, bad[i]);
			json_object_set_new(in, name, number);
		} else {
			visit(w, v, name);
		}
	}
	json_array_foreach(in, i, v) visit(w, v, above);
}

static void walk(const char *text, reader *read)
{
	struct rl_err err = {0};
	struct walk w = {.root = json_loads(text, 0, NULL), .read = read};
	char *whole = json_dumps(w.root, 0);

	assert_non_null(w.root);
	w.right = read(whole, &err);
	if (!w.right)
		fail_msg("%s", err.what);
	refused = unused = 0;
	visit(&w, w.root, "");
	free(whole);
	free(w.right);
	json_decref(w.root);
}

static char *contents(const char *path)
{
	struct rl_err err = {0};
	char *text;
	size_t size;

	if (rl_text_read(path, &text, &size, &err))
		fail_msg("%s", err.what);
	return text;
}

static void fio_json(void **state)
{
	char *text = contents(SAMPLE "/fio.json");

	(void)state;
	walk(text, read_fio);
	free(text);
	assert_true(refused > 1000 && unused > 0); /* most are no JSON, whoever reads them */
}

static void cpu_json(void **state)
{
	(void)state;
	walk("{\"window_ns\": 1000, \"cpu_ns\": {\"dom0\": 1, \"driver\": 250, \"guest\": 500},"
	     "\"disk\": {\"reads\": 4, \"read_sectors\": 32}}",
		read_cpu);
	assert_int_equal(unused, 0);
}

static void manifest(void **state)
{
	(void)state;
	walk("{\"platform\": \"sample\", \"mode\": \"counted\", \"cpus\": 1, \"scheduler\": "
	     "\"credit2\", \"pinning\": {\"dom0\": 0, \"driver\": 0, \"guest\": 0}}",
		read_manifest);
	assert_true(refused >= 3 * NBAD);
}

/* What a driver counts: whole numbers below 2^63. */
static void counters(void **state)
{
	char text[128];

	(void)state;
	for (size_t i = 0; i < NBAD; i++) {
		struct rl_document doc = {.name = "back.stats", .bytes = text};
		struct rl_run run = {0};
		struct rl_err err = {0};

		doc.size = (size_t)snprintf(text, sizeof(text), "requests 1\nspin_ns %s\n", bad[i]);
		assert_int_not_equal(rl_stats_parse(&run, "back", &doc, NULL, ".", &err), 0);
		assert_non_null(strstr(err.what, "spin_ns"));
		assert_true(err.line == 2 && err.col == 9);
		rl_run_fini(&run);
	}
}

/* The store itself takes no infinity, whoever hands it one: a column of reals would. */
static void store(void **state)
{
	struct rl_store *s;
	struct rl_err err = {0};
	char path[128], run_dir[128];
	struct rl_run run;
	bool known;

	(void)state;
	snprintf(path, sizeof(path), "%s/db", dir);
	snprintf(run_dir, sizeof(run_dir), "%s/run", dir);
	assert_int_equal(rl_store_open(&s, path, true, &err), 0);
	for (int sign = -1; sign <= 1; sign += 2) {
		assert_int_equal(rl_run_read_dir(&run, run_dir, NULL, &err), 0);
		run.metrics.m[RL_METRIC_iops].value = sign * HUGE_VAL;
		assert_int_not_equal(rl_store_put_run(s, &run, &known, &err), 0);
		assert_non_null(strstr(err.what, "iops"));
		memset(&err, 0, sizeof(err));
		rl_run_fini(&run);
	}
	rl_store_close(s);
}

static int set_up(void **state)
{
	char command[256];

	(void)state;
	strcpy(dir, "/tmp/numbers.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(command, sizeof(command),
		"cp -r %s %s/run && cp data/tests/sample/manifest.json %s", SAMPLE, dir, dir);
	return system(command);
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fio_json),
		cmocka_unit_test(cpu_json),
		cmocka_unit_test(store),
		cmocka_unit_test(manifest),
		cmocka_unit_test(counters),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
