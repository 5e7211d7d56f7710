/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hash a configuration; see the header. */
#include "data/store_sweep_seal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- one configuration --------------------------------------------------------------------- */

/* The hash of its sweep, so that it is no other one's; then all that is kept of it. */
static const char *const rows[] = {
	"SELECT hash, ?2 FROM sweep WHERE id = ?1",
	"SELECT reps, requests, events, warmup, warm, precise, limit_what, limit_frac, failed"
	" FROM sweep_config WHERE sweep = ?1 AND config = ?2",
	"SELECT axis, value, number FROM sweep_value WHERE sweep = ?1 AND config = ?2 ORDER BY 1",
	"SELECT metric, value, lo, hi FROM sweep_metric WHERE sweep = ?1 AND config = ?2"
	" ORDER BY 1",
};

#define NROWS (sizeof(rows) / sizeof(rows[0]))

int rl_sweep_seals_open(struct rl_sweep_seals *s, struct rl_store *store, struct rl_err *err)
{
	*s = (struct rl_sweep_seals){.store = store};
	for (size_t i = 0; i < NROWS; i++) {
		s->rows[i] = rl_store_prepare(store, rows[i], err);
		if (!s->rows[i])
			return -EIO;
	}
	s->put = rl_store_prepare(
		store, "INSERT INTO sweep_seal (sweep, config, sha256) VALUES (?, ?, ?)", err);
	s->get = rl_store_prepare(
		store, "SELECT sha256 FROM sweep_seal WHERE sweep = ? AND config = ?", err);
	return s->put && s->get ? 0 : -EIO;
}

void rl_sweep_seals_close(struct rl_sweep_seals *s)
{
	for (size_t i = 0; i < NROWS; i++)
		sqlite3_finalize(s->rows[i]);
	sqlite3_finalize(s->put);
	sqlite3_finalize(s->get);
	*s = (struct rl_sweep_seals){0};
}

static void ask(sqlite3_stmt *stmt, int64_t sweep, int64_t config)
{
	sqlite3_reset(stmt);
	sqlite3_bind_int64(stmt, 1, sweep);
	sqlite3_bind_int64(stmt, 2, config);
}

static int hash(struct rl_sweep_seals *s, int64_t sweep, int64_t config, char hex[RL_SHA256_HEX],
	struct rl_err *err)
{
	struct rl_sha256 sha;
	int rc = 0;

	rl_sha256_init(&sha);
	for (size_t i = 0; !rc && i < NROWS; i++) {
		ask(s->rows[i], sweep, config);
		rc = rl_store_hash_rows(s->store, s->rows[i], &sha, err);
		sqlite3_reset(s->rows[i]);
	}
	rl_sha256_hex(&sha, hex);
	return rc;
}

int rl_sweep_seals_put(struct rl_sweep_seals *s, int64_t sweep, int64_t config, struct rl_err *err)
{
	char hex[RL_SHA256_HEX];
	int rc = hash(s, sweep, config, hex, err);

	if (rc)
		return rc;
	ask(s->put, sweep, config);
	sqlite3_bind_text(s->put, 3, hex, -1, SQLITE_STATIC);
	if (sqlite3_step(s->put) != SQLITE_DONE)
		rc = rl_store_fail(s->store, err, "cannot seal a configuration");
	sqlite3_reset(s->put);
	return rc;
}

int rl_sweep_seals_check(
	struct rl_sweep_seals *s, int64_t sweep, int64_t config, struct rl_err *err)
{
	char was[RL_SHA256_HEX] = "", hex[RL_SHA256_HEX];
	int rc;

	ask(s->get, sweep, config);
	rc = sqlite3_step(s->get);
	if (rc == SQLITE_ROW)
		rl_store_text(s->get, 0, was, sizeof(was));
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE
		     ? 0
		     : rl_store_fail(s->store, err, "cannot read a seal");
	sqlite3_reset(s->get);
	if (rc || !*was)
		return rc ? rc : RL_SWEEP_UNSEALED;
	rc = hash(s, sweep, config, hex, err);
	if (rc)
		return rc;
	return strcmp(was, hex) == 0 ? RL_SWEEP_SOUND : RL_SWEEP_BROKEN;
}

/* ---- all of them --------------------------------------------------------------------------- */

static int changed(const struct rl_store *store, const char *name, const char *what, int64_t config,
	struct rl_err *err)
{
	char which[32] = "";

	if (config >= 0)
		snprintf(which, sizeof(which), " %lld", (long long)config);
	return rl_err_set(err, -EINVAL, store->path, 0, 0,
		"sweep '%s': %s%s is not what was simulated (expected a database that nobody "
		"changed)",
		name, what, which);
}

static bool is_spec(sqlite3_stmt *row)
{
	char hex[RL_SHA256_HEX], was[RL_SHA256_HEX];
	struct rl_sha256 sha;

	rl_sha256_init(&sha);
	rl_sha256_add(
		&sha, sqlite3_column_blob(row, 3) ?: "", (size_t)sqlite3_column_bytes(row, 3));
	rl_sha256_hex(&sha, hex);
	rl_store_text(row, 2, was, sizeof(was));
	return strcmp(hex, was) == 0;
}

/* Returns: 0; 1: a row comes out of it; negative. */
static int finds(struct rl_store *store, const char *sql, int64_t sweep, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store, sql, err);
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, sweep);
	rc = sqlite3_step(stmt);
	rc = rc == SQLITE_ROW	 ? 1
	     : rc == SQLITE_DONE ? 0
				 : rl_store_fail(store, err, "cannot read a sweep");
	sqlite3_finalize(stmt);
	return rc;
}

/* What the columns say the spec says, too; and no seal is of what is no longer there. */
static int audit_spec(
	struct rl_store *store, sqlite3_stmt *row, const char *name, struct rl_err *err)
{
	static const struct {
		const char *what, *sql;
	} wrong[] = {
		{"its spec",
			"SELECT 1 FROM sweep WHERE id = ? AND (json_extract(spec, '$.design') IS "
			"NOT "
			"design OR json_extract(spec, '$.points') IS NOT configs OR "
			"json_array_length(spec, '$.axes') IS NOT (SELECT count(*) FROM sweep_axis "
			"WHERE sweep = sweep.id))"},
		{"an axis",
			"SELECT 1 FROM sweep_axis JOIN sweep ON sweep.id = sweep_axis.sweep WHERE "
			"sweep = ? AND path IS NOT json_extract(spec, '$.axes[' || axis || "
			"'].path')"},
		{"a configuration",
			"SELECT 1 FROM sweep_seal LEFT JOIN sweep_config USING (sweep, config) "
			"WHERE sweep = ? AND reps IS NULL"},
	};

	if (!is_spec(row))
		return changed(store, name, "its spec", -1, err);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int rc = finds(store, wrong[i].sql, sqlite3_column_int64(row, 0), err);

		if (rc)
			return rc < 0 ? rc : changed(store, name, wrong[i].what, -1, err);
	}
	return 0;
}

static int audit_configs(struct rl_sweep_seals *s, int64_t sweep, const char *name,
	struct rl_store_audited *count, struct rl_err *err)
{
	sqlite3_stmt *list = rl_store_prepare(
		s->store, "SELECT config FROM sweep_config WHERE sweep = ? ORDER BY config", err);
	int rc = 0, step = SQLITE_DONE;

	if (!list)
		return -EIO;
	sqlite3_bind_int64(list, 1, sweep);
	while (!rc && (step = sqlite3_step(list)) == SQLITE_ROW) {
		int64_t config = sqlite3_column_int64(list, 0);
		int is = rl_sweep_seals_check(s, sweep, config, err);

		count->configs++;
		rc = is == RL_SWEEP_BROKEN ? changed(s->store, name, "configuration", config, err)
		     : is < 0		   ? is
					   : 0;
	}
	if (!rc && step != SQLITE_DONE)
		rc = rl_store_fail(s->store, err, "cannot read a sweep");
	sqlite3_finalize(list);
	return rc;
}

int rl_sweep_audit(struct rl_store *store, struct rl_store_audited *count, struct rl_err *err)
{
	sqlite3_stmt *list =
		rl_store_prepare(store, "SELECT id, name, hash, spec FROM sweep ORDER BY id", err);
	struct rl_sweep_seals seals = {0};
	int rc = list ? rl_sweep_seals_open(&seals, store, err) : -EIO, step = SQLITE_DONE;

	while (!rc && (step = sqlite3_step(list)) == SQLITE_ROW) {
		char name[128];

		rl_store_text(list, 1, name, sizeof(name));
		count->sweeps++;
		rc = audit_spec(store, list, name, err);
		rc = rc ? rc
			: audit_configs(&seals, sqlite3_column_int64(list, 0), name, count, err);
	}
	if (!rc && step != SQLITE_DONE)
		rc = rl_store_fail(store, err, "cannot read sweeps");
	rl_sweep_seals_close(&seals);
	sqlite3_finalize(list);
	return rc;
}
