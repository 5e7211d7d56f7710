/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scenario in which nothing costs anything but the device: what is measured is the device's.
 * Included by one file a program.
 */
#ifndef RL_SIM_DEVICE_TESTS_DEVICE_FIXTURE_H
#define RL_SIM_DEVICE_TESTS_DEVICE_FIXTURE_H

#include "sim/core/rep.h"
#include "sim/sim.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct rl_scenario s;
static struct rl_sim_result r;

static inline void setup(const char *device, enum rl_rw rw, uint64_t bs_bytes, uint32_t depth)
{
	rl_scenario_default(&s);
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		s.costs.v[i] = rl_param_info[i].min;
	s.disk.ring_pages = 16;
	s.job.rw = rw;
	s.job.bs_bytes = bs_bytes;
	s.job.iodepth = depth;
	snprintf(s.disk.device, sizeof(s.disk.device), "%s", device);
}

static inline const struct rl_estimate *measure(uint32_t reps, uint64_t requests, enum rl_metric m)
{
	struct rl_sim_options o = {.reps = reps, .requests = requests, .seed = 11};
	struct rl_err err = {0};

	if (rl_sim_run(&s, &o, &r, &err))
		fail_msg("%s: %s", s.disk.device, err.what);
	return &r.metrics.m[m];
}

/* Of a device that leaves nothing to chance; @per_mille is what the ends of the run may cost. */
static inline void is(enum rl_metric m, double want, double per_mille)
{
	double got = measure(1, 8000, m)->value;

	if (!(fabs(got - want) <= want * per_mille / 1000))
		fail_msg("%s, depth %u: %s is %g and not %g", s.disk.device, s.job.iodepth,
			rl_metric_info[m].name, got, want);
}

#endif
