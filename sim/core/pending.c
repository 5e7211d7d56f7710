/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of the pending set: made once, before anything is armed. */
#include "sim/core/pending.h"

#include "sim/core/pages.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint32_t leaves_for(uint32_t slots)
{
	uint32_t leaves = 2;

	while (leaves < slots)
		leaves *= 2;
	return leaves;
}

/* One tree; or two below one root, at the same offset from its children's row on. */
static uint32_t lay_out(struct rl_pending *p, uint32_t slots, uint32_t near)
{
	uint32_t far = leaves_for(slots - near);

	p->slots = slots;
	p->near = near;
	p->near_at = 2 * leaves_for(near);
	p->far_at = near ? 3 * far - near : far;
	return near ? 4 * far : 2 * far;
}

int rl_pending_init(struct rl_pending *p, uint32_t slots, uint32_t near)
{
	uint32_t nodes;

	assert(slots <= RL_SLOTS_MAX && near <= slots);
	/* A low tree beside one that is no higher only adds a level. */
	nodes = lay_out(p, slots, 4 * near <= slots && slots > RL_FEW_LEAVES ? near : 0);
	if (nodes > p->room) {
		free(p->w);
		p->room = 0;
		p->w = rl_pages_alloc(nodes * sizeof(*p->w));
		if (!p->w)
			return -ENOMEM;
		p->room = nodes;
	}
	p->seq = 0;
	p->firing = ~0ull;
	memset(p->w, 0xff, nodes * sizeof(*p->w));
	return 0;
}

void rl_pending_fini(struct rl_pending *p)
{
	free(p->w);
	*p = (struct rl_pending){0};
}
