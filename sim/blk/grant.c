/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of a request: which grants stay mapped, what mapping, unmapping and copying cost, and
 * whom. A call is made for a batch of the thread, and for each request that completes later.
 */
#include "sim/core/world.h"

#define INDIRECT_PAGE_SEGMENTS 512u

uint32_t rl_segments_of(uint32_t bytes)
{
	uint32_t data = (bytes + RL_PAGE_BYTES - 1) / RL_PAGE_BYTES;

	if (data <= RL_BLKIF_MAX_SEGMENTS)
		return data;
	return data + (data + INDIRECT_PAGE_SEGMENTS - 1) / INDIRECT_PAGE_SEGMENTS;
}

/* Of what is copied, the share that has left the cache since: all in flight passes through it,
 * twice, here and there. */
static double far_frac(const struct rl_blk *b, uint32_t bytes)
{
	double set = 2.0 * bytes * (b->front.req_prod_pvt - b->front.rsp_cons + 1);
	double cache = (double)(rl_cost(b->w, cache_bytes) / RL_PS_PER_NS);

	return set > cache ? 1 - cache / set : 0;
}

rl_ps rl_grant_front_copy(const struct rl_blk *b, uint32_t bytes)
{
	double cost = bytes * b->w->copy_ps,
	       far = (double)rl_cost(b->w, copy_far_frac) / RL_PS_PER_NS;

	if (b->grants != RL_GRANTS_PERSISTENT)
		return 0;
	return (rl_ps)(far > 0 ? cost * (1 + far * far_frac(b, bytes)) : cost);
}

/* Pages of persistent grants are used again, the last one first, so those that stay mapped are. */
void rl_grant_claim(struct rl_blk *b, struct rl_tag *t)
{
	uint32_t kept = t->segments < b->mapped_free ? t->segments : b->mapped_free;

	b->mapped_free -= kept;
	t->passing = t->segments - kept;
}

void rl_grant_return(struct rl_blk *b, const struct rl_tag *t)
{
	b->mapped_free += t->segments - t->passing;
}

static rl_ps call(struct rl_vcpu *driver, uint64_t n, enum rl_param each)
{
	if (!n)
		return 0;
	driver->st.hypercalls++;
	return rl_vcost(driver, grant_op_ns) + n * driver->dom->cost[each];
}

/* Xen copies @bytes of @segments pages. */
static rl_ps copied(struct rl_blk *b, uint64_t segments, uint64_t bytes)
{
	b->copy_bytes += bytes;
	return call(b->server->wt.thread->v, segments, RL_PARAM_grant_copy_ns) +
	       bytes * rl_cost(b->w, copy_ns_per_byte);
}

rl_ps rl_grant_take_cost(struct rl_blk *b, const struct rl_grant_sum *s)
{
	if (b->grants == RL_GRANTS_COPY)
		return copied(b, s->written, s->written_bytes);
	return call(b->server->wt.thread->v, s->passing, RL_PARAM_grant_map_ns);
}

rl_ps rl_grant_release_cost(struct rl_blk *b, const struct rl_tag *list, bool together, rl_ps *lock)
{
	struct rl_vcpu *driver = b->server->wt.thread->v;
	struct rl_grant_sum s = {0};
	rl_ps cost = 0;

	*lock = 0;
	for (const struct rl_tag *t = list; t; t = t->next) {
		rl_grant_add(&s, t);
		if (together && t->next)
			continue;
		if (b->grants == RL_GRANTS_COPY) {
			cost += copied(b, s.read, s.read_bytes);
		} else if (s.passing) {
			struct rl_tlb_flush tlb;

			cost += call(driver, s.passing, RL_PARAM_grant_unmap_ns);
			tlb = rl_tlb_flush(driver, cost);
			cost += tlb.lock + tlb.flush;
			*lock += tlb.lock;
		}
		s = (struct rl_grant_sum){0};
	}
	return cost;
}
