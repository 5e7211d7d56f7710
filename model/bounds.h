/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a scenario asks for as a whole, told before it is started: how many I/Os, for how long,
 * and whether an open loop offers more than any machine of these costs could serve.
 */
#ifndef RL_MODEL_BOUNDS_H
#define RL_MODEL_BOUNDS_H

#include "model/scenario.h"

#define RL_MAX_CLONES 1024u	 /* of all jobs of a guest */
#define RL_MAX_IOS    (1u << 20) /* in flight, of all guests */
#define RL_MAX_ISSUED 1e10	 /* of a replication of jobs that end */

/**
 * rl_bounds_sampled - do the jobs go on for ever, so that their steady state is sampled?
 * Several jobs, replays, late starts and overload have none: those run from begin to end.
 */
bool rl_bounds_sampled(const struct rl_scenario *s);

/**
 * rl_bounds_load - how much of the scarcest resource an open loop takes at the least: at 1 and
 * above the backlog grows as long as it lasts. Waiting, and all that only a run can tell, is left
 * out; below 1 it may be overloaded all the same.
 * @what: out, the resource; may be null.
 * Returns: 0 when no job is an open loop.
 */
double rl_bounds_load(const struct rl_scenario *s, const char **what);

/**
 * rl_bounds_check - refuse what is too much, or does not end, or is overloaded without an end.
 * @s: each field of it is in range.
 * Returns: 0; -EINVAL.
 */
int rl_bounds_check(const struct rl_scenario *s, struct rl_err *err);

#endif
