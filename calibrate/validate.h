/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions held against runs that no fit has seen. */
#ifndef RL_CALIBRATE_VALIDATE_H
#define RL_CALIBRATE_VALIDATE_H

#include "calibrate/baseline.h"
#include "calibrate/forward.h"
#include "calibrate/interval.h"
#include "calibrate/winner.h"
#include "data/format/tolerance.h"

/* Share of measurements that a predictive interval shall hold. */
#define RL_VALIDATE_INTERVAL 0.90

/* One held-out cell, one quantity. */
struct rl_validation_row {
	size_t cell; /* index into rl_validation.cells */
	int quantity;
	double measured, predicted;
	double lo, hi;	  /* where RL_VALIDATE_INTERVAL of measurements are expected: interval.h */
	bool covered;	  /* measured is in there */
	double error;	  /* predicted / measured - 1 */
	double u_val;	  /* standard uncertainty of error; beyond twice of it the model is off */
	double tolerance; /* NaN: none was set */
	bool pass;	  /* this row alone; the verdict is on the mean */
	double baseline[RL_BASELINE_COUNT]; /* its error, predicted / measured - 1 */
};

/* A set of held-out cells that share something that calibration never saw. */
struct rl_slice {
	char name[64];
	int quantity;
	size_t n;
	double error, bias, worst; /* mean absolute, mean, largest error of the simulator */
	size_t covered;		   /* cells within their predictive intervals */
	double baseline[RL_BASELINE_COUNT]; /* mean absolute errors; NaN: cannot predict */
	bool unseen; /* calibration saw no such block size, depth, direction, job or policy */
};

/* A statistic against its bound. */
struct rl_verdict {
	char what[192];
	double value, bound; /* bound NaN: none, it informs */
	bool pass;
	bool binding; /* decides the exit code; the others inform */
};

/* What CPUs were used for, by domain and purpose; what is not there is exactly 0. */
struct rl_cpu_use {
	struct rl_sim_cell *v;
	size_t n;
};

struct rl_validation {
	struct rl_cells cells;	 /* all of the platform, both roles */
	double *predicted;	 /* [cell * RL_QUANTITY_COUNT + quantity] */
	struct rl_cpu_use *used; /* of a cell, predicted */
	struct rl_validation_row *rows;
	size_t nrows;
	struct rl_slice *slices;
	size_t nslices;
	struct rl_duel *duels;
	size_t nduels;
	int duel_quantity;
	double duel_threshold; /* NaN: no winner is asked for */
	struct rl_verdict verdicts[32];
	size_t nverdicts;
	bool pass;
};

/**
 * rl_validate_run - predict every cell of a platform with a parameter set and judge.
 * @set:  its manifest names the runs of the fit.
 * @out:  free with rl_validation_fini().
 * Returns: 0 (whatever the verdict); -ENOENT when no run of the platform validates or no tolerance
 *          is set for it; -EINVAL when the set is of another platform or was fitted to a run that
 *          should validate; what the simulator and store say.
 */
int rl_validate_run(struct rl_store *store, const char *platform, const struct rl_param_set *set,
	const struct rl_tolerance *tolerances, size_t ntolerances,
	const struct rl_forward_options *forward, struct rl_validation *out, struct rl_err *err);

/** rl_validate_measured - the same without a prediction: cells and who won them, no verdict. */
int rl_validate_measured(struct rl_store *store, const char *platform,
	const struct rl_tolerance *tolerances, size_t ntolerances, struct rl_validation *out,
	struct rl_err *err);
void rl_validation_fini(struct rl_validation *v);

/** rl_validate_leak - -EINVAL when a run of role validate is among those of the set's manifest. */
int rl_validate_leak(
	const struct rl_param_set *set, const struct rl_cells *held_out, struct rl_err *err);

#endif
