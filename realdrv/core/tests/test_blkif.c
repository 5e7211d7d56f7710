/* SPDX-License-Identifier: MIT */
/*
 * rl_blkif_check rule by rule: what a frontend that nobody trusts may send, and
 * what it gets for it. Each refused request differs from an accepted one in one
 * field, so that a rule that is taken out shows here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/blkif.h"

#define CAPACITY 1000u

static struct rl_blkif_request request(rl_u8 op, rl_u8 segments)
{
	struct rl_blkif_request r = {.operation = op, .nr_segments = segments, .id = 0x1234567890};

	for (rl_u32 i = 0; i < RL_BLKIF_MAX_SEGMENTS; i++)
		r.seg[i] = (struct rl_blkif_segment){.gref = 8 + i, .last_sect = 7};
	return r;
}

static struct rl_blkif_limits limits(void)
{
	return (struct rl_blkif_limits){.capacity_sectors = CAPACITY, .flush = 1};
}

static struct rl_blkif_plan accept(struct rl_blkif_request r, struct rl_blkif_limits l)
{
	struct rl_blkif_plan p;

	if (!rl_blkif_check(&r, &l, &p))
		fail_msg("refused: %s", p.refused);
	assert_null(p.refused);
	assert_int_equal(p.status, RL_BLKIF_OKAY);
	assert_int_equal(p.id, r.id);
	assert_int_equal(p.operation, r.operation);
	return p;
}

static void refuse(struct rl_blkif_request r, struct rl_blkif_limits l, int status)
{
	struct rl_blkif_plan p;

	assert_false(rl_blkif_check(&r, &l, &p));
	assert_int_equal(p.status, status);
	assert_non_null(p.refused);
	/* The answer must carry what the request said, whatever else is wrong with it. */
	assert_int_equal(p.id, r.id);
	assert_int_equal(p.operation, r.operation);
}

static void test_accepts(void **state)
{
	struct rl_blkif_request r;

	(void)state;
	for (rl_u8 op = RL_BLKIF_READ; op <= RL_BLKIF_WRITE; op++)
		for (rl_u8 n = 1; n <= RL_BLKIF_MAX_SEGMENTS; n++) {
			struct rl_blkif_plan p = accept(request(op, n), limits());

			assert_int_equal(p.nr_segments, n);
			assert_int_equal(p.sectors, 8u * n);
		}
	r = request(RL_BLKIF_READ, 2);
	r.seg[0].first_sect = r.seg[0].last_sect = 7;
	r.seg[1].first_sect = 2;
	r.seg[1].last_sect = 3;
	assert_int_equal(accept(r, limits()).sectors, 3);
}

static void test_segment_count(void **state)
{
	(void)state;
	refuse(request(RL_BLKIF_READ, 0), limits(), RL_BLKIF_ERROR);
	refuse(request(RL_BLKIF_WRITE, 0), limits(), RL_BLKIF_ERROR);
	for (int n = RL_BLKIF_MAX_SEGMENTS + 1; n <= 255; n++) {
		refuse(request(RL_BLKIF_READ, (rl_u8)n), limits(), RL_BLKIF_ERROR);
		refuse(request(RL_BLKIF_WRITE, (rl_u8)n), limits(), RL_BLKIF_ERROR);
		refuse(request(RL_BLKIF_FLUSH, (rl_u8)n), limits(), RL_BLKIF_ERROR);
	}
}

/* All 65536 pairs in every place. */
static void test_segment_sectors(void **state)
{
	(void)state;
	for (rl_u32 at = 0; at < RL_BLKIF_MAX_SEGMENTS; at++)
		for (rl_u32 pair = 0; pair < 65536; pair++) {
			struct rl_blkif_request r = request(RL_BLKIF_READ, RL_BLKIF_MAX_SEGMENTS);
			struct rl_blkif_limits l = limits();
			struct rl_blkif_plan p;
			rl_u8 first = (rl_u8)pair, last = (rl_u8)(pair >> 8);

			r.seg[at].first_sect = first;
			r.seg[at].last_sect = last;
			assert_int_equal(rl_blkif_check(&r, &l, &p), first <= last && last <= 7);
		}
	/* Segments behind nr_segments are not looked at. */
	struct rl_blkif_request r = request(RL_BLKIF_READ, 1);

	r.seg[1].first_sect = 200;
	accept(r, limits());
}

static void test_range(void **state)
{
	static const rl_u64 wrong[] = {CAPACITY - 15, CAPACITY - 8, CAPACITY, CAPACITY + 1,
		1ull << 32, 1ull << 55, 1ull << 63, ~0ull - 16, ~0ull - 15, ~0ull - 7, ~0ull};
	struct rl_blkif_request r = request(RL_BLKIF_WRITE, 2);
	struct rl_blkif_limits l = limits();

	(void)state;
	r.sector_number = CAPACITY - 16;
	assert_int_equal(accept(r, l).sector, CAPACITY - 16);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		r.sector_number = wrong[i];
		refuse(r, l, RL_BLKIF_ERROR);
	}
	l.capacity_sectors = 0;
	r.sector_number = 0;
	refuse(r, l, RL_BLKIF_ERROR);
	/* The largest disk there can be: the sum must not wrap. */
	l.capacity_sectors = ~0ull;
	r.sector_number = ~0ull - 16;
	accept(r, l);
	r.sector_number = ~0ull - 15;
	refuse(r, l, RL_BLKIF_ERROR);
}

static void test_read_only(void **state)
{
	struct rl_blkif_limits l = limits();

	(void)state;
	l.read_only = 1;
	accept(request(RL_BLKIF_READ, 1), l);
	refuse(request(RL_BLKIF_WRITE, 1), l, RL_BLKIF_ERROR);
	refuse(request(RL_BLKIF_FLUSH, 1), l, RL_BLKIF_ERROR);
	accept(request(RL_BLKIF_FLUSH, 0), l);
}

static void test_flush(void **state)
{
	struct rl_blkif_limits l = limits();
	struct rl_blkif_request r = request(RL_BLKIF_FLUSH, 0);

	(void)state;
	assert_int_equal(accept(r, l).sectors, 0);
	r.sector_number = ~0ull; /* means nothing without data */
	accept(r, l);
	accept(request(RL_BLKIF_FLUSH, 3), l);
	r = request(RL_BLKIF_FLUSH, 1);
	r.sector_number = CAPACITY;
	refuse(r, l, RL_BLKIF_ERROR);
	l.flush = 0;
	refuse(request(RL_BLKIF_FLUSH, 0), l, RL_BLKIF_EOPNOTSUPP);
	refuse(request(RL_BLKIF_FLUSH, 1), l, RL_BLKIF_EOPNOTSUPP);
}

static void test_unknown_operations(void **state)
{
	(void)state;
	for (int op = 0; op < 256; op++)
		if (op != RL_BLKIF_READ && op != RL_BLKIF_WRITE && op != RL_BLKIF_FLUSH)
			refuse(request((rl_u8)op, 1), limits(), RL_BLKIF_EOPNOTSUPP);
}

#define MOST 64u

static struct rl_blkif_request indirect(rl_u8 op, rl_u16 segments)
{
	struct rl_blkif_indirect in = {
		.operation = RL_BLKIF_INDIRECT,
		.indirect_op = op,
		.nr_segments = segments,
		.id = 0x1234567890,
		.gref = {77},
	};
	struct rl_blkif_request r = {.operation = 0};

	memcpy(&r, &in, sizeof(in));
	return r;
}

static struct rl_blkif_limits indirect_limits(void)
{
	struct rl_blkif_limits l = limits();

	l.indirect = MOST;
	return l;
}

static void refuse_indirect(struct rl_blkif_request r, struct rl_blkif_limits l, int status, int op)
{
	struct rl_blkif_plan p;

	assert_false(rl_blkif_check(&r, &l, &p));
	assert_int_equal(p.status, status);
	assert_non_null(p.refused);
	assert_int_equal(p.id, r.id);
	assert_int_equal(p.operation, op);
}

static void test_indirect(void **state)
{
	struct rl_blkif_limits l = indirect_limits(), read_only = indirect_limits();
	struct rl_blkif_plan p;

	(void)state;
	read_only.read_only = 1;
	for (rl_u8 op = RL_BLKIF_READ; op <= RL_BLKIF_WRITE; op++) {
		for (rl_u32 n = 0; n <= 0xffff; n++) {
			struct rl_blkif_request r = indirect(op, (rl_u16)n);

			if (n == 0 || n > MOST) {
				refuse_indirect(r, l, RL_BLKIF_ERROR, op);
				continue;
			}
			assert_true(rl_blkif_check(&r, &l, &p));
			assert_null(p.refused);
			assert_true(p.indirect);
			assert_int_equal(p.operation, op);
			assert_int_equal(p.nr_segments, n);
			assert_int_equal(p.list, 77);
			assert_int_equal(p.id, r.id);
		}
		l.indirect = 0;
		refuse_indirect(indirect(op, 1), l, RL_BLKIF_EOPNOTSUPP, RL_BLKIF_INDIRECT);
		l.indirect = MOST;
	}
	for (int op = 0; op < 256; op++)
		if (op != RL_BLKIF_READ && op != RL_BLKIF_WRITE)
			refuse_indirect(indirect((rl_u8)op, 1), l, RL_BLKIF_ERROR, op);
	refuse_indirect(indirect(RL_BLKIF_WRITE, 1), read_only, RL_BLKIF_ERROR, RL_BLKIF_WRITE);
	assert_false(accept(request(RL_BLKIF_READ, 1), l).indirect);
}

/* The list: what is right, and one thing wrong at each place. */
static void test_indirect_list(void **state)
{
	static const struct rl_blkif_segment wrong[] = {{.first_sect = 5, .last_sect = 4},
		{.last_sect = 8}, {.last_sect = 255}, {.first_sect = 255}};
	struct rl_blkif_request r = indirect(RL_BLKIF_WRITE, MOST);
	struct rl_blkif_limits l = indirect_limits();
	struct rl_blkif_segment seg[MOST];
	struct rl_blkif_plan p;

	(void)state;
	for (rl_u32 i = 0; i < MOST; i++)
		seg[i] = (struct rl_blkif_segment){.gref = 8 + i, .last_sect = 7};
	assert_true(rl_blkif_check(&r, &l, &p));
	assert_true(rl_blkif_check_list(seg, &l, &p));
	assert_int_equal(p.sectors, 8 * MOST);
	for (rl_u32 i = 0; i < MOST; i++)
		for (size_t w = 0; w < sizeof(wrong) / sizeof(wrong[0]); w++) {
			struct rl_blkif_segment good = seg[i];

			seg[i] = wrong[w];
			assert_true(rl_blkif_check(&r, &l, &p));
			assert_false(rl_blkif_check_list(seg, &l, &p));
			assert_int_equal(p.status, RL_BLKIF_ERROR);
			assert_non_null(p.refused);
			seg[i] = good;
		}
	r.sector_number = CAPACITY - 8 * MOST;
	assert_true(rl_blkif_check(&r, &l, &p));
	assert_true(rl_blkif_check_list(seg, &l, &p));
	r.sector_number++;
	assert_true(rl_blkif_check(&r, &l, &p));
	assert_false(rl_blkif_check_list(seg, &l, &p));
	r.sector_number = ~0ull - 7;
	assert_true(rl_blkif_check(&r, &l, &p));
	assert_false(rl_blkif_check_list(seg, &l, &p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_segment_count),
		cmocka_unit_test(test_segment_sectors),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_unknown_operations),
		cmocka_unit_test(test_indirect),
		cmocka_unit_test(test_indirect_list),
	};

	return cmocka_run_group_tests_name("core blkif", tests, NULL, NULL);
}
