/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split.csv: which cells calibrate and which are held out, fixed before the first fit. */
#include "data/run.h"

#include "data/format/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const char *platform, *cell;
	size_t nplatform, ncell;
	enum rl_role role;
};

struct rl_split {
	char *text;
	size_t size;
	char sha256[RL_SHA256_HEX];
	struct row *rows;
	size_t n;
};

#define HEADER "platform,cell,role"

static int parse_row(const struct rl_lines *l, const char *path, struct row *r, struct rl_err *err)
{
	const char *end = l->at + l->size, *a = memchr(l->at, ',', l->size), *b;
	int role;

	b = a ? memchr(a + 1, ',', (size_t)(end - a - 1)) : NULL;
	if (!b || a == l->at || b == a + 1 || memchr(b + 1, ',', (size_t)(end - b - 1)))
		return rl_err_set(
			err, -EINVAL, path, l->line, 1, "malformed row (expected " HEADER ")");
	role = rl_role_find(b + 1, (size_t)(end - b - 1));
	if (role < 0)
		return rl_err_set(err, -EINVAL, path, l->line, (int)(b + 2 - l->at),
			"'%.*s' (expected calibrate, validate or none)", (int)(end - b - 1), b + 1);
	*r = (struct row){.platform = l->at,
		.nplatform = (size_t)(a - l->at),
		.cell = a + 1,
		.ncell = (size_t)(b - a - 1),
		.role = (enum rl_role)role};
	return 0;
}

static const struct row *find(
	const struct rl_split *s, const char *platform, size_t np, const char *cell, size_t nc)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct row *r = &s->rows[i];

		if (r->nplatform == np && memcmp(r->platform, platform, np) == 0 &&
			r->ncell == nc && memcmp(r->cell, cell, nc) == 0)
			return r;
	}
	return NULL;
}

static int parse(struct rl_split *s, const char *path, size_t size, struct rl_err *err)
{
	struct rl_lines l;
	struct row r, *more;
	int rc;

	rl_lines_init(&l, s->text, size);
	if (!rl_lines_next(&l) || l.size != strlen(HEADER) || memcmp(l.at, HEADER, l.size) != 0)
		return rl_err_set(err, -EINVAL, path, 1, 1, "no header (expected " HEADER ")");
	while (rl_lines_next(&l)) {
		if (l.size == 0 || l.at[0] == '#')
			continue;
		rc = parse_row(&l, path, &r, err);
		if (rc)
			return rc;
		if (find(s, r.platform, r.nplatform, r.cell, r.ncell))
			return rl_err_set(err, -EINVAL, path, l.line, 1,
				"%.*s given twice (expected one role a cell)", (int)r.ncell,
				r.cell);
		more = realloc(s->rows, (s->n + 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		s->rows = more;
		s->rows[s->n++] = r;
	}
	return 0;
}

int rl_split_parse(
	const char *text, size_t size, const char *file, struct rl_split **out, struct rl_err *err)
{
	struct rl_split *s = calloc(1, sizeof(*s));
	struct rl_sha256 hash;
	int rc;

	*out = NULL;
	if (!s)
		return -ENOMEM;
	s->size = size;
	s->text = malloc(size + 1);
	if (!s->text) {
		free(s);
		return -ENOMEM;
	}
	memcpy(s->text, text, size);
	s->text[size] = '\0';
	rl_sha256_init(&hash);
	rl_sha256_add(&hash, text, size);
	rl_sha256_hex(&hash, s->sha256);
	rc = parse(s, file, size, err);
	if (rc)
		rl_split_free(s);
	else
		*out = s;
	return rc;
}

int rl_split_read(struct rl_split **out, const char *path, struct rl_err *err)
{
	char *text = NULL;
	size_t size = 0;
	int rc = rl_text_read(path, &text, &size, err);

	*out = NULL;
	rc = rc ? rc : rl_split_parse(text, size, path, out, err);
	free(text);
	return rc;
}

const char *rl_split_sha256(const struct rl_split *split)
{
	return split->sha256;
}

const char *rl_split_text(const struct rl_split *split, size_t *size)
{
	*size = split->size;
	return split->text;
}

void rl_split_free(struct rl_split *split)
{
	if (!split)
		return;
	free(split->rows);
	free(split->text);
	free(split);
}

enum rl_role rl_split_role(
	const struct rl_split *split, const char *platform, const char *cell, bool *listed)
{
	const struct row *r =
		split ? find(split, platform, strlen(platform), cell, strlen(cell)) : NULL;

	if (listed)
		*listed = r != NULL;
	return r ? r->role : RL_ROLE_NONE;
}
