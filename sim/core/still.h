/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a model stands still: a person who asked for it must be told what to change. */
#ifndef RL_SIM_CORE_STILL_H
#define RL_SIM_CORE_STILL_H

#include "sim/core/world.h"

/**
 * rl_still_why - who waits in vain in a world in which no I/O completes any more.
 * @why: out, half a sentence that begins with ": "; empty when it cannot be told.
 */
void rl_still_why(const struct rl_world *w, const struct rl_scenario *s, char *why, size_t size);

#endif
