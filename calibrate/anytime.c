/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals that hold at all times; see the header. Plain IEEE operations: the bits decide. */
#include "calibrate/anytime.h"

#include <math.h>

static double power(double x, uint32_t n)
{
	double y = 1;

	for (; n; n >>= 1, x *= x)
		if (n & 1)
			y *= x;
	return y;
}

/* The n-th root of y, which is above 1 and below most^n. */
static double root(double y, uint32_t n, double most)
{
	double lo = 1, hi = most;

	for (;;) {
		double mid = lo + (hi - lo) / 2;

		if (mid <= lo || mid >= hi)
			return hi;
		if (power(mid, n) < y)
			lo = mid;
		else
			hi = mid;
	}
}

/*
 * With y = t^2 / (n - 1), which is n mean^2 / ss, and k = 1 + n g the ratio is
 * k^(-1/2) ((1 + y) / (1 + y / k))^(n/2): it is 1/alpha where (1 + y) / (1 + y / k) = r.
 */
double rl_anytime_bound(uint32_t n, double alpha)
{
	double k = 1 + (double)n * RL_ANYTIME_SPREAD, c = k / (alpha * alpha), r;

	if (n < 2 || power(k, n) <= c)
		return INFINITY;
	r = root(c, n, k);
	return r < k ? (r - 1) / (1 - r / k) : INFINITY;
}

static double mean_of(const double *x, uint32_t n, double *ss)
{
	double sum = 0, mean;

	for (uint32_t i = 0; i < n; i++)
		sum += x[i];
	mean = sum / n;
	*ss = 0;
	for (uint32_t i = 0; i < n; i++)
		*ss += (x[i] - mean) * (x[i] - mean);
	return mean;
}

int rl_anytime_sign(const double *x, uint32_t n, double bound)
{
	double ss, mean = mean_of(x, n, &ss);

	/* Not by the product: infinity times a sum of nothing is not known. */
	if (isinf(bound) || !(n * mean * mean > bound * ss))
		return 0;
	return mean < 0 ? -1 : 1;
}

struct rl_estimate rl_anytime_mean(const double *x, uint32_t n, double alpha)
{
	double ss, mean = mean_of(x, n, &ss), bound = rl_anytime_bound(n, alpha);
	double half = sqrt(bound * ss / n);

	if (n < 2 || isinf(bound) || isnan(mean))
		return (struct rl_estimate){mean, NAN, NAN};
	return (struct rl_estimate){mean, mean - half, mean + half};
}
