/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Weighted least squares for positive parameters of a costly, piecewise smooth model:
 * in log space, with weak priors, finite differences well above the model's noise, and
 * an answer for each parameter to "could these data tell it at all?".
 *
 * It knows nothing of rings or runs: rows in, parameters out. The model is asked for many
 * parameter vectors at once, so that it can work on them in parallel.
 */
#ifndef RL_CALIBRATE_LSQ_H
#define RL_CALIBRATE_LSQ_H

#include "calibrate/linear.h"
#include "model/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define RL_LSQ_DRAWS 400 /* of the bootstrap */

/*
 * Logarithms everywhere: a parameter is log(value), a row log(measured).
 * A row's group is the cell it comes from: the bootstrap draws cells, not rows.
 */
struct rl_lsq_problem {
	size_t nparams, nrows, ngroups;
	const double *prior, *prior_sd; /* a parameter: where it starts, how far it may be */
	const double *min, *max;	/* a parameter */
	const double *y, *sd;		/* a row: measured, standard deviation */
	const size_t *group;		/* a row: 0 .. ngroups-1 */
	const double *step;		/* a parameter, of its finite differences; null or 0: 0.1 */
	unsigned max_iter;		/* 0: 20 */
	size_t groups_per_param;	/* at least so many for each; 0: 4 */
	/* Fills out[i * nrows + row] for the i-th of n vectors x[i * nparams + param]. A model that
	 * draws random numbers draws those of stream[i]; null: all the same. */
	int (*forward)(void *arg, size_t n, const double *x, const unsigned *stream, double *out,
		struct rl_err *err);
	/* The same for less, good enough to find the way: the search starts from more places than
	 * the prior then. Null: forward(), from the prior. */
	int (*rough)(void *arg, size_t n, const double *x, double *out, struct rl_err *err);
	void *arg;
};

struct rl_lsq_param {
	double x;      /* the estimate; the prior where the fit left it there */
	double lo, hi; /* 95 %: the wider of the two below; of the prior where it was kept */
	double cov_lo, cov_hi; /* by covariance; NaN: kept at its prior */
	double dof; /* of the first: about how many cells tell it; NaN: kept at its prior */
	double boot_lo, boot_hi; /* by bootstrap over groups; NaN: the same, or too weak for it */
	double shrink;	    /* posterior over prior standard deviation: 0 all data, 1 all prior */
	double sensitivity; /* root mean square of d row / d parameter */
	double corr;	    /* with the parameter most correlated with it */
	int corr_with;	    /* which; -1: there is no other */
	/* The data tell it, by itself: shrink below one half, or pushed further from the prior than
	 * its sd. One of two that only their sum determines moves, and neither is identifiable. */
	bool identifiable;
	bool kept; /* at its prior */
	bool at_bound;
};

struct rl_lsq_result {
	struct rl_lsq_param p[RL_LSQ_MAX_PARAMS];
	double rms;		 /* of the residuals, in units of their sd */
	struct rl_linear linear; /* the fit at its solution */
	struct rl_square
		covariance; /* of all parameters together, those left at their priors too */
	double *draws;	    /* RL_LSQ_DRAWS steps of the bootstrap: [draw * nparams + param] */
	unsigned iterations;
	bool converged;
};

/**
 * rl_lsq_solve - fit.
 * @out: free with rl_lsq_fini(), also after an error.
 * Returns: 0; -EINVAL when there are more parameters than a quarter of the groups, or than
 *          groups_per_param allows (they could copy the data instead of explaining it), or none;
 * what forward() returned. Context: deterministic; the bootstrap draws from a generator of its own.
 */
int rl_lsq_solve(const struct rl_lsq_problem *p, struct rl_lsq_result *out, struct rl_err *err);
void rl_lsq_fini(struct rl_lsq_result *result);

#endif
