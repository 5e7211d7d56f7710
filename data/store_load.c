/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs out of the store. */
#include "data/store_private.h"

#include "data/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add_document(struct rl_run *run, sqlite3_stmt *stmt)
{
	size_t size = (size_t)sqlite3_column_bytes(stmt, 1);
	const void *bytes = sqlite3_column_blob(stmt, 1);
	struct rl_document *more, *d;

	more = realloc(run->documents, (run->ndocuments + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	run->documents = more;
	d = &more[run->ndocuments];
	rl_store_text(stmt, 0, d->name, sizeof(d->name));
	d->bytes = malloc(size + 1);
	if (!d->bytes)
		return -ENOMEM;
	if (size > 0)
		memcpy(d->bytes, bytes, size);
	d->bytes[size] = '\0';
	d->size = size;
	run->ndocuments++;
	return 0;
}

static void drop_documents(struct rl_run *run)
{
	for (size_t i = 0; i < run->ndocuments; i++)
		free(run->documents[i].bytes);
	free(run->documents);
	run->documents = NULL;
	run->ndocuments = 0;
}

static int load_documents(
	struct rl_store *store, struct rl_run *run, const char *sql, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store, sql, err);
	int rc, step = SQLITE_DONE;

	if (!stmt)
		return -EIO;
	drop_documents(run);
	sqlite3_bind_int64(stmt, 1, run->id);
	for (rc = 0; !rc && (step = sqlite3_step(stmt)) == SQLITE_ROW;)
		rc = add_document(run, stmt);
	if (!rc && step != SQLITE_DONE)
		rc = rl_store_fail(store, err, "cannot read the documents");
	sqlite3_finalize(stmt);
	return rc;
}

int rl_store_documents(struct rl_store *store, struct rl_run *run, struct rl_err *err)
{
	return load_documents(
		store, run, "SELECT name, bytes FROM document WHERE run = ? ORDER BY name", err);
}

static int load_metrics(struct rl_store *store, struct rl_run *run, struct rl_err *err)
{
	sqlite3_stmt *stmt =
		rl_store_prepare(store, "SELECT metric, value FROM metric WHERE run = ?", err);
	int rc;

	if (!stmt)
		return -EIO;
	rl_metrics_clear(&run->metrics);
	sqlite3_bind_int64(stmt, 1, run->id);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		int m = name ? rl_metric_find(name) : -1;

		/* A metric that another version knew stays in the file, unseen. */
		if (m >= 0)
			run->metrics.m[m].value = sqlite3_column_double(stmt, 1);
	}
	if (rc != SQLITE_DONE)
		rc = rl_store_fail(store, err, "cannot read the metrics");
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? 0 : rc;
}

static int load_stats(struct rl_store *store, struct rl_run *run, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(
		store, "SELECT side, key, value FROM stat WHERE run = ? ORDER BY side, key", err);
	struct rl_stat *more = NULL;
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, run->id);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		more = realloc(run->stats, (run->nstats + 1) * sizeof(*more));
		if (!more)
			break;
		run->stats = more;
		more += run->nstats++;
		rl_store_text(stmt, 0, more->side, sizeof(more->side));
		rl_store_text(stmt, 1, more->key, sizeof(more->key));
		more->value = sqlite3_column_double(stmt, 2);
	}
	if (rc == SQLITE_ROW)
		rc = -ENOMEM;
	else if (rc != SQLITE_DONE)
		rc = rl_store_fail(store, err, "cannot read the statistics");
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? 0 : rc;
}

/* What hangs on a run whose row has been read. */
static int load_rest(struct rl_store *store, struct rl_run *run, struct rl_err *err)
{
	int rc = load_metrics(store, run, err);

	rc = rc ? rc : load_stats(store, run, err);
	rc = rc ? rc
		: load_documents(store, run,
			  "SELECT name, bytes FROM document WHERE run = ?1 AND"
			  " (name IN ('cell.txt', 'job.fio') OR name = 'fio.json' AND NOT EXISTS"
			  " (SELECT 1 FROM document WHERE run = ?1 AND name = 'job.fio'))",
			  err);
	rc = rc ? rc : rl_run_describe(run, NULL, err);
	drop_documents(run);
	return rc;
}

static int load_row(sqlite3_stmt *stmt, struct rl_run *run)
{
	char role[16];

	memset(run, 0, sizeof(*run));
	run->id = sqlite3_column_int64(stmt, 0);
	rl_store_text(stmt, 1, run->hash, sizeof(run->hash));
	rl_store_text(stmt, 2, run->platform, sizeof(run->platform));
	rl_store_text(stmt, 3, run->cell, sizeof(run->cell));
	run->repeat = sqlite3_column_int(stmt, 4);
	rl_store_text(stmt, 5, role, sizeof(role));
	run->role = (enum rl_role)rl_role_find(role, strlen(role));
	rl_store_text(stmt, 6, run->started, sizeof(run->started));
	run->manifest = strdup((const char *)sqlite3_column_text(stmt, 7));
	return run->manifest ? 0 : -ENOMEM;
}

static int load_rows(struct rl_store *store, sqlite3_stmt *stmt, struct rl_run **runs, size_t *n,
	struct rl_err *err)
{
	struct rl_run *more;
	int step, rc = 0;

	while (!rc && (step = sqlite3_step(stmt)) != SQLITE_DONE) {
		if (step != SQLITE_ROW)
			return rl_store_fail(store, err, "cannot read the runs");
		more = realloc(*runs, (*n + 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		*runs = more;
		rc = load_row(stmt, &more[*n]);
		*n += 1;
		rc = rc ? rc : load_rest(store, &more[*n - 1], err);
	}
	return rc;
}

int rl_store_runs(struct rl_store *store, const char *platform, enum rl_role role,
	struct rl_run **runs, size_t *n, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"SELECT id, hash, platform, cell, repeat, role, started, manifest FROM run"
		" WHERE (?1 IS NULL OR platform = ?1) AND (?2 IS NULL OR role = ?2)"
		" ORDER BY platform, cell, repeat, id",
		err);
	int rc;

	*runs = NULL;
	*n = 0;
	if (!stmt)
		return -EIO;
	if (platform)
		sqlite3_bind_text(stmt, 1, platform, -1, SQLITE_STATIC);
	if (role != RL_ROLE_ANY)
		sqlite3_bind_text(stmt, 2, rl_role_name(role), -1, SQLITE_STATIC);
	rc = load_rows(store, stmt, runs, n, err);
	sqlite3_finalize(stmt);
	if (rc) {
		rl_store_free_runs(*runs, *n);
		*runs = NULL;
		*n = 0;
	}
	return rc;
}

void rl_store_free_runs(struct rl_run *runs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rl_run_fini(&runs[i]);
	free(runs);
}

int rl_store_platforms(struct rl_store *store,
	int (*row)(void *arg, const struct rl_platform_runs *p), void *arg, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"SELECT platform, count(*), count(DISTINCT cell), sum(role = 'none'),"
		" sum(role = 'calibrate'), sum(role = 'validate') FROM run"
		" GROUP BY platform ORDER BY platform",
		err);
	int step = SQLITE_DONE, rc;

	if (!stmt)
		return -EIO;
	for (rc = 0; !rc && (step = sqlite3_step(stmt)) == SQLITE_ROW;)
		rc = row(arg, &(struct rl_platform_runs){
				      .name = (const char *)sqlite3_column_text(stmt, 0),
				      .runs = sqlite3_column_int64(stmt, 1),
				      .cells = sqlite3_column_int64(stmt, 2),
				      .roles = {[RL_ROLE_NONE] = sqlite3_column_int64(stmt, 3),
					      [RL_ROLE_CALIBRATE] = sqlite3_column_int64(stmt, 4),
					      [RL_ROLE_VALIDATE] = sqlite3_column_int64(stmt, 5)}});
	if (!rc && step != SQLITE_DONE)
		rc = rl_store_fail(store, err, "cannot read the platforms");
	sqlite3_finalize(stmt);
	return rc;
}
