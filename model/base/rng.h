/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Named random streams: (seed, replication, entity, purpose) says all, so every
 * policy meets the same draws, and neither threads nor hosts change them. Bits come
 * from a counter, not from a state that somebody else may have advanced; draws use
 * plain IEEE operations, because log and exp of a C library change with the CPU.
 *
 * Source: Philox-4x32-10, Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011.
 */
#ifndef RL_MODEL_BASE_RNG_H
#define RL_MODEL_BASE_RNG_H

#include <stdint.h>

struct rl_rng {
	uint32_t key[2], ctr[4];
	uint32_t buf[4];
	uint32_t have; /* words of buf not yet handed out */
};

/** rl_rng_init - start a stream at its first draw. Equal names, equal draws. @purpose: below 2^24.
 */
void rl_rng_init(
	struct rl_rng *r, uint64_t seed, uint32_t replication, uint32_t entity, uint32_t purpose);

/** rl_rng_u64 - 64 random bits. */
uint64_t rl_rng_u64(struct rl_rng *r);

/** rl_rng_unit - uniform in [0, 1), a multiple of 2^-53. */
double rl_rng_unit(struct rl_rng *r);

/**
 * rl_rng_exp - exponential with mean 1, exact, by comparisons only.
 * Source: J. von Neumann, Various techniques used in connection with random digits, 1951.
 */
double rl_rng_exp(struct rl_rng *r);

/** rl_philox - the block function itself, for its known answers. */
void rl_philox(const uint32_t ctr[4], const uint32_t key[2], uint32_t out[4]);

#endif
