/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bit of a database is flipped, and the verbs that read it are run: none crashes, hangs or says
 * nothing; what check refuses is left alone; and where `check` finds nothing, the runs and
 * the parameters that verbs tell are those of before. $RL_EVERY_BYTE: one bit of every byte, then
 * every bit of the first pages (cli/tests/long_flipped.bats).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/cli.h"
#include "data/format/text.h"
#include "data/run.h"
#include "data/store.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN	    "data/tests/traced/tiny"
#define HANGS_S	    60
#define FIRST_PAGES 1024 /* bytes: the header, the root of the schema */
#define SAID_BYTES  65536

extern const struct rl_verb rl_verb_check, rl_verb_list, rl_verb_simulate, rl_verb_validate,
	rl_verb_calibrate, rl_verb_report, rl_verb_sweep;

static char dir[64], db[96], yaml[96];

struct said {
	int status;  /* what it exited with; -signal */
	size_t size; /* of out */
	char err[4096];
	char out[SAID_BYTES];
};

/*
 * The verbs in the order in which they are asked. What check refuses when it opens the file the
 * others refuse in the same words, by the same code: they run for one in ten of those. Those that
 * take longer run for one in ten of the rest.
 */
enum { CHECK, LIST, SIMULATE, VALIDATE, CALIBRATE, REPORT, SWEEP, VERBS };

static const struct asked {
	const struct rl_verb *verb;
	char *argv[12];
	bool every, compared;
} asked[VERBS] = {
	[CHECK] = {&rl_verb_check, {"ringlab check", db}, true, false},
	[LIST] = {&rl_verb_list, {"ringlab list", "runs", "--db", db, "--format", "json"}, true,
		true},
	[SIMULATE] = {&rl_verb_simulate,
		{"ringlab simulate", yaml, "--db", db, "--params", "hosted", "--requests=20",
			"--reps=2", "--format", "csv"},
		true, true},
	[VALIDATE] = {&rl_verb_validate,
		{"ringlab validate", "--db", db, "--platform", "hosted", "--format", "csv"}, false,
		true},
	[CALIBRATE] = {&rl_verb_calibrate,
		{"ringlab calibrate", "--db", db, "--platform", "hosted", "--format", "csv"}, false,
		false},
	/* It finds all configurations done and reads them. */
	[SWEEP] = {&rl_verb_sweep,
		{"ringlab sweep", yaml, "--db", db, "--over=back_policy=event,spin",
			"--requests=20", "--reps=2", "--name=s", "--format=csv"},
		false, true},
	[REPORT] = {&rl_verb_report, {"ringlab report", "--db", db, "--answer"}, false, true},
};

/* One bit, and what became of it. */
static struct {
	unsigned long flips, noticed, meaningless, refused[VERBS], ran[VERBS];
} count;

static int text_fd(const char *name)
{
	int fd = memfd_create(name, 0);

	assert_true(fd >= 0);
	return fd;
}

static size_t take(int fd, char *to, size_t size)
{
	ssize_t n = pread(fd, to, size - 1, 0);

	assert_true(n >= 0);
	to[n] = '\0';
	return (size_t)n;
}

static void ask(const struct asked *a, struct said *s)
{
	static int out = -1, err = -1;
	int argc = 0, status;
	pid_t child;

	out = out < 0 ? text_fd("out") : out;
	err = err < 0 ? text_fd("err") : err;
	assert_int_equal(ftruncate(out, 0) | ftruncate(err, 0), 0);
	while (a->argv[argc])
		argc++;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		char *argv[13] = {NULL};

		memcpy(argv, a->argv, sizeof(a->argv));
		alarm(HANGS_S);
		lseek(out, 0, SEEK_SET);
		lseek(err, 0, SEEK_SET);
		if (dup2(out, 1) < 0 || dup2(err, 2) < 0)
			_exit(126);
		exit(a->verb->run(argc, argv));
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	s->status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
	s->size = take(out, s->out, sizeof(s->out));
	take(err, s->err, sizeof(s->err));
}

/* A store with a run that is held out, its split, parameters that are fitted to another, and a
 * sweep; in small pages. */
static void make_db(void)
{
	static const char split[] = "platform,cell,role\nhosted,tiny,validate\n";
	struct rl_param_set set = {.name = "hosted", .platform = "hosted", .created = "now"};
	char manifest[128], command[400];
	static struct said swept;
	struct rl_store *store;
	struct rl_err err = {0};
	struct rl_sha256 h;
	struct rl_run run;

	rl_sha256_init(&h);
	rl_sha256_add(&h, split, sizeof(split) - 1);
	assert_int_equal(rl_run_read_dir(&run, RUN, NULL, &err), 0);
	run.role = RL_ROLE_VALIDATE;
	rl_sha256_hex(&h, run.split);
	snprintf(manifest, sizeof(manifest), "{\"calibrated_on\": [\"%064d\"]}", 7);
	set.manifest = manifest;
	for (int p = 0; p < RL_PARAM_COUNT; p++)
		set.p[p] = (struct rl_fitted){p % 3 == 0, true, rl_param_info[p].dflt, NAN, NAN};
	assert_int_equal(rl_store_open(&store, db, true, &err), 0);
	assert_int_equal(rl_store_put_split(store, run.split, split, sizeof(split) - 1, &err), 0);
	assert_int_equal(rl_store_put_run(store, &run, NULL, &err), 0);
	assert_int_equal(rl_store_save_params(store, &set, &err), 0);
	rl_store_close(store);
	rl_run_fini(&run);
	ask(&asked[SWEEP], &swept);
	assert_int_equal(swept.status, 0);
	snprintf(command, sizeof(command),
		"sqlite3 -bail '%s' 'PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM;"
		" PRAGMA journal_mode = WAL' >/dev/null",
		db);
	assert_int_equal(system(command), 0);
}

/* Any bytes at all are one answer or one line of what is wrong. */
static void holds(const struct asked *a, const struct said *s, size_t bit)
{
	const char *nl = strchr(s->err, '\n');

	if (s->status < 0)
		fail_msg("bit %zu: %s died of signal %d", bit, a->argv[0], -s->status);
	if (s->status != 0 && s->status != 1 && s->status != 3)
		fail_msg("bit %zu: %s exits %d: %s", bit, a->argv[0], s->status, s->err);
	if (s->status == 3 && (!nl || nl[1] || !strstr(s->err, "error: ")))
		fail_msg(
			"bit %zu: %s refuses with '%s' (expected a line)", bit, a->argv[0], s->err);
}

static void same_file(const char *bytes, size_t size, size_t bit, const char *who)
{
	static char have[1 << 20];
	int fd = open(db, O_RDONLY);
	ssize_t n = read(fd, have, sizeof(have));

	close(fd);
	if (n != (ssize_t)size || memcmp(have, bytes, size) != 0)
		fail_msg("bit %zu: %s refuses the file and changes it", bit, who);
}

static void put_file(const char *bytes, size_t size)
{
	char log[128];
	int fd = open(db, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
	snprintf(log, sizeof(log), "%s-wal", db);
	unlink(log);
	snprintf(log, sizeof(log), "%s-shm", db);
	unlink(log);
}

static bool same_answer(const struct said *a, const struct said *b)
{
	return a->status == b->status && a->size == b->size && !memcmp(a->out, b->out, a->size);
}

/* All verbs on the database with this bit flipped, which is flipped back. */
static void flip(char *bytes, size_t size, size_t bit, const struct said *good)
{
	static struct said now;
	bool found = false;

	bytes[bit / 8] ^= (char)(1 << bit % 8);
	put_file(bytes, size);
	for (int v = 0; v < VERBS; v++) {
		const struct asked *a = &asked[v];

		if (count.flips % 10 && (!a->every || (found && v != CHECK)))
			continue;
		ask(a, &now);
		holds(a, &now, bit);
		count.ran[v]++;
		count.refused[v] += now.status == 3;
		if (v == CHECK)
			found = now.status == 3;
		else if (!found && a->compared && !same_answer(&now, &good[v]))
			fail_msg("bit %zu: check finds nothing, but %s says (exit %d) %s%s", bit,
				a->argv[0], now.status, now.out, now.err);
		if (now.status == 3 && found)
			same_file(bytes, size, bit, a->argv[0]);
	}
	count.noticed += found;
	count.meaningless += !found;
	if (++count.flips % 5000 == 0)
		print_message("%lu flips so far, %lu found by check\n", count.flips, count.noticed);
	bytes[bit / 8] ^= (char)(1 << bit % 8);
}

static void test_flipped_bits(void **state)
{
	static struct said good[VERBS];
	bool every = getenv("RL_EVERY_BYTE");
	uint64_t seed = 1;
	struct rl_err err = {0};
	size_t size;
	char *bytes;

	(void)state;
	make_db();
	for (int v = 0; v < VERBS; v++) {
		ask(&asked[v], &good[v]);
		holds(&asked[v], &good[v], 0);
		if (asked[v].compared && (good[v].status == 3 || !good[v].size))
			fail_msg("%s refuses a good database: %s", asked[v].argv[0], good[v].err);
	}
	assert_int_equal(rl_text_read(db, &bytes, &size, &err), 0);
	for (size_t byte = 0; byte < size; byte += every ? 1 : 1009) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		flip(bytes, size, 8 * byte + (seed >> 61), good);
	}
	print_message(
		"%zu bytes: %lu flips, %lu found by check\n", size, count.flips, count.noticed);
	for (size_t bit = 0; bit < 8 * FIRST_PAGES; bit += every ? 1 : 1013)
		flip(bytes, size, bit, good);
	print_message("%lu flips: %lu found by check, %lu without a meaning;", count.flips,
		count.noticed, count.meaningless);
	for (int v = 0; v < VERBS; v++)
		print_message(" %s ran %lu times and refused %lu;", asked[v].argv[0], count.ran[v],
			count.refused[v]);
	print_message(" none crashed or hung\n");
	assert_true(count.noticed > 0 && count.meaningless > 0);
	free(bytes);
}

static int set_up(void **state)
{
	FILE *f;

	(void)state;
	snprintf(dir, sizeof(dir), "%.30s/ringlab-flip-XXXXXX", getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(dir))
		return -1;
	snprintf(db, sizeof(db), "%s/t.db", dir);
	snprintf(yaml, sizeof(yaml), "%s/s.yaml", dir);
	f = fopen(yaml, "w");
	fputs("name: s\njob: {rw: randread}\n", f);
	return fclose(f);
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_flipped_bits, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
