/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and transactions. Runs are in store_run.c, parameters in store_param.c. */
#include "data/store_private.h"

#include "data/format/json.h"
#include "data/schema/schema.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two importers wait for each other rather than fail. */
#define BUSY_MS 20000

/* Million steps of SQLite's machine that looking at a small file may take; it takes less than one.
 */
#define PATIENCE 100

int rl_store_fail(struct rl_store *store, struct rl_err *err, const char *doing)
{
	int code = sqlite3_errcode(store->db);
	int damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;

	return rl_err_set(err, damaged ? -EINVAL : -EIO, store->path, 0, 0, "%s: %s%s", doing,
		sqlite3_errmsg(store->db), damaged ? " (expected a ringlab database)" : "");
}

sqlite3_stmt *rl_store_prepare(struct rl_store *store, const char *sql, struct rl_err *err)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		rl_store_fail(store, err, "cannot ask the database");
	return stmt;
}

int rl_store_finish(
	struct rl_store *store, sqlite3_stmt *stmt, struct rl_err *err, const char *doing)
{
	int rc = sqlite3_step(stmt);

	if (rc != SQLITE_DONE && rc != SQLITE_ROW) {
		rc = sqlite3_errcode(store->db) == SQLITE_CONSTRAINT ? -EINVAL : -EIO;
		rl_store_fail(store, err, doing);
	} else {
		rc = 0;
	}
	sqlite3_finalize(stmt);
	return rc;
}

int rl_store_exec(struct rl_store *store, const char *sql, struct rl_err *err)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return rl_store_fail(store, err, "cannot change the database");
	return 0;
}

int rl_store_bind_real(sqlite3_stmt *stmt, int at, double value)
{
	return isnan(value) ? sqlite3_bind_null(stmt, at) : sqlite3_bind_double(stmt, at, value);
}

double rl_store_real(sqlite3_stmt *stmt, int column)
{
	if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
		return NAN;
	return sqlite3_column_double(stmt, column);
}

void rl_store_text(sqlite3_stmt *stmt, int column, char *out, size_t size)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);

	snprintf(out, size, "%s", text ? (const char *)text : "");
}

int rl_store_bind_json(
	struct rl_store *store, sqlite3_stmt *stmt, int at, const char *text, struct rl_err *err)
{
	json_t *doc;

	text = text ? text : "{}";
	doc = rl_json_only(text, strlen(text), store->path, err);
	if (!doc)
		return -EINVAL;
	json_decref(doc);
	sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
	return 0;
}

/* trusted_schema and DEFENSIVE: a hostile file shall not run anything of its own. */
static int harden(struct rl_store *store, struct rl_err *err)
{
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, 256 << 20);
	sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	return rl_store_exec(store, "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON", err);
}

/* Brings the schema up to date; another program may have done so meanwhile. */
static int migrate(struct rl_store *store, struct rl_err *err)
{
	char sql[64];
	int rc, version;

	rc = rl_store_exec(store, "BEGIN IMMEDIATE", err);
	if (rc)
		return rc;
	version = rl_store_pragma(store, "user_version", err);
	for (; version >= 0 && rl_schema[version]; version++) {
		rc = rl_store_exec(store, rl_schema[version], err);
		if (rc)
			return rc;
	}
	if (version < 0)
		return version;
	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", version);
	rc = rl_store_exec(store, sql, err);
	rc = rc ? rc : rl_store_make_views(store, err);
	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d", RL_STORE_APPLICATION_ID);
	rc = rc ? rc : rl_store_exec(store, sql, err);
	return rc ? rc : rl_store_exec(store, "COMMIT", err);
}

static int verify_content(struct rl_store *store, bool *behind, struct rl_err *err)
{
	int id = rl_store_pragma(store, "application_id", err);
	int version = rl_store_pragma(store, "user_version", err);
	bool views_current = false;
	int latest = 0, pages, rc;

	if (id < 0 || version < 0)
		return -EINVAL;
	while (rl_schema[latest])
		latest++;
	pages = rl_store_pragma(store, "page_count", err);
	if (pages > 0 && id != RL_STORE_APPLICATION_ID)
		return rl_err_set(err, -EINVAL, store->path, 0, 0,
			"a database of another program (application_id %d, expected %d)", id,
			RL_STORE_APPLICATION_ID);
	if (version > latest)
		return rl_err_set(err, -EINVAL, store->path, 0, 0,
			"a database of a newer ringlab (schema %d, expected at most %d)", version,
			latest);
	rc = rl_store_check_schema(store, version, &views_current, err);
	*behind = version < latest || !views_current;
	return rc ? rc : rl_store_check_content(store, err);
}

/* Asked every million steps: a file that keeps us longer than its size allows is given up. */
static int give_up(void *arg)
{
	int64_t *left = arg;

	return --*left < 0;
}

/*
 * Nothing is written before all that is there has been found to be ours. One transaction
 * holds what is looked at still: another program may be making the tables right now.
 */
static int verify(struct rl_store *store, struct rl_err *err)
{
	int64_t patience = PATIENCE + rl_store_pragma(store, "page_count", err) / 10;
	bool behind = false;
	int rc = rl_store_exec(store, "BEGIN", err);

	if (rc)
		return rc;
	sqlite3_progress_handler(store->db, 1000000, give_up, &patience);
	rc = verify_content(store, &behind, err);
	sqlite3_progress_handler(store->db, 0, NULL, NULL);
	sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL); /* it only read */
	return rc || !behind ? rc : migrate(store, err);
}

static int connect_db(struct rl_store *store, const char *path, bool create, struct rl_err *err)
{
	int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
	int rc;

	if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK)
		return rl_store_fail(store, err, "cannot open");
	rc = harden(store, err);
	rc = rc ? rc : verify(store, err);
	/* All triggers are ours now: they keep roles as they were given. */
	if (!rc)
		sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL);
	/* Kept when another connection holds the file: a rollback journal is as safe. */
	if (!rc)
		sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	return rc;
}

int rl_store_open(struct rl_store **out, const char *path, bool create, struct rl_err *err)
{
	struct rl_store *store;
	bool empty = true;
	int rc = 0;

	*out = NULL;
	if (strcmp(path, ":memory:") != 0)
		rc = rl_store_check_header(path, &empty, err);
	else
		create = true;
	if (rc)
		return rc;
	if (empty && !create)
		return rl_err_set(err, -ENOENT, path, 0, 0,
			"no such database (expected one made by `ringlab import`)");
	store = calloc(1, sizeof(*store));
	if (!store)
		return -ENOMEM;
	snprintf(store->path, sizeof(store->path), "%s", path);
	rc = connect_db(store, path, create, err);
	if (rc) {
		rl_store_close(store);
		return rc;
	}
	*out = store;
	return 0;
}

void rl_store_close(struct rl_store *store)
{
	if (!store)
		return;
	sqlite3_close(store->db);
	free(store);
}

int rl_store_begin(struct rl_store *store, struct rl_err *err)
{
	return rl_store_exec(store, "BEGIN IMMEDIATE", err);
}

int rl_store_commit(struct rl_store *store, struct rl_err *err)
{
	return rl_store_exec(store, "COMMIT", err);
}

void rl_store_rollback(struct rl_store *store)
{
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}
