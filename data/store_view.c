/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The views of data/schema/views.sql. They are no data: a metric more is a column more, without a
 * migration, so a database gets this program's views when it is opened. They are made for people
 * with sqlite3; this program never reads through one of the file (store_ask.c makes its own).
 */
#include "data/store_private.h"

#include "data/schema/schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK "@METRICS@"

static void metric_columns(FILE *f)
{
	for (int m = 0; m < RL_METRIC_COUNT; m++)
		fprintf(f, "%smax(metric.value) FILTER (WHERE metric.metric = '%s') AS %s,",
			m ? "\n\t" : "", rl_metric_info[m].name, rl_metric_info[m].name);
}

char *rl_store_views_sql(void)
{
	const char *text = rl_schema_views, *mark;
	char *sql = NULL;
	size_t size;
	FILE *f = open_memstream(&sql, &size);

	if (!f)
		return NULL;
	for (; (mark = strstr(text, MARK)); text = mark + strlen(MARK)) {
		fprintf(f, "%.*s", (int)(mark - text), text);
		metric_columns(f);
	}
	fputs(text, f);
	if (fclose(f)) {
		free(sql);
		return NULL;
	}
	return sql;
}

/* A view of the file: is it one of ours, and is it this program's? */
static int check_view(struct rl_store *store, sqlite3_stmt *have, sqlite3_stmt *want, int *same,
	struct rl_err *err)
{
	const char *name = (const char *)sqlite3_column_text(have, 0);
	const char *sql = (const char *)sqlite3_column_text(have, 1), *ours;

	sqlite3_reset(want);
	sqlite3_bind_text(want, 1, name ? name : "", -1, SQLITE_TRANSIENT);
	if (sqlite3_step(want) != SQLITE_ROW)
		return rl_err_set(err, -EINVAL, store->path, 0, 0,
			"a view that is not of ringlab (expected its tables and views alone)");
	ours = (const char *)sqlite3_column_text(want, 0);
	*same += sql && ours && strcmp(sql, ours) == 0;
	return 0;
}

static int count_views(sqlite3 *model)
{
	sqlite3_stmt *stmt = NULL;
	int n = -1;

	if (sqlite3_prepare_v2(model, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'", -1,
		    &stmt, NULL) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW)
		n = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

int rl_store_check_views(struct rl_store *store, sqlite3 *model, bool *current, struct rl_err *err)
{
	sqlite3_stmt *want = NULL,
		     *have = rl_store_prepare(
			     store, "SELECT name, sql FROM sqlite_schema WHERE type = 'view'", err);
	int rc = have ? 0 : -EINVAL, same = 0;

	if (!rc && sqlite3_prepare_v2(model,
			   "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?", -1,
			   &want, NULL) != SQLITE_OK)
		rc = -ENOMEM;
	while (!rc && sqlite3_step(have) == SQLITE_ROW)
		rc = check_view(store, have, want, &same, err);
	if (!rc && sqlite3_errcode(store->db) != SQLITE_DONE)
		rc = rl_store_fail(store, err, "damaged");
	sqlite3_finalize(have);
	sqlite3_finalize(want);
	*current = same == count_views(model);
	return rc;
}

/* Drops what views there are: all are ours, by their names. */
static int drop_views(struct rl_store *store, struct rl_err *err)
{
	char *sql = NULL;
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"SELECT group_concat(printf('DROP VIEW \"%w\"', name), ';')"
		" FROM sqlite_schema WHERE type = 'view'",
		err);
	int rc = 0;

	if (!stmt)
		return -EIO;
	if (sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_text(stmt, 0))
		sql = strdup((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	if (sql)
		rc = rl_store_exec(store, sql, err);
	free(sql);
	return rc;
}

int rl_store_make_views(struct rl_store *store, struct rl_err *err)
{
	char *sql = rl_store_views_sql();
	int rc = sql ? drop_views(store, err) : -ENOMEM;

	rc = rc ? rc : rl_store_exec(store, sql, err);
	free(sql);
	return rc;
}
