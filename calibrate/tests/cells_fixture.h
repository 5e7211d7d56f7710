/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells and runs for tests: a grid of depths and block sizes for two backend policies. */
#ifndef RL_CALIBRATE_TESTS_CELLS_FIXTURE_H
#define RL_CALIBRATE_TESTS_CELLS_FIXTURE_H

#include "calibrate/cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A cell without measurements. */
static inline void fixture_cell(struct rl_measured_cell *c, const char *back, enum rl_rw rw,
	uint64_t bs_bytes, uint32_t depth, enum rl_role role)
{
	memset(c, 0, sizeof(*c));
	rl_scenario_default(&c->scenario);
	c->scenario.machine.pcpus = 1;
	snprintf(c->scenario.machine.scheduler, RL_NAME_BYTES, "credit2");
	c->scenario.guest.pcpu = c->scenario.driver.pcpu = -1;
	snprintf(c->scenario.back_policy, RL_SPEC_BYTES, "%s", back);
	c->scenario.job.rw = rw;
	c->scenario.job.bs_bytes = bs_bytes;
	c->scenario.job.iodepth = depth;
	c->role = role;
	c->repeats = 1;
	snprintf(c->name, sizeof(c->name), "%s-%s-%lluk-qd%u", back,
		rw == RL_RW_RANDREAD ? "randread" : "randwrite",
		(unsigned long long)bs_bytes / 1024, depth);
	for (int q = 0; q < RL_QUANTITY_COUNT; q++)
		c->m[q] = (struct rl_measured){NAN, NAN, NAN, NAN, NAN};
}

static inline void fixture_measured(struct rl_measured_cell *c, int quantity, double value)
{
	c->m[quantity] = (struct rl_measured){value, 0, 0, value, value};
}

#endif
