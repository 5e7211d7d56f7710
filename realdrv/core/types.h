/* SPDX-License-Identifier: MIT */
/*
 * Integer types and the few helpers that the core needs, without any system
 * header, so that the same files compile in a kernel module, in a user program
 * and in the simulator. Nothing here allocates, prints, sleeps or reads a clock.
 */
#ifndef RL_CORE_TYPES_H
#define RL_CORE_TYPES_H

typedef __UINT8_TYPE__ rl_u8;
typedef __UINT16_TYPE__ rl_u16;
typedef __UINT32_TYPE__ rl_u32;
typedef __UINT64_TYPE__ rl_u64;
typedef __INT16_TYPE__ rl_s16;
typedef _Bool rl_bool;

/* Time that never comes, for deadlines and timers. */
#define RL_NEVER (~(rl_u64)0)

/* Negative errno values of Linux, spelled here because the core sees no errno.h. */
enum {
	RL_EIO = 5,
	RL_E2BIG = 7,
	RL_EINVAL = 22,
	RL_ENOSPC = 28,
	RL_ERANGE = 34,
	RL_EPROTO = 71,
	RL_EOPNOTSUPP = 95,
};

#define RL_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
