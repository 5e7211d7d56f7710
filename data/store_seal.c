/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs, parameter sets and campaigns as they were put in: a hash over what the store keeps of one,
 * in an order of its own, taken then and held against it later. Of a run it is what neither its
 * documents' hashes nor its figures, which are read again, give away.
 */
#include "data/store_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A line a value, so that no value can be taken for its neighbour's. */
static const struct sealed {
	const char *put, *get, *rows[6];
} sealed[] = {
	[RL_STORE_RUN] = {"INSERT OR REPLACE INTO run_seal (run, sha256) VALUES (?, ?)",
		"SELECT sha256 FROM run_seal WHERE run = ?",
		{"SELECT platform, cell, repeat, started, manifest FROM run WHERE id = ?",
			"SELECT front_policy, back_policy, device, grants, rw, bs_bytes, iodepth,"
			" numjobs, pcpus FROM config WHERE run = ?",
			"SELECT what, way, value_ns, n FROM latency WHERE run = ? ORDER BY 1, 2, 3",
			"SELECT what, way, n, mean_ns, min_ns, max_ns, averaged FROM latency_log"
			" WHERE run = ? ORDER BY 1, 2",
			"SELECT domid, vcpu, state, n, total_ns, p5_ns, p50_ns, p95_ns FROM "
			"schedule"
			" WHERE run = ? ORDER BY 1, 2, 3"}},
	[RL_STORE_PARAMS] = {"INSERT OR REPLACE INTO param_seal (param_set, sha256) VALUES (?, ?)",
		"SELECT sha256 FROM param_seal WHERE param_set = ?",
		{"SELECT name, platform, created, manifest FROM param_set WHERE id = ?",
			"SELECT name, value, lo, hi, identifiable, unit FROM param"
			" WHERE param_set = ? ORDER BY 1",
			"SELECT run_hash FROM calibration_run WHERE param_set = ? ORDER BY 1"}},
	[RL_STORE_CAMPAIGN] = {"INSERT OR REPLACE INTO campaign_seal (campaign, sha256) VALUES (?, "
			       "?)",
		"SELECT sha256 FROM campaign_seal WHERE campaign = ?",
		{"SELECT hash, name, platform, pair, kind, started, manifest, csv FROM campaign"
		 " WHERE id = ?",
			"SELECT job, death, how, fault, moment, front_state, back_state, grants,"
			" back_policy, depth, fsync, at_us, lag_us, in_flight, flushes,"
			" fenced_us, chosen_us, named_us, served_us, longest_us, parked_ns,"
			" failed, fio, domain, offered, anew, after, judged, wrong, blocked,"
			" complaints, ended, more"
			" FROM death WHERE campaign = ? ORDER BY job, death"}},
};

static void add_column(struct rl_sha256 *s, sqlite3_stmt *stmt, int column)
{
	char number[64];

	switch (sqlite3_column_type(stmt, column)) {
	case SQLITE_FLOAT:
		snprintf(number, sizeof(number), "%a", sqlite3_column_double(stmt, column));
		rl_sha256_add(s, number, strlen(number));
		break;
	case SQLITE_NULL:
		rl_sha256_add(s, "null", 4);
		break;
	default:
		rl_sha256_add(s, sqlite3_column_blob(stmt, column) ?: "",
			(size_t)sqlite3_column_bytes(stmt, column));
	}
	rl_sha256_add(s, "\n", 1);
}

int rl_store_hash_rows(
	struct rl_store *store, sqlite3_stmt *stmt, struct rl_sha256 *s, struct rl_err *err)
{
	int rc;

	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		for (int c = 0; c < sqlite3_column_count(stmt); c++)
			add_column(s, stmt, c);
	return rc == SQLITE_DONE ? 0 : rl_store_fail(store, err, "cannot read what is sealed");
}

static int add_rows(struct rl_store *store, const char *sql, int64_t id, struct rl_sha256 *s,
	struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store, sql, err);
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, id);
	rc = rl_store_hash_rows(store, stmt, s, err);
	sqlite3_finalize(stmt);
	return rc;
}

static int hash_all(struct rl_store *store, enum rl_store_sealed what, int64_t id,
	char hex[RL_SHA256_HEX], struct rl_err *err)
{
	struct rl_sha256 s;
	int rc = 0;

	rl_sha256_init(&s);
	for (const char *const *sql = sealed[what].rows; !rc && *sql; sql++)
		rc = add_rows(store, *sql, id, &s, err);
	rl_sha256_hex(&s, hex);
	return rc;
}

int rl_store_seal(struct rl_store *store, enum rl_store_sealed what, int64_t id, struct rl_err *err)
{
	sqlite3_stmt *stmt;
	char hex[RL_SHA256_HEX];
	int rc = hash_all(store, what, id, hex, err);

	if (rc)
		return rc;
	stmt = rl_store_prepare(store, sealed[what].put, err);
	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, id);
	sqlite3_bind_text(stmt, 2, hex, -1, SQLITE_STATIC);
	return rl_store_finish(store, stmt, err, "cannot seal");
}

int rl_store_check_seal(struct rl_store *store, enum rl_store_sealed what, int64_t id, bool *broken,
	struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store, sealed[what].get, err);
	char was[RL_SHA256_HEX] = "", hex[RL_SHA256_HEX];
	int rc;

	*broken = false;
	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, id);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		rl_store_text(stmt, 0, was, sizeof(was));
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE
		     ? 0
		     : rl_store_fail(store, err, "cannot read a seal");
	sqlite3_finalize(stmt);
	if (rc || !*was)
		return rc;
	rc = hash_all(store, what, id, hex, err);
	*broken = !rc && strcmp(was, hex) != 0;
	return rc;
}

int rl_store_check_params(struct rl_store *store, int64_t id, const char *name, struct rl_err *err)
{
	bool broken;
	int rc = rl_store_check_seal(store, RL_STORE_PARAMS, id, &broken, err);

	if (rc || !broken)
		return rc;
	return rl_err_set(err, -EINVAL, store->path, 0, 0,
		"parameters '%s' are not what was saved (expected a database that nobody changed; "
		"calibrate again)",
		name);
}
