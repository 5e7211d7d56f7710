/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Manual pages and completion from the tables that the program itself reads: options of verbs,
 * fields of scenarios, options of jobs, metrics. A new verb or field is there by itself.
 */
#ifndef RL_DOC_DOC_H
#define RL_DOC_DOC_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

struct rl_verb;

/** rl_doc_visit - call @fn with the option tables of a verb, in a process of its own. */
bool rl_doc_visit(const struct rl_verb *v, void (*fn)(const struct argp *argp));

/* One option of a verb's own table or of those that it shares. */
struct rl_doc_option {
	int key; /* as a short option, 0: it has none */
	const char *name, *arg, *what;
};

/**
 * rl_doc_options - what a person may write, in the order of the tables, -h, --help and --usage
 * last.
 * @arg: handed to @fn.
 */
void rl_doc_options(
	const struct argp *argp, void (*fn)(void *arg, const struct rl_doc_option *o), void *arg);

/** rl_doc_args - what follows the options, "" when nothing does. */
const char *rl_doc_args(const struct argp *argp);

/** rl_doc_man - the page of a verb, ringlab-VERB(1), on stdout. */
bool rl_doc_man(const struct rl_verb *v);

/** rl_doc_roff - text as a paragraph of a page: escaped, a sentence a line, paragraphs apart. */
void rl_doc_roff(const char *text, size_t size);

/** rl_doc_name - a name or option as it is typed: its hyphens are no dashes. */
void rl_doc_name(const char *name);

/**
 * rl_doc_fill - a page's source on stdout, lines @name@ replaced by a table of the program.
 * Names: see fill.c; @version@ and @date@ within a line.
 * Returns: false: the file cannot be read, or names another table.
 */
bool rl_doc_fill(const char *path);

/** rl_doc_bash - the tables that doc/completion.bash works on, as assignments of bash. */
bool rl_doc_bash(void);

#endif
