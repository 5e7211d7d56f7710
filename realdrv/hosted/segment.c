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

rl_u32 rl_hfront_fits(rl_u64 at, rl_u32 bytes)
{
	rl_u32 room = RL_BLKIF_MAX_SEGMENTS * RL_PAGE_BYTES - (rl_u32)(at % RL_PAGE_BYTES);

	return bytes < room ? bytes : room;
}

void rl_hfront_name_segments(struct rl_blkif_request *req, rl_u64 at, rl_u32 bytes)
{
	rl_u8 n = 0;

	for (; bytes; n++) {
		rl_u32 in = (rl_u32)(at % RL_PAGE_BYTES);
		rl_u32 len = RL_PAGE_BYTES - in < bytes ? RL_PAGE_BYTES - in : bytes;

		req->seg[n] = (struct rl_blkif_segment){
			.gref = (rl_u32)(at / RL_PAGE_BYTES),
			.first_sect = (rl_u8)(in / RL_SECTOR_BYTES),
			.last_sect = (rl_u8)((in + len) / RL_SECTOR_BYTES - 1),
		};
		at += len;
		bytes -= len;
	}
	req->nr_segments = n;
}
