/* SPDX-License-Identifier: MIT */
/* Judging requests of a frontend that nobody needs to trust. */
#include "core/blkif.h"

static rl_bool refuse(struct rl_blkif_plan *plan, rl_s16 status, const char *why)
{
	plan->status = status;
	plan->refused = why;
	return 0;
}

static rl_bool check_segments(const struct rl_blkif_segment *seg, struct rl_blkif_plan *plan)
{
	rl_u32 i;

	for (i = 0; i < plan->nr_segments; i++) {
		const struct rl_blkif_segment *s = &seg[i];

		if (s->first_sect > s->last_sect)
			return refuse(plan, RL_BLKIF_ERROR, "first_sect after last_sect");
		if (s->last_sect >= RL_PAGE_SECTORS)
			return refuse(plan, RL_BLKIF_ERROR, "last_sect outside of the page");
		plan->sectors += s->last_sect - s->first_sect + 1u;
	}
	return 1;
}

static rl_bool check_range(const struct rl_blkif_limits *limits, struct rl_blkif_plan *plan)
{
	if (plan->sector > limits->capacity_sectors ||
		plan->sectors > limits->capacity_sectors - plan->sector)
		return refuse(plan, RL_BLKIF_ERROR, "past the end of the disk");
	return 1;
}

static rl_bool check_transfer(const struct rl_blkif_request *req,
	const struct rl_blkif_limits *limits, struct rl_blkif_plan *plan)
{
	if (req->nr_segments == 0)
		return refuse(plan, RL_BLKIF_ERROR, "no segment");
	if (req->nr_segments > RL_BLKIF_MAX_SEGMENTS)
		return refuse(plan, RL_BLKIF_ERROR, "too many segments");
	if (req->operation != RL_BLKIF_READ && limits->read_only)
		return refuse(plan, RL_BLKIF_ERROR, "write to a read-only disk");
	return check_segments(req->seg, plan) && check_range(limits, plan);
}

/* A flush may carry data (a frontend that has a write to flush sends both in one request); it
 * is then held to the rules of a write as well. */
static rl_bool check_flush(const struct rl_blkif_request *req, const struct rl_blkif_limits *limits,
	struct rl_blkif_plan *plan)
{
	if (!limits->flush)
		return refuse(plan, RL_BLKIF_EOPNOTSUPP, "flush was not offered");
	if (req->nr_segments == 0)
		return 1;
	return check_transfer(req, limits, plan);
}

/* No segment is looked at: where they would be stands how much is discarded. */
static rl_bool check_discard(const struct rl_blkif_request *req,
	const struct rl_blkif_limits *limits, struct rl_blkif_plan *plan)
{
	plan->nr_segments = 0;
	plan->sectors = req->discard_sectors;
	if (!limits->discard)
		return refuse(plan, RL_BLKIF_EOPNOTSUPP, "discard was not offered");
	if (req->nr_segments != 0)
		return refuse(plan, RL_BLKIF_EOPNOTSUPP, "discard with flags");
	if (limits->read_only)
		return refuse(plan, RL_BLKIF_ERROR, "discard on a read-only disk");
	if (plan->sectors == 0)
		return refuse(plan, RL_BLKIF_ERROR, "discard of nothing");
	return check_range(limits, plan);
}

/* All that can be said before its list was read: what is wrong here maps nothing at all. */
static rl_bool check_indirect(const struct rl_blkif_request *req,
	const struct rl_blkif_limits *limits, struct rl_blkif_plan *plan)
{
	struct rl_blkif_indirect in;

	if (!limits->indirect)
		return refuse(plan, RL_BLKIF_EOPNOTSUPP, "indirect requests were not offered");
	__builtin_memcpy(&in, req, sizeof(in));
	plan->indirect = 1;
	plan->operation = in.indirect_op;
	plan->nr_segments = in.nr_segments;
	plan->list = in.gref[0];
	if (in.indirect_op != RL_BLKIF_READ && in.indirect_op != RL_BLKIF_WRITE)
		return refuse(plan, RL_BLKIF_ERROR, "neither an indirect read nor a write");
	if (in.nr_segments == 0)
		return refuse(plan, RL_BLKIF_ERROR, "no indirect segment");
	if (in.nr_segments > limits->indirect)
		return refuse(plan, RL_BLKIF_ERROR, "too many indirect segments");
	if (in.indirect_op != RL_BLKIF_READ && limits->read_only)
		return refuse(plan, RL_BLKIF_ERROR, "indirect write to a read-only disk");
	return 1;
}

rl_bool rl_blkif_check_list(const struct rl_blkif_segment *seg,
	const struct rl_blkif_limits *limits, struct rl_blkif_plan *plan)
{
	return check_segments(seg, plan) && check_range(limits, plan);
}

rl_bool rl_blkif_check(const struct rl_blkif_request *req, const struct rl_blkif_limits *limits,
	struct rl_blkif_plan *plan)
{
	*plan = (struct rl_blkif_plan){
		.id = req->id,
		.sector = req->sector_number,
		.nr_segments = req->nr_segments,
		.operation = req->operation,
	};
	switch (req->operation) {
	case RL_BLKIF_READ:
	case RL_BLKIF_WRITE:
		return check_transfer(req, limits, plan);
	case RL_BLKIF_FLUSH:
		return check_flush(req, limits, plan);
	case RL_BLKIF_DISCARD:
		return check_discard(req, limits, plan);
	case RL_BLKIF_INDIRECT:
		return check_indirect(req, limits, plan);
	default:
		return refuse(plan, RL_BLKIF_EOPNOTSUPP, "unknown operation");
	}
}
