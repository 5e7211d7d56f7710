/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The devices that a scenario may name, with their options: as much of them as a reader of
 * scenarios must know. How they pass their time is the business of sim/device, which defines the
 * set, as the files of core/policy define the set of policies.
 */
#ifndef RL_MODEL_DEVICE_H
#define RL_MODEL_DEVICE_H

#include "model/spec.h"

extern const struct rl_spec_set rl_device_set;

#endif
