/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws from distributions; see the header. */
#include "model/base/draw.h"

#include <math.h>

#include "model/base/real.h"

/* A point of the unit disk; one of the two normals that it holds is left: streams keep no state. */
double rl_draw_normal(struct rl_rng *r)
{
	double x, y, s;

	do {
		x = 2 * rl_rng_unit(r) - 1;
		y = 2 * rl_rng_unit(r) - 1;
		s = x * x + y * y;
	} while (s >= 1 || s == 0);
	return x * sqrt(-2 * rl_real_log(s) / s);
}

/* Uniform in (0, 1]: its logarithm is finite. */
static double positive(struct rl_rng *r)
{
	return 1 - rl_rng_unit(r);
}

static double draw_gamma(const struct rl_dist *g, struct rl_rng *r)
{
	for (;;) {
		double x = rl_draw_normal(r), v = 1 + g->c * x, value;

		if (v <= 0)
			continue;
		v = v * v * v;
		if (rl_real_log(positive(r)) >=
			0.5 * x * x + g->d - g->d * v + g->d * rl_real_log(v))
			continue;
		value = g->d * v;
		if (g->shape < 1)
			value *= rl_real_exp(rl_real_log(positive(r)) / g->shape);
		return value * g->scale;
	}
}

static double draw_empirical(const struct rl_dist *e, struct rl_rng *r)
{
	const struct rl_points *p = e->points;
	double at = rl_rng_unit(r) * e->upto[p->n - 1];
	uint32_t low = 0, high = p->n - 1;

	while (low < high) {
		uint32_t mid = (low + high) / 2;

		if (at < e->upto[mid])
			high = mid;
		else
			low = mid + 1;
	}
	return p->p[low].lo + (p->p[low].hi - p->p[low].lo) * rl_rng_unit(r);
}

static void init_empirical(struct rl_dist *d)
{
	double sum = 0;

	d->mean = 0;
	for (uint32_t i = 0; i < d->points->n; i++) {
		const struct rl_point *p = &d->points->p[i];

		d->upto[i] = sum += p->weight;
		d->mean += p->weight * (p->lo + p->hi) / 2;
	}
	d->mean /= sum;
}

void rl_dist_init(struct rl_dist *d, enum rl_dist_kind kind, double mean, double cv,
	const struct rl_points *points)
{
	double square = cv * cv;

	*d = (struct rl_dist){.kind = kind, .mean = mean, .points = points};
	switch (kind) {
	case RL_DIST_EXPONENTIAL:
		break;
	case RL_DIST_LOGNORMAL:
		d->sigma = sqrt(rl_real_log(1 + square));
		d->mu = rl_real_log(mean) - rl_real_log(1 + square) / 2;
		break;
	case RL_DIST_GAMMA:
		d->shape = 1 / square;
		d->scale = mean * square;
		d->d = (d->shape < 1 ? d->shape + 1 : d->shape) - 1.0 / 3;
		d->c = 1 / sqrt(9 * d->d);
		break;
	case RL_DIST_EMPIRICAL:
		init_empirical(d);
	}
}

double rl_dist_draw(const struct rl_dist *d, struct rl_rng *r)
{
	switch (d->kind) {
	case RL_DIST_EXPONENTIAL:
		return rl_rng_exp(r) * d->mean;
	case RL_DIST_LOGNORMAL:
		return rl_real_exp(d->mu + d->sigma * rl_draw_normal(r));
	case RL_DIST_GAMMA:
		return draw_gamma(d, r);
	default:
		return draw_empirical(d, r);
	}
}
