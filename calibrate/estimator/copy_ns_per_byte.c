/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the frontend's waking to a read's bytes being where they belong: what ends the request comes
 * after that stamp. */
#include "calibrate/estimator.h"

static bool reads_alone(const struct rl_scenario *s)
{
	return rl_estimator_alone(s) && rl_job_does(&s->job, RL_DIR_READ) &&
	       !rl_job_does(&s->job, RL_DIR_WRITE) && s->disk.grants == RL_GRANTS_PERSISTENT;
}

const struct rl_estimator rl_estimator_copy_ns_per_byte = {
	.name = "copy_ns_per_byte",
	.param = RL_PARAM_copy_ns_per_byte,
	.stages = {"complete"},
	.suits = reads_alone,
	.later = RL_PARAM_front_response_ns,
};
