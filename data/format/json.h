/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON with errors that name line and column; duplicate keys, bad UTF-8 and NaN are errors. */
#ifndef RL_DATA_FORMAT_JSON_H
#define RL_DATA_FORMAT_JSON_H

#include "model/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text that is read piece by piece, so that a place is one in the whole. */
struct rl_json_text {
	const char *file, *text;
	size_t size, at;
};

/**
 * rl_json_next - the document that starts at t->at; t->at goes behind it.
 * Returns: the document, to be freed with json_decref(); null with @err set.
 */
json_t *rl_json_next(struct rl_json_text *t, struct rl_err *err);

/** rl_json_only - the one document of a text, with nothing but space around it. */
json_t *rl_json_only(const char *text, size_t size, const char *file, struct rl_err *err);

/**
 * rl_json_number - object[key] as a number that is finite and not negative.
 * @path: names the object in errors.  @x: out; NaN when the key is missing or null.
 * Returns: 0; -EINVAL.
 */
int rl_json_number(const json_t *object, const char *key, const char *file, const char *path,
	double *x, struct rl_err *err);

/** rl_json_object - object[key], which must be an object; null with @err set. */
json_t *rl_json_object(const json_t *object, const char *key, const char *file, const char *path,
	struct rl_err *err);

#endif
