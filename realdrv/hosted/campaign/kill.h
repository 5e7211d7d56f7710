/* SPDX-License-Identifier: MIT */
/* What the two halves of rl-kill share: who kills (kill.c) and who notices (kill_load.c). */
#ifndef RL_HOSTED_KILL_H
#define RL_HOSTED_KILL_H

#include "core/types.h"

#define RL_KILL_MAX_DEPTH 256u
#define RL_KILL_MAX	  100000u
#define RL_KILL_DISK	  "ram:size=16m"
#define RL_KILL_BLOCKS	  4096u /* of 4 KiB, all of the disk */

/* Shared by supervisor and frontend; no backend of the pair looks at it. */
struct rl_kill {
	rl_u32 in_flight;
	rl_u32 stop, done, kills; /* stop: no more new I/O; done: the frontend has parted */
	rl_u64 killed_ns;	  /* the last kill, CLOCK_MONOTONIC; 0: service was seen since */
	rl_u32 at[RL_KILL_MAX];	  /* requests in flight at each kill */
	rl_u64 gap_ns[RL_KILL_MAX];
	rl_u32 gaps;
};

struct rl_kill_load {
	const char *socket, *policy;
	rl_u32 depth;
	rl_u64 seed;
};

/** rl_kill_draw - xorshift: the next of a stream that must not be 0. */
static inline rl_u64 rl_kill_draw(rl_u64 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/**
 * rl_kill_load_run - read, write and check until @sh->stop, then read every block back, and print
 * what was found.
 * Returns: 0; 1 when something was lost, done twice, failed or hung; 4 no backend at all.
 */
int rl_kill_load_run(const struct rl_kill_load *l, struct rl_kill *sh);

#endif
