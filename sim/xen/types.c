/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a step costs depends on how its domain is virtualized: PV, PVH or HVM. */
#include "sim/core/world.h"

#include <string.h>

/* The steps that differ, and the ratio that each type other than PV has for them. */
static const struct {
	enum rl_param cost, pvh, hvm;
} differs[] = {
#define DIFFERS(cost, ratio)                                                                       \
	{                                                                                          \
		RL_PARAM_##cost, RL_PARAM_pvh_##ratio, RL_PARAM_hvm_##ratio                        \
	}
	DIFFERS(evtchn_send_ns, hypercall_ratio),
	DIFFERS(hypercall_ns, hypercall_ratio),
	DIFFERS(grant_op_ns, hypercall_ratio),
	DIFFERS(upcall_ns, upcall_ratio),
	DIFFERS(thread_switch_ns, switch_ratio),
	DIFFERS(grant_map_ns, grant_ratio),
	DIFFERS(grant_unmap_ns, grant_ratio),
};

void rl_types_init(struct rl_world *w)
{
	for (int t = 0; t < RL_DOMAIN_TYPES; t++)
		memcpy(w->typed[t], w->cost, sizeof(w->cost));
	for (uint32_t i = 0; i < RL_ARRAY_LEN(differs); i++) {
		rl_ps cost = w->cost[differs[i].cost];

		w->typed[RL_PVH][differs[i].cost] = cost * w->cost[differs[i].pvh] / RL_PS_PER_NS;
		w->typed[RL_HVM][differs[i].cost] = cost * w->cost[differs[i].hvm] / RL_PS_PER_NS;
	}
}
