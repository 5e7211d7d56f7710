/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A simulated pair whose two sides are given one plan each, for ever: what the tests of the
 * carrier run. Included by one file a program.
 */
#ifndef RL_SIM_BLK_TESTS_PLANS_H
#define RL_SIM_BLK_TESTS_PLANS_H

#include "sim/core/rep.h"
#include "sim/core/tests/world_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define IOS 3000

/* A policy that gives one plan for ever; times are from now. */
struct fixed {
	struct rl_plan plan;
	uint64_t told[4], polls;
	struct rl_idle in; /* what it was told last */
	bool asked;
};

static struct fixed back, front;

static void fill(struct fixed *f, const struct rl_idle *in, struct rl_plan *plan)
{
	*plan = f->plan;
	if (plan->deadline_ns != RL_NEVER)
		plan->deadline_ns += in->now_ns;
	if (plan->timer_ns != RL_NEVER)
		plan->timer_ns += in->now_ns;
	f->in = *in;
	assert_false(f->asked);
	f->asked = true;
}

static void told(struct fixed *f, enum rl_result how, rl_u64 polls)
{
	assert_true(f->asked);
	f->asked = false;
	f->told[how]++;
	f->polls += polls;
}

static void back_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)state;
	fill(&back, in, plan);
}

static void back_result(void *state, enum rl_result how, rl_u64 polls, rl_u64 elapsed_ns)
{
	(void)state;
	(void)elapsed_ns;
	told(&back, how, polls);
}

static void front_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)state;
	fill(&front, in, plan);
}

static void front_result(void *state, enum rl_result how, rl_u64 polls, rl_u64 elapsed_ns)
{
	(void)state;
	(void)elapsed_ns;
	told(&front, how, polls);
}

static const struct rl_policy back_policy = {
	.name = "back", .on_idle = back_idle, .on_result = back_result};
static const struct rl_policy front_policy = {
	.name = "front", .on_idle = front_idle, .on_result = front_result};

static struct rl_plan plan(enum rl_action action)
{
	return (struct rl_plan){.action = (rl_u8)action,
		.deadline_ns = RL_NEVER,
		.timer_ns = RL_NEVER,
		.gap_growth = 1000,
		.event_offset = 1};
}

static struct rl_scenario s;
static void (*tweak)(void); /* changes the scenario before it runs; may be null */

static void forget(struct fixed *f)
{
	struct rl_plan kept = f->plan;

	memset(f, 0, sizeof(*f));
	f->plan = kept;
}

/* A device that is not done at once. */
#define SLOW_DEVICE "random:mean=30us"

/* Runs the plans of `front` and `back`; I/O must complete, or the test fails. */
static void run(uint32_t pcpus, uint32_t depth, const char *dev)
{
	struct rl_rep_args a = {.s = &s, .seed = 1, .sched = sched_named("credit2")};

	rl_scenario_default(&s);
	s.machine.pcpus = pcpus;
	s.driver.pcpu = (int32_t)pcpus - 1;
	s.job.iodepth = depth;
	snprintf(s.disk.device, sizeof(s.disk.device), "%s", dev);
	if (tweak)
		tweak();
	assert_int_equal(rl_rep_start(w, &a, 0), 0);
	w->blk[0].server->wt.inst.ops = &back_policy;
	w->blk[0].fw.inst.ops = &front_policy;
	forget(&back);
	forget(&front);
	for (uint64_t i = 0; w->completed < IOS; i++) {
		assert_true(rl_world_step(w));
		assert_true(i < 20000000 && w->now < 300 * RL_PS_PER_S);
		assert_int_equal(w->blk[0].requests - w->blk[0].responses,
			w->blk[0].front.size - w->blk[0].nfree);
	}
	rl_xen_settle(w);
}

#endif
