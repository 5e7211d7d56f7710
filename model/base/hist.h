/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A latency histogram with fio's bins, so that simulated and measured percentiles
 * are rounded alike: 29 groups of 64 bins, the relative width of a bin is at most
 * 1/64. Histograms of several runs add up exactly.
 *
 * Source: fio's documentation of json+ output and its bin layout (6 bits, 29 groups).
 */
#ifndef RL_MODEL_BASE_HIST_H
#define RL_MODEL_BASE_HIST_H

#include <stdint.h>

#define RL_HIST_BITS   6u
#define RL_HIST_GROUPS 29u
#define RL_HIST_BINS   (RL_HIST_GROUPS << RL_HIST_BITS)

struct rl_hist {
	uint64_t n;
	uint64_t bin[RL_HIST_BINS];
};

/** rl_hist_index - the bin of a value; values past the last bin fall into it. */
uint32_t rl_hist_index(uint64_t value);

/** rl_hist_value - the value a bin stands for: its middle. */
double rl_hist_value(uint32_t index);

/** rl_hist_add - count one value. */
void rl_hist_add(struct rl_hist *h, uint64_t value);

/** rl_hist_merge - add all of @b to @a. */
void rl_hist_merge(struct rl_hist *a, const struct rl_hist *b);

/** rl_hist_take - take all of @b out of @a, which holds it. */
void rl_hist_take(struct rl_hist *a, const struct rl_hist *b);

/** rl_hist_percentile - the value at or below which @p percent (0 to 100) lie; NaN when empty. */
double rl_hist_percentile(const struct rl_hist *h, double p);

/**
 * rl_hist_between - the same, but within its bin by how many lie below, as if values were spread
 * evenly there: for intervals, which must not be as narrow as zero because all fall into one bin.
 */
double rl_hist_between(const struct rl_hist *h, double p);

#endif
