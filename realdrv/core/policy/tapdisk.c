/* SPDX-License-Identifier: MIT */
/*
 * tapdisk - work that an event brought starts polling, if the CPU is idle enough.
 *
 * Each find while polling puts the stop time off by the whole duration; whether the CPU
 * is idle is asked only when polling starts. When the stop time comes the ring is armed
 * and looked at once more: work found then keeps it polling, else it blocks.
 */
#include "core/policy.h"

enum { DURATION, IDLE };

static const struct rl_policy_opt tapdisk_opts[] = {
	[DURATION] = {"duration", "ns", 1000000, 0, 1000000000,
		"how long to poll after a find; 0: never poll",
		"xapi: default_vbd3_polling_duration, 1000 us"},
	[IDLE] = {"idle", "", 50, 0, 100, "polling starts above so many percent of idle CPU",
		"xapi: default_vbd3_polling_idle_threshold, 50 %"},
};

struct tapdisk {
	rl_u64 duration_ns;
	rl_u32 idle_permille;
	rl_bool found;	 /* work came: polling may start */
	rl_bool polling; /* until a stop time comes and the last look finds nothing */
	rl_bool stop;	 /* the stop time has come */
};

_Static_assert(sizeof(struct tapdisk) <= RL_POLICY_STATE_BYTES, "state fits");

static void tapdisk_init(void *state, const rl_u64 *opts)
{
	struct tapdisk *s = state;

	s->duration_ns = opts[DURATION];
	s->idle_permille = (rl_u32)opts[IDLE] * 10;
}

static void tapdisk_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	struct tapdisk *s = state;

	if (s->found && !s->polling)
		s->polling = s->duration_ns && in->cpu_idle_permille > s->idle_permille;
	s->found = 0;
	if (!s->polling || s->stop) {
		plan->action = RL_ARM_HALT;
		return;
	}
	plan->action = RL_POLL;
	plan->deadline_ns = in->now_ns + s->duration_ns;
}

static void tapdisk_on_result(void *state, enum rl_result how, rl_u64 polls, rl_u64 elapsed_ns)
{
	struct tapdisk *s = state;

	(void)polls;
	(void)elapsed_ns;
	if (how == RL_UPCALL) /* it did block */
		s->polling = 0;
	s->found = how == RL_UPCALL || how == RL_HIT;
	s->stop = how == RL_EXPIRED;
}

RL_POLICY(tapdisk) = {
	.name = "tapdisk",
	.summary = "an event starts polling when the CPU is idle enough; each find extends it",
	.source = "xapi-project/blktap: drivers/td-blkif.c (tapdisk_start_polling), "
		  "drivers/td-ctx.c",
	.opts = tapdisk_opts,
	.nopts = RL_ARRAY_LEN(tapdisk_opts),
	.state_bytes = sizeof(struct tapdisk),
	.init = tapdisk_init,
	.on_idle = tapdisk_on_idle,
	.on_result = tapdisk_on_result,
};
