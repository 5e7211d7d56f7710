/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the driver being asked to the request being published. */
#include "calibrate/estimator.h"

const struct rl_estimator rl_estimator_front_request_ns = {
	.name = "front_request_ns",
	.param = RL_PARAM_front_request_ns,
	.stages = {"publish"},
	.suits = rl_estimator_alone,
};
