/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replay of a decision record; see the header. */
#include "sim/replay.h"

#include <errno.h>
#include <stddef.h>

struct field {
	const char *name;
	uint64_t driver, sim;
};

/* The first field in which two plans differ, by its index, or -1. */
static int differ(const struct rl_plan *a, const struct rl_plan *b, struct field *f)
{
	const struct field fields[] = {
		{"action", a->action, b->action},
		{"deadline_ns", a->deadline_ns, b->deadline_ns},
		{"timer_ns", a->timer_ns, b->timer_ns},
		{"gap_ns", a->gap_ns, b->gap_ns},
		{"gap_growth", a->gap_growth, b->gap_growth},
		{"gap_max_ns", a->gap_max_ns, b->gap_max_ns},
		{"event_offset", a->event_offset, b->event_offset},
		{"no_arm", a->no_arm, b->no_arm},
	};

	for (int i = 0; i < (int)RL_ARRAY_LEN(fields); i++)
		if (fields[i].driver != fields[i].sim) {
			*f = fields[i];
			return i;
		}
	return -1;
}

int rl_sim_replay(
	const char *spec, const struct rl_decision *d, size_t n, size_t *equal, struct rl_err *err)
{
	struct rl_policy_inst inst;
	struct rl_policy_err perr;
	struct rl_plan plan;
	struct field f;

	*equal = 0;
	if (rl_policy_select(&inst, spec, &perr))
		return rl_err_set(err, -EINVAL, NULL, 0, 0, "policy '%s': %s at character %u", spec,
			perr.what, perr.at + 1);
	for (size_t i = 0; i < n; i++) {
		if (d[i].is_result) {
			rl_policy_result(&inst, d[i].how, d[i].polls, d[i].elapsed_ns);
			continue;
		}
		rl_policy_idle(&inst, &d[i].in, &plan);
		if (differ(&d[i].plan, &plan, &f) >= 0)
			return rl_err_set(err, -EILSEQ, NULL, d[i].line, 0,
				"decision %zu: the driver's %s is %llu, the simulator's %llu",
				i + 1, f.name, (unsigned long long)f.driver,
				(unsigned long long)f.sim);
		++*equal;
	}
	return 0;
}
