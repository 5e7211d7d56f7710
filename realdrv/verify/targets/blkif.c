// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Fuzz target: rl_blkif_check() and rl_blkif_check_list() beside their rules, said once more.
 *
 * The rules below were written from Xen's public/io/blkif.h, not from core/blkif.c: which
 * requests a backend may carry out, and what it answers to the others. Where the two differ
 * in anything, the fuzzer has found a fault; a rule taken out of core/blkif.c is one.
 *
 * Input: 112 bytes of slot, 8 bytes of capacity, a byte of flags, one of how many indirect segments
 * were offered, two that mean nothing, then the list of an indirect request; what is missing is
 * zero.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/blkif.h"

enum { READ = 0, WRITE = 1, FLUSH = 3, DISCARD = 5, INDIRECT = 6 };
enum { OKAY = 0, ERROR = -1, EOPNOTSUPP = -2 };
enum { SEGMENTS = 11, SECTORS_A_PAGE = 8, LIST = 24 };

struct verdict {
	int status;
	uint64_t sectors;
};

/* How many segments an indirect request has. */
static unsigned int wanted_of(const struct rl_blkif_request *r)
{
	const uint8_t *slot = (const uint8_t *)r;

	return slot[2] | slot[3] << 8;
}

/* What a transfer asks for; 0 when a segment is not a run of sectors in one page. */
static uint32_t sectors_of(const struct rl_blkif_segment *seg, unsigned int n)
{
	uint32_t sum = 0;

	for (unsigned int i = 0; i < n; i++) {
		int first = seg[i].first_sect, last = seg[i].last_sect;

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

/* The operation is the second byte of the slot, the number of segments the third and fourth, the
 * first grant stands 28 bytes in. */
static struct verdict indirect_rules(
	const uint8_t *slot, const struct rl_blkif_limits *l, unsigned int segments)
{
	int write = slot[1] == WRITE;

	if (l->indirect == 0)
		return (struct verdict){EOPNOTSUPP, 0};
	if (slot[1] > WRITE || (write && l->read_only))
		return (struct verdict){ERROR, 0};
	return (struct verdict){segments >= 1 && segments <= l->indirect ? OKAY : ERROR, 0};
}

static struct verdict list_rules(const struct rl_blkif_segment *seg, unsigned int n,
	uint64_t sector, const struct rl_blkif_limits *l)
{
	uint32_t sectors = sectors_of(seg, n);

	if (!sectors || (unsigned __int128)sector + sectors > l->capacity_sectors)
		return (struct verdict){ERROR, 0};
	return (struct verdict){OKAY, sectors};
}

static struct verdict rules(const struct rl_blkif_request *r, const struct rl_blkif_limits *l)
{
	struct verdict bad = {ERROR, 0}, unsupported = {EOPNOTSUPP, 0}, good = {OKAY, 0};
	int changes = r->operation == WRITE || r->operation == FLUSH;

	if (r->operation == DISCARD)
		return discard_rules(r, l);
	if (r->operation == INDIRECT)
		return indirect_rules((const uint8_t *)r, l, wanted_of(r));
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
	good.sectors = sectors_of(r->seg, r->nr_segments);
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

struct input {
	struct rl_blkif_request req;
	uint64_t capacity;
	uint8_t flags, most;
	struct rl_blkif_segment list[LIST];
};

/* Alone and as long as it is: a read past its end shows. Behind what the input holds all is zero.
 */
static struct rl_blkif_segment *list_of(const struct input *in, unsigned int n)
{
	struct rl_blkif_segment *list = calloc(n, sizeof(*list));

	if (!list)
		abort();
	memcpy(list, in->list, (n < LIST ? n : LIST) * sizeof(*list));
	return list;
}

static void try_list(
	const struct input *in, const struct rl_blkif_limits *l, struct rl_blkif_plan *plan)
{
	unsigned int n = wanted_of(&in->req);
	struct rl_blkif_segment *list = list_of(in, n);
	struct verdict v = list_rules(list, n, in->req.sector_number, l);
	rl_bool fine = rl_blkif_check_list(list, l, plan);

	free(list);
	SAME("the verdict on the list", fine, v.status == OKAY);
	SAME("the status of the list", plan->status, v.status);
	SAME("whether a reason is given", plan->refused != NULL, v.status != OKAY);
	if (fine)
		SAME("the number of sectors of the list", plan->sectors, v.sectors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in;
	struct rl_blkif_limits limits;
	static struct rl_blkif_request req; /* alone: a read past its end shows */
	struct rl_blkif_plan plan;
	struct verdict v;
	bool indirect;
	rl_bool fine;

	memset(&in, 0, sizeof(in));
	memset(&plan, 0xa5, sizeof(plan));
	memcpy(&in, data, size < sizeof(in) ? size : sizeof(in));
	limits = (struct rl_blkif_limits){.capacity_sectors = in.capacity,
		.read_only = in.flags & 1,
		.flush = in.flags >> 1 & 1,
		.discard = in.flags >> 2 & 1,
		.indirect = in.most};
	indirect = in.req.operation == INDIRECT && in.most;
	req = in.req;
	fine = rl_blkif_check(&req, &limits, &plan);
	v = rules(&in.req, &limits);
	SAME("the verdict", fine, v.status == OKAY);
	SAME("the status", plan.status, v.status);
	SAME("whether a reason is given", plan.refused != NULL, v.status != OKAY);
	SAME("the id", plan.id, in.req.id);
	SAME("whether it is indirect", plan.indirect, indirect);
	SAME("the operation", plan.operation,
		indirect ? ((uint8_t *)&in.req)[1] : in.req.operation);
	SAME("the number of segments", plan.nr_segments,
		indirect		      ? wanted_of(&in.req)
		: in.req.operation == DISCARD ? 0
					      : in.req.nr_segments);
	SAME("the sector", plan.sector, in.req.sector_number);
	if (indirect)
		SAME("the grant of the list", !memcmp(&plan.list, (uint8_t *)&in.req + 28, 4), 1);
	if (fine && indirect)
		try_list(&in, &limits, &plan);
	else if (fine)
		SAME("the number of sectors", plan.sectors, v.sectors);
	return 0;
}
