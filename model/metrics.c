/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables generated from metrics.def. */
#include "model/metrics.h"

#include <math.h>
#include <string.h>

const struct rl_metric_info rl_metric_info[RL_METRIC_COUNT] = {
#define RL_METRIC(name, unit, what) {#name, unit, what},
#include "model/metrics.def"
#undef RL_METRIC
};

void rl_metrics_clear(struct rl_metrics *m)
{
	for (int i = 0; i < RL_METRIC_COUNT; i++)
		m->m[i] = (struct rl_estimate){NAN, NAN, NAN};
}

int rl_metric_find(const char *name)
{
	for (int i = 0; i < RL_METRIC_COUNT; i++)
		if (strcmp(name, rl_metric_info[i].name) == 0)
			return i;
	return -1;
}
