/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `ringlab predict`: closed forms and the simulator side by side. The forms know nothing of the
 * simulator, nor it of them: here both are asked, and where they differ the scenario is made as the
 * form has it, one assumption after the other, until they agree or nothing is left to take away.
 */
#ifndef RL_CLI_PREDICT_H
#define RL_CLI_PREDICT_H

#include "cli/args.h"
#include "cli/configure.h"
#include "model/analytic/analytic.h"
#include "model/analytic/cross.h"
#include "sim/sim.h"

#define RL_PREDICT_FORMS 64

struct rl_predict {
	struct rl_args args;
	struct rl_configure conf;
	struct rl_sim_options sim;
	bool explain; /* re-simulate */
};

/* What taking one assumption away is worth, all before it being gone already. */
struct rl_predict_step {
	const struct rl_assumption *what;
	double amount;		/* of simulated less form, ns of lat_mean_ns */
	struct rl_estimate lat; /* simulated then */
	double form;		/* and what the form says then; NaN: it does not apply any more */
};

struct rl_predict_form {
	const struct rl_form *form;
	struct rl_prediction p;
	uint32_t nsteps;
	struct rl_predict_step step[RL_ASSUME_COUNT];
	double gap, rest; /* simulated less form, at first and at last; NaN: not asked */
	double rest_half; /* half width of the last run's interval */
};

struct rl_predict_result {
	const struct rl_scenario *s;
	struct rl_analytic a;
	struct rl_sim_result sim;
	uint32_t nforms;
	struct rl_predict_form form[RL_PREDICT_FORMS];
	uint32_t ncrossings;
	struct rl_crossing crossing[RL_CROSSINGS];
};

/**
 * rl_predict_explain - take away what @f does not assume, as far as it is broken.
 * Returns: 0; what rl_sim_run() returned, with @err.
 */
int rl_predict_explain(const struct rl_predict *in, const struct rl_predict_result *r,
	struct rl_predict_form *f, struct rl_err *err);

/**
 * rl_predict_simulated - the simulator's answer to a value of a form; NaN: it has none.
 * Theory's wait ends where the own service begins: in the middle of a batch, in the mean.
 */
struct rl_estimate rl_predict_simulated(
	const struct rl_prediction *p, const struct rl_metrics *m, const char *metric);

/** rl_predict_print - on stdout, as in->args.format says. Returns: 0; -ENOMEM, -EIO. */
int rl_predict_print(const struct rl_predict *in, const struct rl_predict_result *r);

#endif
