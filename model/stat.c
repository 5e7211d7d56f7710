/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals; see the header. */
#include "model/stat.h"

#include <math.h>

double rl_stat_t975(uint32_t df)
{
	/* A table: exact to its digits, and no library function decides its bits. */
	static const double t[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262,
		2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080,
		2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
	double z = 1.959964, v = (double)df;

	if (df <= sizeof(t) / sizeof(t[0]))
		return t[df - 1];
	/* First terms of the expansion in 1/df (Abramowitz and Stegun 26.7.5). */
	return z + (z * z * z + z) / (4 * v) +
	       (5 * z * z * z * z * z + 16 * z * z * z + 3 * z) / (96 * v * v);
}

struct rl_estimate rl_stat_mean95(const double *x, uint32_t n)
{
	double sum = 0, ss = 0, mean, half;

	for (uint32_t i = 0; i < n; i++)
		sum += x[i];
	mean = sum / n;
	if (n < 2 || isnan(mean))
		return (struct rl_estimate){mean, NAN, NAN};
	for (uint32_t i = 0; i < n; i++)
		ss += (x[i] - mean) * (x[i] - mean);
	half = rl_stat_t975(n - 1) * sqrt(ss / (n - 1) / n);
	return (struct rl_estimate){mean, mean - half, mean + half};
}

double rl_stat_half(const struct rl_estimate *e)
{
	double half = (e->hi - e->lo) / 2;

	return half == 0 ? 0 : half / fabs(e->value);
}

uint32_t rl_stat_look(uint32_t first, uint32_t k)
{
	uint32_t n = first;

	while (k--)
		n += n / 4 + 1;
	return n;
}

/* The estimate may be the larger one by the half width (Law and Kelton, 9.4.1). */
bool rl_stat_precise(double half, double frac)
{
	return half <= frac / (1 + frac);
}
