// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * When a wake-up is lost for certain. It is when
 *	side X blocks without a timer, the kernel has it asleep, no event waits for it, and
 *	messages wait for it in the ring, before and after
 *	an instant at which its peer Y was not in RUN (so all that Y had to send was sent) and
 *	had no message to take, or blocked in the same way as X.
 * Y can send again only after it takes a message, which only X could publish; so X sleeps for
 * ever. The counters of changes tell that X did not move between the two looks. A stall that
 * is none of this (a side that was not given a CPU for a minute, say) is never called lost.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "verify/native/stress.h"

struct seen {
	uint64_t seq;
	uint32_t mode, cons, prod;
};

/* The state of a thread in the kernel, as in ps: S sleeps. */
static char state_of(const struct rl_stress_side *s)
{
	int tid = __atomic_load_n(&s->tid, __ATOMIC_ACQUIRE); /* written after pid */
	char path[64], line[512], *at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", s->pid, tid);
	f = fopen(path, "r");
	if (!f)
		return '?';
	at = fgets(line, sizeof(line), f);
	fclose(f);
	at = at ? strrchr(line, ')') : NULL;
	return at && at[1] ? at[2] : '?';
}

static bool event_waits(const struct rl_stress_side *s)
{
	struct pollfd p = {.fd = s->eventfd, .events = POLLIN};

	return __atomic_load_n(&s->word, __ATOMIC_ACQUIRE) || poll(&p, 1, 0) != 0;
}

/*
 * Returns false when the side moved meanwhile. Between two rounds the frontend writes the page
 * anew with plain stores; what is read then is never used, since the frontend is in RUN.
 */
__attribute__((no_sanitize_thread)) static bool look(
	const struct rl_stress_arena *a, int role, struct seen *s)
{
	const struct rl_ring_shared *sh = (const void *)a->ring;
	const struct rl_stress_side *side = &a->side[role];

	s->seq = __atomic_load_n(&side->seq, __ATOMIC_ACQUIRE);
	s->mode = __atomic_load_n(&side->mode, __ATOMIC_ACQUIRE);
	s->cons = __atomic_load_n(&side->cons, __ATOMIC_ACQUIRE);
	s->prod = __atomic_load_n(
		role == RL_STRESS_FRONT ? &sh->rsp_prod : &sh->req_prod, __ATOMIC_ACQUIRE);
	return s->seq == __atomic_load_n(&side->seq, __ATOMIC_ACQUIRE);
}

/* The kernel has it asleep and nothing is under way to it; asleep twice, since between the
 * two it might have taken the event. */
static bool blocked(const struct rl_stress_arena *a, int role, const struct seen *s)
{
	const struct rl_stress_side *side = &a->side[role];

	return s->mode == RL_STRESS_BLOCKED && state_of(side) == 'S' && !event_waits(side) &&
	       state_of(side) == 'S';
}

static bool lost(const struct rl_stress_arena *a, int x, struct seen *s, struct seen *peer)
{
	struct seen again;
	int y = !x;
	bool y_blocked;

	if (!look(a, x, s) || s->prod == s->cons || !blocked(a, x, s))
		return false;
	if (!look(a, y, peer) || peer->mode == RL_STRESS_RUN)
		return false;
	y_blocked = blocked(a, y, peer);
	if (peer->prod != peer->cons && !y_blocked)
		return false;
	if (!look(a, x, &again) || again.seq != s->seq || !blocked(a, x, &again))
		return false;
	if (!look(a, y, &again) || again.prod != peer->prod)
		return false;
	return !y_blocked || peer->prod == peer->cons || again.seq == peer->seq;
}

bool rl_stress_lost(struct rl_stress_arena *a, char *why, size_t why_bytes)
{
	static const char *const names[] = {"frontend", "backend"};
	static const char *const modes[] = {
		"runs", "looks or sleeps", "blocks with a timer", "blocks"};
	struct seen s, peer;

	for (int x = 0; x < 2; x++)
		if (lost(a, x, &s, &peer)) {
			snprintf(why, why_bytes,
				"lost wake-up: the %s sleeps armed, %" PRIu32
				" messages wait (index %#" PRIx32 "), no event waits; the %s %s",
				names[x], s.prod - s.cons, s.prod, names[!x], modes[peer.mode]);
			return true;
		}
	return false;
}
