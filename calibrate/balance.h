/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Duels in which no policy is a sure loser: who always bets on the usual winner gains nothing
 * there. */
#ifndef RL_CALIBRATE_BALANCE_H
#define RL_CALIBRATE_BALANCE_H

#include "calibrate/winner.h"

/**
 * rl_balance_duels - how many winners are right in a subset in which each policy wins at least
 * @share of its duels.
 * The subset is found without a look at predictions: from the held-out duels that have a winner,
 * the clearest defeats of the policy that wins least are left out until it wins its share; a policy
 * that never wins goes with all its duels.
 * @n, @right: out. Returns: whether there is such a subset; false also when memory is short.
 */
bool rl_balance_duels(const struct rl_cells *cells, const struct rl_duel *duels, size_t nduels,
	double share, size_t *n, size_t *right);

#endif
