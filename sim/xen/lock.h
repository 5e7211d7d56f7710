/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A lock that is taken in the order of asking: who asks knows at once how long it will spin. A
 * holder that loses its pCPU meanwhile holds it no longer than was reckoned.
 */
#ifndef RL_SIM_XEN_LOCK_H
#define RL_SIM_XEN_LOCK_H

#include "model/base/units.h"

struct rl_lock {
	rl_ps until; /* held, or promised */
	rl_ps held;  /* so long in all */
};

/**
 * rl_lock_take - a lock that is asked for at @at, and then held for @hold.
 * Returns: how long who asks spins for it.
 */
static inline rl_ps rl_lock_take(struct rl_lock *l, rl_ps at, rl_ps hold)
{
	rl_ps from = at > l->until ? at : l->until;

	l->until = from + hold;
	l->held += hold;
	return from - at;
}

#endif
