/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schedulers that a scenario may name. sim/xen has them, a file each, and defines this. */
#ifndef RL_MODEL_SCHED_H
#define RL_MODEL_SCHED_H

#include <stdint.h>

/** rl_sched_name - the @i-th, in the order of their names. Returns: null behind the last. */
const char *rl_sched_name(uint32_t i);

#endif
