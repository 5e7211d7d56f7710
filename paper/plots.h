/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which figures a platform's cells give. */
#ifndef RL_PAPER_PLOTS_H
#define RL_PAPER_PLOTS_H

#include "calibrate/validate.h"
#include "paper/figure.h"

/* Says where every number of a platform comes from; "" when it is no emulation. */
const char *rl_plots_label(const char *platform);

/**
 * rl_plots_depth - a quantity over depth, a panel a block size, a series a backend policy.
 * @rw: cells of this direction.
 * @f:  out; free with rl_figure_fini(). No panel when no cell fits.
 */
int rl_plots_depth(struct rl_figure *f, const char *name, const char *platform,
	const struct rl_validation *v, enum rl_rw rw, int quantity);

/**
 * rl_plots_answer - the one picture: the smallest block size, reads, a panel a platform.
 * @n: platforms; of each the quantity by which its winner is called.
 */
int rl_plots_answer(struct rl_figure *f, const char *name, const char *const *platforms,
	const struct rl_validation *const *v, size_t n);

/** rl_plots_residuals - predicted / measured - 1 of the held-out cells over depth, a panel a
 * quantity that has rows; the band is its tolerance. */
int rl_plots_residuals(
	struct rl_figure *f, const char *name, const char *platform, const struct rl_validation *v);

/** rl_plots_noun - a quantity as a sentence says it: "median latency". */
const char *rl_plots_noun(int quantity);

/** rl_plots_cores - "one core", "two cores", "4 cores". */
const char *rl_plots_cores(const struct rl_validation *v, char buf[32]);

#endif
