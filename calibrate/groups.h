/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Costs that the calibration cells always charge together: whatever the data, only their sum can
 * be told. Found from the simulator's slopes over every cost that is a time, fitted or not.
 */
#ifndef RL_CALIBRATE_GROUPS_H
#define RL_CALIBRATE_GROUPS_H

#include "calibrate/fit.h"

/* Two costs belong together when the cosine of their columns of slopes reaches this. */
#define RL_GROUP_COSINE 0.98

struct rl_charge {
	int param; /* enum rl_param */
	bool fitted;
	/* Moves the rows, by as much as its prior leaves it open, further than their sds: a
	 * parameter without it could be anything. */
	bool told;
	double sensitivity; /* root mean square of d log row / d log parameter */
	int group;	    /* from 0; -1: alone, or not told */
	double cosine;	    /* with the group's first */
	double ratio;	    /* one unit of it does what so many units of the first do */
	/* Of one that is not fitted: the part of what it does that the fitted ones together can do
	 * as well, 0 to 1. What is beyond it, a wrong prior leaves in the residuals. */
	double taken_up;
};

/**
 * rl_groups_find - every cost that is a time, with the group that it belongs to.
 * @out, @n: free(). Fitted ones first, then by how much they do; a group's first comes first.
 * Returns: 0; what the simulator says; -ENOMEM.
 */
int rl_groups_find(struct rl_fit *fit, const struct rl_cells *cells, struct rl_charge **out,
	size_t *n, struct rl_err *err);

/** rl_groups_count - how many groups there are. */
int rl_groups_count(const struct rl_charge *charges, size_t n);

/**
 * rl_groups_sum - what of a group the data determine, as text: "a_ns + 0.5 b_ns = 12345 ns".
 * @charges, @n: as found.
 */
void rl_groups_sum(const struct rl_fit *fit, const struct rl_charge *charges, size_t n, int group,
	char *text, size_t size);

#endif
