/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points of designs; see the header. */
#include "model/design.h"

#include <errno.h>
#include <gsl/gsl_qrng.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/rng.h"

#define STREAM_DESIGN 0x64736eu /* who draws: none of the simulator's */

const char *const rl_design_name[RL_DESIGNS] = {"grid", "lhs", "sobol"};

int rl_design_find(const char *name)
{
	for (int i = 0; i < RL_DESIGNS; i++)
		if (strcmp(rl_design_name[i], name) == 0)
			return i;
	return -1;
}

/* Each axis has its own order of the parts, and a place of its own within each. */
static int fill_lhs(uint32_t n, uint32_t axes, uint64_t seed, double *u)
{
	uint32_t *part = malloc(n * sizeof(*part));
	struct rl_rng rng;

	if (!part)
		return -ENOMEM;
	for (uint32_t a = 0; a < axes; a++) {
		rl_rng_init(&rng, seed, 0, STREAM_DESIGN, a);
		for (uint32_t i = 0; i < n; i++) {
			uint32_t j = (uint32_t)(rl_rng_unit(&rng) * (i + 1));

			part[i] = part[j];
			part[j] = i;
		}
		for (uint32_t i = 0; i < n; i++)
			u[(size_t)i * axes + a] = (part[i] + rl_rng_unit(&rng)) / n;
	}
	free(part);
	return 0;
}

static int fill_sobol(uint32_t n, uint32_t axes, double *u)
{
	gsl_qrng *q = gsl_qrng_alloc(gsl_qrng_sobol, axes);

	if (!q)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		gsl_qrng_get(q, u + (size_t)i * axes);
	gsl_qrng_free(q);
	return 0;
}

int rl_design_fill(enum rl_design design, uint32_t n, uint32_t axes, uint64_t seed, double *u)
{
	if (axes < 1 || axes > RL_DESIGN_AXES || design == RL_DESIGN_GRID)
		return -EINVAL;
	return design == RL_DESIGN_LHS ? fill_lhs(n, axes, seed, u) : fill_sobol(n, axes, u);
}
