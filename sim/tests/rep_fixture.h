/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One replication of a scenario, and what it says of costs and stages. One file a program. */
#ifndef RL_SIM_TESTS_REP_FIXTURE_H
#define RL_SIM_TESTS_REP_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "sim/core/rep.h"
#include "sim/core/tests/world_fixture.h"

static struct rl_scenario s;
static struct rl_rep rep;

#define COST(name) (s.costs.v[RL_PARAM_##name])

/* @requests I/Os behind a warm-up of a seventh, which is no round number of anything. */
static inline void run(uint64_t requests)
{
	struct rl_rep_args a = {
		.s = &s, .sched = rl_scheds[0], .requests = requests, .warm = requests / 7};
	static struct rl_mark marks[2];
	static struct rl_hist hist[RL_CLASSES];

	rl_rep_run(w, &a, 3, &rep, marks, hist);
	if (rep.failed)
		fail_msg("%s x %s stands still", s.front_policy, s.back_policy);
	assert_null(rep.broken);
}

/* Of a domain's time for a purpose, @ns an I/O. */
static inline void costs(int domain, enum rl_purpose purpose, double ns)
{
	double got = (double)rep.cpu[domain][purpose] / RL_PS_PER_NS / (double)rep.requests;

	if (fabs(got - ns) > 1e-3)
		fail_msg("domain %d, %s: %g ns an I/O, not %g", domain, rl_purpose_name[purpose],
			got, ns);
}

static inline void stage(enum rl_stage at, double ns)
{
	double got = rep.m[RL_METRIC_stage_submit_ns + at];

	if (fabs(got - ns) > 1e-3)
		fail_msg("%s: %g ns, not %g", rl_metric_info[RL_METRIC_stage_submit_ns + at].name,
			got, ns);
}

#endif
