/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logarithm and exponential by argument reduction and a series each; see the header. */
#include "model/base/real.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ln 2 in two parts: the first has eleven zeros at its end, so that its multiples are exact. */
#define LN2_HI 0x1.62e42fefa3800p-1
#define LN2_LO 0x1.ef35793c76730p-45

#define FRACTION_BITS 52
#define BIAS	      1023
#define SQRT2	      0x1.6a09e667f3bcdp0

static uint64_t bits_of(double x)
{
	uint64_t b;

	memcpy(&b, &x, sizeof(b));
	return b;
}

static double of_bits(uint64_t b)
{
	double x;

	memcpy(&x, &b, sizeof(x));
	return x;
}

/* x = m 2^e with m between the roots of 1/2 and 2, so that e is 0 near 1: nothing cancels. */
static double split(double x, int *e)
{
	uint64_t b, fraction = (1ull << FRACTION_BITS) - 1;
	double m;

	*e = 0;
	if (x < 0x1p-1022) {
		x *= 0x1p54;
		*e = -54;
	}
	b = bits_of(x);
	*e += (int)(b >> FRACTION_BITS) - BIAS;
	m = of_bits((b & fraction) | (uint64_t)BIAS << FRACTION_BITS);
	if (m > SQRT2) {
		m *= 0.5;
		++*e;
	}
	return m;
}

/* log m = 2 artanh s with s = (m - 1) / (m + 1); |s| < 0.172, so ten terms reach past 2^-53. */
double rl_real_log(double x)
{
	double f, s, z, sum = 0;
	int e;

	if (x <= 0)
		return -INFINITY;
	f = split(x, &e) - 1;
	s = f / (2 + f);
	z = s * s;
	for (int k = 21; k >= 3; k -= 2)
		sum = (sum + 1.0 / k) * z;
	s *= 2;
	return e * LN2_HI + (s + (s * sum + e * LN2_LO));
}

static double power2(int k)
{
	return of_bits((uint64_t)(k + BIAS) << FRACTION_BITS);
}

/* x = k ln 2 + r with |r| < 0.347; thirteen terms of e^r reach past 2^-53. */
double rl_real_exp(double x)
{
	static const double over[] = {1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040,
		1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600,
		1.0 / 6227020800};
	double r, sum = 0;
	int k, half;

	if (x > 709.79)
		return INFINITY;
	if (x < -745.2)
		return 0;
	k = (int)(x * 0x1.71547652b82fep0 + (x < 0 ? -0.5 : 0.5));
	r = (x - k * LN2_HI) - k * LN2_LO;
	for (int i = 11; i >= 0; i--)
		sum = (sum + over[i]) * r;
	/* Two steps: one factor alone would leave the range of a double near both ends of it. */
	half = k / 2;
	return (1 + (r + r * sum)) * power2(half) * power2(k - half);
}
