/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cost parameters from measured cells: the simulator as the model of a least-squares fit. */
#ifndef RL_CALIBRATE_FIT_H
#define RL_CALIBRATE_FIT_H

#include "calibrate/forward.h"
#include "calibrate/lsq.h"

#include <stdio.h>

/* Stands where an enum rl_param does: one factor on every cost that is work of a CPU. */
#define RL_FIT_SCALE (-1)

struct rl_fit_spec {
	int params[RL_LSQ_MAX_PARAMS]; /* enum rl_param or RL_FIT_SCALE */
	size_t nparams;
	const char *prior_from; /* platform whose parameters the priors should be; null: none */
	struct rl_costs prior;	/* where parameters start, and what the others stay at */
	struct rl_forward_options forward;
	/* May be null: told after each batch of simulations. @done: of all the work, 0 to 1, as far
	 * as it can be foreseen. @rms: of the residuals, in their sds; NaN: not known yet. */
	void (*progress)(void *arg, double done, double rms);
	void *progress_arg;
};

struct rl_charge; /* groups.h */

/* Cells that have one thing in common, left out of a fit together. */
enum rl_fold { RL_FOLD_BS, RL_FOLD_DEPTH, RL_FOLD_POLICY, RL_FOLD_JOB, RL_FOLD_COUNT };

/** rl_fold_name - "bs", "depth", "policy", "job". */
const char *rl_fold_name(enum rl_fold fold);

/** rl_fold_alike - do two cells have in common what the fold leaves out together? */
bool rl_fold_alike(enum rl_fold fold, const struct rl_scenario *a, const struct rl_scenario *b);

/* How far off a cell's prediction is when the fit has not seen the cells alike. */
struct rl_cv_residual {
	char cell[96];
	int quantity;
	enum rl_fold fold;
	double log_error; /* log(predicted / measured) */
};

struct rl_fit {
	struct rl_fit_spec spec;
	struct rl_lsq_result lsq;
	struct rl_costs costs; /* prior with the estimates in place */
	size_t nrows, ncells;
	/* Root mean square of log(predicted / measured) over the calibration cells; NaN: none. */
	double residual[RL_QUANTITY_COUNT];
	/* Predictions at the solution, by cell: [cell * RL_QUANTITY_COUNT + quantity]. */
	double *predicted;
	/* Of rl_fit_examine(): d log quantity / d log parameter, where both are known, else 0:
	 * [(param * ncells + cell) * RL_QUANTITY_COUNT + quantity]. */
	double *slope;
	struct rl_cv_residual *cv;
	size_t ncv;
	/* Of rl_fit_examine(): every cost that is a time, and what it is charged together with. */
	struct rl_charge *charge;
	size_t ncharges;
	double *part;  /* of a cell: its runs in the fit, of their whole length */
	double passes; /* simulations of all cells so far; shorter ones in part */
};

/**
 * rl_fit_spec_for - what fitted.def says of a platform.
 * Returns: 0; -ENOENT when it says nothing.
 */
int rl_fit_spec_for(const char *platform, struct rl_fit_spec *spec, struct rl_err *err);

/**
 * rl_fit_pass - count simulations of all cells and tell the progress.
 * @left: how many are still to come.
 */
void rl_fit_pass(struct rl_fit *fit, double n, double left);

/** rl_fit_info - name, unit, range and meaning of what is fitted. */
const struct rl_param_info *rl_fit_info(int param);

/** rl_fit_step - of its finite differences, in log; 0: the solver's own. */
double rl_fit_step(int param);

/** rl_fit_prior - its prior under @spec. */
double rl_fit_prior(const struct rl_fit_spec *spec, int param);

/** rl_fit_is_scaled - does RL_FIT_SCALE change this parameter, when the fit has it? */
bool rl_fit_is_scaled(const struct rl_fit_spec *spec, int param);

/** rl_fit_costs - the costs that logarithms of the fitted parameters stand for. */
void rl_fit_costs(const struct rl_fit_spec *spec, const double *x, struct rl_costs *out);

/**
 * rl_fit_run - fit.
 * @cells: of role calibrate; any other is refused.
 * @out:   free with rl_fit_fini().
 * Returns: 0; -EINVAL a cell of another role, too many parameters for the cells, or no row that
 *          both sides know; what the simulator says; -ENOMEM.
 * Context: uses spec->forward.threads threads; deterministic.
 */
int rl_fit_run(const struct rl_fit_spec *spec, const struct rl_cells *cells, struct rl_fit *out,
	struct rl_err *err);
void rl_fit_fini(struct rl_fit *fit);

/**
 * rl_fit_examine - fill @fit->slope, @fit->charge, and @fit->cv: every calibration cell predicted
 * by a fit that has not seen any cell of the same block size, depth, backend policy or job kind in
 * turn (one Gauss-Newton step from the solution, without another simulation). A fold that would
 * leave no cell is left out. Returns: 0; what the simulator says; -ENOMEM.
 */
int rl_fit_examine(struct rl_fit *fit, const struct rl_cells *cells, struct rl_err *err);

/** rl_fit_slopes - the first half of it. */
int rl_fit_slopes(struct rl_fit *fit, const struct rl_cells *cells, struct rl_err *err);

/**
 * rl_fit_slopes_of - the same for any parameters, fitted or not, around the solution.
 * @slope: in: zeros; out, as rl_fit.slope with @n parameters. One that is 0 has no slope in log: 0.
 */
int rl_fit_slopes_of(struct rl_fit *fit, const struct rl_cells *cells, const int *params, size_t n,
	double *slope, struct rl_err *err);

/**
 * rl_fit_to_set - the fit as a parameter set for the store, with a manifest that names the runs
 * it was fitted to, the priors, and how well each parameter is known: uncertainty.h reads that
 * back.
 * @fit: after rl_fit_examine().
 * @set: out; free with rl_param_set_fini().
 * Returns: 0; -ENOMEM.
 */
int rl_fit_to_set(const struct rl_fit *fit, const struct rl_cells *cells, const char *name,
	const char *platform, struct rl_param_set *set, struct rl_err *err);

/**
 * rl_fit_explain - what a parameter is, how well it is known, and which measurements tell it.
 * @fit: after rl_fit_examine().
 * Returns: 0; -ENOENT when it is not fitted or does not exist; -ENOMEM.
 */
int rl_fit_explain(const struct rl_fit *fit, const struct rl_cells *cells, const char *parameter,
	FILE *out, struct rl_err *err);

#endif
