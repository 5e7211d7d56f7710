/* SPDX-License-Identifier: MIT */
/*
 * spin_block - poll for tau, then arm and block.
 *
 * With tau equal to what a wake-up costs, an episode never costs more than twice
 * what the best choice in hindsight would have (Karlin et al. 1990). Work that an
 * event brought opens a new episode: it polls again, and does not arm at once.
 */
#include "core/policy.h"

static const struct rl_policy_opt spin_block_opts[] = {
	{"tau", "ns", 20000, 0, 1000000000, "how long to poll before blocking",
		"Karlin, Manasse, McGeoch, Owicki, SODA 1990"},
};

struct spin_block {
	rl_u64 tau_ns;
	rl_bool spent; /* this episode's polling found nothing */
};

_Static_assert(sizeof(struct spin_block) <= RL_POLICY_STATE_BYTES, "state fits");

static void spin_block_init(void *state, const rl_u64 *opts)
{
	struct spin_block *s = state;

	s->tau_ns = opts[0];
}

static void spin_block_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	const struct spin_block *s = state;

	if (s->spent || s->tau_ns == 0) {
		plan->action = RL_ARM_HALT;
		return;
	}
	plan->action = RL_POLL;
	plan->deadline_ns = in->now_ns + s->tau_ns;
}

static void spin_block_on_result(void *state, enum rl_result how, rl_u64 polls, rl_u64 elapsed_ns)
{
	struct spin_block *s = state;

	(void)polls;
	(void)elapsed_ns;
	s->spent = how == RL_EXPIRED;
}

RL_POLICY(spin_block) = {
	.name = "spin_block",
	.summary = "poll for tau, then arm and block; tau = the wake-up cost is 2-competitive",
	.source = "Karlin, Manasse, McGeoch, Owicki: Competitive randomized algorithms for "
		  "nonuniform problems, SODA 1990",
	.opts = spin_block_opts,
	.nopts = RL_ARRAY_LEN(spin_block_opts),
	.state_bytes = sizeof(struct spin_block),
	.init = spin_block_init,
	.on_idle = spin_block_on_idle,
	.on_result = spin_block_on_result,
};
