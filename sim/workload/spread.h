/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which blocks are hot: fio's random_distribution. The law gives ranks, and ranks lie scattered
 * over the job's range, each on a block of its own.
 *
 * Source: zipf by rejection-inversion (W. Hoermann, G. Derflinger, 1996), exact for any number of
 * blocks; pareto and normal as fio(1) describes them.
 */
#ifndef RL_SIM_WORKLOAD_SPREAD_H
#define RL_SIM_WORKLOAD_SPREAD_H

#include "model/base/rng.h"
#include "model/job.h"

struct rl_spreader {
	enum rl_spread law;
	uint64_t blocks, stride; /* the stride and blocks have no divisor in common */
	double arg;
	double first, last,
		sure; /* zipf: where its integral begins and ends, and no look is needed */
};

/** rl_spread_init - the law of @job over so many blocks, at least 1. */
void rl_spread_init(struct rl_spreader *s, const struct rl_job *job, uint64_t blocks);

/** rl_spread_rank - 0 is the hottest, or, of normal, the left end of a hill. */
uint64_t rl_spread_rank(const struct rl_spreader *s, struct rl_rng *rng);

/** rl_spread_block - a block, from 0. */
uint64_t rl_spread_block(const struct rl_spreader *s, struct rl_rng *rng);

#endif
