/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory for a model's start: where it is large, in large pages, which save most TLB misses. */
#ifndef RL_SIM_CORE_PAGES_H
#define RL_SIM_CORE_PAGES_H

#include <stddef.h>

/** rl_pages_alloc - memory aligned to a cache line; free() it. Returns: null when there is none. */
void *rl_pages_alloc(size_t bytes);

#endif
