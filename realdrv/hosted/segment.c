/* SPDX-License-Identifier: MIT */
/* Where a request's data lies in granted pages; see front_private.h. */
#include "hosted/front_private.h"

/* Where in the memory for mapping a buffer lies; RL_NEVER: not there, or not on sectors. */
rl_u64 rl_hfront_mapped_at(const struct rl_hfront *f, const rl_u8 *buf, rl_u32 bytes)
{
	const rl_u8 *mem = f->pages.base + f->mem_offset;
	size_t size = f->pages.bytes - f->mem_offset;

	if (buf < mem || (size_t)(buf - mem) > size || size - (size_t)(buf - mem) < bytes ||
		(size_t)(buf - mem) % RL_SECTOR_BYTES)
		return RL_NEVER;
	return (rl_u64)(buf - f->pages.base);
}

/* Names the sectors of @bytes from @offset of the granted pages on, as many as a request takes. */
rl_u32 rl_htag_name_segments(struct rl_htag *t, rl_u64 offset, rl_u32 bytes)
{
	rl_u32 left = bytes;

	for (t->nr_segments = 0; left && t->nr_segments < RL_BLKIF_MAX_SEGMENTS; t->nr_segments++) {
		rl_u32 in = (rl_u32)(offset % RL_PAGE_BYTES);
		rl_u32 n = RL_PAGE_BYTES - in < left ? RL_PAGE_BYTES - in : left;

		t->seg[t->nr_segments] = (struct rl_blkif_segment){
			.gref = (rl_u32)(offset / RL_PAGE_BYTES),
			.first_sect = (rl_u8)(in / RL_SECTOR_BYTES),
			.last_sect = (rl_u8)((in + n) / RL_SECTOR_BYTES - 1),
		};
		offset += n;
		left -= n;
	}
	return bytes - left;
}
