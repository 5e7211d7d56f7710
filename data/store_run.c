/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs in the store. */
#include "data/store_private.h"

#include "data/format/fio_job.h"
#include "data/run.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const role_names[] = {"none", "calibrate", "validate"};

const char *rl_role_name(enum rl_role role)
{
	return role_names[role < RL_ROLE_ANY ? role : RL_ROLE_NONE];
}

int rl_role_find(const char *name, size_t len)
{
	for (int r = 0; r < RL_ROLE_ANY; r++)
		if (strlen(role_names[r]) == len && memcmp(role_names[r], name, len) == 0)
			return r;
	return -1;
}

void rl_run_fini(struct rl_run *run)
{
	for (size_t i = 0; i < run->ndocuments; i++)
		free(run->documents[i].bytes);
	free(run->documents);
	free(run->stats);
	free(run->stages);
	free(run->bins);
	free(run->logs);
	free(run->schedule);
	free(run->manifest);
	run->documents = NULL;
	run->stats = NULL;
	run->stages = NULL;
	run->bins = NULL;
	run->logs = NULL;
	run->schedule = NULL;
	run->manifest = NULL;
	run->ndocuments = run->nstats = run->nstages = run->nbins = run->nlogs = run->nschedule = 0;
}

double rl_run_stat(const struct rl_run *run, const char *side, const char *key)
{
	for (size_t i = 0; i < run->nstats; i++)
		if (strcmp(run->stats[i].side, side) == 0 && strcmp(run->stats[i].key, key) == 0)
			return run->stats[i].value;
	return NAN;
}

const struct rl_document *rl_run_document(const struct rl_run *run, const char *name)
{
	for (size_t i = 0; i < run->ndocuments; i++)
		if (strcmp(run->documents[i].name, name) == 0)
			return &run->documents[i];
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct rl_document *)a)->name, ((const struct rl_document *)b)->name);
}

/*
 * Platform, cell and documents with their lengths. Not the manifest: it is the platform's, and
 * changes when cells are added to it, which makes no old run a new one.
 */
void rl_store_hash_run(struct rl_run *run)
{
	struct rl_sha256 s;

	if (run->ndocuments > 0)
		qsort(run->documents, run->ndocuments, sizeof(*run->documents), by_name);
	rl_sha256_init(&s);
	rl_sha256_add(&s, run->platform, strlen(run->platform) + 1);
	rl_sha256_add(&s, run->cell, strlen(run->cell) + 1);
	for (size_t i = 0; i < run->ndocuments; i++) {
		const struct rl_document *d = &run->documents[i];
		uint8_t length[8];

		for (int b = 0; b < 8; b++)
			length[b] = (uint8_t)((uint64_t)d->size >> (8 * b));
		rl_sha256_add(&s, d->name, strlen(d->name) + 1);
		rl_sha256_add(&s, length, sizeof(length));
		rl_sha256_add(&s, d->bytes, d->size);
	}
	rl_sha256_hex(&s, run->hash);
}

static int put_documents(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < run->ndocuments; i++) {
		const struct rl_document *d = &run->documents[i];
		char hex[RL_SHA256_HEX];
		struct rl_sha256 s;
		sqlite3_stmt *stmt = rl_store_prepare(store,
			"INSERT INTO document (run, name, bytes, sha256) VALUES (?, ?, ?, ?)", err);

		if (!stmt)
			return -EIO;
		rl_sha256_init(&s);
		rl_sha256_add(&s, d->bytes, d->size);
		rl_sha256_hex(&s, hex);
		sqlite3_bind_int64(stmt, 1, run->id);
		sqlite3_bind_text(stmt, 2, d->name, -1, SQLITE_STATIC);
		sqlite3_bind_blob64(stmt, 3, d->bytes, d->size, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 4, hex, -1, SQLITE_TRANSIENT);
		rc = rl_store_finish(store, stmt, err, d->name);
	}
	return rc;
}

static int put_metrics(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	int rc = 0;

	for (int m = 0; !rc && m < RL_METRIC_COUNT; m++) {
		sqlite3_stmt *stmt;

		if (isnan(run->metrics.m[m].value))
			continue;
		stmt = rl_store_prepare(
			store, "INSERT INTO metric (run, metric, value) VALUES (?, ?, ?)", err);
		if (!stmt)
			return -EIO;
		sqlite3_bind_int64(stmt, 1, run->id);
		sqlite3_bind_text(stmt, 2, rl_metric_info[m].name, -1, SQLITE_STATIC);
		sqlite3_bind_double(stmt, 3, run->metrics.m[m].value);
		rc = rl_store_finish(store, stmt, err, rl_metric_info[m].name);
	}
	return rc;
}

static int put_stats(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < run->nstats; i++) {
		const struct rl_stat *s = &run->stats[i];
		sqlite3_stmt *stmt = rl_store_prepare(
			store, "INSERT INTO stat (run, side, key, value) VALUES (?, ?, ?, ?)", err);

		if (!stmt)
			return -EIO;
		sqlite3_bind_int64(stmt, 1, run->id);
		sqlite3_bind_text(stmt, 2, s->side, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 3, s->key, -1, SQLITE_STATIC);
		rl_store_bind_real(stmt, 4, s->value);
		rc = rl_store_finish(store, stmt, err, s->key);
	}
	return rc;
}

static int put_stages(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < run->nstages; i++) {
		const struct rl_stage *s = &run->stages[i];
		sqlite3_stmt *stmt = rl_store_prepare(store,
			"INSERT INTO stage (run, stage, n, mean_ns, p50_ns, p90_ns, p99_ns)"
			" VALUES (?, ?, ?, ?, ?, ?, ?)",
			err);

		if (!stmt)
			return -EIO;
		sqlite3_bind_int64(stmt, 1, run->id);
		sqlite3_bind_text(stmt, 2, s->name, -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 3, s->n);
		rl_store_bind_real(stmt, 4, s->mean_ns);
		rl_store_bind_real(stmt, 5, s->p50_ns);
		rl_store_bind_real(stmt, 6, s->p90_ns);
		rl_store_bind_real(stmt, 7, s->p99_ns);
		rc = rl_store_finish(store, stmt, err, s->name);
	}
	return rc;
}

static int put_row(struct rl_store *store, struct rl_run *run, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"INSERT INTO run (hash, platform, cell, repeat, role, started, manifest)"
		" VALUES (?, ?, ?, ?, ?, ?, ?)",
		err);
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_text(stmt, 1, run->hash, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, run->platform, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, run->cell, -1, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 4, run->repeat);
	sqlite3_bind_text(stmt, 5, rl_role_name(run->role), -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 6, run->started, -1, SQLITE_STATIC);
	rc = rl_store_bind_json(store, stmt, 7, run->manifest, err);
	if (rc)
		sqlite3_finalize(stmt);
	else
		rc = rl_store_finish(store, stmt, err, run->cell);
	run->id = sqlite3_last_insert_rowid(store->db);
	return rc;
}

/* The id of a run with this content, 0 when there is none; negative on error. */
static int64_t find_hash(struct rl_store *store, const char *hash, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store, "SELECT id FROM run WHERE hash = ?", err);
	int64_t id = 0;
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_text(stmt, 1, hash, -1, SQLITE_STATIC);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		id = sqlite3_column_int64(stmt, 0);
	else if (rc != SQLITE_DONE)
		id = rl_store_fail(store, err, "cannot look for the run");
	sqlite3_finalize(stmt);
	return id;
}

/* What was measured, for those who ask the database alone. */
static int put_config(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	const struct rl_scenario *s = &run->scenario;
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"INSERT INTO config (run, front_policy, back_policy, device, grants, rw, bs_bytes,"
		" iodepth, numjobs, pcpus) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT DO NOTHING",
		err);

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, run->id);
	sqlite3_bind_text(stmt, 2, s->front_policy, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, s->back_policy, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 4, s->disk.device, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 5, rl_grants_name[s->disk.grants], -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 6, rl_fio_rw_name(s->job.rw), -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 7, (int64_t)s->job.bs_bytes);
	sqlite3_bind_int64(stmt, 8, s->job.iodepth);
	sqlite3_bind_int64(stmt, 9, s->job.numjobs);
	sqlite3_bind_int64(stmt, 10, s->machine.pcpus);
	return rl_store_finish(store, stmt, err, "cannot store what was measured");
}

int rl_store_put_run(struct rl_store *store, struct rl_run *run, bool *is_new, struct rl_err *err)
{
	int64_t known;
	int rc;

	rl_store_hash_run(run);
	rc = rl_store_exec(store, "SAVEPOINT run", err);
	if (rc)
		return rc;
	known = find_hash(store, run->hash, err);
	if (is_new)
		*is_new = known == 0;
	if (known > 0) {
		run->id = known;
		rc = rl_store_put_role(store, run, err);
	} else {
		rc = known < 0 ? (int)known : put_row(store, run, err);
		rc = rc ? rc : put_documents(store, run, err);
		rc = rc ? rc : put_metrics(store, run, err);
		rc = rc ? rc : put_stats(store, run, err);
		rc = rc ? rc : put_stages(store, run, err);
		rc = rc ? rc : rl_store_put_latencies(store, run, err);
		rc = rc ? rc : rl_store_seal_role(store, run, err);
	}
	/* A run of an older database gets it when it is imported again. */
	rc = rc ? rc : put_config(store, run, err);
	if (!rc && known == 0)
		rc = rl_store_seal(store, RL_STORE_RUN, run->id, err);
	if (!rc)
		return rl_store_exec(store, "RELEASE run", err);
	sqlite3_exec(store->db, "ROLLBACK TO run; RELEASE run", NULL, NULL, NULL);
	return rc;
}
