/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who calibrates and who validates: a role is given once, sealed by the split that gave it, and a
 * parameter set keeps the runs that it was fitted to. The database's own triggers hold both; what
 * is asked here first is asked to say it better.
 */
#include "data/store_private.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

int rl_store_put_split(struct rl_store *store, const char *sha256, const char *bytes, size_t size,
	struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"INSERT INTO split (sha256, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING", err);

	if (!stmt)
		return -EIO;
	sqlite3_bind_text(stmt, 1, sha256, -1, SQLITE_STATIC);
	sqlite3_bind_blob64(stmt, 2, bytes, size, SQLITE_STATIC);
	return rl_store_finish(store, stmt, err, "cannot store the split");
}

int rl_store_seal_role(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	sqlite3_stmt *stmt;
	int rc;

	if (!*run->split)
		return 0;
	stmt = rl_store_prepare(store,
		"INSERT INTO role_seal (run, split) SELECT ?1, id FROM split WHERE sha256 = ?2"
		" ON CONFLICT DO NOTHING",
		err);
	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, run->id);
	sqlite3_bind_text(stmt, 2, run->split, -1, SQLITE_STATIC);
	rc = rl_store_finish(store, stmt, err, "cannot seal the role");
	return rc;
}

/* The role that a run has, and the split that sealed it: "" for none. */
static int get_role(struct rl_store *store, int64_t id, struct rl_run *have, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"SELECT run.role, split.sha256 FROM run LEFT JOIN role_seal ON role_seal.run = "
		"run.id"
		" LEFT JOIN split ON split.id = role_seal.split WHERE run.id = ?",
		err);
	char role[16];
	int rc = 0;

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, id);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		rl_store_text(stmt, 0, role, sizeof(role));
		rl_store_text(stmt, 1, have->split, sizeof(have->split));
		have->role = (enum rl_role)rl_role_find(role, strlen(role));
	} else {
		rc = rl_store_fail(store, err, "cannot read the role");
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int set_role(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store, "UPDATE run SET role = ? WHERE id = ?", err);
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_text(stmt, 1, rl_role_name(run->role), -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, run->id);
	rc = rl_store_finish(store, stmt, err, run->cell);
	return rc ? rc : rl_store_seal_role(store, run, err);
}

static const char *split_name(const char *sha256)
{
	return *sha256 ? sha256 : "(none recorded)";
}

/* What a run gets that is there already: a role when it had none, else nothing may differ. */
int rl_store_put_role(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	struct rl_run have = {0};
	int rc = get_role(store, run->id, &have, err);

	if (rc)
		return rc;
	if (!*run->split && run->role == RL_ROLE_NONE)
		return 0; /* nobody says anything of roles */
	if (run->role == have.role)
		return rl_store_seal_role(store, run, err);
	if (!*have.split && have.role == RL_ROLE_NONE)
		return set_role(store, run, err);
	return rl_err_set(err, -EINVAL, store->path, 0, 0,
		"%s/%s repeat %d: role %s by split %s is sealed; split %s says %s (expected the "
		"role that it had, or a database of its own for another split)",
		run->platform, run->cell, run->repeat, rl_role_name(have.role),
		split_name(have.split), split_name(run->split), rl_role_name(run->role));
}

static int put_hash(struct rl_store *store, int64_t set, const char *hash, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"INSERT INTO calibration_run (param_set, run_hash) VALUES (?, ?)"
		" ON CONFLICT DO NOTHING",
		err);

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, set);
	sqlite3_bind_text(stmt, 2, hash, -1, SQLITE_TRANSIENT);
	return rl_store_finish(store, stmt, err, "calibrated_on");
}

/* The runs that the manifest says the set was fitted to. */
int rl_store_put_calibration(
	struct rl_store *store, int64_t set, const struct rl_param_set *p, struct rl_err *err)
{
	json_t *m = json_loads(p->manifest ? p->manifest : "{}", 0, NULL);
	const json_t *list = json_object_get(m, "calibrated_on");
	int rc = 0;

	for (size_t i = 0; !rc && i < json_array_size(list); i++) {
		const char *hash = json_string_value(json_array_get(list, i));

		rc = hash ? put_hash(store, set, hash, err)
			  : rl_err_set(err, -EINVAL, store->path, 0, 0,
				    "parameters '%s': calibrated_on[%zu] is no text (expected the "
				    "hash of a run)",
				    p->name, i);
	}
	json_decref(m);
	return rc;
}
