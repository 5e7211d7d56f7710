/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * null - completes everything: at once, or after device_ns without any queue.
 *
 * Linux' null_blk without memory behind it. Its time is a parameter and no option: the real one
 * is a step of the machine, which calibration may find.
 */
#include "sim/core/world.h"

static rl_ps null_begin(struct rl_device_state *d, uint32_t item)
{
	(void)item;
	return rl_cost(d->w, device_ns);
}

RL_DEVICE(null) = {
	.type = {.name = "null", .summary = "null_blk: no data, every request after device_ns"},
	.begin = null_begin,
};
