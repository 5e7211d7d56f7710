/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where spinning starts to pay: the rate, the depth, the number of pCPUs at which a backend that
 * polls for ever and one that an event wakes come out even. Roots of differences of closed forms,
 * with the costs of a scenario and whatever way of waiting it has itself.
 */
#ifndef RL_MODEL_ANALYTIC_CROSS_H
#define RL_MODEL_ANALYTIC_CROSS_H

#include "model/analytic/analytic.h"

#define RL_CROSSINGS 8

struct rl_crossing {
	const char *name, *unit;
	const char *forms; /* whose difference it is a root of */
	double at;	   /* NaN: there is none */
	char what[256];	   /* what it means, or why there is none */
};

/** rl_crossings - all of them. Returns: how many. */
uint32_t rl_crossings(const struct rl_analytic *a, struct rl_crossing *out);

#endif
