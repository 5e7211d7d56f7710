// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Fuzz target: rl_blkif_check() beside its rules, said once more.
 *
 * The rules below were written from Xen's public/io/blkif.h, not from core/blkif.c: which
 * requests a backend may carry out, and what it answers to the others. Where the two differ
 * in anything, the fuzzer has found a fault; a rule taken out of core/blkif.c is one.
 *
 * Input: 112 bytes of slot, 8 bytes of capacity, a byte of flags; what is missing is zero.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/blkif.h"

enum { READ = 0, WRITE = 1, FLUSH = 3, DISCARD = 5 };
enum { OKAY = 0, ERROR = -1, EOPNOTSUPP = -2 };
enum { SEGMENTS = 11, SECTORS_A_PAGE = 8 };

struct verdict {
	int status;
	uint64_t sectors;
};

/* What a transfer asks for; 0 when a segment is not a run of sectors in one page. */
static uint32_t sectors_of(const struct rl_blkif_request *r)
{
	uint32_t sum = 0;

	for (unsigned int i = 0; i < r->nr_segments; i++) {
		int first = r->seg[i].first_sect, last = r->seg[i].last_sect;

		if (!(0 <= first && first <= last && last <= SECTORS_A_PAGE - 1))
			return 0;
		sum += (uint32_t)(last + 1 - first);
	}
	return sum;
}

/* The count stands where a transfer has its first segment: 24 bytes into the slot. */
static struct verdict discard_rules(
	const struct rl_blkif_request *r, const struct rl_blkif_limits *l)
{
	uint64_t count;

	memcpy(&count, (const char *)r + 24, sizeof(count));
	if (!l->discard || r->nr_segments)
		return (struct verdict){EOPNOTSUPP, 0};
	if (l->read_only || !count ||
		(unsigned __int128)r->sector_number + count > l->capacity_sectors)
		return (struct verdict){ERROR, 0};
	return (struct verdict){OKAY, count};
}

static struct verdict rules(const struct rl_blkif_request *r, const struct rl_blkif_limits *l)
{
	struct verdict bad = {ERROR, 0}, unsupported = {EOPNOTSUPP, 0}, good = {OKAY, 0};
	int changes = r->operation == WRITE || r->operation == FLUSH;

	if (r->operation == DISCARD)
		return discard_rules(r, l);
	if (r->operation != READ && r->operation != WRITE && r->operation != FLUSH)
		return unsupported;
	if (r->operation == FLUSH && !l->flush)
		return unsupported;
	if (r->operation == FLUSH && r->nr_segments == 0)
		return good;
	if (changes && l->read_only)
		return bad;
	if (!(1 <= r->nr_segments && r->nr_segments <= SEGMENTS))
		return bad;
	good.sectors = sectors_of(r);
	if (!good.sectors)
		return bad;
	if ((unsigned __int128)r->sector_number + good.sectors > l->capacity_sectors)
		return bad;
	return good;
}

static void differ(const char *what, long long is, long long expected)
{
	fprintf(stderr, "blkif: %s is %lld (expected %lld)\n", what, is, expected);
	abort();
}

#define SAME(what, is, expected)                                                                   \
	do {                                                                                       \
		if ((is) != (expected))                                                            \
			differ(what, (long long)(is), (long long)(expected));                      \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct {
		struct rl_blkif_request req;
		uint64_t capacity;
		uint8_t flags;
	} in;
	struct rl_blkif_limits limits;
	static struct rl_blkif_request req; /* alone: a read past its end shows */
	struct rl_blkif_plan plan;
	struct verdict v;
	rl_bool fine;

	memset(&in, 0, sizeof(in));
	memset(&plan, 0xa5, sizeof(plan));
	memcpy(&in, data, size < sizeof(in) ? size : sizeof(in));
	limits = (struct rl_blkif_limits){.capacity_sectors = in.capacity,
		.read_only = in.flags & 1,
		.flush = in.flags >> 1 & 1,
		.discard = in.flags >> 2 & 1};
	req = in.req;
	fine = rl_blkif_check(&req, &limits, &plan);
	v = rules(&in.req, &limits);
	SAME("the verdict", fine, v.status == OKAY);
	SAME("the status", plan.status, v.status);
	SAME("whether a reason is given", plan.refused != NULL, v.status != OKAY);
	SAME("the id", plan.id, in.req.id);
	SAME("the operation", plan.operation, in.req.operation);
	SAME("the number of segments", plan.nr_segments,
		in.req.operation == DISCARD ? 0 : in.req.nr_segments);
	SAME("the sector", plan.sector, in.req.sector_number);
	if (fine)
		SAME("the number of sectors", plan.sectors, v.sectors);
	return 0;
}
