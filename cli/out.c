/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows: a table by libsmartcols, JSON by jansson, CSV after RFC 4180, gnuplot's columns. */
#include "cli/out.h"

#include <errno.h>
#include <jansson.h>
#include <libsmartcols.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct rl_out {
	enum rl_out_format format;
	FILE *to;
	const char *const *columns;
	size_t ncolumns, at; /* the column that comes next */
	struct libscols_table *table;
	struct libscols_line *line;
	bool failed;
};

static const char *const names[] = {"table", "json", "csv", "dat"};

int rl_out_format_find(const char *name)
{
	for (int i = 0; i <= RL_OUT_DAT; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static bool begin_table(struct rl_out *o)
{
	scols_init_debug(0);
	o->table = scols_new_table();
	if (!o->table)
		return false;
	scols_table_set_stream(o->table, o->to);
	scols_table_enable_nolinesep(o->table, 0);
	/* Cells are never cut: a pipe has no width, and a cut number is a wrong one. */
	for (size_t i = 0; i < o->ncolumns; i++)
		if (!scols_table_new_column(o->table, o->columns[i], 0, 0))
			return false;
	return true;
}

static void csv_text(struct rl_out *o, const char *text)
{
	if (o->at > 0)
		fputc(',', o->to);
	if (!text[strcspn(text, ",\"\r\n")]) {
		fputs(text, o->to);
		return;
	}
	fputc('"', o->to);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', o->to);
		fputc(*text, o->to);
	}
	fputc('"', o->to);
}

/* A word, or a text in quotes; one that is not known is a column all the same. */
static void dat_text(struct rl_out *o, const char *text)
{
	if (o->at > 0)
		fputc(' ', o->to);
	if (*text && !text[strcspn(text, " \t\"#")]) {
		fputs(text, o->to);
		return;
	}
	if (!*text) {
		fputc('?', o->to);
		return;
	}
	fputc('"', o->to);
	for (; *text; text++)
		fputc(*text == '"' || *text == '\n' ? '\'' : *text, o->to);
	fputc('"', o->to);
}

struct rl_out *rl_out_create(enum rl_out_format format, FILE *to, const char *const *columns)
{
	struct rl_out *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	*o = (struct rl_out){.format = format, .to = to, .columns = columns};
	while (columns[o->ncolumns])
		o->ncolumns++;
	if (format == RL_OUT_TABLE && !begin_table(o)) {
		scols_unref_table(o->table);
		free(o);
		return NULL;
	}
	if (format == RL_OUT_CSV || format == RL_OUT_DAT) {
		fputs(format == RL_OUT_DAT ? "# " : "", to);
		for (; o->at < o->ncolumns; o->at++)
			(format == RL_OUT_CSV ? csv_text : dat_text)(o, columns[o->at]);
		fputc('\n', to);
		o->at = 0;
	}
	return o;
}

/* The value as a person, CSV and JSON read it. */
static void put(struct rl_out *o, const char *text, const char *csv, const char *json, bool right)
{
	if (o->at >= o->ncolumns) {
		o->failed = true;
		return;
	}
	if (o->format == RL_OUT_JSON)
		fprintf(o->to, "%c\"%s\":%s", o->at ? ',' : '{', o->columns[o->at], json);
	if (o->format == RL_OUT_CSV)
		csv_text(o, csv);
	if (o->format == RL_OUT_DAT)
		dat_text(o, csv);
	if (o->format == RL_OUT_TABLE) {
		if (!o->line)
			o->line = scols_table_new_line(o->table, NULL);
		if (right)
			scols_column_set_flags(
				scols_table_get_column(o->table, o->at), SCOLS_FL_RIGHT);
		if (!o->line || scols_line_set_data(o->line, o->at, text))
			o->failed = true;
	}
	o->at++;
}

void rl_out_text(struct rl_out *o, const char *text)
{
	json_t *value = text ? json_string(text) : NULL;
	/* What is no UTF-8 cannot be said in JSON. */
	char *json = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;

	put(o, text ? text : "-", text ? text : "", json ? json : "null", false);
	free(json);
	json_decref(value);
}

void rl_out_real(struct rl_out *o, double x, int digits)
{
	char text[40], all[40];

	if (!isfinite(x)) {
		put(o, "-", "", "null", true);
		return;
	}
	/* Whole thousands are not said as 1.2e+04. */
	if (fabs(x) >= 1000 && fabs(x) < 1e15)
		snprintf(text, sizeof(text), "%.0f", x);
	else
		snprintf(text, sizeof(text), "%.*g", digits, x);
	/* Programs get the fewest digits that bring the same bits back. */
	for (int p = 15; p <= 17; p++) {
		snprintf(all, sizeof(all), "%.*g", p, x);
		if (strtod(all, NULL) == x)
			break;
	}
	put(o, text, all, all, true);
}

void rl_out_count(struct rl_out *o, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	put(o, text, text, text, true);
}

void rl_out_bool(struct rl_out *o, bool b)
{
	put(o, b ? "yes" : "no", b ? "true" : "false", b ? "true" : "false", false);
}

void rl_out_end_row(struct rl_out *o)
{
	if (o->format == RL_OUT_JSON)
		fputs(o->at ? "}\n" : "{}\n", o->to);
	if (o->format == RL_OUT_CSV || o->format == RL_OUT_DAT)
		fputc('\n', o->to);
	if (o->at != o->ncolumns)
		o->failed = true;
	o->line = NULL;
	o->at = 0;
}

int rl_out_finish(struct rl_out *o)
{
	int rc;

	if (o->format == RL_OUT_TABLE && scols_table_get_nlines(o->table) > 0) {
		scols_print_table(o->table);
	}
	scols_unref_table(o->table);
	rc = fflush(o->to) || ferror(o->to) || o->failed ? -EIO : 0;
	free(o);
	return rc;
}

int rl_out_document(json_t *doc)
{
	int rc = doc && json_dumpf(doc, stdout, JSON_INDENT(1)) == 0 ? 0 : -EIO;

	json_decref(doc);
	if (!rc && (putchar('\n') == EOF || fflush(stdout)))
		rc = -EIO;
	return rc;
}
