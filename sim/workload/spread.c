/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hot blocks; see the header. */
#include "sim/workload/spread.h"

#include "model/base/draw.h"
#include "model/base/real.h"

/* The integral of x^-theta from 1 to x, and its inverse. */
static double integral(double theta, double x)
{
	return (rl_real_exp((1 - theta) * rl_real_log(x)) - 1) / (1 - theta);
}

static double inverse(double theta, double y)
{
	double t = 1 + y * (1 - theta);

	return t > 0 ? rl_real_exp(rl_real_log(t) / (1 - theta)) : 1e300;
}

static double weight(double theta, double x)
{
	return rl_real_exp(-theta * rl_real_log(x));
}

static uint64_t divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

void rl_spread_init(struct rl_spreader *s, const struct rl_job *job, uint64_t blocks)
{
	*s = (struct rl_spreader){.law = job->spread, .blocks = blocks, .arg = job->spread_arg};
	/* Near the golden section of the range: neighbours in rank are far from each other. */
	s->stride = blocks - blocks / 2 + blocks / 8;
	while (divisor(s->stride, blocks) != 1)
		s->stride++;
	if (s->law != RL_SPREAD_ZIPF)
		return;
	s->first = integral(s->arg, 1.5) - 1;
	s->last = integral(s->arg, (double)blocks + 0.5);
	s->sure = 2 - inverse(s->arg, integral(s->arg, 2.5) - weight(s->arg, 2));
}

/* Ranks from 1. A point under the curve, and the rank that it is nearest to. */
static uint64_t zipf(const struct rl_spreader *s, struct rl_rng *rng)
{
	for (;;) {
		double y = s->last + rl_rng_unit(rng) * (s->first - s->last);
		double x = inverse(s->arg, y);
		double k = x < 1 ? 1 : x > (double)s->blocks ? (double)s->blocks : x + 0.5;
		uint64_t rank = (uint64_t)k;

		rank = rank > s->blocks ? s->blocks : rank;
		k = (double)rank;
		if (k - x <= s->sure || y >= integral(s->arg, k + 0.5) - weight(s->arg, k))
			return rank;
	}
}

/* With power h, a share h of the blocks gets a share 1 - h of the I/O. */
static double pareto(const struct rl_spreader *s, struct rl_rng *rng)
{
	double u = 1 - rl_rng_unit(rng); /* not 0 */

	return rl_real_exp(rl_real_log(u) * rl_real_log(s->arg) / rl_real_log(1 - s->arg));
}

/* Around the middle; what is beyond an end comes in at the other. */
static double normal(const struct rl_spreader *s, struct rl_rng *rng)
{
	double deviation = s->arg < 50 ? s->arg / 100 : 0.5;
	double x = 0.5 + deviation * rl_draw_normal(rng);
	int64_t whole = (int64_t)x;

	x -= (double)whole;
	return x < 0 ? x + 1 : x;
}

uint64_t rl_spread_rank(const struct rl_spreader *s, struct rl_rng *rng)
{
	double x;
	uint64_t rank;

	switch (s->law) {
	case RL_SPREAD_ZIPF:
		return zipf(s, rng) - 1;
	case RL_SPREAD_PARETO:
		x = pareto(s, rng);
		break;
	case RL_SPREAD_NORMAL:
		x = normal(s, rng);
		break;
	default:
		x = rl_rng_unit(rng);
	}
	rank = (uint64_t)(x * (double)s->blocks);
	return rank < s->blocks ? rank : s->blocks - 1;
}

uint64_t rl_spread_block(const struct rl_spreader *s, struct rl_rng *rng)
{
	return (uint64_t)((unsigned __int128)rl_spread_rank(s, rng) * s->stride % s->blocks);
}
