/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors that name the place and what was expected, in one form everywhere:
 * file:line:col: error: what (expected what; did you mean X?)
 */
#ifndef RL_MODEL_BASE_ERR_H
#define RL_MODEL_BASE_ERR_H

#include <stddef.h>

/* Exit codes of the program; the command line's contract. */
enum rl_exit {
	RL_EXIT_OK = 0,
	RL_EXIT_INVALID = 1, /* a validation failed */
	RL_EXIT_USAGE = 2,
	RL_EXIT_INPUT = 3, /* bad input */
	RL_EXIT_RUN = 4,   /* a run itself failed: a domain crashed, a device vanished */
};

/* The first error of an operation. Zeroed: none. */
struct rl_err {
	char file[256]; /* "" when the place is no file */
	int line, col;	/* from 1; 0 when unknown */
	char what[512];
};

/**
 * rl_err_set - note what is wrong, in one line; the first error wins, later ones are dropped.
 * @err:  may be null.  @file: may be null.  @line, @col: from 1, 0 unknown.
 * @code: negative errno to return.
 * Returns: @code, so that `return rl_err_set(...)` reads well.
 */
int rl_err_set(struct rl_err *err, int code, const char *file, int line, int col, const char *fmt,
	...) __attribute__((format(printf, 6, 7)));

/** rl_err_format - the error as one line without a newline; always terminated. */
void rl_err_format(const struct rl_err *err, char *buf, size_t size);

/** rl_err_print - the same line on stderr. */
void rl_err_print(const struct rl_err *err);

#endif
