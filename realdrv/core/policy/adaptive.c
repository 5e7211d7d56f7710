/* SPDX-License-Identifier: MIT */
/*
 * adaptive - poll for tau, then arm and block; tau follows what polling would have brought.
 *
 * Work that came after tau but before max would have been found by polling longer: tau
 * grows. Work that came later than max, which no polling is worth: tau shrinks, below
 * start to nothing. Work found while polling leaves tau as it is. Each is judged by the
 * whole wait, polling and blocking together.
 */
#include "core/policy.h"

enum { MAX, START, GROW, SHRINK };

static const struct rl_policy_opt adaptive_opts[] = {
	[MAX] = {"max", "ns", 200000, 0, 1000000000,
		"tau never exceeds this; longer waits shrink it",
		"Linux cpuidle haltpoll: guest_halt_poll_ns; KVM on x86: halt_poll_ns"},
	[START] = {"start", "ns", 50000, 1, 1000000000, "what tau grows to from nothing",
		"Linux cpuidle haltpoll: guest_halt_poll_grow_start"},
	[GROW] = {"grow", "", 2, 1, 1000, "tau is multiplied by this",
		"Linux cpuidle haltpoll: guest_halt_poll_grow; KVM: halt_poll_ns_grow"},
	[SHRINK] = {"shrink", "", 2, 0, 1000, "tau is divided by this; 0: back to nothing at once",
		"Linux cpuidle haltpoll: guest_halt_poll_shrink; later KVMs: "
		"halt_poll_ns_shrink"},
};

struct adaptive {
	rl_u64 max_ns, start_ns, grow, shrink;
	rl_u64 tau_ns;
	rl_u64 polled_ns; /* of this wait, in vain */
	rl_bool spent;
};

_Static_assert(sizeof(struct adaptive) <= RL_POLICY_STATE_BYTES, "state fits");

static void adaptive_init(void *state, const rl_u64 *opts)
{
	struct adaptive *s = state;

	s->max_ns = opts[MAX];
	s->start_ns = opts[START];
	s->grow = opts[GROW];
	s->shrink = opts[SHRINK];
}

static void adaptive_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	const struct adaptive *s = state;

	if (s->spent || s->tau_ns == 0) {
		plan->action = RL_ARM_HALT;
		return;
	}
	plan->action = RL_POLL;
	plan->deadline_ns = in->now_ns + s->tau_ns;
}

static void grow(struct adaptive *s)
{
	s->tau_ns *= s->grow;
	if (s->tau_ns < s->start_ns)
		s->tau_ns = s->start_ns;
	if (s->tau_ns > s->max_ns)
		s->tau_ns = s->max_ns;
}

static void shrink(struct adaptive *s)
{
	s->tau_ns = s->shrink ? s->tau_ns / s->shrink : 0;
	if (s->tau_ns < s->start_ns)
		s->tau_ns = 0;
}

static void adaptive_on_result(void *state, enum rl_result how, rl_u64 polls, rl_u64 elapsed_ns)
{
	struct adaptive *s = state;
	rl_u64 wait_ns = s->polled_ns + elapsed_ns;

	(void)polls;
	if (how == RL_EXPIRED) {
		s->spent = 1;
		s->polled_ns = wait_ns;
		return;
	}
	if (wait_ns > s->max_ns)
		shrink(s);
	else if (s->spent || s->tau_ns == 0)
		grow(s);
	s->spent = 0;
	s->polled_ns = 0;
}

RL_POLICY(adaptive) = {
	.name = "adaptive",
	.summary =
		"poll for tau, then block; tau grows when work came soon after, shrinks when late",
	.source = "Linux 6.1: virt/kvm/kvm_main.c (halt_poll_ns), "
		  "drivers/cpuidle/governors/haltpoll.c",
	.opts = adaptive_opts,
	.nopts = RL_ARRAY_LEN(adaptive_opts),
	.state_bytes = sizeof(struct adaptive),
	.init = adaptive_init,
	.on_idle = adaptive_on_idle,
	.on_result = adaptive_on_result,
};
