/* SPDX-License-Identifier: MIT */
/*
 * Every order of what can happen to some requests while backends come and go: no request
 * ends twice, none waits for longer than the deadline, none is sent before the last backend was
 * fenced off or to another disk, and a flush goes well only when every write that was answered
 * before it is stable. Then the other way round: each careless carrier is found out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "explore_recovery.h"

#define MAX_STATES 20000000u

/* ---- what the frontend does ---------------------------------------------------------------- */

static bool submit(int i)
{
	struct xr_req *q = &xr->req[i];

	if (i >= xr_cfg->reqs || q->state != XR_NONE || xr->rec.state == RL_RECOVERY_NEW)
		return false;
	q->state = XR_QUEUED;
	q->need = xr->acked;
	return true;
}

/* The block layer hands a request over. */
static bool issue(int i)
{
	if (xr->req[i].state != XR_QUEUED || xr->hold)
		return false;
	xr_expect(xr->live || xr->dead, "a request is neither held, sent nor failed");
	for (int k = 0; xr->live && k < xr_cfg->reqs; k++)
		xr_expect(!xr_is_held(k), "a new request went before one that was held");
	if (xr->live)
		xr_send(i);
	else
		xr_end(i, false);
	return true;
}

static bool consume(int i)
{
	if (!xr->live || xr->req[i].state != XR_SENT || xr->req[i].life != xr->ring ||
		!(xr->back[xr->ring].answers >> i & 1))
		return false;
	xr_end(i, true);
	return true;
}

static bool replay(void)
{
	int skip = xr_mutant == XR_FORGETS;

	if (xr->rec.state != RL_RECOVERY_REPLAYING)
		return false;
	for (int i = 0; i < xr_cfg->reqs; i++)
		if (xr_is_held(i) && skip-- <= 0) {
			xr_send(i);
			return true;
		}
	xr_event(RL_RECOVERY_REPLAYED);
	return true;
}

/* It sees that the backend with its ring is gone. */
static bool notice(void)
{
	if (xr->ring == XR_NOBODY)
		return false;
	if (xr->back[xr->ring].state != XR_DIED && !xr->back[xr->ring].closed)
		return false;
	xr_event(RL_RECOVERY_LOST);
	return true;
}

static bool fence(void)
{
	if (xr->rec.ring || xr->rec.fenced)
		return false;
	if (xr->back[xr->last].mapped && xr_mutant != XR_NO_FENCE)
		return false;
	xr_event(RL_RECOVERY_FENCED);
	return true;
}

/* The toolstack names another backend, whatever the last one does. */
static bool arrive(void)
{
	if (xr->next == xr_cfg->lives || xr->waits != XR_NOBODY)
		return false;
	if (xr->ring != XR_NOBODY)
		xr_event(RL_RECOVERY_LOST);
	xr->waits = xr->next++;
	xr->back[xr->waits].state = XR_UP;
	xr_event(RL_RECOVERY_OFFERED);
	return true;
}

static bool meet(void)
{
	if (xr->ring == XR_NOBODY || xr->live || xr->back[xr->ring].state != XR_UP)
		return false;
	if (xr_other_disk(xr->ring) && xr->rec.state != RL_RECOVERY_NEW &&
		xr_mutant != XR_ADOPTS_ANY) {
		xr_event(RL_RECOVERY_STRANGER);
		return true;
	}
	if (xr->rec.state == RL_RECOVERY_NEW)
		xr->first = xr->ring;
	rl_recovery_meet(&xr->rec, &xr_cfg->disk[xr->ring]);
	if (xr_mutant == XR_BLAMES_NOBODY)
		xr->rec.lost = 0;
	xr_event(RL_RECOVERY_MET);
	return true;
}

static bool removed(void)
{
	if (xr->rec.state == RL_RECOVERY_GONE)
		return false;
	xr_event(RL_RECOVERY_REMOVED);
	return true;
}

static bool is_due(void)
{
	if (rl_recovery_holds(&xr->rec) && xr->held >= XR_DEADLINE)
		return true;
	for (int i = 0; i < xr_cfg->reqs; i++)
		if (xr->req[i].state == XR_SENT && xr->req[i].age >= XR_DEADLINE)
			return true;
	return false;
}

static bool expire(void)
{
	if (!is_due() || xr_mutant == XR_NO_DEADLINE)
		return false;
	xr_event(RL_RECOVERY_EXPIRED);
	return true;
}

static bool tick(void)
{
	if (is_due() && xr_mutant != XR_NO_DEADLINE)
		return false;
	for (int i = 0; i < xr_cfg->reqs; i++)
		if (xr->req[i].state == XR_QUEUED && !xr->hold)
			return false;
	for (int i = 0; i < xr_cfg->reqs; i++) {
		struct xr_req *q = &xr->req[i];

		if (q->state == XR_QUEUED || q->state == XR_SENT)
			xr_expect(++q->age <= XR_DEADLINE, "a request waits beyond the deadline");
	}
	xr->held = rl_recovery_holds(&xr->rec) ? xr->held + 1 : 0;
	return true;
}

/* ---- the search ---------------------------------------------------------------------------- */

static bool (*const world[])(void) = {expire, notice, fence, arrive, meet, replay, removed, tick};
static bool (*const of_request[])(int i) = {submit, issue, consume};
static bool (*const of_backend[])(int b) = {
	xr_back_unmaps, xr_back_dies, xr_back_closes, xr_back_breaks};
static bool (*const of_both[])(int b, int i) = {xr_back_executes, xr_back_answers};

enum {
	WORLD = (int)RL_ARRAY_LEN(world),
	REQUEST = WORLD + (int)RL_ARRAY_LEN(of_request) * XR_REQS,
	BACKEND = REQUEST + (int)RL_ARRAY_LEN(of_backend) * XR_LIVES,
	CHOICES = BACKEND + (int)RL_ARRAY_LEN(of_both) * XR_LIVES * XR_REQS,
};

static bool choose(int c)
{
	/* To a device that is gone only requests still come. */
	if (xr->rec.state == RL_RECOVERY_GONE && (c < WORLD || c >= REQUEST))
		return false;
	if (c < WORLD)
		return world[c]();
	if (c < REQUEST)
		return of_request[(c - WORLD) / XR_REQS]((c - WORLD) % XR_REQS);
	if (c < BACKEND)
		return of_backend[(c - REQUEST) / XR_LIVES]((c - REQUEST) % XR_LIVES);
	c -= BACKEND;
	return of_both[c / XR_REQS / XR_LIVES](c / XR_REQS % XR_LIVES, c % XR_REQS);
}

struct seen {
	uint64_t *at;
	size_t size, used;
};

static uint64_t hash(const struct xr_state *st)
{
	const unsigned char *p = (const unsigned char *)st;
	uint64_t h = 0x9e3779b97f4a7c15ull;

	for (size_t i = 0; i < sizeof(*st); i++)
		h = (h ^ p[i]) * 0x100000001b3ull;
	h ^= h >> 29;
	h *= 0xbf58476d1ce4e5b9ull;
	return (h ^ h >> 32) | 1;
}

static bool add(struct seen *set, uint64_t h)
{
	size_t k;

	if (2 * set->used >= set->size) {
		struct seen bigger = {.size = set->size ? 2 * set->size : 1u << 16};

		bigger.at = calloc(bigger.size, sizeof(*bigger.at));
		assert_non_null(bigger.at);
		for (size_t i = 0; i < set->size; i++)
			if (set->at[i])
				add(&bigger, set->at[i]);
		free(set->at);
		*set = bigger;
	}
	for (k = h & (set->size - 1); set->at[k]; k = (k + 1) & (set->size - 1))
		if (set->at[k] == h)
			return false;
	set->at[k] = h;
	set->used++;
	return true;
}

/* What every state must be like, and that the search went where it was to go. */
static void look(unsigned int *reached)
{
	*reached |= xr_survived;
	*reached |= 1u << (xr->rec.state + 1);
	*reached |= xr->rec.lost ? 1u << 10 : 0;
	xr_expect(xr->hold || xr->live || xr->dead || xr->rec.state == RL_RECOVERY_NEW,
		"requests may come, and nothing becomes of them");
	xr_expect(!xr->live || xr->rec.ring, "the ring is used that was given up");
}

/* Visits every state; the first that is wrong ends it. Returns the number of states. */
static size_t visit(const struct xr_config *cfg, unsigned int *reached)
{
	size_t depth = 0, room = 1 << 16;
	struct xr_state *stack = calloc(room, sizeof(*stack)), to;
	uint8_t *next = calloc(room, 1);
	struct seen set = {0};

	assert_non_null(stack);
	assert_non_null(next);
	xr_cfg = cfg;
	xr_broken = NULL;
	xr_survived = false;
	rl_recovery_init(&stack[0].rec);
	stack[0].ring = stack[0].waits = stack[0].last = XR_NOBODY;
	add(&set, hash(&stack[0]));
	for (;;) {
		if (next[depth] == CHOICES) {
			if (depth-- == 0)
				break;
			continue;
		}
		to = stack[depth];
		xr = &to;
		if (!choose(next[depth]++))
			continue;
		look(reached);
		if (xr_broken || set.used > MAX_STATES)
			break;
		if (!add(&set, hash(&to)))
			continue;
		assert_true(++depth < room);
		stack[depth] = to;
		next[depth] = 0;
	}
	free(stack);
	free(next);
	free(set.at);
	return set.used;
}

#define DISK(...)                                                                                  \
	{                                                                                          \
		.sectors = 8, .sector_bytes = 512, .identity = "a", __VA_ARGS__                    \
	}
#define OTHER                                                                                      \
	{                                                                                          \
		.sectors = 8, .sector_bytes = 512, .identity = "b", .flush = 1                     \
	}

/* Requests, backends, which of the requests are flushes (binary, the last one first), disks. */
static const struct xr_config configs[] = {
	{"volatile cache: write, flush, flush", 3, 2, 6, {DISK(.flush = 1), DISK(.flush = 1)}},
	{"volatile cache: write, write, flush", 3, 2, 4, {DISK(.flush = 1), DISK(.flush = 1)}},
	{"cache that stays: write, write, flush", 3, 2, 4,
		{DISK(.flush = 1, .cache_stays = 1), DISK(.flush = 1)}},
	{"no cache: three writes", 3, 2, 0, {DISK(.flush = 0), DISK(.flush = 0)}},
	{"three backends: write, flush", 2, 3, 2,
		{DISK(.flush = 1), DISK(.flush = 1), DISK(.flush = 1)}},
	{"weaker, then stronger: write, flush", 2, 3, 2,
		{DISK(.flush = 1), DISK(.flush = 0), DISK(.flush = 1)}},
	{"another disk between: write, flush", 2, 3, 2,
		{DISK(.flush = 1), OTHER, DISK(.flush = 1)}},
};

static void every_order_holds(void **unused)
{
	(void)unused;
	xr_mutant = XR_SOUND;
	for (size_t i = 0; i < RL_ARRAY_LEN(configs); i++) {
		unsigned int reached = 0;
		size_t n = visit(&configs[i], &reached);

		print_message(
			"%-44s %zu states%s\n", configs[i].name, n, xr_broken ? " BROKEN" : "");
		if (xr_broken)
			fail_msg("%s: %s", configs[i].name, xr_broken);
		assert_true(n <= MAX_STATES);
		/* A request that went well with a later backend, and each state of the disk. */
		assert_int_equal(reached & 0x7f, 0x7f);
		if (configs[i].flushes && !configs[i].disk[0].cache_stays)
			assert_true(reached & 1u << 10);
	}
}

static void every_mutant_is_caught(void **unused)
{
	(void)unused;
	for (xr_mutant = XR_NO_FENCE; xr_mutant < XR_MUTANTS; xr_mutant++) {
		const char *by = NULL;

		for (size_t i = 0; !by && i < RL_ARRAY_LEN(configs); i++) {
			unsigned int reached = 0;
			size_t n = visit(&configs[i], &reached);

			by = xr_broken;
			if (by)
				print_message("mutant %d: %s (%zu states of %s)\n", (int)xr_mutant,
					by, n, configs[i].name);
		}
		if (!by)
			fail_msg("mutant %d was not found", (int)xr_mutant);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_order_holds),
		cmocka_unit_test(every_mutant_is_caught),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
