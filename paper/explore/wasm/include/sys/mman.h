/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Advice about pages where memory has none (WebAssembly): heard and not followed. */
#ifndef RL_EXPLORE_MMAN_H
#define RL_EXPLORE_MMAN_H

#include <stddef.h>

#define MADV_HUGEPAGE 14

static inline int madvise(void *mem, size_t bytes, int advice)
{
	(void)mem;
	(void)bytes;
	(void)advice;
	return 0;
}

#endif
