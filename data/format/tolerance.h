/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tolerances of a validation: a CSV file with the header
 * platform,metric,statistic,tolerance, committed before the first fit.
 */
#ifndef RL_DATA_FORMAT_TOLERANCE_H
#define RL_DATA_FORMAT_TOLERANCE_H

#include "model/base/err.h"

#include <stddef.h>

/* In the order of the names that the file has for them. */
enum rl_statistic {
	RL_STATISTIC_MEAN_ABS_ERROR, /* of predicted / measured - 1 over the held-out cells */
	RL_STATISTIC_MAX_ABS_ERROR,  /* the largest of them */
	/* The mean again, where repeats scatter: within the tolerance or their mean spread. */
	RL_STATISTIC_MEAN_ERROR_OR_SPREAD,
	RL_STATISTIC_WINNER_THRESHOLD, /* from this difference on a pair of policies has a winner */
	RL_STATISTIC_WINNER_SHARE,     /* of such pairs whose winner must be predicted */
	RL_STATISTIC_COVERAGE,	   /* share of cells that their predictive intervals should hold */
	RL_STATISTIC_COVERAGE_OFF, /* how far that share may be from what the intervals say */
	RL_STATISTIC_MEDIAN_WIDTH, /* of those intervals, relative to the prediction */
	RL_STATISTICS
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
