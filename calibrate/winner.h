/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of two backend policies wins a cell, as measured and as predicted. */
#ifndef RL_CALIBRATE_WINNER_H
#define RL_CALIBRATE_WINNER_H

#include "calibrate/cells.h"

/* Two cells equal in everything but the backend's policy. */
struct rl_duel {
	size_t a, b;		      /* indices of cells; a comes first */
	double measured, predicted;   /* value of b over value of a */
	double lo, hi;		      /* 95 % of measured, over repeats; equal to it without */
	int winner, predicted_winner; /* -1 a, 1 b, 0 tie or not known */
	bool counts;		      /* they differ by more than the threshold, and by more than
				       * their repeats do: else nobody has won */
	bool right;		      /* a predicted tie is wrong */
	bool held_out, any_held_out;  /* neither cell calibrated; not both did */
};

/**
 * rl_winner_duels - every pair of cells that differ in the backend's policy alone.
 * @predicted: by cell: [cell * RL_QUANTITY_COUNT + quantity].
 * @threshold: relative difference from which on a winner must be called.
 * @duels, @n: out; free(). In the order of cells.
 * Returns: 0; -ENOMEM.
 */
int rl_winner_duels(const struct rl_cells *cells, const double *predicted, int quantity,
	double threshold, struct rl_duel **duels, size_t *n);

/** rl_quantity_more_is_better - throughputs; of times and counts less is better. */
bool rl_quantity_more_is_better(int quantity);

#endif
