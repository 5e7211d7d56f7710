/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between stages.c, which joins, and stages_rows.c, which sums up. */
#ifndef RL_DATA_STAGES_PRIVATE_H
#define RL_DATA_STAGES_PRIVATE_H

#include "data/stages.h"

#define RL_STAGES_WINDOW 512u /* slots of the largest ring: no two in flight are further apart */
#define RL_STAGES_NONE	 (~(rl_u32)0)

struct rl_stages_request {
	rl_u64 at[RL_STAGES_POINTS]; /* RL_NEVER: no such stamp */
};

struct rl_stages {
	struct rl_stages_request *r; /* by index - base */
	size_t n, capacity;
	rl_u32 base;
	rl_u64 since;	     /* of the connection's first request: what is older is not of it */
	rl_u32 *by_response; /* request of the response base - WINDOW + i, or NONE */
	double hz;
};

/** rl_stages_fill - join; either may be null, not both. Free with rl_stages_fini() always. */
int rl_stages_fill(
	struct rl_stages *s, const struct rl_trace_file *front, const struct rl_trace_file *back);
void rl_stages_fini(struct rl_stages *s);

/** rl_stages_ticks - counts of a stage of a request, RL_STAGES_POINTS: total; RL_NEVER: none. */
rl_u64 rl_stages_ticks(const struct rl_stages_request *r, int want);

#endif
