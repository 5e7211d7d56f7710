/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A directory of deaths into memory, a campaign a seed. */
#include "data/deaths.h"

#include "data/format/json.h"
#include "data/format/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a campaign is made from. */
struct source {
	const char *dir, *base; /* base: the directory's name alone */
	const char *text;	/* of kills.csv */
	size_t header;		/* bytes of its first line, without the end */
	const struct rl_deaths *all;
};

static void fini(struct rl_campaign *c)
{
	rl_deaths_fini(&c->deaths);
	free(c->manifest);
	free(c->csv);
}

void rl_campaigns_free(struct rl_campaign *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fini(&c[i]);
	free(c);
}

/* The header and the lines of one seed. */
static int take_lines(
	struct rl_campaign *c, const struct source *s, unsigned seed, struct rl_err *err)
{
	FILE *f = open_memstream(&c->csv, &c->csv_size);

	if (!f)
		return -ENOMEM;
	fprintf(f, "%.*s\n", (int)s->header, s->text);
	for (size_t i = 0; i < s->all->n; i++)
		if (s->all->rows[i].seed == seed)
			fprintf(f, "%.*s\n", (int)s->all->rows[i].size, s->all->rows[i].at);
	if (fclose(f))
		return -ENOMEM;
	return rl_deaths_parse(c->csv, c->csv_size, RL_DEATHS_FILE, &c->deaths, err);
}

static int copy_text(const json_t *root, const char *key, char *to, size_t size)
{
	const char *text = json_string_value(json_object_get(root, key));

	return text && *text && strlen(text) < size ? (strcpy(to, text), 0) : -EINVAL;
}

/* The machine that they died on, and its code. */
static int take_manifest(
	struct rl_campaign *c, const struct source *s, unsigned seed, int line, struct rl_err *err)
{
	char path[PATH_MAX + 64];
	size_t size;
	json_t *root;
	int rc;

	snprintf(path, sizeof(path), "%s/manifest-%u.json", s->dir, seed);
	if (access(path, F_OK) != 0) {
		snprintf(path, sizeof(path), "%s/" RL_DEATHS_FILE, s->dir);
		return rl_err_set(err, -EINVAL, path, line, 1,
			"no manifest-%u.json beside it (expected the machine and the code of "
			"seed %u)",
			seed, seed);
	}
	rc = rl_text_read(path, &c->manifest, &size, err);
	root = rc ? NULL : rl_json_only(c->manifest, size, path, err);
	if (!root)
		return rc ? rc : -EINVAL;
	if (!json_is_object(root) || copy_text(root, "platform", c->platform, sizeof(c->platform)))
		rc = rl_err_set(err, -EINVAL, path, 1, 1,
			"no platform (expected the manifest of a boot of the rig)");
	else
		copy_text(root, "started", c->started, sizeof(c->started));
	json_decref(root);
	return rc;
}

static int take_seed(struct rl_campaign *c, const struct source *s, const struct rl_death *first,
	struct rl_err *err)
{
	int rc = take_manifest(c, s, first->seed, first->line, err);

	snprintf(c->name, sizeof(c->name), "%.80s/%u", s->base, first->seed);
	return rc ? rc : take_lines(c, s, first->seed, err);
}

static int by_seed(const void *a, const void *b)
{
	const struct rl_death *x = *(const struct rl_death *const *)a;
	const struct rl_death *y = *(const struct rl_death *const *)b;

	if (x->seed != y->seed)
		return x->seed < y->seed ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* @first: room for a death a seed. Returns: how many seeds there are, ascending. */
static size_t find_seeds(const struct rl_deaths *all, const struct rl_death **first)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		first[i] = &all->rows[i];
	qsort(first, all->n, sizeof(*first), by_seed);
	for (size_t i = 0; i < all->n; i++)
		if (!n || first[i]->seed != first[n - 1]->seed)
			first[n++] = first[i];
	return n;
}

static int take_all(const struct source *s, struct rl_campaign **out, size_t *n, struct rl_err *err)
{
	const struct rl_death **first = calloc(s->all->n, sizeof(*first));
	size_t seeds = first ? find_seeds(s->all, first) : 0;
	int rc = 0;

	*out = first ? calloc(seeds, sizeof(**out)) : NULL;
	if (!*out)
		rc = rl_err_set(err, -ENOMEM, s->dir, 0, 0, "out of memory");
	for (*n = 0; !rc && *n < seeds; ++*n)
		rc = take_seed(&(*out)[*n], s, first[*n], err);
	free(first);
	return rc;
}

int rl_campaigns_read_dir(const char *dir, struct rl_campaign **out, size_t *n, struct rl_err *err)
{
	char path[PATH_MAX + 64], full[PATH_MAX], *text = NULL;
	struct rl_deaths all = {0};
	struct source s = {.dir = dir, .all = &all};
	size_t size;
	int rc;

	*out = NULL;
	*n = 0;
	if (!realpath(dir, full))
		return rl_err_set(err, -errno, dir, 0, 0, "cannot open: %s", strerror(errno));
	s.base = strrchr(full, '/') + 1;
	snprintf(path, sizeof(path), "%s/" RL_DEATHS_FILE, dir);
	rc = rl_text_read(path, &text, &size, err);
	rc = rc ? rc : rl_deaths_parse(text, size, path, &all, err);
	if (!rc) {
		s.text = text;
		s.header = strcspn(text, "\r\n");
		rc = take_all(&s, out, n, err);
	}
	rl_deaths_fini(&all);
	free(text);
	if (rc) {
		rl_campaigns_free(*out, *n);
		*out = NULL;
		*n = 0;
	}
	return rc;
}
