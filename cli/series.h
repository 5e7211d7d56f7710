/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The accounts of one thing, repeat by repeat or replication by replication, so that the difference
 * of two such things has an interval.
 */
#ifndef RL_CLI_SERIES_H
#define RL_CLI_SERIES_H

#include "cli/account.h"

struct rl_series {
	struct rl_account all;	/* of all together */
	struct rl_account rows; /* the places in @x: every row that any of them has */
	uint32_t n, room;
	double (*x)[RL_ACCOUNT_ROWS]; /* [n][row]; NaN: that one has it not */
};

/**
 * rl_series_simulate - of the replications of a scenario.
 * @out: free with rl_series_fini(), on error too.
 * Returns: 0; as rl_sim_run(); -ENOMEM with @err.
 */
int rl_series_simulate(const struct rl_scenario *s, const struct rl_sim_options *o,
	struct rl_series *out, struct rl_err *err);

/** rl_series_measured - of @n repeats.  Returns: 0; -ENOMEM. */
int rl_series_measured(const struct rl_account *repeat, size_t n, struct rl_series *out);

void rl_series_fini(struct rl_series *s);

/**
 * rl_series_value - of all together; a purpose on which none spent CPU time is 0, what else is not
 * there NaN.
 */
double rl_series_value(
	const struct rl_series *s, enum rl_account_section section, const char *what);

/**
 * rl_series_difference - b - a of one row, with its 95 % interval.
 * @paired: both met the same random numbers, number by number, and there are as many: the interval
 *          is that of the mean of their differences (Student); else that of two samples of their
 *          own spread (Welch). It holds the value, which of percentiles is not that mean.
 */
struct rl_estimate rl_series_difference(const struct rl_series *a, const struct rl_series *b,
	bool paired, enum rl_account_section section, const char *what);

/**
 * rl_series_effect - the mean of two differences with its interval: of @way[1] from @way[0] and of
 * @way[3] from @way[2], all four paired.
 */
struct rl_estimate rl_series_effect(
	const struct rl_series *const way[4], enum rl_account_section section, const char *what);

#endif
