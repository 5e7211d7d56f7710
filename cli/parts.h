/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which of the fields that two scenarios differ in makes the difference of their results. A cost, a
 * policy, the disk, the job, and machine and domains together are a part each.
 *
 * Parts are changed one after the other from the first scenario to the second, once from the first
 * part to the last and once back, all with the same random numbers; what a part does is the mean of
 * both. So parts add up to the difference, and what two do together is halved between them.
 *
 * Source: J. Castro, D. Gomez, J. Tejada, Computers and Operations Research 36(5), 2009: Shapley
 *         values over permutations; here a permutation and its reverse, which for two parts is all.
 */
#ifndef RL_CLI_PARTS_H
#define RL_CLI_PARTS_H

#include "cli/elasticity.h"
#include "cli/series.h"

#define RL_PARTS (RL_PARAM_COUNT + 8)

/** rl_parts_row - the row of an account that is rl_elasticity_metric[@metric]. */
const char *rl_parts_row(uint32_t metric, enum rl_account_section *section);

struct rl_part {
	char path[64];				     /* "costs.upcall_ns", "back_policy", "job" */
	char a[RL_SPEC_BYTES], b[RL_SPEC_BYTES];     /* its values; "" where it is many fields */
	struct rl_estimate e[RL_ELASTICITY_METRICS]; /* of rl_elasticity_metric[] */
};

/**
 * rl_parts - what each part does.
 * @o: how both were simulated; @o->precision 0.
 * @sa, @sb: what came out of them.
 * @out: RL_PARTS of them, what moves a metric most first.  @n: out, how many differ.
 * Returns: 0; what rl_sim_run() said of a scenario between the two; -ENOMEM; with @err.
 */
int rl_parts(const struct rl_scenario *a, const struct rl_scenario *b,
	const struct rl_sim_options *o, const struct rl_series *sa, const struct rl_series *sb,
	struct rl_part *out, size_t *n, struct rl_err *err);

#endif
