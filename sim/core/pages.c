/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large pages are asked for, not counted on. */
#include "sim/core/pages.h"

#include <stdlib.h>
#include <sys/mman.h>

#define LINE  64u
#define LARGE (2u << 20)

void *rl_pages_alloc(size_t bytes)
{
	size_t align = bytes < LARGE ? LINE : LARGE;
	void *mem = aligned_alloc(align, (bytes + align - 1) / align * align);

	if (mem && align == LARGE)
		madvise(mem, bytes, MADV_HUGEPAGE);
	return mem;
}
