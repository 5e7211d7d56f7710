/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * MSER-5: where the warm-up of a series ends, found from the series itself.
 *
 * Of all points the one is taken from which on the mean is known best: where the squared standard
 * error of what is left, sum (x - mean)^2 / (n - d)^2, is least. It is taken over means of five
 * values, which are smoother than the values. A point in the second half tells that the series is
 * too short. The last batches are no candidates: the error of a few that happen to be alike is
 * small by chance. Where most latencies are equal and a rare one is not, as here, that holds for
 * more than a few, so it is the last tenth.
 *
 * A series of any length takes the same memory: when all batches are used, neighbours are joined
 * and a batch is twice as long from then on.
 *
 * Source: K. P. White, An effective truncation heuristic for bias reduction in simulation
 *         output, Simulation 69(6), 1997; batches of five: S. C. Spratt, 1998. Chosen among 44
 *         methods by K. Hoad, S. Robinson, R. Davies, Automating warm-up length estimation, JORS
 *         61(9), 2010, who apply it to the mean of several replications.
 */
#ifndef RL_MODEL_MSER_H
#define RL_MODEL_MSER_H

#include <stdbool.h>
#include <stdint.h>

#define RL_MSER_BATCH	5u
#define RL_MSER_BATCHES 4096u /* even */

struct rl_mser {
	uint64_t batch;	   /* values in one */
	uint64_t have, of; /* values of the batch being filled, and their sum */
	uint32_t n;
	uint64_t sum[RL_MSER_BATCHES];
};

/** rl_mser_init - an empty series. */
void rl_mser_init(struct rl_mser *m);

/** rl_mser_close - the batch being filled is full; for rl_mser_add(). */
void rl_mser_close(struct rl_mser *m);

/** rl_mser_add - the next value. */
static inline void rl_mser_add(struct rl_mser *m, uint64_t value)
{
	m->of += value;
	if (++m->have == m->batch)
		rl_mser_close(m);
}

/**
 * rl_mser_pool - add another replication's series to this one, value by value in the mean.
 * As long as the shorter of the two, unless @all is empty.
 */
void rl_mser_pool(struct rl_mser *all, const struct rl_mser *one);

/**
 * rl_mser_warmup - how many values belong to the warm-up.
 * @values: out; half the series when that is too short to tell.
 * Returns: whether it can be told.
 */
bool rl_mser_warmup(const struct rl_mser *m, uint64_t *values);

#endif
