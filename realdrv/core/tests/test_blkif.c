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
	};

	return cmocka_run_group_tests_name("core blkif", tests, NULL, NULL);
}
