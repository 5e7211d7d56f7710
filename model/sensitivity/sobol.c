/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares of the variance; see the header. */
#include "model/sensitivity/private.h"
#include "model/sensitivity/sensitivity.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values less a number near all of them: sums of squares then lose nothing. */
struct values {
	double *y;
	uint32_t n, axes;
};

static const double *sample(const struct values *v, uint32_t i)
{
	return v->y + (size_t)i * rl_sens_group(RL_SENS_SOBOL, v->axes);
}

struct moments {
	double mean, variance;
};

/* Over A and B, which are places of their own; the others share coordinates with them. */
static struct moments moments_of(const struct values *v, const uint32_t *pick)
{
	struct moments m = {0};

	for (uint32_t i = 0; i < v->n; i++)
		m.mean += (sample(v, pick[i])[0] + sample(v, pick[i])[1]) / 2 / v->n;
	for (uint32_t i = 0; i < v->n; i++) {
		double a = sample(v, pick[i])[0] - m.mean, b = sample(v, pick[i])[1] - m.mean;

		m.variance += (a * a + b * b) / 2 / v->n;
	}
	return m;
}

/* Both indices of one axis over the samples of @pick; no variance, no index. */
static void indices_of(const struct values *v, const uint32_t *pick, const struct moments *m,
	uint32_t axis, double *first, double *total)
{
	double alone = 0, left = 0;

	for (uint32_t i = 0; i < v->n; i++) {
		const double *y = sample(v, pick[i]);
		double moved = y[2 + axis] - y[0];

		alone += (y[1] - m->mean) * moved;
		left += moved * moved;
	}
	*first = m->variance > 0 ? alone / v->n / m->variance : NAN;
	*total = m->variance > 0 ? left / 2 / v->n / m->variance : NAN;
}

static void estimate(const struct values *v, uint32_t *pick, struct rl_sens_index *out)
{
	struct moments m;

	for (uint32_t i = 0; i < v->n; i++)
		pick[i] = i;
	m = moments_of(v, pick);
	for (uint32_t a = 0; a < v->axes; a++)
		indices_of(v, pick, &m, a, &out[a].first.value, &out[a].total.value);
}

/* @first, @total: of an axis RL_SENS_DRAWS values. */
static void resample(
	const struct values *v, uint64_t seed, uint32_t *pick, double *first, double *total)
{
	struct rl_rng rng;

	rl_rng_init(&rng, seed, 0, RL_SENS_STREAM_DRAW, 0);
	for (uint32_t d = 0; d < RL_SENS_DRAWS; d++) {
		struct moments m;

		rl_sens_draw(&rng, pick, v->n);
		m = moments_of(v, pick);
		for (uint32_t a = 0; a < v->axes; a++)
			indices_of(v, pick, &m, a, &first[(size_t)a * RL_SENS_DRAWS + d],
				&total[(size_t)a * RL_SENS_DRAWS + d]);
	}
}

/* Are there at least two values that differ? */
static bool varies(const double *y, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (y[i] != y[0])
			return true;
	return false;
}

static void clear(struct rl_sens_index *out, uint32_t axes)
{
	for (uint32_t a = 0; a < axes; a++)
		out[a] = (struct rl_sens_index){{NAN, NAN, NAN}, {NAN, NAN, NAN}};
}

int rl_sens_sobol(
	const double *y, uint32_t n, uint32_t axes, uint64_t seed, struct rl_sens_index *out)
{
	size_t points = (size_t)n * rl_sens_group(RL_SENS_SOBOL, axes);
	size_t draws = (size_t)RL_SENS_DRAWS * axes;
	struct values v = {.n = n, .axes = axes};
	double *draw;
	uint32_t *pick;

	clear(out, axes);
	if (!n || !rl_sens_known(y, points) || !varies(y, points))
		return 0;
	v.y = malloc(points * sizeof(*v.y));
	draw = malloc(2 * draws * sizeof(*draw));
	pick = malloc(n * sizeof(*pick));
	if (v.y && draw && pick) {
		for (size_t i = 0; i < points; i++)
			v.y[i] = y[i] - y[0];
		estimate(&v, pick, out);
		resample(&v, seed, pick, draw, draw + draws);
		for (uint32_t a = 0; n > 1 && a < axes; a++) {
			rl_sens_interval(draw + (size_t)a * RL_SENS_DRAWS, &out[a].first);
			rl_sens_interval(draw + draws + (size_t)a * RL_SENS_DRAWS, &out[a].total);
		}
	}
	free(v.y);
	free(draw);
	free(pick);
	return v.y && draw && pick ? 0 : -ENOMEM;
}
