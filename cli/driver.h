/* SPDX-License-Identifier: GPL-3.0-or-later */
/* validate --driver: a build of the drivers, measured and judged by the model. */
#ifndef RL_CLI_DRIVER_H
#define RL_CLI_DRIVER_H

#include "cli/out.h"
#include "data/store.h"

/**
 * rl_driver_validate - judge runs of the drivers as they stand in the source tree.
 * @platform: whose parameters; measured anew only where time is counted (xen-qemu-counted).
 * @measured: a folder of the rig's results; null: build the modules and measure, which takes
 * minutes.
 * @params:   the parameter set's name.
 * Returns: an exit code: RL_EXIT_OK, RL_EXIT_INVALID when a stage is outside, RL_EXIT_INPUT,
 * RL_EXIT_RUN.
 */
int rl_driver_validate(struct rl_store *store, const char *platform, const char *measured,
	const char *params, enum rl_out_format format);

#endif
