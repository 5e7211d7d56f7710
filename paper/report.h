/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report: one HTML file that answers the question from what the store holds: charts to ask
 * further, a table to each, how far predictions can be trusted, and where everything is from. Its
 * numbers are those of `ringlab validate` and of the store's views; the page's script selects,
 * rounds and draws, and computes none.
 */
#ifndef RL_PAPER_REPORT_H
#define RL_PAPER_REPORT_H

#include "calibrate/validate.h"
#include "paper/setting.h"

#include <jansson.h>
#include <stdio.h>

#define RL_REPORT_MAX_PLATFORMS 8
#define RL_REPORT_MAX_PCPUS	8
#define RL_REPORT_MAX_POLICIES	48

/* A platform with runs: its cells, and predictions where parameters of its name are stored. */
struct rl_report_platform {
	char name[48];
	struct rl_validation v;
	struct rl_settings settings;
	bool predicted;
	struct rl_param_set set;
	char *manifest; /* JSON text, of the platform's first run; null: none */
};

struct rl_report {
	struct rl_report_platform platforms[RL_REPORT_MAX_PLATFORMS];
	size_t n;
	/* The backend's, in the order of their colours: the pair that answers, then by name. */
	const char *policies[RL_REPORT_MAX_POLICIES];
	size_t npolicies;
	const char *explorer; /* a page of `ringlab explore`, relative to this one; null: none */
	json_t *views; /* {NAME: {"columns": [...], "rows": [...]}}: what the store's views say */
};

/**
 * rl_report_gather - measured cells and predictions of every platform of a store, and its views.
 * A parameter set is used when it bears the platform's name.
 * @take: whether a platform is wanted; null: all are.
 * @out: free with rl_report_fini().
 * Returns: 0; -ENOENT when no run has a role; what store and simulator say.
 */
int rl_report_gather(struct rl_store *store, bool (*take)(void *arg, const char *platform),
	void *arg, const struct rl_tolerance *tolerances, size_t ntolerances, struct rl_report *out,
	struct rl_err *err);
void rl_report_fini(struct rl_report *r);

/** rl_report_sort - fill settings and policies from the platforms' cells. Returns: 0; -ENOMEM. */
int rl_report_sort(struct rl_report *r);

/**
 * rl_report_write - the page.
 * @figures: directory where NAME.gp, NAME.dat and NAME.svg are left; it exists.
 */
int rl_report_write(const struct rl_report *r, FILE *out, const char *figures, struct rl_err *err);

/**
 * rl_report_pair - the two backend policies that were measured against each other most often.
 * Returns: false when no two cells differ in the backend's policy alone; @a, @b are left alone.
 */
bool rl_report_pair(const struct rl_report *r, const char **a, const char **b);

/**
 * rl_report_answer - who of that pair wins how often, in a sentence.
 * Returns: @buf, terminated, cut when it is too small.
 */
const char *rl_report_answer(const struct rl_report *r, char *buf, size_t size);

/** rl_report_details - calls @line with a sentence a machine: by how much, and was it foreseen. */
void rl_report_details(
	const struct rl_report *r, void (*line)(void *arg, const char *text), void *arg);

#endif
