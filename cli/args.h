/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs' command lines share: -h, --db, --format, and exit 2 when one is wrong. */
#ifndef RL_CLI_ARGS_H
#define RL_CLI_ARGS_H

#include "cli/out.h"

#include <argp.h>

/* A verb's input begins with this; rl_args_common is its first child parser. */
struct rl_args {
	const char *db; /* RL_STORE_DEFAULT unless given */
	enum rl_out_format format;
};

/* -h, --db FILE, --format FORMAT; hand the struct rl_args in state->child_inputs[0]. */
extern const struct argp rl_args_common;
/* -h alone, for a verb that neither reads a database nor prints rows. */
extern const struct argp rl_args_help;

/**
 * rl_args_parse - run argp; ends the program with RL_EXIT_USAGE on a wrong command line and
 * with RL_EXIT_OK after -h.
 * @input: for @argp's parser. When that has rl_args_common among its children it sets
 *         state->child_inputs[...] on ARGP_KEY_INIT.
 */
void rl_args_parse(const struct argp *argp, int argc, char **argv, void *input);

/**
 * rl_args_visit - when set, rl_args_parse() hands over the options and ends the program with
 * RL_EXIT_OK: for what is made of the tables (manual pages, completion). No verb does anything
 * before it parses.
 */
extern void (*rl_args_visit)(const struct argp *argp);

/** rl_args_count - the whole number of an option, at most @max; else the usage error, exit 2. */
uint64_t rl_args_count(
	struct argp_state *state, const char *option, const char *text, uint64_t max);

#endif
