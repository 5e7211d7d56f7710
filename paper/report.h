/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report: one HTML file that answers the question from what the store holds, with figures,
 * a table to each, how far predictions can be trusted, and where everything is from.
 */
#ifndef RL_PAPER_REPORT_H
#define RL_PAPER_REPORT_H

#include "calibrate/validate.h"

#include <stdio.h>

/* A platform with runs: its cells, and predictions where parameters of its name are stored. */
struct rl_report_platform {
	char name[48];
	struct rl_validation v;
	bool predicted;
	struct rl_param_set set;
	char *manifest; /* JSON text, of the platform's first run; null: none */
};

#define RL_REPORT_MAX_PLATFORMS 8

struct rl_report {
	struct rl_report_platform platforms[RL_REPORT_MAX_PLATFORMS];
	size_t n;
};

/**
 * rl_report_gather - measured cells and predictions of every platform of a store.
 * A parameter set is used when it bears the platform's name.
 * @out: free with rl_report_fini().
 * Returns: 0; -ENOENT when no run has a role; what store and simulator say.
 */
int rl_report_gather(struct rl_store *store, const struct rl_tolerance *tolerances,
	size_t ntolerances, struct rl_report *out, struct rl_err *err);
void rl_report_fini(struct rl_report *r);

/**
 * rl_report_write - the page.
 * @figures: directory where NAME.gp, NAME.dat and NAME.svg are left; it exists.
 */
int rl_report_write(const struct rl_report *r, FILE *out, const char *figures, struct rl_err *err);

/**
 * rl_report_answer - the answer in a sentence or two, made from the cells of @r.
 * Returns: @buf, terminated, cut when it is too small.
 */
const char *rl_report_answer(const struct rl_report *r, char *buf, size_t size);

#endif
