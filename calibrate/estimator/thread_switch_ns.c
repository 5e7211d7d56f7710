/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From publication to the backend seeing it, where it slept: notification, idling, the switch
 * between domains, upcall, and the thread's waking. */
#include "calibrate/estimator.h"

const struct rl_estimator rl_estimator_thread_switch_ns = {
	.name = "thread_switch_ns",
	.param = RL_PARAM_thread_switch_ns,
	.stages = {"notify", "back_wake", "dequeue"},
	.suits = rl_estimator_wakes,
};
