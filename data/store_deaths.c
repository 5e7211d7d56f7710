/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Campaigns of deaths in the store; see deaths.h. */
#include "data/deaths.h"

#include "data/store_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FIXED 2 /* columns before those of death.def: campaign, more */

static void hash(struct rl_campaign *c)
{
	struct rl_sha256 s;

	rl_sha256_init(&s);
	rl_sha256_add(&s, c->platform, strlen(c->platform) + 1);
	rl_sha256_add(&s, c->csv, c->csv_size);
	rl_sha256_hex(&s, c->hash);
}

/* Returns: 1: it is there; 0: it is not; negative. */
static int find(struct rl_store *store, const struct rl_campaign *c, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"SELECT hash = ?1 FROM campaign WHERE hash = ?1 OR name = ?2 ORDER BY 1 DESC", err);
	int rc, same;

	if (!stmt)
		return -EIO;
	sqlite3_bind_text(stmt, 1, c->hash, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, c->name, -1, SQLITE_STATIC);
	rc = sqlite3_step(stmt);
	same = rc == SQLITE_ROW && sqlite3_column_int(stmt, 0);
	if (rc == SQLITE_DONE || same)
		rc = same;
	else if (rc == SQLITE_ROW)
		rc = rl_err_set(err, -EINVAL, store->path, 0, 0,
			"%s is here with other lines (expected the same ones, or a new database)",
			c->name);
	else
		rc = rl_store_fail(store, err, "cannot look for the campaign");
	sqlite3_finalize(stmt);
	return rc;
}

static int put_row(
	struct rl_store *store, const struct rl_campaign *c, int64_t *id, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"INSERT INTO campaign (hash, name, platform, pair, kind, started, manifest, csv)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		err);
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_text(stmt, 1, c->hash, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, c->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, c->platform, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 4, c->deaths.stock ? "stock" : "own", -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 5, c->deaths.faults ? "fault" : "death", -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 6, c->started, -1, SQLITE_STATIC);
	sqlite3_bind_blob64(stmt, 8, c->csv, c->csv_size, SQLITE_STATIC);
	rc = rl_store_bind_json(store, stmt, 7, c->manifest, err);
	if (rc)
		sqlite3_finalize(stmt);
	else
		rc = rl_store_finish(store, stmt, err, c->name);
	*id = sqlite3_last_insert_rowid(store->db);
	return rc;
}

/* Columns by their names, as death.def has them. */
static sqlite3_stmt *prepare_death(struct rl_store *store, struct rl_err *err)
{
	char sql[1200];
	size_t used = (size_t)snprintf(sql, sizeof(sql), "INSERT INTO death (campaign, more");

	for (int c = 0; c < RL_DEATH_COLUMNS; c++)
		used += (size_t)snprintf(
			sql + used, sizeof(sql) - used, ", %s", rl_death_info[c].name);
	used += (size_t)snprintf(sql + used, sizeof(sql) - used, ") VALUES (?, ?");
	for (int c = 0; c < RL_DEATH_COLUMNS; c++)
		used += (size_t)snprintf(sql + used, sizeof(sql) - used, ", ?");
	snprintf(sql + used, sizeof(sql) - used, ")");
	return rl_store_prepare(store, sql, err);
}

static int put_death(struct rl_store *store, sqlite3_stmt *stmt, int64_t campaign,
	const struct rl_death *d, struct rl_err *err)
{
	int rc = 0;

	sqlite3_clear_bindings(stmt);
	sqlite3_bind_int64(stmt, 1, campaign);
	sqlite3_bind_text(stmt, 2, d->more, -1, SQLITE_STATIC);
	for (int c = 0; c < RL_DEATH_COLUMNS; c++)
		if (c == RL_DEATH_death || (d->text[c] && rl_death_info[c].count))
			sqlite3_bind_int64(stmt, FIXED + 1 + c, d->number[c]);
		else
			sqlite3_bind_text(stmt, FIXED + 1 + c, d->text[c], -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		rc = rl_store_fail(store, err, d->text[RL_DEATH_job]);
	sqlite3_reset(stmt);
	return rc;
}

static int put_deaths(
	struct rl_store *store, const struct rl_campaign *c, int64_t id, struct rl_err *err)
{
	sqlite3_stmt *stmt = prepare_death(store, err);
	int rc = stmt ? 0 : -EIO;

	for (size_t i = 0; i < c->deaths.n && !rc; i++)
		rc = put_death(store, stmt, id, &c->deaths.rows[i], err);
	sqlite3_finalize(stmt);
	return rc;
}

int rl_store_put_campaign(
	struct rl_store *store, struct rl_campaign *c, bool *is_new, struct rl_err *err)
{
	int64_t id;
	int known, rc;

	hash(c);
	known = find(store, c, err);
	*is_new = known == 0;
	if (known)
		return known < 0 ? known : 0;
	rc = put_row(store, c, &id, err);
	rc = rc ? rc : put_deaths(store, c, id, err);
	return rc ? rc : rl_store_seal(store, RL_STORE_CAMPAIGN, id, err);
}
