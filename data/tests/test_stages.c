/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traces of both sides joined: stages add up, connections are told apart, clocks are judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/policy.h"
#include "data/stages.h"

enum { MAX = 4096 };

static struct rl_trace_record memory[2][MAX];
static struct rl_trace side[2];

static void begin(void)
{
	rl_trace_init(&side[RL_TRACE_FRONT], memory[0], MAX, RL_TRACE_FRONT, 0);
	rl_trace_init(&side[RL_TRACE_BACK], memory[1], MAX, RL_TRACE_BACK, 0);
}

static struct rl_trace_file file_of(enum rl_trace_side s)
{
	return (struct rl_trace_file){
		.h = {.side = s, .ring = 1, .clock_hz = 2000000000, .clock = "tsc"},
		.record = memory[s],
		.n = (size_t)side[s].head};
}

#define FRONT(time, stage, id, index, count)                                                       \
	rl_trace_put(&side[RL_TRACE_FRONT], time, RL_TRACE_##stage, id, index, count)
#define BACK(time, stage, id, index, count)                                                        \
	rl_trace_put(&side[RL_TRACE_BACK], time, RL_TRACE_##stage, id, index, count)

/* Two requests in one batch from @t on, ticks of half a nanosecond; the second finishes first. */
static void batch(rl_u64 t, rl_u32 index)
{
	FRONT(t, SUBMIT, 5, index, 0);
	FRONT(t + 10, SUBMIT, 9, index + 1, 0);
	FRONT(t + 20, PUBLISH, 0, index + 2, 2);
	FRONT(t + 24, NOTIFY, 0, 0, 0);
	BACK(t + 30, WAKE, 0, 0, RL_UPCALL);
	BACK(t + 40, DEQUEUE, 5, index, 0);
	BACK(t + 50, DEQUEUE, 9, index + 1, 0);
	BACK(t + 60, DEVICE, 9, 0, 0);
	BACK(t + 80, DEVICE, 5, 0, 0);
	BACK(t + 100, RESPOND, 0, index + 2, 2);
	BACK(t + 102, NOTIFY, 0, 0, 0);
	FRONT(t + 110, WAKE, 0, 0, RL_HIT);
	FRONT(t + 120, COMPLETE, 9, index, 0);
	FRONT(t + 140, COMPLETE, 5, index + 1, 0);
}

static const struct rl_stage *find(const struct rl_stage *rows, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static void near(double have, double want)
{
	if (!(have - want < 1e-9 && want - have < 1e-9))
		fail_msg("%.12g (expected %.12g)", have, want);
}

static void expect(const struct rl_stage *rows, size_t n, const char *name, int64_t count,
	double mean, double p50, double p99)
{
	const struct rl_stage *s = find(rows, n, name);

	if (!s)
		fail_msg("no stage %s", name);
	assert_int_equal(s->n, count);
	near(s->mean_ns, mean);
	near(s->p50_ns, p50);
	near(s->p99_ns, p99);
}

static void join(struct rl_stage **rows, size_t *n)
{
	struct rl_trace_file f = file_of(RL_TRACE_FRONT), b = file_of(RL_TRACE_BACK);
	struct rl_err err = {0};

	if (rl_stages_join(&f, &b, "d", rows, n, &err))
		fail_msg("%s", err.what);
}

static void test_stages(void **state)
{
	struct rl_stage *rows;
	double sum = 0;
	size_t n;

	(void)state;
	begin();
	batch(1000, 0xffffffff); /* around the end of the indices */
	join(&rows, &n);
	expect(rows, n, "publish", 2, 7.5, 5, 10);
	expect(rows, n, "notify", 2, 2, 2, 2);
	expect(rows, n, "back_wake", 2, 3, 3, 3);
	expect(rows, n, "dequeue", 2, 7.5, 5, 10);
	expect(rows, n, "device", 2, 12.5, 5, 20);
	expect(rows, n, "respond", 2, 15, 10, 20);
	expect(rows, n, "rsp_notify", 2, 1, 1, 1);
	expect(rows, n, "front_wake", 2, 4, 4, 4);
	expect(rows, n, "complete", 2, 10, 5, 15);
	expect(rows, n, "total", 2, 62.5, 55, 70);
	for (size_t i = 0; i + 1 < n; i++)
		sum += rows[i].mean_ns;
	near(sum, rows[n - 1].mean_ns);
	free(rows);
}

static void test_last_connection_counts(void **state)
{
	struct rl_stage *rows;
	size_t n;

	(void)state;
	begin();
	for (rl_u32 i = 0; i < 10; i++)
		batch(1000 * (i + 1), 2 * i);
	batch(50000, 0); /* a new ring */
	batch(60000, 2);
	join(&rows, &n);
	assert_int_equal(find(rows, n, "total")->n, 4);
	near(find(rows, n, "total")->mean_ns, 62.5);
	free(rows);
}

static void test_one_side_alone(void **state)
{
	struct rl_trace_file f, b;
	struct rl_err err = {0};
	struct rl_stage *rows;
	size_t n;

	(void)state;
	begin();
	batch(1000, 7);
	f = file_of(RL_TRACE_FRONT);
	b = file_of(RL_TRACE_BACK);
	assert_int_equal(rl_stages_join(&f, NULL, "d", &rows, &n, &err), 0);
	assert_non_null(find(rows, n, "total"));
	assert_non_null(find(rows, n, "publish"));
	assert_null(find(rows, n, "dequeue"));
	assert_null(find(rows, n, "complete")); /* since what? */
	free(rows);
	assert_int_equal(rl_stages_join(NULL, &b, "d", &rows, &n, &err), 0);
	assert_int_equal(find(rows, n, "device")->n, 2);
	assert_null(find(rows, n, "total"));
	free(rows);
}

/* A wake that no message waited for is no stage of it. */
static void test_a_consumer_that_never_slept(void **state)
{
	struct rl_stage *rows;
	size_t n;

	(void)state;
	begin();
	BACK(10, WAKE, 0, 0, RL_HIT);
	FRONT(5, SUBMIT, 0, 0, 0);
	FRONT(20, PUBLISH, 0, 1, 1);
	BACK(30, DEQUEUE, 0, 0, 0);
	BACK(31, DEVICE, 0, 0, 0);
	BACK(32, RESPOND, 0, 1, 1);
	FRONT(40, COMPLETE, 0, 0, 0);
	join(&rows, &n);
	assert_null(find(rows, n, "back_wake"));
	assert_null(find(rows, n, "notify"));
	assert_null(find(rows, n, "front_wake"));
	near(find(rows, n, "dequeue")->mean_ns, 5);
	free(rows);
}

static void test_clocks_and_rings(void **state)
{
	struct rl_trace_file f, b;
	struct rl_err err = {0};
	struct rl_stage *rows;
	size_t n;

	(void)state;
	begin();
	batch(1000, 0);
	f = file_of(RL_TRACE_FRONT);
	b = file_of(RL_TRACE_BACK);
	b.h.ring = 2;
	assert_int_equal(rl_stages_join(&f, &b, "d", &rows, &n, &err), -EINVAL);
	assert_non_null(strstr(err.what, "both sides of one"));
	b.h.ring = 1;
	strcpy(b.h.clock, "xen");
	err = (struct rl_err){0};
	assert_int_equal(rl_stages_join(&f, &b, "d", &rows, &n, &err), -EINVAL);
	assert_non_null(strstr(err.what, "clocks tsc and xen"));
	strcpy(b.h.clock, "tsc");
	for (size_t i = 0; i < b.n; i++)
		b.record[i].time += 60; /* the backend's clock is wrong by 30 ns */
	err = (struct rl_err){0};
	assert_int_equal(rl_stages_join(&f, &b, "d", &rows, &n, &err), -EINVAL);
	assert_non_null(strstr(err.what, "2 of 2 requests were answered before they were asked"));
	assert_null(rows);
	for (size_t i = 0; i < b.n; i++)
		b.record[i].time -= 900; /* a clock that began later */
	err = (struct rl_err){0};
	assert_int_equal(rl_stages_join(&f, &b, "d", &rows, &n, &err), -EINVAL);
	assert_non_null(strstr(err.what, "no request is in both"));
}

/* Gaps of a hostile file ask for no more memory than its records do. */
static void test_gaps(void **state)
{
	struct rl_stage *rows;
	size_t n;

	(void)state;
	begin();
	for (rl_u32 i = 0; i < 2000; i++)
		FRONT(i, SUBMIT, i, i * 500, 0);
	for (rl_u32 i = 0; i < 2000; i++)
		FRONT(i, PUBLISH, 0, i * 12345, 512);
	join(&rows, &n);
	free(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_last_connection_counts),
		cmocka_unit_test(test_one_side_alone),
		cmocka_unit_test(test_a_consumer_that_never_slept),
		cmocka_unit_test(test_clocks_and_rings),
		cmocka_unit_test(test_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
