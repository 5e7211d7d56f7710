/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schedulers' names, for who reads a scenario. */
#include "model/sched.h"
#include "sim/xen/xen.h"

const char *rl_sched_name(uint32_t i)
{
	return rl_scheds[i] ? rl_scheds[i]->name : NULL;
}
