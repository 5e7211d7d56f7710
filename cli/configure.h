/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one configuration that several verbs work on: a scenario's file, then --params, --job and
 * --set, in this order.
 */
#ifndef RL_CLI_CONFIGURE_H
#define RL_CLI_CONFIGURE_H

#include "model/base/err.h"
#include "model/scenario.h"

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>

#define RL_CONFIGURE_SETS 256

struct rl_configure {
	const char *scenario, *job, *params;
	char *set[RL_CONFIGURE_SETS];
	int nset;
	/* Of the second of two, for errors: the last nset_b of nset were --set-b; job was --job-b.
	 */
	int nset_b;
	bool job_b;
};

/*
 * --job, --set, --params and the one SCENARIO: a child parser; hand it the struct rl_configure in
 * state->child_inputs[].
 */
extern const struct argp rl_configure_argp;

/**
 * rl_configure_read - the effective scenario, checked.
 * @db: where --params are.
 * Returns: 0; -EINVAL and what the store says, with the file, line and column that are at fault.
 */
int rl_configure_read(
	const struct rl_configure *in, const char *db, struct rl_scenario *s, struct rl_err *err);

/** rl_configure_option - the first of --set, --job, or those with -b, that it was given. */
const char *rl_configure_option(const struct rl_configure *in);

/** rl_configure_inputs - note the files and the parameters in a manifest. */
void rl_configure_inputs(const struct rl_configure *in, json_t *manifest);

#endif
