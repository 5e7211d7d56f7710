/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two models bare: what no engine with actors and an event list can be faster than. */
#include "sim/bench/bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/bench/draw.h"
#include "sim/bench/queue.h"

int rl_limit_mm1(double load, uint64_t customers, uint64_t seed, struct rl_bench_mm1 *out)
{
	double *stamp = malloc(RL_QUEUE_ROOM * sizeof(*stamp));
	double gap = 1 / load, arrival, departure = INFINITY, sum = 0, begin = rl_bench_cpu_ns();
	uint64_t arrived = 0, left = 0;
	uint32_t head = 0, tail = 0;
	struct rl_draw d;

	if (!stamp)
		return -ENOMEM;
	rl_draw_init(&d, seed);
	arrival = gap * rl_draw_exp(&d);
	while (left < customers && tail - head < RL_QUEUE_ROOM) {
		if (arrival < departure) {
			stamp[tail++ % RL_QUEUE_ROOM] = arrival;
			if (tail - head == 1)
				departure = arrival + rl_draw_exp(&d);
			arrival =
				++arrived < customers ? arrival + gap * rl_draw_exp(&d) : INFINITY;
		} else {
			sum += departure - stamp[head++ % RL_QUEUE_ROOM];
			left++;
			departure = head != tail ? departure + rl_draw_exp(&d) : INFINITY;
		}
	}
	free(stamp);
	if (left < customers)
		return -EOVERFLOW;
	*out = (struct rl_bench_mm1){
		.ns = (rl_bench_cpu_ns() - begin) / (2 * (double)customers),
		.mean = sum / (double)customers,
	};
	return 0;
}

/* A winner tree over an array: key[1] is the least of all leaves. */
typedef unsigned __int128 key;

static key of(double at, uint32_t seq, uint32_t slot)
{
	uint64_t bits;

	memcpy(&bits, &at, sizeof(bits)); /* not negative: the order of the bits is that of times */
	return (key)bits << 64 | (uint64_t)seq << 32 | slot;
}

static double time_of(key k)
{
	uint64_t bits = (uint64_t)(k >> 64);
	double at;

	memcpy(&at, &bits, sizeof(at));
	return at;
}

static inline void put(key *w, uint32_t leaves, uint32_t slot, key k)
{
	uint32_t i = leaves + slot;

	for (w[i] = k; i > 1;) {
		k = k < w[i ^ 1] ? k : w[i ^ 1];
		i >>= 1;
		w[i] = k;
	}
}

int rl_limit_hold(uint32_t pending, uint64_t events, uint64_t seed, double *ns)
{
	uint32_t leaves = 2, seq = 0;
	double clock = 0, begin;
	struct rl_draw d;
	key *w;

	while (leaves < pending)
		leaves *= 2;
	w = aligned_alloc(64, 2 * leaves * sizeof(*w));
	if (!w)
		return -ENOMEM;
	memset(w, 0xff, 2 * leaves * sizeof(*w));
	rl_draw_init(&d, seed);
	for (uint32_t i = 0; i < pending; i++)
		put(w, leaves, i, of(rl_draw_exp(&d), seq++, i));
	begin = rl_bench_cpu_ns();
	for (uint64_t n = 0; n < events; n++) {
		uint32_t slot = (uint32_t)w[1];

		clock = time_of(w[1]);
		put(w, leaves, slot, of(clock + rl_draw_exp(&d), seq++, slot));
	}
	*ns = (rl_bench_cpu_ns() - begin) / (double)events;
	free(w);
	return rl_bench_hold_wrong(pending, events, clock) ? -EDOM : 0;
}
