/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The drivers' decision log: what a policy was asked and answered from its selection on.
 *
 *	# ringlab decisions 1
 *	policy NAME:OPTION=VALUE,...
 *	idle now_ns in_flight cpu_idle_permille mean_completion_ns
 *	     action deadline_ns timer_ns gap_ns gap_growth gap_max_ns event_offset no_arm
 *	result how polls elapsed_ns
 *	truncated
 *
 * An idle entry is one line. `truncated` ends a log that was too long to be kept whole; a log
 * that was never switched on is its first line alone.
 */
#ifndef RL_DATA_FORMAT_DECISIONS_H
#define RL_DATA_FORMAT_DECISIONS_H

#include "model/base/err.h"
#include "model/decision.h"
#include "model/scenario.h"

#define RL_DECISIONS_MAGIC "# ringlab decisions 1"

struct rl_decisions {
	char policy[RL_SPEC_BYTES]; /* "" when nothing was logged */
	struct rl_decision *d;
	size_t n;
	bool truncated;
};

/**
 * rl_decisions_parse - read a log; free with rl_decisions_free().
 * @file: names it in errors.
 * Returns: 0; -EINVAL with line and column; -ENOMEM.
 */
int rl_decisions_parse(const char *text, size_t size, const char *file, struct rl_decisions *out,
	struct rl_err *err);
void rl_decisions_free(struct rl_decisions *log);

#endif
