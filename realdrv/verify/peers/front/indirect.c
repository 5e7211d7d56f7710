// SPDX-License-Identifier: GPL-2.0-only
/*
 * The menu's indirect requests: a write of eleven pages whose segments stand on a page of their
 * own, with one thing wrong in the slot or in that list.
 */
#include "foefront.h"

static void fill_list(struct foe *foe)
{
	struct rl_blkif_segment *seg = foe->list;
	unsigned int i;

	memset(seg, 0, PAGE_SIZE);
	for (i = 0; i < FOE_PAGES; i++) {
		seg[i].gref = foe->gref[i];
		seg[i].last_sect = RL_PAGE_SECTORS - 1;
	}
}

void foe_fill_indirect(struct foe *foe, struct rl_blkif_indirect *in, u8 operation)
{
	fill_list(foe);
	*in = (struct rl_blkif_indirect){
		.operation = RL_BLKIF_INDIRECT,
		.indirect_op = operation,
		.nr_segments = FOE_PAGES,
		.id = ++foe->id,
		.gref = {foe->list_gref},
	};
}

bool foe_spoil_indirect(
	struct foe *foe, struct rl_blkif_indirect *in, const char *fault, unsigned int place)
{
	struct rl_blkif_segment *seg = (struct rl_blkif_segment *)foe->list + place;

	if (sysfs_streq(fault, "indirect-0"))
		in->nr_segments = 0;
	else if (sysfs_streq(fault, "indirect-65"))
		in->nr_segments = 65; /* one more than was offered */
	else if (sysfs_streq(fault, "indirect-65535"))
		in->nr_segments = 65535;
	else if (sysfs_streq(fault, "indirect-operation"))
		in->indirect_op = RL_BLKIF_FLUSH;
	else if (sysfs_streq(fault, "indirect-in-itself"))
		in->indirect_op = RL_BLKIF_INDIRECT;
	else if (sysfs_streq(fault, "list-first-after-last"))
		seg->first_sect = RL_PAGE_SECTORS;
	else if (sysfs_streq(fault, "list-last-8"))
		seg->last_sect = RL_PAGE_SECTORS;
	else if (sysfs_streq(fault, "list-sector-wraps"))
		in->sector_number = ~0ull - 7;
	else if (sysfs_streq(fault, "grant-of-list"))
		in->gref[0] = FOE_BOGUS;
	else if (sysfs_streq(fault, "grant-in-list"))
		seg->gref = FOE_BOGUS;
	else
		return false;
	return true;
}
