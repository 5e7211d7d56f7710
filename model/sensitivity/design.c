/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The points that a method asks about; see the header. */
#include "model/sensitivity/private.h"
#include "model/sensitivity/sensitivity.h"

#include <errno.h>
#include <gsl/gsl_qrng.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS	   4
#define STEP	   2  /* of them: the walks use each level alike */
#define SOBOL_BITS 30 /* of GSL's sequence */

const char *const rl_sens_name[RL_SENS_METHODS] = {"morris", "sobol"};

int rl_sens_find(const char *name)
{
	for (int i = 0; i < RL_SENS_METHODS; i++)
		if (strcmp(rl_sens_name[i], name) == 0)
			return i;
	return -1;
}

uint32_t rl_sens_group(enum rl_sens method, uint32_t axes)
{
	return axes + (method == RL_SENS_MORRIS ? 1 : 2);
}

/* ---- walks --------------------------------------------------------------------------------- */

static uint32_t below(struct rl_rng *rng, uint32_t n)
{
	return (uint32_t)(rl_rng_unit(rng) * n);
}

/* The last level is the end of the axis, which is not in [0, 1). */
static double level(uint32_t l)
{
	return l == LEVELS - 1 ? 1 - 0x1p-53 : (double)l / (LEVELS - 1);
}

static void shuffle(struct rl_rng *rng, uint32_t *order, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t j = below(rng, i + 1);

		order[i] = order[j];
		order[j] = i;
	}
}

/* Any place of the grid from which each axis has one way to go; the axes go in any order. */
static void walk(struct rl_rng *rng, uint32_t axes, uint32_t *at, uint32_t *order, double *u)
{
	for (uint32_t a = 0; a < axes; a++)
		at[a] = below(rng, LEVELS);
	shuffle(rng, order, axes);
	for (uint32_t p = 0; p <= axes; p++) {
		if (p)
			at[order[p - 1]] = (at[order[p - 1]] + STEP) % LEVELS;
		for (uint32_t a = 0; a < axes; a++)
			u[p * axes + a] = level(at[a]);
	}
}

static int fill_morris(uint32_t n, uint32_t axes, uint64_t seed, double *u)
{
	uint32_t *at = malloc(2 * axes * sizeof(*at));
	struct rl_rng rng;

	if (!at)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		rl_rng_init(&rng, seed, i, RL_SENS_STREAM_WALK, 0);
		walk(&rng, axes, at, at + axes, u + (size_t)i * (axes + 1) * axes);
	}
	free(at);
	return 0;
}

/* ---- Sobol's sequence ---------------------------------------------------------------------- */

/* Each digit of a coordinate turned over or not, the same for all points; the middle of a cell. */
static double shifted(double x, uint32_t by)
{
	return (double)(((uint32_t)(x * (1u << SOBOL_BITS)) ^ by) + 0.5) / (1u << SOBOL_BITS);
}

/* @ab: a point of twice as many coordinates. */
static void place(const double *ab, uint32_t axes, double *u)
{
	memcpy(u, ab, axes * sizeof(*u));
	memcpy(u + axes, ab + axes, axes * sizeof(*u));
	for (uint32_t a = 0; a < axes; a++) {
		double *to = u + (size_t)(a + 2) * axes;

		memcpy(to, ab, axes * sizeof(*u));
		to[a] = ab[axes + a];
	}
}

/* GSL begins with its second point: the first, 0 everywhere, belongs to the net. */
static void fill_net(gsl_qrng *q, uint32_t n, uint32_t axes, uint64_t seed, double *u)
{
	uint32_t by[2 * RL_SENS_SOBOL_AXES];
	double raw[2 * RL_SENS_SOBOL_AXES] = {0}, ab[2 * RL_SENS_SOBOL_AXES];
	struct rl_rng rng;

	rl_rng_init(&rng, seed, 0, RL_SENS_STREAM_SHIFT, 0);
	for (uint32_t a = 0; a < 2 * axes; a++)
		by[a] = (uint32_t)(rl_rng_u64(&rng) >> (64 - SOBOL_BITS));
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			gsl_qrng_get(q, raw);
		for (uint32_t a = 0; a < 2 * axes; a++)
			ab[a] = shifted(raw[a], by[a]);
		place(ab, axes, u + (size_t)i * (axes + 2) * axes);
	}
}

static int fill_sobol(uint32_t n, uint32_t axes, uint64_t seed, double *u)
{
	gsl_qrng *q;

	if (axes > RL_SENS_SOBOL_AXES)
		return -EINVAL;
	q = gsl_qrng_alloc(gsl_qrng_sobol, 2 * axes);
	if (!q)
		return -ENOMEM;
	fill_net(q, n, axes, seed, u);
	gsl_qrng_free(q);
	return 0;
}

int rl_sens_fill(enum rl_sens method, uint32_t n, uint32_t axes, uint64_t seed, double *u)
{
	if (!axes)
		return -EINVAL;
	return method == RL_SENS_MORRIS ? fill_morris(n, axes, seed, u)
					: fill_sobol(n, axes, seed, u);
}
