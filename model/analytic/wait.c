/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking a policy what it does; see the header. */
#include "model/analytic/wait.h"

#include "core/policy.h"

#include <string.h>

#define PLANS 4u /* an episode of more is no form's */

/* One episode: plans with their times counted from when each was asked for. */
struct episode {
	uint32_t n;
	struct rl_plan plan[PLANS];
};

/* What an episode may meet: a policy that does the same in all of them has no memory. */
struct weather {
	rl_u64 mean_completion_ns;
	rl_u32 in_flight, idle_permille;
	enum rl_result end;
	rl_u64 after_ns; /* how long the last plan of the episode waits for its end */
};

static rl_u64 end_of(const struct rl_plan *p)
{
	return p->action == RL_ARM_HALT ? p->timer_ns : p->deadline_ns;
}

static void relative(struct rl_plan *p, rl_u64 now)
{
	if (p->deadline_ns != RL_NEVER)
		p->deadline_ns -= now < p->deadline_ns ? now : p->deadline_ns;
	if (p->timer_ns != RL_NEVER)
		p->timer_ns -= now < p->timer_ns ? now : p->timer_ns;
}

/* Nothing comes until the policy waits without an end; then something does. */
static void live(
	struct rl_policy_inst *inst, const struct weather *w, rl_u64 *now, struct episode *e)
{
	*e = (struct episode){0};
	while (e->n < PLANS) {
		struct rl_plan *p = &e->plan[e->n++];
		struct rl_idle in = {.now_ns = *now,
			.mean_completion_ns = w->mean_completion_ns,
			.in_flight = w->in_flight,
			.cpu_idle_permille = w->idle_permille};
		rl_u64 end;

		rl_policy_idle(inst, &in, p);
		end = end_of(p);
		relative(p, *now);
		if (end == RL_NEVER)
			break;
		rl_policy_result(
			inst, p->action == RL_ARM_HALT ? RL_TIMER : RL_EXPIRED, 1, end - *now);
		*now = end;
	}
	rl_policy_result(inst, w->end, 1, w->after_ns);
	*now += w->after_ns + 1000;
}

static bool same(const struct episode *a, const struct episode *b)
{
	if (a->n != b->n)
		return false;
	for (uint32_t i = 0; i < a->n; i++) {
		const struct rl_plan *p = &a->plan[i], *q = &b->plan[i];

		if (p->action != q->action || p->deadline_ns != q->deadline_ns ||
			p->timer_ns != q->timer_ns || p->gap_ns != q->gap_ns ||
			p->gap_growth != q->gap_growth || p->gap_max_ns != q->gap_max_ns ||
			p->event_offset != q->event_offset || p->no_arm != q->no_arm)
			return false;
	}
	return true;
}

static bool endless(const struct rl_plan *p, enum rl_action action)
{
	return p->action == action && end_of(p) == RL_NEVER;
}

/* Its pauses are alike: they do not grow, or are the longest from the first on. */
static bool constant_gap(const struct rl_plan *p)
{
	return p->gap_growth == 1000 || (p->gap_max_ns && p->gap_ns >= p->gap_max_ns);
}

static void classify_one(const struct rl_plan *p, struct rl_wait *w)
{
	if (endless(p, RL_POLL) && !p->gap_ns) {
		w->kind = RL_WAIT_POLL;
	} else if (endless(p, RL_POLL) && constant_gap(p)) {
		w->kind = RL_WAIT_TIMER;
		w->for_ns = p->gap_ns;
	} else if (endless(p, RL_YIELD) && !p->gap_ns) {
		w->kind = RL_WAIT_YIELD;
	} else if (endless(p, RL_MONITOR)) {
		w->kind = RL_WAIT_MONITOR;
	} else if (endless(p, RL_POLL_PORT) && p->event_offset == 1) {
		w->kind = RL_WAIT_PORT;
	} else if (endless(p, RL_ARM_HALT) && p->event_offset == 1 && !p->no_arm) {
		w->kind = RL_WAIT_BLOCK;
	}
}

static void classify_two(const struct rl_plan *p, const struct rl_plan *q, struct rl_wait *w)
{
	bool blocks = endless(q, RL_ARM_HALT) && q->event_offset == 1 && !q->no_arm;

	if (p->action == RL_POLL && !p->gap_ns && blocks) {
		w->kind = RL_WAIT_POLL_BLOCK;
		w->for_ns = p->deadline_ns;
	} else if (p->action == RL_ARM_HALT && blocks) {
		w->kind = RL_WAIT_BATCH;
		w->n = p->event_offset;
		w->for_ns = p->timer_ns;
	} else if (p->action == RL_SLEEP && endless(q, RL_POLL) && !q->gap_ns) {
		w->kind = RL_WAIT_SLEEP_POLL;
		w->for_ns = p->deadline_ns;
	}
}

/* As the carriers do it: who keeps a state or hears results looks at the clock each time. */
static void clocks(const struct rl_policy *ops, const struct episode *e, struct rl_wait *w)
{
	const struct rl_plan *p = &e->plan[0];
	bool timed = p->action == RL_YIELD || p->gap_ns || end_of(p) != RL_NEVER;

	w->clocks_ask = ops->state_bytes || ops->on_result;
	w->clocks_end = w->clocks_ask ? 1 : timed ? 2 : 0;
}

struct rl_wait rl_wait_of(const char *spec, bool flies)
{
	static const struct weather met[] = {
		{0, 0, 1000, RL_HIT, 1000},
		{0, 0, 1000, RL_UPCALL, 1000000},
		{1000, 0, 0, RL_UPCALL, 50},
		{1000000, 0, 500, RL_HIT, 50},
		{1000000, 0, 1000, RL_UPCALL, 100000000},
		{20000, 3, 1000, RL_UPCALL, 10000},
		{20000, 0, 0, RL_HIT, 30000},
	};
	struct rl_wait w = {.kind = RL_WAIT_OTHER};
	struct rl_policy_inst inst;
	struct episode first, next;
	rl_u64 now = 1000000000;

	if (rl_policy_select(&inst, spec, NULL))
		return w;
	live(&inst, &met[0], &now, &first);
	for (uint32_t i = 1; i < RL_ARRAY_LEN(met); i++) {
		if (met[i].in_flight && !flies)
			continue;
		live(&inst, &met[i], &now, &next);
		if (!same(&first, &next))
			return w;
	}
	clocks(inst.ops, &first, &w);
	if (first.n == 1)
		classify_one(&first.plan[0], &w);
	else if (first.n == 2)
		classify_two(&first.plan[0], &first.plan[1], &w);
	return w;
}

const char *rl_wait_words(enum rl_wait_kind kind)
{
	static const char *const words[] = {
		[RL_WAIT_POLL] = "polls for ever",
		[RL_WAIT_BLOCK] = "blocks until an event comes",
		[RL_WAIT_POLL_BLOCK] = "polls for a time, then blocks",
		[RL_WAIT_BATCH] = "blocks until a batch or a timer is full",
		[RL_WAIT_TIMER] = "looks at equal distances",
		[RL_WAIT_SLEEP_POLL] = "sleeps once, then polls",
		[RL_WAIT_YIELD] = "polls and offers its pCPU",
		[RL_WAIT_MONITOR] = "watches the ring's line",
		[RL_WAIT_PORT] = "blocks on the port in the hypervisor",
		[RL_WAIT_OTHER] = "waits as what it met before tells it",
	};

	return words[kind];
}
