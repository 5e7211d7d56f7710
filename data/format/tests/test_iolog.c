/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded I/O: what is read is what the record says, and every slip is shown where it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/format/iolog.h"
#include "model/replay.h"

static struct rl_err err;
static int warned;

static void note(void *arg, const struct rl_err *w)
{
	(void)arg;
	(void)w;
	warned++;
}

/* On the heap and of its very size, so that a sanitizer sees what is read past its end. */
static int parse_n(const char *text, size_t size, const struct rl_replay **out)
{
	char *copy = malloc(size ? size : 1);
	uint32_t number;
	int rc;

	memcpy(copy, text, size);
	memset(&err, 0, sizeof(err));
	warned = 0;
	rc = rl_iolog_parse(copy, size, "x.log", &number, note, NULL, &err);
	free(copy);
	*out = rl_replay_get(number);
	assert_true(rc == 0 ? *out != NULL : rc < 0 && err.what[0]);
	assert_null(strchr(err.what, '\n'));
	return rc;
}

static const struct rl_replay *parse(const char *text)
{
	const struct rl_replay *r;

	if (parse_n(text, strlen(text), &r))
		fail_msg("%d:%d: %s", err.line, err.col, err.what);
	return r;
}

static void is(const struct rl_replay *r, size_t i, uint64_t at_ns, uint64_t offset, uint32_t bytes,
	bool write)
{
	assert_true(i < r->n);
	assert_int_equal(r->io[i].at_ns, at_ns);
	assert_int_equal(r->io[i].offset_bytes, offset);
	assert_int_equal(r->io[i].bytes, bytes);
	assert_int_equal(r->io[i].write, write);
}

#define V2 "fio version 2 iolog\n/dev/x add\n/dev/x open\n"

static const char version_2[] = V2 "/dev/x wait 500 0\n"
				   "/dev/x read 0 4096\n/dev/x wait 250 0\n/dev/x write 8192 512\n"
				   "/dev/x sync 0 0\n/dev/x wait 50 0\n/dev/x read 512 1024\n"
				   "/dev/x close\n";

static void test_version_2(void **state)
{
	const struct rl_replay *r = parse(version_2);

	(void)state;
	assert_int_equal(r->n, 3);
	is(r, 0, 0, 0, 4096, false);
	is(r, 1, 250000, 8192, 512, true);
	is(r, 2, 300000, 512, 1024, false);
	assert_int_equal(warned, 1);
}

static void test_version_3(void **state)
{
	const struct rl_replay *r = parse("fio version 3 iolog\n7 /dev/x add\n8 /dev/x open\n"
					  "1000 /dev/x write 0 4096\n1000 /dev/x read 4096 4096\n"
					  "1017 /dev/x trim 0 4096\n1500 /dev/x read 0 512\n");

	(void)state;
	assert_int_equal(r->n, 3);
	is(r, 0, 0, 0, 4096, true);
	is(r, 1, 0, 4096, 4096, false);
	is(r, 2, 500000, 0, 512, false);
}

static const char blk[] =
	"  8,0    3        1     0.000000000   697  A   R 223490 + 8 <- (8,1) 223488\n"
	"  8,0    3        2     0.000000829   697  Q   R 223490 + 8 [kjournald]\n"
	"  8,0    3        3     0.000009507   697  D   R 223490 + 8 [kjournald]\n"
	"  8,0    1        1     1.500001829   697  Q  WS 100 + 16 [fio]\n"
	"  8,0    1        2     1.500001828   697  Q FWFSM 0 + 1 [fio]\n"
	"  8,0    1        3     1.600000000   697  Q FWS [fio]\n"
	"  8,0    1        4     1.700000000   697  Q  DS 8 + 8 [fio]\n"
	"  8,0    3        5     1.800000000     0  C   R 223490 + 8 [0]\n"
	"CPU0 (x):\n Reads Queued:           1,        4KiB\n\nTotal (x):\n";

static void test_blkparse(void **state)
{
	const struct rl_replay *r = parse(blk);

	(void)state;
	assert_int_equal(r->n, 3);
	is(r, 0, 0, 223490 * 512, 4096, false);
	is(r, 1, 1500000999, 0, 512, true); /* sorted by time */
	is(r, 2, 1500001000, 51200, 8192, true);
	assert_int_equal(warned, 1);
}

/* Without Q, the driver's view counts. */
static void test_blkparse_of_the_driver(void **state)
{
	const struct rl_replay *r = parse("8,0 0 1 0.5 1 C R 0 + 8 [x]\n"
					  "8,0 0 1 0.500000000 1 D R 8 + 8 [x]\n"
					  "8,0 0 1 0.600000000 1 D W 16 + 8 [x]\n");

	(void)state;
	assert_int_equal(r->n, 2);
	is(r, 1, 100000000, 8192, 4096, true);
}

static void test_equal_records_are_one(void **state)
{
	const struct rl_replay *a = parse(version_2), *b = parse(version_2);

	(void)state;
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, parse(blk));
	assert_null(rl_replay_get(0));
	assert_null(rl_replay_get(1u << 31));
}

static void test_errors_name_their_place(void **state)
{
	static const struct {
		const char *text;
		int line, col;
		const char *says;
	} bad[] = {
		{"", 0, 0, "empty"},
		{"\n\n", 0, 0, "empty"},
		{V2, 0, 0, "no I/O"},
		{"fio version 1 iolog\n", 1, 13, "version 2 or 3"},
		{"fio version 2\n", 1, 5, "fio version 2 iolog"},
		{"hello\n", 1, 1, "expected fio version 2"},
		{V2 "/dev/x raed 0 4096\n", 4, 8, "'raed'"},
		{V2 "/dev/x read 0\n", 4, 14, "whole number"},
		{V2 "/dev/x read -1 4096\n", 4, 13, "'-1'"},
		{V2 "/dev/x read 0 nan\n", 4, 15, "'nan'"},
		{V2 "/dev/x read 0 0\n", 4, 15, "whole sectors"},
		{V2 "/dev/x read 0 1000\n", 4, 15, "whole sectors"},
		{V2 "/dev/x read 100 512\n", 4, 13, "offset of whole sectors"},
		{V2 "/dev/x read 18446744073709551616 512\n", 4, 13, "whole number"},
		{V2 "/dev/x read 0 18446744073709551615\n", 4, 15, "whole number"},
		{V2 "/dev/x wait 18446744073709551615 0\n", 4, 13, "whole number"},
		{V2 "/dev/x wait 86400000001 0\n", 4, 13, "whole number"},
		{V2 "/dev/x read 0 512\n/dev/y read 0 512\n", 5, 1, "one file"},
		{"fio version 3 iolog\n5 /dev/x read 0 512\n4 /dev/x read 0 512\n", 3, 1,
			"not before"},
		{"fio version 3 iolog\n5 /dev/x wait 10 0\n", 2, 10, "no wait"},
		{"8,0 0 1 0.5 1 Q R 0 + 8 [x]\n", 1, 9, "SECONDS.NANOSECONDS"},
		{"8,0 0 1 999999.500000000 1 Q R 0 + 8 [x]\n", 1, 9, "SECONDS.NANO"},
		{"8,0 0 1 0.500000000 1 Q X 0 + 8 [x]\n", 1, 25, "flags"},
		{"8,0 0 1 0.500000000 1 Q\n", 1, 24, "flags"},
		{"8,0 0 1 0.500000000 1 Q R 0 - 8 [x]\n", 1, 29, "SECTOR + SECTORS"},
		{"8,0 0 1 0.500000000 1 Q R 0 + 9999999 [x]\n", 1, 31, "whole number"},
		{"8,0 0 1 0.5 1 C R\n", 0, 0, "no I/O"},
		{"8,0 0 1 0.500000000 1 Q R 0 + 8 [x]\n8,16 0 1 0.500000000 1 Q R 0 + 8 [x]\n", 2,
			1, "one device"},
		{"fio version 2 iolog\n\xff\n", 2, 1, "not a text"},
	};
	const struct rl_replay *r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(parse_n(bad[i].text, strlen(bad[i].text), &r), -EINVAL);
		if (err.line != bad[i].line || err.col != bad[i].col ||
			!strstr(err.what, bad[i].says))
			fail_msg("case %zu: %d:%d: %s (expected %d:%d: %s)", i, err.line, err.col,
				err.what, bad[i].line, bad[i].col, bad[i].says);
	}
}

static void test_cut_and_changed_at_every_byte(void **state)
{
	const char *const texts[] = {version_2, blk};
	const struct rl_replay *r;
	char copy[1024];

	(void)state;
	for (size_t t = 0; t < 2; t++) {
		size_t size = strlen(texts[t]);

		assert_true(size < sizeof(copy));
		for (size_t at = 0; at < size; at++) {
			parse_n(texts[t], at, &r);
			for (int c = 1; c < 256; c += 31) {
				memcpy(copy, texts[t], size);
				copy[at] = (char)c;
				parse_n(copy, size, &r);
			}
		}
	}
}

/* fio's own record of a run: the I/Os of it, in order, as many as it says. */
static void test_fio_writes_it(void **state)
{
	char dir[] = "/tmp/ringlab-iolog-XXXXXX", cmd[512], path[64];
	const struct rl_replay *r;
	uint32_t number;

	(void)state;
	if (system("command -v fio >/dev/null 2>&1") != 0)
		skip();
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/w.log", dir);
	snprintf(cmd, sizeof(cmd),
		"cd %s && fio --name=j --filename=%s/disk --size=64k --bs=8k --rw=read "
		"--ioengine=psync "
		"--rate_iops=50 --write_iolog=%s >/dev/null 2>&1",
		dir, dir, path);
	assert_int_equal(system(cmd), 0);
	memset(&err, 0, sizeof(err));
	if (rl_iolog_read(path, &number, NULL, NULL, &err))
		fail_msg("%d:%d: %s", err.line, err.col, err.what);
	r = rl_replay_get(number);
	assert_int_equal(r->n, 8);
	for (size_t i = 0; i < r->n; i++)
		assert_int_equal(r->io[i].bytes, 8192);
	/* 20 ms lie between two I/Os; were the unit another one, it were hours. */
	assert_true(r->io[7].at_ns >= 100000000 && r->io[7].at_ns < 3600000000000);
	snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	assert_int_equal(system(cmd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version_2),
		cmocka_unit_test(test_version_3),
		cmocka_unit_test(test_blkparse),
		cmocka_unit_test(test_blkparse_of_the_driver),
		cmocka_unit_test(test_equal_records_are_one),
		cmocka_unit_test(test_errors_name_their_place),
		cmocka_unit_test(test_cut_and_changed_at_every_byte),
		cmocka_unit_test(test_fio_writes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
