/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's bins; see the header. */
#include "model/base/hist.h"

#include <math.h>

#define GROUP (1u << RL_HIST_BITS)

uint32_t rl_hist_index(uint64_t value)
{
	uint32_t shift, index;

	if (value < 2 * GROUP)
		return (uint32_t)value;
	shift = 63u - (uint32_t)__builtin_clzll(value) - RL_HIST_BITS;
	index = ((shift + 1) << RL_HIST_BITS) + (uint32_t)((value >> shift) & (GROUP - 1));
	return index < RL_HIST_BINS ? index : RL_HIST_BINS - 1;
}

double rl_hist_value(uint32_t index)
{
	uint32_t shift, k = index & (GROUP - 1);

	if (index < 2 * GROUP)
		return index;
	shift = (index >> RL_HIST_BITS) - 1;
	return (double)(1ull << (shift + RL_HIST_BITS)) +
	       ((double)k + 0.5) * (double)(1ull << shift);
}

void rl_hist_add(struct rl_hist *h, uint64_t value)
{
	h->n++;
	h->bin[rl_hist_index(value)]++;
}

void rl_hist_merge(struct rl_hist *a, const struct rl_hist *b)
{
	a->n += b->n;
	for (uint32_t i = 0; i < RL_HIST_BINS; i++)
		a->bin[i] += b->bin[i];
}

void rl_hist_take(struct rl_hist *a, const struct rl_hist *b)
{
	a->n -= b->n;
	for (uint32_t i = 0; i < RL_HIST_BINS; i++)
		a->bin[i] -= b->bin[i];
}

/* The bin that holds the @want-th value. Returns: RL_HIST_BINS when there is none. */
static uint32_t find(const struct rl_hist *h, double want, uint64_t *below)
{
	uint64_t seen = 0;

	for (uint32_t i = 0; i < RL_HIST_BINS; i++) {
		*below = seen;
		seen += h->bin[i];
		if (seen && (double)seen >= want)
			return i;
	}
	return RL_HIST_BINS;
}

double rl_hist_percentile(const struct rl_hist *h, double p)
{
	uint64_t below;
	uint32_t i = find(h, ceil(p / 100 * (double)h->n), &below);

	return i < RL_HIST_BINS ? rl_hist_value(i) : NAN;
}

static double lower_end(uint32_t index)
{
	uint32_t shift;

	if (index < 2 * GROUP)
		return index;
	shift = (index >> RL_HIST_BITS) - 1;
	return (double)((uint64_t)(GROUP + (index & (GROUP - 1))) << shift);
}

double rl_hist_between(const struct rl_hist *h, double p)
{
	double want = p / 100 * (double)h->n;
	uint64_t below;
	uint32_t i = find(h, want, &below);

	if (i == RL_HIST_BINS)
		return NAN;
	return lower_end(i) +
	       (lower_end(i + 1) - lower_end(i)) * (want - (double)below) / (double)h->bin[i];
}
