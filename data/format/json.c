/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON by jansson, with places counted in the whole text. */
#include "data/format/json.h"

#include "data/format/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The message quotes the input: keep it on one line. */
static void one_line(char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = ' ';
}

static json_t *fail(struct rl_json_text *t, const json_error_t *e, struct rl_err *err)
{
	size_t at = t->at + (e->position > 0 ? (size_t)e->position : 0);
	char what[sizeof(e->text)];
	int line, col;

	snprintf(what, sizeof(what), "%s", e->text);
	one_line(what);
	rl_text_place(t->text, t->size, at, &line, &col);
	rl_err_set(err, -EINVAL, t->file, line, col, "%s (expected JSON)", what);
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
	if (!isfinite(*x) || *x < 0)
		return rl_err_set(err, -EINVAL, file, 0, 0,
			"%s.%s: %g (expected a finite number, 0 or more)", path, key, *x);
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
