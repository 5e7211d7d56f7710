/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What replications say together: means with intervals, percentiles, the limiting resource. */
#ifndef RL_SIM_CORE_ESTIMATE_H
#define RL_SIM_CORE_ESTIMATE_H

#include "sim/core/pool.h"

/** rl_estimate_means - every metric over the first @n replications. */
void rl_estimate_means(const struct rl_pool *p, uint32_t n, struct rl_metrics *m);

/** rl_estimate_all - the result of @n replications, percentiles of all their samples included. */
void rl_estimate_all(const struct rl_pool *p, uint32_t n, struct rl_sim_result *out);

/** rl_estimate_one - what replication @i says by itself: no intervals, no sections. */
void rl_estimate_one(const struct rl_pool *p, uint32_t i, struct rl_sim_result *out);

#endif
