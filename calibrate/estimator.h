/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Estimators: a cost read off the stages of traced requests, without a fit. One file each in
 * calibrate/estimator/, found by its name, which is the parameter's; nothing else lists them.
 *
 * An estimator says which stages hold its cost and in which runs they hold little else. What else
 * they hold, and how often the cost itself, is asked of the simulator: it charges the same
 * stages. So the distribution of a stage becomes one of the cost, the rest being as the
 * parameters say; where they are wrong, so is it, and the table names them.
 */
#ifndef RL_CALIBRATE_ESTIMATOR_H
#define RL_CALIBRATE_ESTIMATOR_H

#include "calibrate/forward.h"
#include "data/stages.h"

#define RL_ESTIMATOR_STAGES 4

struct rl_estimator {
	const char *name; /* of the file */
	int param;	  /* enum rl_param */
	/* Of data/stages.h, one after the other; a request without one of them does not count. */
	const char *stages[RL_ESTIMATOR_STAGES + 1];
	bool (*suits)(const struct rl_scenario *s);
	/* The simulator charges this one in these stages, too, the driver after the last stamp;
	 * 0, the first of params.def, stands for none. */
	int later;
};

/* Ended by a null pointer; made by the build. */
extern const struct rl_estimator *const rl_estimators[];

/* Another cost in the same stages. */
struct rl_charged {
	int param;
	double count; /* so many times a request */
};

#define RL_CHARGED_MAX 12

struct rl_extracted {
	const struct rl_estimator *by;
	char cell[96];
	size_t n; /* requests */
	/* The cost, in its unit, over the requests: the mean, and how it spreads. */
	double value, sd, p50, p90, p99;
	double count; /* of it in a request */
	double later; /* of the one that the driver's stamps leave out */
	struct rl_charged with[RL_CHARGED_MAX];
	size_t nwith;
};

/**
 * rl_extract_run - what one estimator reads off one run.
 * @s:     its stages.  @costs: what the other costs are taken to be.
 * @out:   n is 0 when the run does not suit it.
 * Returns: 0; what the simulator says; -ENOMEM.
 */
int rl_extract_run(const struct rl_estimator *by, const struct rl_run *run,
	const struct rl_stage_samples *s, const struct rl_costs *costs,
	const struct rl_forward_options *forward, struct rl_extracted *out, struct rl_err *err);

/**
 * rl_extract_all - every estimator on every traced run of a platform but those that validate.
 * @out, @n: free(). By estimator, then by run.
 * Returns: 0; -ENOENT when no run has traces; what the simulator and the store say.
 */
int rl_extract_all(struct rl_store *store, const char *platform, const struct rl_costs *costs,
	const struct rl_forward_options *forward, struct rl_extracted **out, size_t *n,
	struct rl_err *err);

/** rl_estimator_alone - one request in flight and no third domain: stages hold no waiting. */
bool rl_estimator_alone(const struct rl_scenario *s);

/** rl_estimator_wakes - the same, and the backend sleeps for events. */
bool rl_estimator_wakes(const struct rl_scenario *s);

#endif
