/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is this file ours? Asked before anything is written to it. */
#include "data/store_private.h"

#include "data/schema/schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HEADER_BYTES 100

static uint32_t big_endian(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Without SQLite: opening a foreign file with it could already change that file. */
static int check_bytes(const char *path, const unsigned char *h, size_t n, struct rl_err *err)
{
	uint32_t id, version, latest = 0;

	if (n < HEADER_BYTES || memcmp(h, "SQLite format 3", 16) != 0)
		return rl_err_set(
			err, -EINVAL, path, 0, 0, "not a database (expected one of ringlab)");
	id = big_endian(h + 68);
	version = big_endian(h + 60);
	while (rl_schema[latest])
		latest++;
	if (id != RL_STORE_APPLICATION_ID)
		return rl_err_set(err, -EINVAL, path, 0, 0,
			"a database of another program (application_id 0x%x, expected 0x%x)", id,
			RL_STORE_APPLICATION_ID);
	if (version > latest)
		return rl_err_set(err, -EINVAL, path, 0, 0,
			"a database of a newer ringlab (schema %u, expected at most %u)", version,
			latest);
	return 0;
}

int rl_store_check_header(const char *path, bool *empty, struct rl_err *err)
{
	unsigned char header[HEADER_BYTES];
	struct stat st;
	size_t n;
	FILE *f;

	*empty = true;
	if (stat(path, &st) != 0)
		return errno == ENOENT ? 0
				       : rl_err_set(err, -errno, path, 0, 0, "cannot open: %s",
						 strerror(errno));
	if (!S_ISREG(st.st_mode))
		return rl_err_set(err, -EINVAL, path, 0, 0, "not a file (expected a database)");
	if (st.st_size == 0)
		return 0;
	*empty = false;
	f = fopen(path, "rb");
	if (!f)
		return rl_err_set(err, -errno, path, 0, 0, "cannot open: %s", strerror(errno));
	n = fread(header, 1, sizeof(header), f);
	fclose(f);
	return check_bytes(path, header, n, err);
}

int rl_store_pragma(struct rl_store *store, const char *name, struct rl_err *err)
{
	char sql[64];
	sqlite3_stmt *stmt;
	int value = -EINVAL;

	snprintf(sql, sizeof(sql), "PRAGMA %s", name);
	stmt = rl_store_prepare(store, sql, err);
	if (!stmt)
		return -EINVAL;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int(stmt, 0);
	else
		rl_store_fail(store, err, "cannot read");
	sqlite3_finalize(stmt);
	return value;
}

/* The schema as one line an object, in order of names; views are store_view.c's. */
#define SCHEMA_SQL                                                                                 \
	"SELECT type || ' ' || name || ' ' || tbl_name || ' ' || ifnull(sql, '')"                  \
	" FROM sqlite_schema WHERE type <> 'view' ORDER BY name"

static int same_schema(sqlite3_stmt *have, sqlite3_stmt *want)
{
	for (;;) {
		int a = sqlite3_step(have), b = sqlite3_step(want);
		const unsigned char *s, *t;

		if (a != b)
			return 0;
		if (a != SQLITE_ROW)
			return a == SQLITE_DONE;
		s = sqlite3_column_text(have, 0);
		t = sqlite3_column_text(want, 0);
		if (!s || !t || strcmp((const char *)s, (const char *)t) != 0)
			return 0;
	}
}

/*
 * A view in a table's place, a trigger, a missing CHECK: all are found by comparing with
 * the schema that the migrations make in an empty database.
 */
static int compare_schema(struct rl_store *store, sqlite3 *model, int version, struct rl_err *err)
{
	sqlite3_stmt *have, *want = NULL;
	int ok = 1;

	for (int v = 0; ok && v < version; v++)
		ok = sqlite3_exec(model, rl_schema[v], NULL, NULL, NULL) == SQLITE_OK;
	ok = ok && sqlite3_prepare_v2(model, SCHEMA_SQL, -1, &want, NULL) == SQLITE_OK;
	have = ok ? rl_store_prepare(store, SCHEMA_SQL, err) : NULL;
	ok = have && same_schema(have, want);
	sqlite3_finalize(have);
	sqlite3_finalize(want);
	if (ok)
		return 0;
	return rl_err_set(err, -EINVAL, store->path, 0, 0,
		"tables are not those of ringlab (expected schema %d, unchanged)", version);
}

int rl_store_check_schema(
	struct rl_store *store, int version, bool *views_current, struct rl_err *err)
{
	char *views = rl_store_views_sql();
	sqlite3 *model = NULL;
	int rc = -ENOMEM;

	if (views && sqlite3_open(":memory:", &model) == SQLITE_OK) {
		rc = compare_schema(store, model, version, err);
		/* An older schema has not the tables that this program's views are over. */
		if (!rc)
			sqlite3_exec(model, views, NULL, NULL, NULL);
		rc = rc ? rc : rl_store_check_views(store, model, views_current, err);
	}
	sqlite3_close(model);
	free(views);
	return rc;
}

int rl_store_check_content(struct rl_store *store, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store, "PRAGMA quick_check(1)", err);
	char what[200] = "";
	int rc;

	if (!stmt)
		return -EINVAL;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		rl_store_text(stmt, 0, what, sizeof(what));
	else
		rl_store_fail(store, err, "damaged");
	sqlite3_finalize(stmt);
	if (rc == SQLITE_ROW && strcmp(what, "ok") == 0)
		return 0;
	what[strcspn(what, "\n")] = '\0';
	return rl_err_set(err, -EINVAL, store->path, 0, 0, "damaged: %s", what);
}
