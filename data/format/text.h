/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all readers share: whole files, lines, and what somebody may have meant. */
#ifndef RL_DATA_FORMAT_TEXT_H
#define RL_DATA_FORMAT_TEXT_H

#include "model/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define RL_TEXT_MAX_BYTES (128u << 20) /* more is no input of this program */

/* Something that a reader says without refusing the input. */
typedef void rl_warn_fn(void *arg, const struct rl_err *warning);

/** rl_warn_print - a warning on stderr as file:line:col: warning: what. */
void rl_warn_print(void *arg, const struct rl_err *warning);

/** rl_warn - make a warning and hand it to @warn, which may be null. */
void rl_warn(rl_warn_fn *warn, void *arg, const char *file, int line, int col, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/**
 * rl_text_read - a whole file; "-" reads stdin.
 * @bytes: out, terminated; free().
 * Returns: 0; -errno; -EFBIG above RL_TEXT_MAX_BYTES; -EISDIR.
 */
int rl_text_read(const char *path, char **bytes, size_t *size, struct rl_err *err);

/* A walk over lines; a line may end with \n, \r\n or the end of the text. */
struct rl_lines {
	const char *next, *end;
	const char *at; /* the line, without its end; not terminated */
	size_t size;
	int line; /* from 1 */
};

void rl_lines_init(struct rl_lines *l, const char *text, size_t size);
bool rl_lines_next(struct rl_lines *l);

/** rl_text_place - line and column, from 1, of an offset. */
void rl_text_place(const char *text, size_t size, size_t offset, int *line, int *col);

/** rl_text_utf8 - offset of the first byte that is no UTF-8 or is zero; @size when all is well. */
size_t rl_text_utf8(const char *text, size_t size);

/* What somebody may have meant: the nearest of the names that were offered. */
struct rl_suggest {
	const char *given;
	size_t len;
	const char *best;
	unsigned int distance;
};

void rl_suggest_init(struct rl_suggest *s, const char *given, size_t len);
void rl_suggest_offer(struct rl_suggest *s, const char *name);

/** rl_suggest_text - "; did you mean X?" or "" when nothing is near; valid as long as @buf. */
const char *rl_suggest_text(const struct rl_suggest *s, char *buf, size_t size);

#endif
