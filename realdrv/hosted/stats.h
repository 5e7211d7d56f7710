/* SPDX-License-Identifier: MIT */
/*
 * Counters of one side of one ring, under the names that the kernel modules show in debugfs,
 * so that one reader understands both.
 */
#ifndef RL_HOSTED_STATS_H
#define RL_HOSTED_STATS_H

#include "core/types.h"

#include <stdio.h>

#define RL_HSTATS(X)                                                                               \
	X(requests)                                                                                \
	X(responses)                                                                               \
	X(notifications_sent)                                                                      \
	X(notifications_held_off)                                                                  \
	X(upcalls)                                                                                 \
	X(upcalls_spurious)                                                                        \
	X(spin_ns)                                                                                 \
	X(block_ns)                                                                                \
	X(polls)                                                                                   \
	X(episodes)                                                                                \
	X(blocks)                                                                                  \
	X(yields)                                                                                  \
	X(monitors)                                                                                \
	X(recheck_hits)                                                                            \
	X(reads)                                                                                   \
	X(writes)                                                                                  \
	X(flushes)                                                                                 \
	X(refused)                                                                                 \
	X(io_errors)                                                                               \
	X(sectors)                                                                                 \
	X(batches)                                                                                 \
	X(copy_bytes)                                                                              \
	X(replayed)                                                                                \
	X(adopted)

struct rl_hstats {
#define RL_HSTATS_FIELD(name) rl_u64 name;
	RL_HSTATS(RL_HSTATS_FIELD)
#undef RL_HSTATS_FIELD
};

/** rl_hstats_add - @to += @from, field by field. */
void rl_hstats_add(struct rl_hstats *to, const struct rl_hstats *from);

/** rl_hstats_print - `key value` lines, as the modules' stats files. */
void rl_hstats_print(const struct rl_hstats *s, FILE *out);

#endif
