/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hosted pair with tracing on, under every policy: records, statistics and the ring's own
 * indices agree to the last one, and no effect is stamped before its cause.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/policy.h"
#include "data/format/text.h"
#include "data/run.h"
#include "data/stages.h"
#include "hosted/front.h"
#include "hosted/serve.h"

enum { DEPTH = 8, ROUNDS = 200 };

static char dir[64];
static struct rl_hstats *back_stats; /* shared with the backend's process */

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/ringlab-trace-XXXXXX");
	back_stats = mmap(NULL, sizeof(*back_stats), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return mkdtemp(dir) && back_stats != MAP_FAILED ? 0 : -1;
}

static int teardown(void **state)
{
	char cmd[128];

	(void)state;
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	return system(cmd);
}

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void parted(void *arg, const struct rl_hstats *stats, rl_u64 cpu_ns)
{
	(void)arg;
	(void)cpu_ns;
	*back_stats = *stats;
}

static void traced(void *arg, const struct rl_htrace *t, rl_u64 ring)
{
	(void)arg;
	if (rl_htrace_write(t, ring, path_of("back.trace")))
		_exit(7);
}

static pid_t start_backend(const char *policy, rl_u32 records, int *sock)
{
	int pair[2];
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid = fork();
	if (pid == 0) {
		struct rl_hserve_conf c = {.policy = policy,
			.parted = parted,
			.trace_records = records,
			.traced = traced};
		const char *arg;
		char why[256];

		close(pair[0]);
		c.device = rl_hdevice_find("null", &arg);
		if (c.device->open(&c.dev, arg, &c.disk, why))
			_exit(9);
		_exit(rl_hserve_frontend(&c, pair[1]) ? 8 : 0);
	}
	close(pair[1]);
	*sock = pair[0];
	return pid;
}

/* Batches of one and of several, reads of one request and of two. */
static void run_load(struct rl_hqueue *q)
{
	static uint8_t buf[DEPTH][65536];
	struct rl_hio io[DEPTH] = {0}, *done[DEPTH];

	for (int round = 0; round < ROUNDS; round++) {
		rl_u32 n = round % 3 ? 1 : DEPTH;

		for (rl_u32 i = 0; i < n; i++) {
			io[i] = (struct rl_hio){.op = RL_HIO_READ,
				.sector = i * 8,
				.buf = buf[i],
				.bytes = round % 5 ? 4096 : 65536};
			rl_hqueue_submit(q, &io[i]);
		}
		rl_hqueue_commit(q);
		assert_int_equal(rl_hqueue_reap(q, n, n, RL_NEVER, done), n);
	}
}

static void run_pair(const char *front, const char *back, rl_u32 records, struct rl_hstats *stats)
{
	struct rl_hfront_conf c = {
		.queues = 1, .ring_pages = 1, .policy = front, .trace_records = records};
	char why[RL_HOSTED_ERR_BYTES] = "";
	struct rl_hfront *f;
	int sock, status;
	pid_t pid = start_backend(back, records, &sock);

	c.sock_fd = sock;
	if (rl_hfront_create(&f, &c, why))
		fail_msg("%s", why);
	run_load(rl_hfront_queue(f, 0));
	*stats = *rl_hqueue_stats(rl_hfront_queue(f, 0));
	assert_int_equal(rl_hqueue_write_trace(rl_hfront_queue(f, 0), path_of("front.trace")),
		records ? 0 : -22);
	rl_hfront_destroy(f);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static struct rl_trace_file load(const char *name)
{
	struct rl_trace_file t;
	struct rl_err err = {0};
	char *bytes;
	size_t size;

	if (rl_text_read(path_of(name), &bytes, &size, &err) ||
		rl_trace_parse(bytes, size, name, &t, &err))
		fail_msg("%s", err.what);
	free(bytes);
	return t;
}

/* Publications follow each other without a gap: the ring's index is the sum of what they covered.
 */
static rl_u64 last_index(const struct rl_trace_file *t, enum rl_trace_stage stage)
{
	rl_u64 sum = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct rl_trace_record *r = &t->record[i];

		if (r->stage != stage)
			continue;
		sum += r->count;
		assert_int_equal(r->index, sum);
	}
	return sum;
}

static size_t wakes(const struct rl_trace_file *t, enum rl_result how)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->record[i].stage == RL_TRACE_WAKE && t->record[i].count == how;
	return n;
}

static void check_side(const struct rl_trace_file *t, const struct rl_hstats *s,
	enum rl_trace_stage publish, enum rl_trace_stage take)
{
	bool front = t->h.side == RL_TRACE_FRONT;

	assert_int_equal(t->h.lost, 0);
	assert_int_equal(rl_trace_count(t, RL_TRACE_NOTIFY), s->notifications_sent);
	assert_int_equal(
		rl_trace_count(t, publish), s->notifications_sent + s->notifications_held_off);
	assert_int_equal(last_index(t, publish), front ? s->requests : s->responses);
	assert_int_equal(rl_trace_count(t, take), front ? s->responses : s->requests);
	assert_int_equal(wakes(t, RL_UPCALL), s->upcalls);
}

static void check_stages(const struct rl_trace_file *f, const struct rl_trace_file *b, rl_u64 n)
{
	struct rl_err err = {0};
	struct rl_stage *rows;
	size_t count, i;

	if (rl_stages_join(f, b, "pair", &rows, &count, &err))
		fail_msg("%s", err.what);
	for (i = 0; i < count && strcmp(rows[i].name, "total") != 0; i++)
		;
	assert_true(i < count);
	assert_int_equal(rows[i].n, n);
	assert_true(rows[i].p50_ns > 0 && rows[i].p50_ns <= rows[i].p99_ns);
	free(rows);
}

static void check_pair(const char *front, const char *back)
{
	struct rl_trace_file f, b;
	struct rl_hstats s;

	run_pair(front, back, 16384, &s);
	f = load("front.trace");
	b = load("back.trace");
	check_side(&f, &s, RL_TRACE_PUBLISH, RL_TRACE_COMPLETE);
	check_side(&b, back_stats, RL_TRACE_RESPOND, RL_TRACE_DEQUEUE);
	assert_int_equal(s.requests, back_stats->requests);
	assert_int_equal(rl_trace_count(&f, RL_TRACE_SUBMIT), s.requests);
	assert_int_equal(rl_trace_count(&b, RL_TRACE_DEVICE), back_stats->requests);
	check_stages(&f, &b, s.requests);
	rl_trace_free(&f);
	rl_trace_free(&b);
}

static void test_every_policy_agrees(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it) {
		check_pair(RL_POLICY_DEFAULT, (*it)->name);
		check_pair((*it)->name, RL_POLICY_DEFAULT);
	}
}

static void write_stats(const char *name, const struct rl_hstats *s)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	rl_hstats_print(s, f);
	assert_int_equal(fclose(f), 0);
}

/* The files of a run around the traces: those of a sample without statistics. */
static void make_run(void)
{
	char cmd[512];

	snprintf(cmd, sizeof(cmd), "cp data/tests/sample/manifest.json data/tests/sample/*/* '%s'",
		dir);
	assert_int_equal(system(cmd), 0);
	write_stats("back.stats", back_stats);
}

static int64_t stored_stages(struct rl_run *run)
{
	struct rl_store *store;
	struct rl_err err = {0};
	char cmd[512], line[64] = "";
	FILE *f;

	unlink(path_of("t.db"));
	if (rl_store_open(&store, path_of("t.db"), true, &err) ||
		rl_store_put_run(store, run, NULL, &err))
		fail_msg("%s", err.what);
	rl_store_close(store);
	snprintf(cmd, sizeof(cmd),
		"sqlite3 '%s' \"SELECT n FROM stage JOIN document USING (run) WHERE stage = "
		"'total' AND"
		" name = 'back.trace' AND mean_ns > 0\"",
		path_of("t.db"));
	f = popen(cmd, "r");
	assert_non_null(f);
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	assert_int_equal(pclose(f), 0);
	return atoll(line);
}

static void test_a_run_is_stored_with_its_stages(void **state)
{
	struct rl_hstats s;
	struct rl_err err = {0};
	struct rl_run run;

	(void)state;
	run_pair(RL_POLICY_DEFAULT, RL_POLICY_DEFAULT, 16384, &s);
	make_run();
	write_stats("front.stats", &s);
	if (rl_run_read_dir(&run, dir, "hosted", &err))
		fail_msg("%s", err.what);
	assert_true(run.nstages >= 5);
	assert_int_equal(stored_stages(&run), s.requests);
	rl_run_fini(&run);
}

/* Statistics that tell of one notification more than the trace: no run. */
static void test_a_difference_of_one_is_found(void **state)
{
	struct rl_hstats s;
	struct rl_err err = {0};
	struct rl_run run;

	(void)state;
	run_pair(RL_POLICY_DEFAULT, RL_POLICY_DEFAULT, 16384, &s);
	make_run();
	s.notifications_sent++;
	write_stats("front.stats", &s);
	assert_int_equal(rl_run_read_dir(&run, dir, "hosted", &err), -22);
	assert_non_null(strstr(err.what, "notifications_sent (expected"));
	s.notifications_sent--;
	s.notifications_held_off++;
	write_stats("front.stats", &s);
	err = (struct rl_err){0};
	assert_int_equal(rl_run_read_dir(&run, dir, "hosted", &err), -22);
	assert_non_null(strstr(err.what, "publications (expected"));
}

/* A small buffer keeps the newest and says how many it lost. */
static void test_overwritten(void **state)
{
	struct rl_trace_file f;
	struct rl_hstats s;

	(void)state;
	run_pair(RL_POLICY_DEFAULT, RL_POLICY_DEFAULT, 100, &s);
	f = load("front.trace");
	assert_int_equal(f.n, 128);
	assert_true(f.h.lost > 0);
	assert_int_equal(f.h.written, f.h.lost + 128);
	assert_int_equal(f.record[f.n - 1].stage, RL_TRACE_COMPLETE);
	rl_trace_free(&f);
}

static void test_off(void **state)
{
	struct rl_hstats s;

	(void)state;
	unlink(path_of("back.trace"));
	unlink(path_of("front.trace"));
	run_pair(RL_POLICY_DEFAULT, RL_POLICY_DEFAULT, 0, &s);
	assert_int_not_equal(access(path_of("back.trace"), F_OK), 0);
	assert_int_not_equal(access(path_of("front.trace"), F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_policy_agrees),
		cmocka_unit_test(test_a_run_is_stored_with_its_stages),
		cmocka_unit_test(test_a_difference_of_one_is_found),
		cmocka_unit_test(test_overwritten),
		cmocka_unit_test(test_off),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, setup, teardown);
}
