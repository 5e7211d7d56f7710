/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sweeps in the store; see store_sweep.h. */
#include "data/store_sweep.h"

#include "data/store_sweep_seal.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct rl_sweep_log {
	struct rl_store *store;
	const struct rl_sweep *w;
	int64_t id;
	sqlite3_stmt *config, *value, *metric; /* what is put thousands of times */
	struct rl_sweep_seals seals;
};

/* ---- beginning ----------------------------------------------------------------------------- */

/* The first thing that two specs say differently. */
static void difference(const char *a, const char *b, char *found, size_t size)
{
	json_t *old = json_loads(a ? a : "{}", 0, NULL), *new = json_loads(b, 0, NULL), *value;
	const char *key;

	snprintf(found, size, "something");
	json_object_foreach(new, key, value)
	{
		if (json_equal(value, json_object_get(old, key)))
			continue;
		snprintf(found, size, "%s", key);
		break;
	}
	json_decref(old);
	json_decref(new);
}

/* Returns: 1: it is there and the same; 0: it is not there; negative. */
static int find(struct rl_sweep_log *log, const struct rl_sweep_id *id, struct rl_err *err)
{
	struct rl_store *store = log->store;
	sqlite3_stmt *stmt =
		rl_store_prepare(store, "SELECT id, hash, spec FROM sweep WHERE name = ?", err);
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_text(stmt, 1, id->name, -1, SQLITE_STATIC);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		char hash[RL_SHA256_HEX], found[40];

		log->id = sqlite3_column_int64(stmt, 0);
		rl_store_text(stmt, 1, hash, sizeof(hash));
		rc = 1;
		difference(
			(const char *)sqlite3_column_text(stmt, 2), id->spec, found, sizeof(found));
		if (strcmp(hash, id->hash) != 0)
			rc = rl_err_set(err, -EINVAL, store->path, 0, 0,
				"'%s' is another sweep: its %s differ (expected the same, or "
				"another "
				"--name)",
				id->name, found);
	} else {
		rc = rc == SQLITE_DONE ? 0 : rl_store_fail(store, err, "cannot read sweeps");
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int put_axes(struct rl_sweep_log *log, struct rl_err *err)
{
	int rc = 0;

	for (uint32_t k = 0; !rc && k < log->w->naxes; k++) {
		sqlite3_stmt *stmt = rl_store_prepare(log->store,
			"INSERT INTO sweep_axis (sweep, axis, path) VALUES (?, ?, ?)", err);

		if (!stmt)
			return -EIO;
		sqlite3_bind_int64(stmt, 1, log->id);
		sqlite3_bind_int(stmt, 2, (int)k);
		sqlite3_bind_text(stmt, 3, log->w->axis[k].path, -1, SQLITE_STATIC);
		rc = rl_store_finish(log->store, stmt, err, "cannot store the sweep's axes");
	}
	return rc;
}

static int put_sweep(struct rl_sweep_log *log, const struct rl_sweep_id *id, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(log->store,
		"INSERT INTO sweep (name, hash, design, configs, spec) VALUES (?, ?, ?, ?, ?)",
		err);
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_text(stmt, 1, id->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, id->hash, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, rl_design_name[log->w->design], -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 4, log->w->npoints);
	sqlite3_bind_text(stmt, 5, id->spec, -1, SQLITE_STATIC);
	rc = rl_store_finish(log->store, stmt, err, "cannot store the sweep");
	log->id = sqlite3_last_insert_rowid(log->store->db);
	return rc ? rc : put_axes(log, err);
}

static int load_done(struct rl_sweep_log *log, bool *done, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(
		log->store, "SELECT config FROM sweep_config WHERE sweep = ?", err);
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, log->id);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		int64_t i = sqlite3_column_int64(stmt, 0);

		if (i >= 0 && i < log->w->npoints)
			done[i] = true;
	}
	rc = rc == SQLITE_DONE ? 0 : rl_store_fail(log->store, err, "cannot read the sweep");
	sqlite3_finalize(stmt);
	return rc;
}

static int prepare(struct rl_sweep_log *log, struct rl_err *err)
{
	log->config = rl_store_prepare(log->store,
		"INSERT INTO sweep_config (sweep, config, reps, requests, events, warmup, warm,"
		" precise, limit_what, limit_frac, failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT DO NOTHING",
		err);
	log->value = rl_store_prepare(log->store,
		"INSERT INTO sweep_value (sweep, config, axis, value, number)"
		" VALUES (?, ?, ?, ?, ?)",
		err);
	log->metric = rl_store_prepare(log->store,
		"INSERT INTO sweep_metric (sweep, config, metric, value, lo, hi)"
		" VALUES (?, ?, ?, ?, ?, ?)",
		err);
	return log->config && log->value && log->metric
		       ? rl_sweep_seals_open(&log->seals, log->store, err)
		       : -EIO;
}

/* Two that begin the same sweep at once: one makes it, the other finds it. */
static int begin(struct rl_sweep_log *log, const struct rl_sweep_id *id, struct rl_err *err)
{
	int rc = rl_store_begin(log->store, err), there;

	if (rc)
		return rc;
	there = find(log, id, err);
	rc = there > 0 ? 0 : there < 0 ? there : put_sweep(log, id, err);
	rc = rc ? rc : rl_store_commit(log->store, err);
	if (rc)
		rl_store_rollback(log->store);
	return rc;
}

int rl_sweep_log_open(struct rl_sweep_log **out, struct rl_store *store, const struct rl_sweep *w,
	const struct rl_sweep_id *id, bool *done, struct rl_err *err)
{
	struct rl_sweep_log *log = calloc(1, sizeof(*log));
	int rc;

	*out = log;
	if (!log)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	log->store = store;
	log->w = w;
	memset(done, 0, w->npoints * sizeof(*done));
	rc = begin(log, id, err);
	rc = rc ? rc : prepare(log, err);
	rc = rc ? rc : load_done(log, done, err);
	if (rc) {
		rl_sweep_log_close(log);
		*out = NULL;
	}
	return rc;
}

void rl_sweep_log_close(struct rl_sweep_log *log)
{
	if (!log)
		return;
	sqlite3_finalize(log->config);
	sqlite3_finalize(log->value);
	sqlite3_finalize(log->metric);
	rl_sweep_seals_close(&log->seals);
	free(log);
}

/* ---- writing ------------------------------------------------------------------------------- */

static int run(struct rl_sweep_log *log, sqlite3_stmt *stmt, struct rl_err *err)
{
	int rc = sqlite3_step(stmt) == SQLITE_DONE
			 ? 0
			 : rl_store_fail(log->store, err, "cannot store a configuration");

	sqlite3_reset(stmt);
	return rc;
}

static int put_config(struct rl_sweep_log *log, const struct rl_sweep_row *r, struct rl_err *err)
{
	sqlite3_stmt *s = log->config;

	sqlite3_bind_int64(s, 1, log->id);
	sqlite3_bind_int64(s, 2, r->config);
	sqlite3_bind_int64(s, 3, r->reps);
	sqlite3_bind_int64(s, 4, (int64_t)r->requests);
	sqlite3_bind_int64(s, 5, (int64_t)r->events);
	sqlite3_bind_int64(s, 6, (int64_t)r->warmup);
	sqlite3_bind_int(s, 7, r->warm);
	sqlite3_bind_int(s, 8, r->precise);
	sqlite3_bind_text(s, 9, r->limit_what, -1, SQLITE_STATIC);
	rl_store_bind_real(s, 10, r->limit_frac);
	sqlite3_bind_text(s, 11, r->failed, -1, SQLITE_STATIC);
	return run(log, s, err);
}

static int put_values(struct rl_sweep_log *log, const struct rl_sweep_row *r, struct rl_err *err)
{
	sqlite3_stmt *s = log->value;
	char buf[RL_SWEEP_VALUE];
	int rc = 0;

	for (uint32_t k = 0; !rc && k < log->w->naxes; k++) {
		const char *text = rl_sweep_value(log->w, r->config, k, buf);

		sqlite3_bind_int64(s, 1, log->id);
		sqlite3_bind_int64(s, 2, r->config);
		sqlite3_bind_int(s, 3, (int)k);
		sqlite3_bind_text(s, 4, text, -1, SQLITE_STATIC);
		rl_store_bind_real(s, 5, rl_axis_number(&log->w->axis[k], text));
		rc = run(log, s, err);
	}
	return rc;
}

static int put_metrics(struct rl_sweep_log *log, const struct rl_sweep_row *r, struct rl_err *err)
{
	sqlite3_stmt *s = log->metric;
	int rc = 0;

	for (int m = 0; !rc && m < RL_METRIC_COUNT; m++) {
		const struct rl_estimate *e = &r->metrics.m[m];

		if (!isfinite(e->value))
			continue;
		sqlite3_bind_int64(s, 1, log->id);
		sqlite3_bind_int64(s, 2, r->config);
		sqlite3_bind_text(s, 3, rl_metric_info[m].name, -1, SQLITE_STATIC);
		sqlite3_bind_double(s, 4, e->value);
		rl_store_bind_real(s, 5, e->lo);
		rl_store_bind_real(s, 6, e->hi);
		rc = run(log, s, err);
	}
	return rc;
}

static int put_row(struct rl_sweep_log *log, const struct rl_sweep_row *r, struct rl_err *err)
{
	int rc = put_config(log, r, err);

	/* Another process was faster: the row is the same. */
	if (rc || sqlite3_changes(log->store->db) == 0)
		return rc;
	rc = put_values(log, r, err);
	rc = rc || *r->failed ? rc : put_metrics(log, r, err);
	return rc ? rc : rl_sweep_seals_put(&log->seals, log->id, r->config, err);
}

int rl_sweep_log_put(struct rl_sweep_log *log, const struct rl_sweep_row *const *rows, size_t n,
	struct rl_err *err)
{
	int rc = rl_store_begin(log->store, err);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < n; i++)
		rc = put_row(log, rows[i], err);
	rc = rc ? rc : rl_store_commit(log->store, err);
	if (rc)
		rl_store_rollback(log->store);
	return rc;
}

/* ---- reading ------------------------------------------------------------------------------- */

static void read_config(sqlite3_stmt *s, struct rl_sweep_row *r)
{
	memset(r, 0, sizeof(*r));
	rl_metrics_clear(&r->metrics);
	r->config = (uint32_t)sqlite3_column_int64(s, 0);
	r->reps = (uint32_t)sqlite3_column_int64(s, 1);
	r->requests = (uint64_t)sqlite3_column_int64(s, 2);
	r->events = (uint64_t)sqlite3_column_int64(s, 3);
	r->warmup = (uint64_t)sqlite3_column_int64(s, 4);
	r->warm = sqlite3_column_int(s, 5) != 0;
	r->precise = sqlite3_column_int(s, 6) != 0;
	rl_store_text(s, 7, r->limit_what, sizeof(r->limit_what));
	r->limit_frac = rl_store_real(s, 8);
	rl_store_text(s, 9, r->failed, sizeof(r->failed));
}

static int read_metrics(
	struct rl_sweep_log *log, sqlite3_stmt *s, struct rl_sweep_row *r, struct rl_err *err)
{
	int rc;

	sqlite3_bind_int64(s, 1, log->id);
	sqlite3_bind_int64(s, 2, r->config);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		int m = rl_metric_find((const char *)sqlite3_column_text(s, 0));

		if (m >= 0)
			r->metrics.m[m] = (struct rl_estimate){
				rl_store_real(s, 1), rl_store_real(s, 2), rl_store_real(s, 3)};
	}
	rc = rc == SQLITE_DONE ? 0 : rl_store_fail(log->store, err, "cannot read the sweep");
	sqlite3_reset(s);
	return rc;
}

int rl_sweep_log_rows(struct rl_sweep_log *log,
	int (*each)(void *arg, const struct rl_sweep_row *row), void *arg, struct rl_err *err)
{
	sqlite3_stmt *config = rl_store_prepare(log->store,
		"SELECT config, reps, requests, events, warmup, warm, precise, limit_what,"
		" limit_frac, failed FROM sweep_config WHERE sweep = ? ORDER BY config",
		err);
	sqlite3_stmt *metric = rl_store_prepare(log->store,
		"SELECT metric, value, lo, hi FROM sweep_metric WHERE sweep = ? AND config = ?",
		err);
	struct rl_sweep_row row;
	int rc = config && metric ? 0 : -EIO, step = SQLITE_DONE;

	if (!rc)
		sqlite3_bind_int64(config, 1, log->id);
	while (!rc && (step = sqlite3_step(config)) == SQLITE_ROW) {
		read_config(config, &row);
		rc = read_metrics(log, metric, &row, err);
		rc = rc ? rc : each(arg, &row);
	}
	if (!rc && step != SQLITE_DONE)
		rc = rl_store_fail(log->store, err, "cannot read the sweep");
	sqlite3_finalize(config);
	sqlite3_finalize(metric);
	return rc;
}
