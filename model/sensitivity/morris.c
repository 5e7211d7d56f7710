/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elementary effects; see the header. */
#include "model/sensitivity/private.h"
#include "model/sensitivity/sensitivity.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* The effect of each axis on one walk: between two of its points one axis has moved. */
static void effects_of(const double *u, const double *y, uint32_t axes, double *effect)
{
	for (uint32_t p = 0; p < axes; p++) {
		const double *from = u + (size_t)p * axes, *to = from + axes;
		uint32_t a = 0;

		while (a + 1 < axes && from[a] == to[a])
			a++;
		effect[a] = (y[p + 1] - y[p]) / (to[a] - from[a]);
	}
}

/* @effect: of one axis, a sample after the other. */
static void summarise(const double *effect, uint32_t n, uint32_t axes, struct rl_sens_effect *out)
{
	double sum = 0, sum_abs = 0, square = 0;

	for (uint32_t i = 0; i < n; i++) {
		sum += effect[(size_t)i * axes];
		sum_abs += fabs(effect[(size_t)i * axes]);
	}
	out->mu = sum / n;
	out->mu_star = (struct rl_estimate){sum_abs / n, NAN, NAN};
	for (uint32_t i = 0; i < n; i++) {
		double off = effect[(size_t)i * axes] - out->mu;

		square += off * off;
	}
	out->sigma = n > 1 ? sqrt(square / (n - 1)) : NAN;
}

/* @draw: of an axis RL_SENS_DRAWS values. */
static void resample(const double *effect, uint32_t n, uint32_t axes, uint64_t seed, uint32_t *pick,
	double *draw)
{
	struct rl_rng rng;

	rl_rng_init(&rng, seed, 0, RL_SENS_STREAM_DRAW, 0);
	for (uint32_t d = 0; d < RL_SENS_DRAWS; d++) {
		rl_sens_draw(&rng, pick, n);
		for (uint32_t a = 0; a < axes; a++) {
			double sum = 0;

			for (uint32_t i = 0; i < n; i++)
				sum += fabs(effect[(size_t)pick[i] * axes + a]);
			draw[(size_t)a * RL_SENS_DRAWS + d] = sum / n;
		}
	}
}

static void estimate(const double *u, const double *y, uint32_t n, uint32_t axes, double *effect,
	struct rl_sens_effect *out)
{
	size_t group = rl_sens_group(RL_SENS_MORRIS, axes);

	for (uint32_t i = 0; i < n; i++)
		effects_of(u + i * group * axes, y + i * group, axes, effect + (size_t)i * axes);
	for (uint32_t a = 0; a < axes; a++)
		summarise(effect + a, n, axes, &out[a]);
}

static void clear(struct rl_sens_effect *out, uint32_t axes)
{
	for (uint32_t a = 0; a < axes; a++)
		out[a] = (struct rl_sens_effect){{NAN, NAN, NAN}, NAN, NAN};
}

int rl_sens_morris(const double *u, const double *y, uint32_t n, uint32_t axes, uint64_t seed,
	struct rl_sens_effect *out)
{
	double *effect, *draw;
	uint32_t *pick;

	clear(out, axes);
	if (!n || !rl_sens_known(y, (size_t)n * rl_sens_group(RL_SENS_MORRIS, axes)))
		return 0;
	effect = malloc((size_t)n * axes * sizeof(*effect));
	draw = malloc((size_t)RL_SENS_DRAWS * axes * sizeof(*draw));
	pick = malloc(n * sizeof(*pick));
	if (effect && draw && pick) {
		estimate(u, y, n, axes, effect, out);
		resample(effect, n, axes, seed, pick, draw);
		for (uint32_t a = 0; n > 1 && a < axes; a++)
			rl_sens_interval(draw + (size_t)a * RL_SENS_DRAWS, &out[a].mu_star);
	}
	free(effect);
	free(draw);
	free(pick);
	return effect && draw && pick ? 0 : -ENOMEM;
}
