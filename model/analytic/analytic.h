/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Closed forms: what theory says of a scenario without running it.
 *
 * A form is one file of form/, found by its name: it says whether it applies, in one line why not,
 * what it predicts, and what it assumes. Where the scenario keeps all that a form assumes, the form
 * is exact for it; else it is approximate, and the assumptions that do not hold are named, so that
 * whoever can run the scenario may take them away one by one and see what each is worth.
 */
#ifndef RL_MODEL_ANALYTIC_ANALYTIC_H
#define RL_MODEL_ANALYTIC_ANALYTIC_H

#include "model/analytic/demand.h"
#include "model/analytic/wait.h"
#include "model/scenario.h"
#include "model/spec.h"

#define RL_FORM_VALUES	  8
#define RL_FORM_WHY_BYTES 192

enum rl_form_is { RL_FORM_EXACT, RL_FORM_BOUND, RL_FORM_APPROXIMATE };

/* By enum rl_form_is: "exact", "bound", "approximate". */
extern const char *const rl_form_is_name[];

/* What all forms look at, worked out once. */
struct rl_analytic {
	const struct rl_scenario *s;
	struct rl_spec device;
	struct rl_spec_station station; /* servers 0: the device is no plain queue */
	bool at_once;			/* the device completes in its submitter's context */
	struct rl_wait back, front;
	struct rl_steps mean;	       /* of a mean I/O */
	double back_mean, back_second; /* of the backend's time for an I/O */
	double lambda;		       /* arrivals a ns of one guest; 0: not an open loop */
	bool poisson;
	struct rl_demand least;
};

/** rl_analytic_init - look at a checked scenario, which is kept by reference. */
void rl_analytic_init(struct rl_analytic *a, const struct rl_scenario *s);

/** rl_guest_work - the guest's steps of a mean I/O together, ns. */
double rl_guest_work(const struct rl_analytic *a);

/* ---- assumptions --------------------------------------------------------------------------- */

/*
 * Something that a form leaves out. Enforcing it makes the scenario as the form has it; what that
 * changes in a run is what the assumption is worth.
 */
struct rl_assumption {
	const char *name, *words;
	bool (*holds)(const struct rl_analytic *a);
	void (*enforce)(struct rl_scenario *s);
};

enum rl_assume {
	RL_ASSUME_TICKS,
	RL_ASSUME_DOM0,
	RL_ASSUME_DRAG,
	RL_ASSUME_JITTER,
	RL_ASSUME_CLOCK,
	RL_ASSUME_IDLE_ENTRY,
	RL_ASSUME_ANSWER,
	RL_ASSUME_FRONT_WAKE,
	RL_ASSUME_GUEST,
	RL_ASSUME_GRANTS,
	RL_ASSUME_HALT,
	RL_ASSUME_DEPTH,
	RL_ASSUME_NOTIFY,
	RL_ASSUME_BATCH,
	RL_ASSUME_ONE_STEP,
	RL_ASSUME_EXPONENTIAL,
	RL_ASSUME_COUNT,
};

#define RL_ASSUMES(name) (1u << RL_ASSUME_##name)

/* In the order in which they are taken away. */
extern const struct rl_assumption rl_assumptions[RL_ASSUME_COUNT];

/* ---- forms --------------------------------------------------------------------------------- */

struct rl_form_value {
	const char *metric; /* of metrics.def where there is one */
	const char *unit;
	double value;
};

struct rl_prediction {
	bool applies;
	char why[RL_FORM_WHY_BYTES]; /* it does not */
	enum rl_form_is is;
	double service_ns;	  /* of an open queue: what a request takes of its server, in all */
	uint32_t assumes, broken; /* bits of enum rl_assume; broken: those that do not hold */
	uint32_t n;
	struct rl_form_value v[RL_FORM_VALUES];
};

struct rl_form {
	const char *name, *summary, *source;
	enum rl_form_is is; /* at its best */
	uint32_t assumes;   /* bits of enum rl_assume */
	/** predict - fill in values, or say why not by rl_form_no(). */
	void (*predict)(const struct rl_analytic *a, struct rl_prediction *p);
};

#define RL_FORM(id) const struct rl_form rl_form_##id

/* Generated from the files of form/, sorted by name; ends with a null pointer. */
extern const struct rl_form *const rl_forms[];

/** rl_form_predict - ask a form; what it says of a scenario beyond its assumptions is marked. */
void rl_form_predict(
	const struct rl_form *form, const struct rl_analytic *a, struct rl_prediction *p);

/** rl_form_find - by its name; null when there is none. */
const struct rl_form *rl_form_find(const char *name);

/** rl_form_no - it does not apply: why, with what was expected. Returns: false. */
bool rl_form_no(struct rl_prediction *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** rl_form_say - one value; @unit follows from metrics.def where @metric is one. */
void rl_form_say(struct rl_prediction *p, const char *metric, double value);

/** rl_form_value - of a metric; NaN when it is not told. */
double rl_form_value(const struct rl_prediction *p, const char *metric);

#endif
