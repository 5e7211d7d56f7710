/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bootstrap; see the header. */
#include "model/sensitivity/private.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

bool rl_sens_known(const double *y, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(y[i]))
			return false;
	return true;
}

void rl_sens_draw(struct rl_rng *rng, uint32_t *pick, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		pick[i] = (uint32_t)(rl_rng_unit(rng) * n);
}

/* A draw of samples that are all alike has no variance to share out: such are left out. */
void rl_sens_interval(double *x, struct rl_estimate *e)
{
	size_t n = 0;

	for (size_t i = 0; i < RL_SENS_DRAWS; i++)
		if (isfinite(x[i]))
			x[n++] = x[i];
	e->lo = e->hi = NAN;
	if (!n)
		return;
	gsl_sort(x, 1, n);
	e->lo = gsl_stats_quantile_from_sorted_data(x, 1, n, 0.025);
	e->hi = gsl_stats_quantile_from_sorted_data(x, 1, n, 0.975);
}
