/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the views as JSON; see store_ask.h. */
#include "data/store_ask.h"

#include "data/store_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CREATE	  "CREATE VIEW "
#define TEMPORARY "CREATE TEMP VIEW IF NOT EXISTS "

/* A temporary view goes before one of the file that bears its name. */
static int make_temporary(struct rl_store *store, struct rl_err *err)
{
	char *views = rl_store_views_sql(), *sql = NULL;
	const char *at = views, *next;
	size_t size;
	FILE *f = open_memstream(&sql, &size);
	int rc = -ENOMEM;

	if (!views || !f)
		goto out;
	for (; (next = strstr(at, CREATE)); at = next + strlen(CREATE))
		fprintf(f, "%.*s" TEMPORARY, (int)(next - at), at);
	fputs(at, f);
	rc = fflush(f) ? -ENOMEM : rl_store_exec(store, sql, err);
out:
	if (f)
		fclose(f);
	free(sql);
	free(views);
	if (rc == -ENOMEM)
		rl_err_set(err, rc, NULL, 0, 0, "out of memory");
	return rc;
}

static json_t *value(sqlite3_stmt *stmt, int column)
{
	json_t *v = NULL;

	switch (sqlite3_column_type(stmt, column)) {
	case SQLITE_INTEGER:
		return json_integer(sqlite3_column_int64(stmt, column));
	case SQLITE_FLOAT:
		v = json_real(sqlite3_column_double(stmt, column));
		break;
	case SQLITE_TEXT:
		v = json_stringn((const char *)sqlite3_column_text(stmt, column),
			(size_t)sqlite3_column_bytes(stmt, column));
		break;
	default:
		break;
	}
	return v ? v : json_null();
}

static json_t *row(sqlite3_stmt *stmt)
{
	json_t *r = json_array();

	for (int i = 0; i < sqlite3_column_count(stmt); i++)
		json_array_append_new(r, value(stmt, i));
	return r;
}

static json_t *columns(sqlite3_stmt *stmt)
{
	json_t *c = json_array();

	for (int i = 0; i < sqlite3_column_count(stmt); i++)
		json_array_append_new(c, json_string(sqlite3_column_name(stmt, i)));
	return c;
}

int rl_store_ask(struct rl_store *store, const char *sql, json_t **out, struct rl_err *err)
{
	int rc = make_temporary(store, err), step;
	sqlite3_stmt *stmt = rc ? NULL : rl_store_prepare(store, sql, err);
	json_t *rows;

	*out = NULL;
	if (!stmt)
		return rc ? rc : -EIO;
	rows = json_array();
	while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
		json_array_append_new(rows, row(stmt));
	if (step != SQLITE_DONE) {
		rc = rl_store_fail(store, err, "cannot read a view");
		json_decref(rows);
	} else {
		*out = json_pack("{s:o, s:o}", "columns", columns(stmt), "rows", rows);
		if (!*out)
			rc = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	}
	sqlite3_finalize(stmt);
	return rc;
}
