/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the response's publication to the frontend's upcall: notification, idling and the switch
 * between domains. Nothing but upcall and switch is with it. */
#include "calibrate/estimator.h"

const struct rl_estimator rl_estimator_block_ns = {
	.name = "block_ns",
	.param = RL_PARAM_block_ns,
	.stages = {"rsp_notify", "front_wake"},
	.suits = rl_estimator_wakes,
};
