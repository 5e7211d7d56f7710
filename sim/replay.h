/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do the simulator's policies decide as the driver's did? */
#ifndef RL_SIM_REPLAY_H
#define RL_SIM_REPLAY_H

#include <stddef.h>

#include "model/base/err.h"
#include "model/decision.h"

/**
 * rl_sim_replay - put a driver's record to the simulator's build of the policy.
 * @spec:  the policy with its options, as the record names it.
 * @d, @n: the record from the policy's selection on.
 * @equal: out, how many decisions were the same before the first difference; all when it returns 0.
 * Returns: 0 when every plan is equal; -EINVAL for an unknown policy; -EILSEQ with @err at the
 *          first difference: which field, what the driver decided, what the simulator would.
 */
int rl_sim_replay(
	const char *spec, const struct rl_decision *d, size_t n, size_t *equal, struct rl_err *err);

#endif
