/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does a database still hold what was put in? SQLite's own checks see a structure that is broken,
 * not a value that has changed: so each document is held against its hash, each run against the
 * hash over its documents, its figures against what the documents say when they are read again,
 * its role against the split that gave it, each parameter set against what was saved, each campaign
 * of deaths against what was told, and each sweep against what was simulated.
 */
#include "data/store_sweep_seal.h"

#include "data/run.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int changed(const struct rl_store *store, const struct rl_run *run, const char *what,
	struct rl_err *err)
{
	return rl_err_set(err, -EINVAL, store->path, 0, 0,
		"%s/%s repeat %d (%.12s): %s is not what was imported (expected a database that "
		"nobody changed)",
		run->platform, run->cell, run->repeat, run->hash, what);
}

static int audit_integrity(struct rl_store *store, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store, "PRAGMA integrity_check(1)", err);
	char what[200] = "";
	int rc = 0;

	if (!stmt)
		return -EINVAL;
	if (sqlite3_step(stmt) != SQLITE_ROW)
		rc = rl_store_fail(store, err, "damaged");
	else
		rl_store_text(stmt, 0, what, sizeof(what));
	sqlite3_finalize(stmt);
	what[strcspn(what, "\n")] = '\0';
	if (!rc && strcmp(what, "ok") != 0)
		rc = rl_err_set(err, -EINVAL, store->path, 0, 0, "damaged: %s", what);
	return rc;
}

/* The hash that a document was stored with. */
static int stored_hash(struct rl_store *store, const struct rl_run *run, const char *name,
	char hex[RL_SHA256_HEX], struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(
		store, "SELECT sha256 FROM document WHERE run = ? AND name = ?", err);

	if (!stmt)
		return -EIO;
	hex[0] = '\0';
	sqlite3_bind_int64(stmt, 1, run->id);
	sqlite3_bind_text(stmt, 2, name, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		rl_store_text(stmt, 0, hex, RL_SHA256_HEX);
	sqlite3_finalize(stmt);
	return 0;
}

static int audit_documents(struct rl_store *store, struct rl_run *run, struct rl_err *err)
{
	char was[RL_SHA256_HEX], hex[RL_SHA256_HEX];
	int rc = rl_store_documents(store, run, err);

	for (size_t i = 0; !rc && i < run->ndocuments; i++) {
		const struct rl_document *d = &run->documents[i];
		struct rl_sha256 s;

		rl_sha256_init(&s);
		rl_sha256_add(&s, d->bytes, d->size);
		rl_sha256_hex(&s, hex);
		rc = stored_hash(store, run, d->name, was, err);
		if (!rc && strcmp(was, hex) != 0)
			rc = changed(store, run, d->name, err);
	}
	if (rc)
		return rc;
	memcpy(was, run->hash, sizeof(was));
	rl_store_hash_run(run);
	memcpy(hex, run->hash, sizeof(hex));
	memcpy(run->hash, was, sizeof(was));
	return strcmp(was, hex) == 0 ? 0 : changed(store, run, "its name or a document", err);
}

/* Figures that are not stored are of a program that did not know them yet. */
static int compare(const struct rl_store *store, const struct rl_run *was, const struct rl_run *now,
	struct rl_err *err)
{
	for (int m = 0; m < RL_METRIC_COUNT; m++) {
		double a = was->metrics.m[m].value, b = now->metrics.m[m].value;

		if (!isnan(a) && a != b)
			return changed(store, was, rl_metric_info[m].name, err);
	}
	for (size_t i = 0; i < was->nstats; i++)
		if (was->stats[i].value != rl_run_stat(now, was->stats[i].side, was->stats[i].key))
			return changed(store, was, was->stats[i].key, err);
	return strcmp(was->started, now->started) == 0 ? 0 : changed(store, was, "started", err);
}

static int audit_figures(struct rl_store *store, struct rl_run *run, struct rl_err *err)
{
	struct rl_run now = *run;
	int rc;

	if (!rl_run_document(run, "fio.json"))
		return 0;
	now.stats = NULL;
	now.nstats = 0;
	now.stages = NULL;
	now.nstages = 0;
	rc = rl_run_measure(&now, NULL, err);
	rc = rc ? rc : compare(store, run, &now, err);
	/* The documents and the manifest are the other's. */
	now.documents = NULL;
	now.ndocuments = 0;
	now.manifest = NULL;
	rl_run_fini(&now);
	return rc;
}

/* A run's role by the split that sealed it. */
static int audit_role(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"SELECT split.sha256, split.bytes FROM role_seal JOIN split"
		" ON split.id = role_seal.split WHERE role_seal.run = ?",
		err);
	struct rl_split *split = NULL;
	char sha256[RL_SHA256_HEX];
	int rc = 0;

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, run->id);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		rl_store_text(stmt, 0, sha256, sizeof(sha256));
		rc = rl_split_parse(sqlite3_column_blob(stmt, 1) ?: "",
			(size_t)sqlite3_column_bytes(stmt, 1), "split", &split, err);
		if (!rc &&
			(strcmp(rl_split_sha256(split), sha256) != 0 ||
				rl_split_role(split, run->platform, run->cell, NULL) != run->role))
			rc = changed(store, run, "its role, or the split that gave it,", err);
	}
	sqlite3_finalize(stmt);
	rl_split_free(split);
	return rc;
}

/* The rest of a run: what it was measured on, its distributions. */
static int audit_seal(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	bool broken;
	int rc = rl_store_check_seal(store, RL_STORE_RUN, run->id, &broken, err);

	return rc || !broken ? rc
			     : changed(store, run, "its manifest, repeat or a distribution", err);
}

static int audit_params(struct rl_store *store, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store, "SELECT id, name FROM param_set", err);
	char name[64];
	int rc = SQLITE_DONE, bad = 0;

	if (!stmt)
		return -EIO;
	while (!bad && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		rl_store_text(stmt, 1, name, sizeof(name));
		bad = rl_store_check_params(store, sqlite3_column_int64(stmt, 0), name, err);
	}
	if (!bad && rc != SQLITE_DONE)
		bad = rl_store_fail(store, err, "cannot read the parameters");
	sqlite3_finalize(stmt);
	return bad;
}

static int audit_campaigns(
	struct rl_store *store, struct rl_store_audited *count, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"SELECT id, name, (SELECT count(*) FROM death WHERE campaign = id) FROM campaign",
		err);
	int rc = SQLITE_DONE, bad = 0;

	if (!stmt)
		return -EIO;
	while (!bad && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		char name[96];
		bool broken;

		rl_store_text(stmt, 1, name, sizeof(name));
		count->deaths += (size_t)sqlite3_column_int64(stmt, 2);
		bad = rl_store_check_seal(
			store, RL_STORE_CAMPAIGN, sqlite3_column_int64(stmt, 0), &broken, err);
		if (!bad && broken)
			bad = rl_err_set(err, -EINVAL, store->path, 0, 0,
				"deaths of %s are not what was imported (expected a database that "
				"nobody changed)",
				name);
	}
	if (!bad && rc != SQLITE_DONE)
		bad = rl_store_fail(store, err, "cannot read the deaths");
	sqlite3_finalize(stmt);
	return bad;
}

int rl_store_audit(struct rl_store *store, struct rl_store_audited *count, struct rl_err *err)
{
	struct rl_run *runs;
	int rc = audit_integrity(store, err);

	*count = (struct rl_store_audited){0};
	rc = rc ? rc : rl_store_runs(store, NULL, RL_ROLE_ANY, &runs, &count->runs, err);
	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < count->runs; i++) {
		rc = audit_documents(store, &runs[i], err);
		rc = rc ? rc : audit_figures(store, &runs[i], err);
		rc = rc ? rc : audit_role(store, &runs[i], err);
		rc = rc ? rc : audit_seal(store, &runs[i], err);
	}
	rl_store_free_runs(runs, count->runs);
	rc = rc ? rc : audit_params(store, err);
	rc = rc ? rc : audit_campaigns(store, count, err);
	return rc ? rc : rl_sweep_audit(store, count, err);
}
