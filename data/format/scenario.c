/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenario files: YAML by libfyaml, walked field by field. */
#include "data/format/scenario.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES  128
#define VALUE_BYTES RL_DEVICE_SPEC_BYTES
#define PLACES_MAX  128

/* Where each field was set: the check of the whole knows names only. */
struct set_at {
	char path[PATH_BYTES];
	int line, col;
};

struct reader {
	const char *file;
	struct rl_scenario *to;
	rl_warn_fn *warn;
	void *arg;
	struct set_at places[PLACES_MAX];
	size_t nplaces;
};

static void place_of(struct fy_node *node, int *line, int *col)
{
	const struct fy_mark *m = NULL;

	if (node && fy_node_is_scalar(node))
		m = fy_token_start_mark(fy_node_get_scalar_token(node));
	*line = m ? m->line + 1 : 0;
	*col = m ? m->column + 1 : 0;
}

/* A scalar's text; refuses what a field cannot hold. */
static int scalar(struct reader *r, struct fy_node *node, struct fy_node *key, const char *path,
	char *out, size_t size, struct rl_err *err)
{
	size_t n = 0;
	const char *text;
	int line, col;

	place_of(node, &line, &col);
	if (!line)
		place_of(key, &line, &col);
	if (!node || !fy_node_is_scalar(node) || fy_node_is_alias(node))
		return rl_err_set(err, -EINVAL, r->file, line, col,
			"%s: not a single value (expected a number or a word)", path);
	text = fy_node_get_scalar(node, &n);
	if (n >= size || (n > 0 && memchr(text, '\0', n)))
		return rl_err_set(err, -EINVAL, r->file, line, col,
			"%s: too long (expected at most %zu characters)", path, size - 1);
	memcpy(out, n ? text : "", n);
	out[n] = '\0';
	return 0;
}

static int set(struct reader *r, const char *path, struct fy_node *key, struct fy_node *node,
	struct rl_err *err)
{
	struct rl_err why = {0};
	char value[VALUE_BYTES];
	int line, col, key_line, key_col, rc;

	rc = scalar(r, node, key, path, value, sizeof(value), err);
	if (rc)
		return rc;
	place_of(key, &key_line, &key_col);
	place_of(node, &line, &col);
	if (!line) {
		line = key_line;
		col = key_col;
	}
	if (r->nplaces < PLACES_MAX) {
		struct set_at *at = &r->places[r->nplaces++];

		snprintf(at->path, sizeof(at->path), "%s", path);
		at->line = line;
		at->col = col;
	}
	rc = rl_scenario_set(r->to, path, value, r->file, line, col, r->warn, r->arg, &why);
	/* A key that is wrong is pointed at, not its value. */
	if (rc && strncmp(why.what, "unknown ", 8) == 0 && why.line == line && why.col == col)
		why.line = key_line, why.col = key_col;
	return rc ? rl_err_set(err, rc, why.file, why.line, why.col, "%s", why.what) : 0;
}

static int walk(struct reader *r, struct fy_node *map, const char *prefix, struct rl_err *err)
{
	struct fy_node_pair *pair;
	void *it = NULL;

	while ((pair = fy_node_mapping_iterate(map, &it)) != NULL) {
		struct fy_node *key = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
		char name[64], path[PATH_BYTES];
		int rc = scalar(r, key, NULL, "key", name, sizeof(name), err);

		if (rc)
			return rc;
		snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "", name);
		if (value && fy_node_is_mapping(value) && !*prefix)
			rc = walk(r, value, name, err);
		else
			rc = set(r, path, key, value, err);
		if (rc)
			return rc;
	}
	return 0;
}

/* The whole must make sense; the field that does not is looked up by its name. */
static int check(struct reader *r, struct rl_err *err)
{
	struct rl_err why = {0};
	int rc = rl_scenario_check(r->to, &why), line = 0, col = 0;

	if (!rc)
		return 0;
	for (size_t i = 0; i < r->nplaces; i++) {
		size_t n = strlen(r->places[i].path);

		if (strncmp(why.what, r->places[i].path, n) != 0 || !strchr(" :", why.what[n]))
			continue;
		line = r->places[i].line;
		col = r->places[i].col;
	}
	return rl_err_set(err, rc, r->file, line, col, "%s", why.what);
}

static int read_document(struct reader *r, struct fy_document *doc, struct rl_err *err)
{
	struct fy_node *root = doc ? fy_document_root(doc) : NULL;
	int rc;

	if (!root || !fy_node_is_mapping(root))
		return rl_err_set(err, -EINVAL, r->file, 1, 1,
			"not a mapping (expected a scenario: KEY: VALUE lines)");
	rc = walk(r, root, "", err);
	return rc ? rc : check(r, err);
}

/* The first complaint of libfyaml, in our form. */
static int yaml_error(struct fy_diag *diag, const char *file, struct rl_err *err)
{
	void *it = NULL;
	struct fy_diag_error *e = fy_diag_errors_iterate(diag, &it);

	if (!e)
		return rl_err_set(err, -EINVAL, file, 1, 1, "malformed (expected YAML)");
	return rl_err_set(err, -EINVAL, file, e->line, e->column, "%.*s (expected YAML)",
		(int)strcspn(e->msg, "\n"), e->msg);
}

static int parse(struct reader *r, struct fy_parser *p, struct fy_diag *diag, struct rl_err *err)
{
	struct fy_document *doc = fy_parse_load_document(p), *more = NULL;
	int rc;

	if (fy_diag_got_error(diag) || fy_parser_get_stream_error(p))
		rc = yaml_error(diag, r->file, err);
	else
		rc = read_document(r, doc, err);
	if (!rc) {
		more = fy_parse_load_document(p);
		if (fy_diag_got_error(diag) || fy_parser_get_stream_error(p))
			rc = yaml_error(diag, r->file, err);
		else if (more)
			rc = rl_err_set(
				err, -EINVAL, r->file, 0, 0, "a second document (expected one)");
	}
	fy_parse_document_destroy(p, more);
	fy_parse_document_destroy(p, doc);
	return rc;
}

int rl_scenario_parse(const char *text, size_t size, const char *file, struct rl_scenario *out,
	rl_warn_fn *warn, void *arg, struct rl_err *err)
{
	struct reader r = {.file = file, .to = out, .warn = warn, .arg = arg};
	struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG};
	size_t bad = rl_text_utf8(text, size);
	struct fy_diag_cfg quiet;
	struct fy_parser *p;
	int rc, line, col;

	if (bad < size) {
		rl_text_place(text, size, bad, &line, &col);
		return rl_err_set(err, -EINVAL, file, line, col, "not a text (expected YAML)");
	}
	rl_scenario_default(out);
	fy_diag_cfg_default(&quiet);
	quiet.fp = NULL;
	cfg.diag = fy_diag_create(&quiet);
	if (!cfg.diag)
		return -ENOMEM;
	fy_diag_set_collect_errors(cfg.diag, true);
	p = fy_parser_create(&cfg);
	if (p && fy_parser_set_string(p, text, size) == 0)
		rc = parse(&r, p, cfg.diag, err);
	else
		rc = -ENOMEM;
	fy_parser_destroy(p);
	fy_diag_destroy(cfg.diag);
	return rc;
}

int rl_scenario_read(
	const char *path, struct rl_scenario *out, rl_warn_fn *warn, void *arg, struct rl_err *err)
{
	size_t size;
	char *text;
	int rc = rl_text_read(path, &text, &size, err);

	if (rc)
		return rc;
	rc = rl_scenario_parse(
		text, size, strcmp(path, "-") == 0 ? "<stdin>" : path, out, warn, arg, err);
	free(text);
	return rc;
}
