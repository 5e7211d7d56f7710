/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Measured cells: the repeats of one configuration on one platform, put together.
 * A cell calibrates or it validates; its role comes with its runs and never mixes.
 */
#ifndef RL_CALIBRATE_CELLS_H
#define RL_CALIBRATE_CELLS_H

#include "data/store.h"

/* Beyond the metrics of metrics.def: what a fit needs apart, a request. */
enum rl_quantity {
	RL_QUANTITY_FRONT_CPU_NS = RL_METRIC_COUNT, /* guest's CPU time a request */
	RL_QUANTITY_BACK_CPU_NS,		    /* driver domain's */
	RL_QUANTITY_COUNT
};

/** rl_quantity_name - a metric's name, or "front_cpu_ns_per_request" and the like. */
const char *rl_quantity_name(int quantity);

/** rl_quantity_unit - its unit. */
const char *rl_quantity_unit(int quantity);

/** rl_quantities - a run's metrics with the derived quantities behind them; NaN: not known. */
void rl_quantities(const struct rl_metrics *m, double out[RL_QUANTITY_COUNT]);

/* Over the repeats: the median, its relative standard error, their relative deviation. */
struct rl_measured {
	double value, spread, deviation;
	double lo, hi; /* 95 % of the median; equal to value with one repeat */
};

struct rl_measured_cell {
	char name[96];
	enum rl_role role;
	struct rl_scenario scenario;
	unsigned repeats;
	struct rl_measured m[RL_QUANTITY_COUNT];
};

struct rl_cells {
	struct rl_measured_cell *v;
	size_t n;
	char (*hashes)[RL_SHA256_HEX]; /* of every run that is in there */
	size_t nhashes;
};

/**
 * rl_cells_make - put runs together by cell.
 * @runs: as from rl_store_runs(): sorted by cell.
 * @out:  free with rl_cells_fini(). Runs without a role are left out.
 * Returns: 0; -EINVAL when the repeats of a cell have different roles; -ENOMEM.
 */
int rl_cells_make(const struct rl_run *runs, size_t n, struct rl_cells *out, struct rl_err *err);

/**
 * rl_cells_load - the cells of a platform with a role.
 * Returns: as rl_store_runs() and rl_cells_make(); -ENOENT when there is none.
 */
int rl_cells_load(struct rl_store *store, const char *platform, enum rl_role role,
	struct rl_cells *out, struct rl_err *err);
void rl_cells_fini(struct rl_cells *cells);

#endif
