/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON by jansson, with places counted in the whole text. */
#include "data/format/json.h"

#include "data/format/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/*
 * Whose value is malformed that ends at @at: the key before the colon before it. A reader of JSON
 * sees no field in a number that is none.
 */
static int field_before(const char *text, size_t at, const char **key)
{
	size_t i = at, end;

	while (i > 0 && !strchr(":,{}[]\"", text[i - 1]))
		i--;
	if (i == 0 || text[--i] != ':')
		return 0;
	while (i > 0 && isspace((unsigned char)text[i - 1]))
		i--;
	if (i == 0 || text[--i] != '"')
		return 0;
	for (end = i; i > 0 && text[i - 1] != '"' && text[i - 1] != '\n'; i--)
		;
	*key = text + i;
	return (int)(end - i);
}

static json_t *fail(struct rl_json_text *t, const json_error_t *e, struct rl_err *err)
{
	size_t at = t->at + (e->position > 0 ? (size_t)e->position : 0);
	const char *key = "";
	int line, col, n;

	at = at < t->size ? at : t->size;
	n = field_before(t->text, at, &key);
	rl_text_place(t->text, t->size, at, &line, &col);
	rl_err_set(err, -EINVAL, t->file, line, col, "%.*s%s%s (expected JSON)", n, key,
		n ? ": " : "", e->text);
	return NULL;
}

json_t *rl_json_next(struct rl_json_text *t, struct rl_err *err)
{
	json_error_t e;
	json_t *doc = json_loadb(t->text + t->at, t->size - t->at,
		JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &e);

	if (!doc)
		return fail(t, &e, err);
	t->at += (size_t)e.position;
	return doc;
}

json_t *rl_json_only(const char *text, size_t size, const char *file, struct rl_err *err)
{
	struct rl_json_text t = {.file = file, .text = text, .size = size};
	json_error_t e;
	json_t *doc = json_loadb(text, size, JSON_REJECT_DUPLICATES, &e);

	return doc ? doc : fail(&t, &e, err);
}

int rl_json_number(const json_t *object, const char *key, const char *file, const char *path,
	double *x, struct rl_err *err)
{
	const json_t *v = json_object_get(object, key);

	*x = NAN;
	if (!v || json_is_null(v))
		return 0;
	if (!json_is_number(v))
		return rl_err_set(err, -EINVAL, file, 0, 0, "%s.%s: not a number", path, key);
	*x = json_number_value(v);
	if (!(*x >= 0 && *x < 0x1p63))
		return rl_err_set(err, -EINVAL, file, 0, 0,
			"%s.%s: %g (expected a finite number, 0 or more, below 2^63)", path, key,
			*x);
	return 0;
}

json_t *rl_json_object(const json_t *object, const char *key, const char *file, const char *path,
	struct rl_err *err)
{
	json_t *v = json_object_get(object, key);

	if (json_is_object(v))
		return v;
	rl_err_set(err, -EINVAL, file, 0, 0, "%s.%s: %s (expected an object)", path, key,
		v ? "not an object" : "missing");
	return NULL;
}
