/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading published tables; see the header. */
#include "data/format/published.h"

#include "data/format/scenario.h"
#include "model/base/units.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 16

struct reader {
	const char *file;
	struct rl_published *out;
	struct rl_scenario base;
	char column[COLUMNS][64];
	size_t ncolumns;
	rl_warn_fn *warn;
	void *arg;
	struct rl_err *err;
};

static int bad(const struct reader *r, int line, int col, const char *what, const char *expected)
{
	return rl_err_set(r->err, -EINVAL, r->file, line, col, "%s (expected %s)", what, expected);
}

/* ---- "#: key text" ------------------------------------------------------------------------- */

static int read_fit(struct reader *r, char *text, int line)
{
	struct rl_published *p = r->out;

	for (char *name; (name = strsep(&text, ", "));) {
		struct rl_published_fit *f = &p->fit[p->nfits];

		if (!*name)
			continue;
		if (p->nfits == RL_PUBLISHED_FITS || strlen(name) >= sizeof(f->name))
			return bad(r, line, 4, "too many parameters to fit", "at most four");
		*f = (struct rl_published_fit){.kind = RL_PUBLISHED_COST};
		strcpy(f->name, name);
		f->param = rl_param_find(name);
		if (strcmp(name, "scale") == 0)
			f->kind = RL_PUBLISHED_SCALE;
		else if (strncmp(name, "device.", 7) == 0)
			f->kind = RL_PUBLISHED_DEVICE;
		else if (f->param < 0)
			return bad(r, line, 4, "unknown parameter to fit",
				"scale, one of `ringlab list parameters`, or device.OPTION");
		p->nfits++;
	}
	return 0;
}

static int keep(struct reader *r, char *to, size_t size, const char *text, int line)
{
	size_t used = strlen(to);

	if (used + strlen(text) + 2 > size)
		return bad(r, line, 4, "too long a text", "1000 characters");
	snprintf(to + used, size - used, "%s%s", used ? " " : "", text);
	return 0;
}

static int read_statement(struct reader *r, char *text, int line)
{
	char *key = text + strspn(text, " \t"), *rest = key + strcspn(key, " \t");

	if (*rest)
		*rest++ = '\0';
	rest += strspn(rest, " \t");
	if (strcmp(key, "source") == 0)
		return keep(r, r->out->source, sizeof(r->out->source), rest, line);
	if (strcmp(key, "unsaid") == 0)
		return keep(r, r->out->unsaid, sizeof(r->out->unsaid), rest, line);
	if (strcmp(key, "fit") == 0)
		return read_fit(r, rest, line);
	if (strcmp(key, "judge") != 0)
		return bad(r, line, 3, "unknown statement", "source, unsaid, judge or fit");
	if (strcmp(rest, "ratios") != 0 && strcmp(rest, "order") != 0)
		return bad(r, line, 3, "judge", "ratios or order");
	r->out->ratios = strcmp(rest, "ratios") == 0;
	return 0;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static int read_header(struct reader *r, char *text, int line)
{
	for (char *name; (name = strsep(&text, ","));) {
		if (r->ncolumns == COLUMNS || strlen(name) >= sizeof(r->column[0]))
			return bad(r, line, 1, "too many columns, or too long a name", "sixteen");
		strcpy(r->column[r->ncolumns++], name);
	}
	if (r->ncolumns < 2 || strcmp(r->column[0], "row") != 0 ||
		strcmp(r->column[1], "iops") != 0)
		return bad(r, line, 1, "unknown header", "row,iops and fields of a scenario");
	return 0;
}

static int read_iops(struct reader *r, const char *text, double *iops, int line, int col)
{
	if (rl_units_real(text, iops, NULL) || !(*iops > 0))
		return bad(r, line, col, "iops", "a positive number");
	return 0;
}

static int read_row(struct reader *r, char *text, int line)
{
	struct rl_published_row *row = &r->out->row[r->out->nrows];
	const char *begin = text;
	size_t i = 0;
	int rc = 0;

	if (r->out->nrows == RL_PUBLISHED_ROWS)
		return bad(r, line, 1, "too many rows", "at most 32");
	row->s = r->base;
	for (char *cell; !rc && (cell = strsep(&text, ",")); i++) {
		int col = (int)(cell - begin) + 1;

		if (i >= r->ncolumns)
			return bad(r, line, col, "more cells than columns", "as in the header");
		if (i == 0)
			snprintf(row->name, sizeof(row->name), "%s", cell);
		else if (i == 1)
			rc = read_iops(r, cell, &row->iops, line, col);
		else if (*cell)
			rc = rl_scenario_set(&row->s, r->column[i], cell, r->file, line, col,
				r->warn, r->arg, r->err);
	}
	if (!rc && i < r->ncolumns)
		return bad(r, line, 1, "fewer cells than columns", "as in the header");
	if (!rc && rl_scenario_check(&row->s, r->err)) {
		snprintf(r->err->file, sizeof(r->err->file), "%s", r->file);
		r->err->line = line;
		return -EINVAL;
	}
	r->out->nrows += !rc;
	return rc;
}

static int read_line(struct reader *r, char *text, int line)
{
	if (strncmp(text, "#:", 2) == 0)
		return read_statement(r, text + 2, line);
	if (*text == '#' || !*text)
		return 0;
	return r->ncolumns ? read_row(r, text, line) : read_header(r, text, line);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static int check(const struct reader *r)
{
	const struct rl_published *p = r->out;

	if (!*p->source || !*p->unsaid)
		return bad(r, 0, 0, "no source, or nothing that it leaves unsaid",
			"#: source and #: unsaid");
	if (p->nrows < 2)
		return bad(r, 0, 0, "too few rows", "at least two");
	/* As many parameters as half of the rows could copy them. */
	if (p->ratios && (!p->nfits || 2 * p->nfits >= p->nrows))
		return bad(r, 0, 0, "parameters to fit", "some, and fewer than half the rows");
	if (!p->ratios && p->nfits)
		return bad(r, 0, 0, "a fit of what is judged by order", "#: judge ratios");
	for (size_t i = 0; i < p->nfits; i++)
		if (!isfinite(rl_published_value(&p->fit[i], &r->base)))
			return bad(r, 0, 0, p->fit[i].name, "an option that the device says");
	return 0;
}

static int read_table(struct reader *r, const char *text, size_t size)
{
	struct rl_lines l;
	int rc = 0;

	rl_lines_init(&l, text, size);
	while (!rc && rl_lines_next(&l)) {
		char *line = strndup(l.at, l.size);

		rc = line ? read_line(r, line, l.line) : -ENOMEM;
		free(line);
	}
	return rc ? rc : check(r);
}

int rl_published_read(
	const char *path, struct rl_published *out, rl_warn_fn *warn, void *arg, struct rl_err *err)
{
	struct reader r = {.file = path, .out = out, .warn = warn, .arg = arg, .err = err};
	size_t n = strlen(path), size = 0;
	char yaml[512], *text = NULL;
	int rc;

	memset(out, 0, sizeof(*out));
	if (n < 4 || n + 2 > sizeof(yaml) || strcmp(path + n - 4, ".csv") != 0)
		return bad(&r, 0, 0, "no published table", "a file NAME.csv beside NAME.yaml");
	snprintf(yaml, sizeof(yaml), "%.*s.yaml", (int)(n - 4), path);
	rc = rl_text_read(path, &text, &size, err);
	if (!rc)
		rc = rl_scenario_read(yaml, &r.base, warn, arg, err);
	if (!rc && rl_text_utf8(text, size) != size)
		rc = bad(&r, 0, 0, "bytes that are no text", "UTF-8");
	if (!rc)
		rc = read_table(&r, text, size);
	free(text);
	return rc;
}

double rl_published_value(const struct rl_published_fit *f, const struct rl_scenario *s)
{
	char key[64];
	const char *at;

	if (f->kind == RL_PUBLISHED_SCALE)
		return 1;
	if (f->kind == RL_PUBLISHED_COST)
		return s->costs.v[f->param];
	snprintf(key, sizeof(key), "%s=", f->name + strlen("device."));
	at = strstr(s->disk.device, key);
	if (!at)
		return NAN;
	at += strlen(key);
	return *at >= '0' && *at <= '9' ? strtod(at, NULL) : NAN;
}
