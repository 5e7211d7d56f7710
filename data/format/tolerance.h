/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tolerances of a validation: a CSV file with the header
 * platform,metric,statistic,tolerance, committed before the first fit.
 */
#ifndef RL_DATA_FORMAT_TOLERANCE_H
#define RL_DATA_FORMAT_TOLERANCE_H

#include "model/base/err.h"

#include <stddef.h>

enum rl_statistic {
	RL_STATISTIC_MEAN_ABS_ERROR,   /* of predicted / measured - 1 over the held-out cells */
	RL_STATISTIC_WINNER_THRESHOLD, /* where policies differ by more, the winner must be right */
};

struct rl_tolerance {
	char platform[48];
	int metric; /* enum rl_metric */
	enum rl_statistic statistic;
	double tolerance;
};

/** rl_statistic_name - as it stands in the file. */
const char *rl_statistic_name(enum rl_statistic s);

/**
 * rl_tolerance_read - all rows of a file.
 * @out, @n: free().
 * Returns: 0; -errno of the file; -EINVAL with line and column (unknown metric or statistic, a
 *          tolerance outside 0 to 1, a row said twice).
 */
int rl_tolerance_read(const char *path, struct rl_tolerance **out, size_t *n, struct rl_err *err);

#endif
