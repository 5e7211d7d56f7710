/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line: one file cmd_<verb>.c a verb. This is the only room that sees
 * both data/ (files, store) and sim/ (runs): the rooms below stay apart.
 */
#ifndef RL_CLI_CLI_H
#define RL_CLI_CLI_H

#include "model/base/err.h"

/* A verb's main: argv[0] is "ringlab VERB". Returns an enum rl_exit. */
typedef int rl_cmd_fn(int argc, char **argv);

struct rl_verb {
	const char *name, *summary;
	rl_cmd_fn *run;
};

/* Generated from the files cmd_*.c, sorted by name; ends with a null pointer. */
extern const struct rl_verb *const rl_verb_table[];

/* Ends a verb's file. */
#define RL_VERB(id, text, fn) const struct rl_verb rl_verb_##id = {#id, text, fn}

#endif
