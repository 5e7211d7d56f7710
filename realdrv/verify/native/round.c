// SPDX-License-Identifier: GPL-3.0-or-later
/* What a round is like: drawn from the seed and its number, equal at both sides. */
#include <stdio.h>
#include <string.h>

#include "verify/native/stress.h"

#define TIME_MAX_NS 100000u /* policies that wait longer would test patience, not wake-ups */
#define COUNT_MAX   64u
#define WRAP_WITHIN 200u

static uint32_t below(uint64_t *rng, uint32_t n)
{
	return (uint32_t)((rl_stress_draw(rng) >> 11) % n);
}

/* A value of an option: its default, its least, or one between. */
static uint64_t draw_value(uint64_t *rng, const struct rl_policy_opt *o)
{
	uint64_t cap = o->unit[0] ? TIME_MAX_NS : COUNT_MAX;
	uint64_t max = o->max < cap ? o->max : cap;

	if (max < o->min || below(rng, 3) == 0)
		return o->dflt;
	return o->min + rl_stress_draw(rng) % (max - o->min + 1);
}

static void draw_policy(uint64_t *rng, char *spec, size_t bytes)
{
	const struct rl_policy *p;
	uint32_t n = 0;
	size_t used;

	while (rl_policies[n])
		n++;
	p = rl_policies[below(rng, n)];
	used = (size_t)snprintf(spec, bytes, "%s", p->name);
	for (uint32_t i = 0; i < p->nopts && used + 48 < bytes; i++)
		used += (size_t)snprintf(spec + used, bytes - used, "%c%s=%llu%s", i ? ',' : ':',
			p->opts[i].name, (unsigned long long)draw_value(rng, &p->opts[i]),
			p->opts[i].unit);
}

void rl_stress_round_draw(
	struct rl_stress_round *r, const struct rl_stress_arena *a, uint64_t number)
{
	static const uint32_t rings[] = {
		2 * 4096, 4096, RL_RING_HEADER_BYTES + 4 * 112, RL_RING_HEADER_BYTES + 112};
	static const uint32_t jitters[] = {0, 0, 4, 16, 48};
	const char *fixed[2] = {a->front_policy, a->back_policy};
	uint64_t rng = rl_stress_mix(a->seed * 0x10001 + number);
	uint32_t slots;

	memset(r, 0, sizeof(*r));
	r->number = number;
	for (int s = 0; s < 2; s++) {
		draw_policy(&rng, r->spec[s], sizeof(r->spec[s]));
		if (fixed[s])
			snprintf(r->spec[s], sizeof(r->spec[s]), "%s", fixed[s]);
	}
	r->ring_bytes = rings[below(&rng, RL_ARRAY_LEN(rings))];
	slots = rl_ring_slots(r->ring_bytes, RL_BLKIF_SLOT_BYTES);
	r->depth = below(&rng, 3) ? 1 + below(&rng, slots) : 1;
	r->requests = (uint32_t)a->round_requests;
	for (int s = 0; s < 2; s++)
		r->batch[s] = 1 + below(&rng, slots);
	r->jitter = jitters[below(&rng, RL_ARRAY_LEN(jitters))];
	r->held = below(&rng, RL_STRESS_HELD_MAX + 1);
	r->event = below(&rng, RL_STRESS_EVENTS);
	/* Seven rounds in eight begin near the wrap. */
	r->start = below(&rng, 8) ? 0u - below(&rng, WRAP_WITHIN) : below(&rng, 0x7fffffff);
	r->rng = rng;
}
