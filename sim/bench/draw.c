/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables and seeds of the draws for benchmarks; see the header. */
#include "sim/bench/draw.h"

#define EDGE 7.69711747013104972  /* where the tail begins, for 256 layers */
#define AREA 3.949659822581572e-3 /* of each layer */

double rl_draw_x[RL_DRAW_LAYERS + 1], rl_draw_f[RL_DRAW_LAYERS + 1];

static void tables(void)
{
	rl_draw_x[0] = AREA / exp(-EDGE);
	rl_draw_x[1] = EDGE;
	for (int i = 2; i < RL_DRAW_LAYERS; i++)
		rl_draw_x[i] = -log(AREA / rl_draw_x[i - 1] + exp(-rl_draw_x[i - 1]));
	rl_draw_x[RL_DRAW_LAYERS] = 0;
	for (int i = 0; i <= RL_DRAW_LAYERS; i++)
		rl_draw_f[i] = exp(-rl_draw_x[i]);
}

/* splitmix64 spreads the seed over the state, which must not be zero. */
void rl_draw_init(struct rl_draw *d, uint64_t seed)
{
	if (rl_draw_x[0] == 0)
		tables();
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += 0x9e3779b97f4a7c15ull;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
		z = (z ^ z >> 27) * 0x94d049bb133111ebull;
		d->s[i] = z ^ z >> 31;
	}
}

int rl_draw_under(struct rl_draw *d, uint32_t i, double x)
{
	return rl_draw_f[i] + rl_draw_unit(d) * (rl_draw_f[i + 1] - rl_draw_f[i]) < exp(-x);
}
