/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of the pending set: made once, before anything is armed. */
#include "sim/core/pending.h"

#include "sim/core/pages.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int rl_pending_init(struct rl_pending *p, uint32_t slots)
{
	uint32_t leaves = 2;

	assert(slots <= RL_SLOTS_MAX);
	while (leaves < slots)
		leaves *= 2;
	if (leaves > p->room) {
		rl_pending_fini(p);
		p->w = rl_pages_alloc(2 * leaves * sizeof(*p->w));
		if (!p->w)
			return -ENOMEM;
		p->room = leaves;
	}
	p->leaves = leaves;
	p->seq = 0;
	p->firing = ~0ull;
	memset(p->w, 0xff, 2 * leaves * sizeof(*p->w));
	return 0;
}

void rl_pending_fini(struct rl_pending *p)
{
	free(p->w);
	*p = (struct rl_pending){0};
}
