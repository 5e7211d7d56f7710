/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a policy was asked, answered and told, in order, from its selection on: a driver's log. */
#ifndef RL_MODEL_DECISION_H
#define RL_MODEL_DECISION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/policy.h"

struct rl_decision {
	int line; /* in the file it was read from; 0 when unknown */
	bool is_result;
	/* asked and answered */
	struct rl_idle in;
	struct rl_plan plan;
	/* told */
	enum rl_result how;
	uint64_t polls, elapsed_ns;
};

#endif
