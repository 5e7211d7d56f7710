/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameter sets in the store. */
#include "data/store_private.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int put_param(
	struct rl_store *store, int64_t set, int p, const struct rl_fitted *f, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"INSERT INTO param (param_set, name, value, lo, hi, identifiable, unit)"
		" VALUES (?, ?, ?, ?, ?, ?, ?)",
		err);

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, set);
	sqlite3_bind_text(stmt, 2, rl_param_info[p].name, -1, SQLITE_STATIC);
	rl_store_bind_real(stmt, 3, f->value);
	rl_store_bind_real(stmt, 4, f->lo);
	rl_store_bind_real(stmt, 5, f->hi);
	sqlite3_bind_int(stmt, 6, f->identifiable);
	sqlite3_bind_text(stmt, 7, rl_param_info[p].unit, -1, SQLITE_STATIC);
	return rl_store_finish(store, stmt, err, rl_param_info[p].name);
}

static int put_set(struct rl_store *store, const struct rl_param_set *set, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store, "DELETE FROM param_set WHERE name = ?", err);
	int rc = -EIO;

	if (!stmt)
		return rc;
	sqlite3_bind_text(stmt, 1, set->name, -1, SQLITE_STATIC);
	rc = rl_store_finish(store, stmt, err, "cannot replace the parameters");
	if (rc)
		return rc;
	stmt = rl_store_prepare(store,
		"INSERT INTO param_set (name, platform, created, manifest) VALUES (?, ?, ?, ?)",
		err);
	if (!stmt)
		return -EIO;
	sqlite3_bind_text(stmt, 1, set->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, set->platform, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, set->created, -1, SQLITE_STATIC);
	rc = rl_store_bind_json(store, stmt, 4, set->manifest, err);
	if (rc) {
		sqlite3_finalize(stmt);
		return rc;
	}
	return rl_store_finish(store, stmt, err, "cannot store the parameters");
}

int rl_store_save_params(struct rl_store *store, const struct rl_param_set *set, struct rl_err *err)
{
	int rc = rl_store_exec(store, "SAVEPOINT params", err);
	int64_t id;

	if (rc)
		return rc;
	rc = put_set(store, set, err);
	id = sqlite3_last_insert_rowid(store->db);
	for (int p = 0; !rc && p < RL_PARAM_COUNT; p++)
		if (set->p[p].present)
			rc = put_param(store, id, p, &set->p[p], err);
	rc = rc ? rc : rl_store_put_calibration(store, id, set, err);
	rc = rc ? rc : rl_store_seal(store, RL_STORE_PARAMS, id, err);
	if (!rc)
		return rl_store_exec(store, "RELEASE params", err);
	sqlite3_exec(store->db, "ROLLBACK TO params; RELEASE params", NULL, NULL, NULL);
	return rc;
}

static int load_values(
	struct rl_store *store, int64_t id, struct rl_param_set *set, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"SELECT name, value, lo, hi, identifiable FROM param WHERE param_set = ?", err);
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, id);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		int p = name ? rl_param_find(name) : -1;

		if (p < 0)
			rc = rl_err_set(err, -EINVAL, store->path, 0, 0,
				"parameters '%s': unknown parameter '%s' (calibrate again)",
				set->name, name ? name : "");
		if (p < 0)
			break;
		set->p[p].present = true;
		set->p[p].value = rl_store_real(stmt, 1);
		set->p[p].lo = rl_store_real(stmt, 2);
		set->p[p].hi = rl_store_real(stmt, 3);
		set->p[p].identifiable = sqlite3_column_int(stmt, 4) != 0;
	}
	if (rc > 0 && rc != SQLITE_DONE)
		rc = rl_store_fail(store, err, "cannot read the parameters");
	sqlite3_finalize(stmt);
	return rc < 0 ? rc : 0;
}

int rl_store_load_params(
	struct rl_store *store, const char *name, struct rl_param_set *set, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"SELECT id, name, platform, created, manifest FROM param_set WHERE name = ?", err);
	int64_t id = 0;
	int rc;

	memset(set, 0, sizeof(*set));
	for (int p = 0; p <= RL_PARAM_COUNT; p++)
		set->p[p].value = set->p[p].lo = set->p[p].hi = NAN;
	if (!stmt)
		return -EIO;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		id = sqlite3_column_int64(stmt, 0);
		rl_store_text(stmt, 1, set->name, sizeof(set->name));
		rl_store_text(stmt, 2, set->platform, sizeof(set->platform));
		rl_store_text(stmt, 3, set->created, sizeof(set->created));
		set->manifest = strdup((const char *)sqlite3_column_text(stmt, 4));
	}
	sqlite3_finalize(stmt);
	if (rc == SQLITE_ROW) {
		rc = rl_store_check_params(store, id, name, err);
		return rc ? rc : load_values(store, id, set, err);
	}
	if (rc != SQLITE_DONE)
		return rl_store_fail(store, err, "cannot read the parameters");
	return rl_err_set(err, -ENOENT, store->path, 0, 0,
		"no parameters named '%s' (expected a name given to `ringlab calibrate --save`)",
		name);
}

void rl_param_set_fini(struct rl_param_set *set)
{
	free(set->manifest);
	set->manifest = NULL;
}

void rl_param_set_apply(const struct rl_param_set *set, struct rl_costs *costs)
{
	for (int p = 0; p < RL_PARAM_COUNT; p++)
		if (set->p[p].present)
			costs->v[p] = set->p[p].value;
}
