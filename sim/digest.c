/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result in eight bytes: equal where all of its bits are. */
#include "sim/sim.h"

#include <math.h>
#include <string.h>

#define FNV_BASIS 0xcbf29ce484222325ull
#define FNV_PRIME 0x100000001b3ull

static void add(uint64_t *h, uint64_t v)
{
	for (int i = 0; i < 64; i += 8)
		*h = (*h ^ (v >> i & 0xff)) * FNV_PRIME;
}

static void add_real(uint64_t *h, double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	add(h, isnan(x) ? UINT64_MAX : bits);
}

static void add_text(uint64_t *h, const char *text)
{
	do
		add(h, (unsigned char)*text);
	while (*text++);
}

static void add_estimate(uint64_t *h, const struct rl_estimate *e)
{
	add_real(h, e->value);
	add_real(h, e->lo);
	add_real(h, e->hi);
}

static void add_metrics(uint64_t *h, const struct rl_metrics *m)
{
	for (int i = 0; i < RL_METRIC_COUNT; i++)
		add_estimate(h, &m->m[i]);
}

static void add_section(uint64_t *h, const struct rl_sim_section *s)
{
	add(h, s->requests);
	add(h, s->left_out);
	add_estimate(h, &s->runtime_ns);
	add_metrics(h, &s->metrics);
}

uint64_t rl_sim_digest(const struct rl_sim_result *r)
{
	uint64_t h = FNV_BASIS;

	add_metrics(&h, &r->metrics);
	add(&h, r->nsections);
	for (uint32_t i = 0; i < r->nsections; i++)
		add_section(&h, &r->section[i]);
	add(&h, r->reps);
	add(&h, r->events);
	add(&h, r->requests);
	add(&h, r->warmup);
	add(&h, r->length);
	add(&h, (uint64_t)(r->explored + 2 * r->warm + 4 * r->precise));
	for (uint32_t i = 0; i < r->nlimits; i++) {
		add_text(&h, r->limit[i].what);
		add_real(&h, r->limit[i].busy_frac);
	}
	for (uint32_t i = 0; i < r->ncells; i++) {
		add_text(&h, r->cell[i].domain);
		add_text(&h, r->cell[i].purpose);
		add_estimate(&h, &r->cell[i].cores);
		add_estimate(&h, &r->cell[i].ns);
	}
	return h;
}
