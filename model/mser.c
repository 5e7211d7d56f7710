/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The truncation point of least error; see the header. */
#include "model/mser.h"

/* Batches at the end that are no candidates: five, and a tenth of all. */
#define LAST(n) ((n) / 10 > 5 ? (n) / 10 : 5)

void rl_mser_init(struct rl_mser *m)
{
	m->batch = RL_MSER_BATCH;
	m->have = m->of = 0;
	m->n = 0;
}

/* Neighbours are joined; one without a neighbour begins the batch being filled. */
static void fold(struct rl_mser *m)
{
	uint32_t pairs = m->n / 2;

	for (uint32_t i = 0; i < pairs; i++)
		m->sum[i] = m->sum[2 * i] + m->sum[2 * i + 1];
	if (m->n % 2) {
		m->of += m->sum[m->n - 1];
		m->have += m->batch;
	}
	m->n = pairs;
	m->batch *= 2;
}

void rl_mser_close(struct rl_mser *m)
{
	m->sum[m->n++] = m->of;
	m->have = m->of = 0;
	if (m->n == RL_MSER_BATCHES)
		fold(m);
}

void rl_mser_pool(struct rl_mser *all, const struct rl_mser *one)
{
	uint64_t join;

	if (!all->n) {
		*all = *one;
		return;
	}
	while (all->batch < one->batch)
		fold(all);
	join = all->batch / one->batch;
	if (all->n > one->n / join)
		all->n = (uint32_t)(one->n / join);
	for (uint32_t i = 0; i < all->n; i++)
		for (uint64_t k = 0; k < join; k++)
			all->sum[i] += one->sum[i * join + k];
	all->have = all->of = 0;
}

bool rl_mser_warmup(const struct rl_mser *m, uint64_t *values)
{
	double mean = 0, ss = 0, least = 0;
	uint32_t best = m->n;

	/* From the end: what is left after a point grows batch by batch (Welford's update). */
	for (uint32_t i = m->n; i-- > 0;) {
		double left = m->n - i, x = (double)m->sum[i], delta = x - mean, error;

		mean += delta / left;
		ss += delta * (x - mean);
		error = ss / left / left;
		if (m->n - i <= LAST(m->n))
			continue;
		if (best == m->n || error <= least) {
			least = error;
			best = i;
		}
	}
	*values = (best < m->n / 2 ? best : m->n / 2) * m->batch;
	return best < m->n && best <= m->n / 2;
}
