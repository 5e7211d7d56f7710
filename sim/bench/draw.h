/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Draws that cost next to nothing, so that a benchmark of an event list times the list: the same
 * for a limit and for what is measured against it. Results of the simulator never come from here:
 * the tables are made with libm, whose bits change with the CPU.
 *
 * Sources: xoshiro256+, D. Blackman and S. Vigna, 2018; G. Marsaglia and W. W. Tsang, The Ziggurat
 * Method for Generating Random Variables, 2000 (exponential, 256 layers).
 */
#ifndef RL_SIM_BENCH_DRAW_H
#define RL_SIM_BENCH_DRAW_H

#include <math.h>
#include <stdint.h>

#define RL_DRAW_LAYERS 256

struct rl_draw {
	uint64_t s[4];
};

/* Right edges of the layers, from the tail inwards, and the density there. */
extern double rl_draw_x[RL_DRAW_LAYERS + 1], rl_draw_f[RL_DRAW_LAYERS + 1];

/** rl_draw_init - start a stream; makes the tables. Context: one thread. */
void rl_draw_init(struct rl_draw *d, uint64_t seed);

static inline uint64_t rl_draw_u64(struct rl_draw *d)
{
	uint64_t *s = d->s, out = s[0] + s[3], shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = s[3] << 45 | s[3] >> 19;
	return out;
}

static inline double rl_draw_unit(struct rl_draw *d)
{
	return (double)(rl_draw_u64(d) >> 11) * 0x1p-53;
}

/** rl_draw_under - once in a hundred draws: does a point of layer @i at @x lie under the curve? */
int rl_draw_under(struct rl_draw *d, uint32_t i, double x);

/** rl_draw_exp - exponential with mean 1. */
static inline double rl_draw_exp(struct rl_draw *d)
{
	for (double tail = 0;;) {
		uint64_t u = rl_draw_u64(d);
		uint32_t i = (uint32_t)(u >> 56);
		double x = (double)((u & 0x00ffffffffffffffull) >> 3) * 0x1p-53 * rl_draw_x[i];

		if (__builtin_expect(x < rl_draw_x[i + 1], 1))
			return tail + x;
		if (i == 0) /* beyond the last layer all begins anew: no memory */
			tail += rl_draw_x[1];
		else if (rl_draw_under(d, i, x))
			return tail + x;
	}
}

#endif
