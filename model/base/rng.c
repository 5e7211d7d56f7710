/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counter-based random streams; see the header. */
#include "model/base/rng.h"

#define ROUNDS 10

void rl_philox(const uint32_t ctr[4], const uint32_t key[2], uint32_t out[4])
{
	uint32_t a = ctr[0], b = ctr[1], c = ctr[2], d = ctr[3], k0 = key[0], k1 = key[1];

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t p = 0xd2511f53ull * a, q = 0xcd9e8d57ull * c;
		uint32_t na = (uint32_t)(q >> 32) ^ b ^ k0, nc = (uint32_t)(p >> 32) ^ d ^ k1;

		b = (uint32_t)q;
		d = (uint32_t)p;
		a = na;
		c = nc;
		k0 += 0x9e3779b9u;
		k1 += 0xbb67ae85u;
	}
	out[0] = a;
	out[1] = b;
	out[2] = c;
	out[3] = d;
}

void rl_rng_init(
	struct rl_rng *r, uint64_t seed, uint32_t replication, uint32_t entity, uint32_t purpose)
{
	*r = (struct rl_rng){
		.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
		.ctr = {0, replication, entity, purpose},
	};
}

/* A stream of more blocks than 32 bits count goes on under a purpose that nobody has. */
#define RL_RNG_LAP (1u << 24)

static uint32_t word(struct rl_rng *r)
{
	if (!r->have) {
		rl_philox(r->ctr, r->key, r->buf);
		if (!++r->ctr[0])
			r->ctr[3] += RL_RNG_LAP;
		r->have = 4;
	}
	return r->buf[--r->have];
}

uint64_t rl_rng_u64(struct rl_rng *r)
{
	uint64_t hi = word(r);

	return hi << 32 | word(r);
}

double rl_rng_unit(struct rl_rng *r)
{
	return (double)(rl_rng_u64(r) >> 11) * 0x1p-53;
}

double rl_rng_exp(struct rl_rng *r)
{
	for (double whole = 0;; whole++) {
		double first = rl_rng_unit(r), last = first, next;
		int run = 1;

		while ((next = rl_rng_unit(r)) < last) {
			last = next;
			run++;
		}
		if (run & 1)
			return whole + first;
	}
}
