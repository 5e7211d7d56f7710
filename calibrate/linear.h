/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A fit as a straight line through its solution: rows and their slopes, kept so that "what if
 * these cells had not been there" is a step of linear algebra and no simulation.
 */
#ifndef RL_CALIBRATE_LINEAR_H
#define RL_CALIBRATE_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

#define RL_LSQ_MAX_PARAMS 24

/* A matrix of parameters by parameters; the corner in use is nparams wide. */
struct rl_square {
	double v[RL_LSQ_MAX_PARAMS][RL_LSQ_MAX_PARAMS];
};

/* What the rows of one group say: its part of J'J and of J'r. */
struct rl_normal {
	struct rl_square a;
	double b[RL_LSQ_MAX_PARAMS];
};

struct rl_linear {
	size_t nparams, nrows, ngroups;
	double *jac; /* [row * nparams + param]: slopes, in units of the row's sd */
	double *res; /* a row: (fitted - measured) / sd */
	double *sd;  /* a row: of what is measured and of the model about its own line, together */
	size_t *group; /* a row */
	double x[RL_LSQ_MAX_PARAMS], prior[RL_LSQ_MAX_PARAMS], prior_sd[RL_LSQ_MAX_PARAMS];
	/* What the model's own steps add to a column's sum of squares. */
	double noise[RL_LSQ_MAX_PARAMS];
	bool active[RL_LSQ_MAX_PARAMS]; /* false: the fit left it at its prior */
	struct rl_normal *normal;	/* by group */
};

/**
 * rl_linear_init - room for a fit; free with rl_linear_fini().
 * Returns: 0; -ENOMEM.
 */
int rl_linear_init(struct rl_linear *l, size_t nparams, size_t nrows, size_t ngroups);

/** rl_linear_close - the rows and slopes are filled: add them up by group. */
void rl_linear_close(struct rl_linear *l);
void rl_linear_fini(struct rl_linear *l);

/**
 * rl_linear_step - one Gauss-Newton step from the solution with other weights.
 * @weight: a group: how often it counts; null: once each.
 * @who:    the parameters that may move; the step of others is 0.
 * @step:   out, nparams.
 */
void rl_linear_step(const struct rl_linear *l, const double *weight, const bool *who, double *step);

/**
 * rl_linear_covariance - of the error of the parameters in @who, those outside being right.
 * @out: rows and columns outside @who are 0.
 *
 * Two parts. The data's: a jackknife over groups, which asks the residuals themselves how large
 * they are and how they hang together within a group, whatever sds the rows were weighted by. The
 * prior's: where the data leave a direction open, the truth is anywhere that the prior allows,
 * and noise in the slopes must not pass for knowledge of it.
 */
void rl_linear_covariance(const struct rl_linear *l, const bool *who, struct rl_square *out);

/**
 * rl_linear_freedom - of the t distribution that the error of an active parameter has: about
 * how many groups tell it. Six of forty may tell one parameter, and all another.
 * @dof: out, nparams; NaN: not active.
 */
void rl_linear_freedom(const struct rl_linear *l, double *dof);

/**
 * rl_linear_bootstrap - steps from the solution with groups drawn with replacement.
 * @steps: out, [draw * nparams + param]; of active parameters, the others stay.
 * Widened for the degrees of freedom that the fit has used. Deterministic.
 */
void rl_linear_bootstrap(const struct rl_linear *l, size_t draws, double *steps);

/**
 * rl_linear_influence - what each group has to do with an active parameter's estimate.
 * @share: out, a group: its part of what the data tell of it, 0 to 1; together 1.
 * @move:  out, a group: where the estimate would go without it, less where it is; in log.
 */
void rl_linear_influence(const struct rl_linear *l, size_t param, double *share, double *move);

/** rl_linear_dof - groups beyond the active parameters; at least 1. */
double rl_linear_dof(const struct rl_linear *l);

#endif
