/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trace files: what a side writes is read; what nobody writes is refused with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/format/trace.h"

enum { N = 4, SIZE = sizeof(struct rl_trace_header) + N * sizeof(struct rl_trace_record) };

/* A file of the backend with four records, the third of them out of order. */
static void make(char *bytes)
{
	struct rl_trace_header h = {.magic = RL_TRACE_MAGIC,
		.version = RL_TRACE_VERSION,
		.record_bytes = sizeof(struct rl_trace_record),
		.side = RL_TRACE_BACK,
		.queue = 3,
		.ring = 7,
		.clock_hz = 1000000000,
		.clock_offset = (rl_u64)-5,
		.written = N + 10,
		.lost = 10,
		.clock = "xen"};
	struct rl_trace_record memory[N];
	struct rl_trace t;

	rl_trace_init(&t, memory, N, RL_TRACE_BACK, 3);
	rl_trace_put(&t, 10, RL_TRACE_WAKE, 0, 0, 4);
	rl_trace_put(&t, 20, RL_TRACE_DEQUEUE, 31, 100, 0);
	rl_trace_put(&t, 40, RL_TRACE_RESPOND, 0, 101, 1);
	rl_trace_put(&t, 30, RL_TRACE_DEVICE, 31, 0, 0);
	memcpy(bytes, &h, sizeof(h));
	memcpy(bytes + sizeof(h), memory, sizeof(memory));
}

static void test_read(void **state)
{
	static const rl_u8 order[N] = {
		RL_TRACE_WAKE, RL_TRACE_DEQUEUE, RL_TRACE_DEVICE, RL_TRACE_RESPOND};
	struct rl_trace_file t;
	struct rl_err err = {0};
	char bytes[SIZE];

	(void)state;
	make(bytes);
	if (rl_trace_parse(bytes, SIZE, "t", &t, &err))
		fail_msg("%s", err.what);
	assert_int_equal(t.n, N);
	assert_int_equal(t.h.lost, 10);
	for (int i = 0; i < N; i++) {
		assert_int_equal(t.record[i].stage, order[i]);
		assert_int_equal(t.record[i].time, 10 * (i + 1) - 5);
	}
	assert_int_equal(rl_trace_count(&t, RL_TRACE_DEVICE), 1);
	assert_int_equal(rl_trace_count(&t, RL_TRACE_SUBMIT), 0);
	rl_trace_free(&t);
}

static void test_overwritten(void **state)
{
	struct rl_trace_record memory[2];
	struct rl_trace t;

	(void)state;
	rl_trace_init(&t, memory, 2, RL_TRACE_FRONT, 0);
	for (rl_u32 i = 0; i < 5; i++)
		rl_trace_put(&t, i, RL_TRACE_SUBMIT, i, i, 0);
	assert_int_equal(t.head, 5);
	assert_int_equal(rl_trace_lost(&t, t.head), 3);
	assert_int_equal(memory[0].time, 4);
	assert_int_equal(memory[1].time, 3);
	assert_int_equal(rl_trace_lost(&t, 2), 0);
	assert_int_equal(rl_trace_records(5), 8);
	assert_int_equal(rl_trace_records(0xffffffff), RL_TRACE_MAX_RECORDS);
}

static void refused(const char *bytes, size_t size, const char *what)
{
	struct rl_trace_file t;
	struct rl_err err = {0};
	char *exact = malloc(size + 1); /* of just this size, for the sanitizer */

	memcpy(exact, bytes, size);
	assert_int_equal(rl_trace_parse(exact, size, "t", &t, &err), -EINVAL);
	if (!strstr(err.what, what))
		fail_msg("'%s' (expected '%s')", err.what, what);
	assert_null(t.record);
	free(exact);
}

static void test_truncated(void **state)
{
	char bytes[SIZE];

	(void)state;
	make(bytes);
	for (size_t size = 0; size < sizeof(struct rl_trace_header); size++)
		refused(bytes, size, "the file ends");
	for (size_t size = sizeof(struct rl_trace_header); size < SIZE; size++)
		refused(bytes, size, "as many as follow");
}

/* One field of the header or of the first record says something else. */
static void test_fields(void **state)
{
	static const struct {
		size_t at, bytes;
		uint64_t value;
		const char *what;
	} cases[] = {
		{0, 1, 'R', "no trace"},
		{offsetof(struct rl_trace_header, version), 4, 2, "version 2"},
		{offsetof(struct rl_trace_header, record_bytes), 4, 0, "bytes of a record 0"},
		{offsetof(struct rl_trace_header, side), 4, 2, "side 2"},
		{offsetof(struct rl_trace_header, queue), 4, 65536, "queue 65536"},
		{offsetof(struct rl_trace_header, clock_hz), 8, 0, "counts a second 0"},
		{offsetof(struct rl_trace_header, clock_hz), 8, UINT64_MAX, "counts a second"},
		{offsetof(struct rl_trace_header, written), 8, UINT64_MAX, "as many as follow"},
		{offsetof(struct rl_trace_header, written), 8, 13, "as many as follow"},
		{offsetof(struct rl_trace_header, lost), 8, 15, "records lost 15"},
		{offsetof(struct rl_trace_header, lost), 8, UINT64_MAX, "records lost"},
		{offsetof(struct rl_trace_header, clock), 1, 0, "no name of a clock"},
		{sizeof(struct rl_trace_header) + offsetof(struct rl_trace_record, stage), 1, 0,
			"stage 0"},
		{sizeof(struct rl_trace_header) + offsetof(struct rl_trace_record, stage), 1, 9,
			"stage 9"},
		{sizeof(struct rl_trace_header) + offsetof(struct rl_trace_record, stage), 1,
			RL_TRACE_SUBMIT, "one that has this stage"},
		{sizeof(struct rl_trace_header) + offsetof(struct rl_trace_record, side), 1,
			RL_TRACE_FRONT, "the file's"},
		{sizeof(struct rl_trace_header) + offsetof(struct rl_trace_record, queue), 2, 4,
			"queue of the record 4"},
		{SIZE - 2 * sizeof(struct rl_trace_record) +
				offsetof(struct rl_trace_record, count),
			4, 513, "messages published 513"},
		{SIZE - 2 * sizeof(struct rl_trace_record) +
				offsetof(struct rl_trace_record, count),
			4, UINT32_MAX, "messages published"},
	};
	char bytes[SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(bytes);
		memcpy(bytes + cases[i].at, &cases[i].value, cases[i].bytes);
		refused(bytes, SIZE, cases[i].what);
	}
	make(bytes);
	memset(bytes + offsetof(struct rl_trace_header, clock), 'x', RL_TRACE_CLOCK_BYTES);
	refused(bytes, SIZE, "no name of a clock");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_overwritten),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
