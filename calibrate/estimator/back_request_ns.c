/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the request being seen to the response being published, on a device that completes at once.
 */
#include "calibrate/estimator.h"

const struct rl_estimator rl_estimator_back_request_ns = {
	.name = "back_request_ns",
	.param = RL_PARAM_back_request_ns,
	.stages = {"device", "respond"},
	.suits = rl_estimator_alone,
};
