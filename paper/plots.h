/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which still pictures a platform's cells give. */
#ifndef RL_PAPER_PLOTS_H
#define RL_PAPER_PLOTS_H

#include "paper/figure.h"
#include "paper/report.h"

/* Says where every number of a platform comes from; "" when it is no emulation. */
const char *rl_plots_label(const char *platform);

/**
 * rl_plots_depth - a quantity over depth, a panel a block size, a series a backend policy.
 * The smallest sizes that have curves, up to three.
 * @setting: of the platform; cells of others are left out, and what has no three depths.
 * @f:  out; free with rl_figure_fini(). No panel when no cell fits.
 */
int rl_plots_depth(struct rl_figure *f, const char *name, const struct rl_report *r,
	const struct rl_report_platform *p, size_t setting, int quantity);

/**
 * rl_plots_answer - the one picture: the two policies of the answer, a panel a platform and number
 * of CPUs, each by the quantity that calls its winner.
 */
int rl_plots_answer(struct rl_figure *f, const char *name, const struct rl_report *r);

/** rl_plots_residuals - predicted / measured - 1 of the held-out cells over depth, a panel for each
 * of the first two quantities that have rows; the band is its tolerance. */
int rl_plots_residuals(struct rl_figure *f, const char *name, const struct rl_report *r,
	const struct rl_report_platform *p);

/** rl_plots_noun - a quantity as a sentence says it: "median latency". */
const char *rl_plots_noun(int quantity);

/** rl_plots_cores - "one core", "two cores", "4 cores". */
const char *rl_plots_cores(unsigned pcpus, char buf[32]);

/** rl_plots_size - "512 B", "4 KiB", "1 MiB". */
const char *rl_plots_size(uint64_t bytes, char buf[32]);

#endif
