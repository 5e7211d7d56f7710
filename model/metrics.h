/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics of metrics.def: their names, units, and values with intervals. */
#ifndef RL_MODEL_METRICS_H
#define RL_MODEL_METRICS_H

enum rl_metric {
#define RL_METRIC(name, unit, what) RL_METRIC_##name,
#include "model/metrics.def"
#undef RL_METRIC
	RL_METRIC_COUNT
};

struct rl_metric_info {
	const char *name, *unit, *what;
};

/* Indexed by enum rl_metric. */
extern const struct rl_metric_info rl_metric_info[RL_METRIC_COUNT];

/* A value with its 95 % interval; NaN: not known (null in JSON, never 0). */
struct rl_estimate {
	double value, lo, hi;
};

struct rl_metrics {
	struct rl_estimate m[RL_METRIC_COUNT];
};

/** rl_metrics_clear - nothing is known. */
void rl_metrics_clear(struct rl_metrics *m);

/** rl_metric_find - enum value of a name, -1 when there is none. */
int rl_metric_find(const char *name);

#endif
