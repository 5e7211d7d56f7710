/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sweeps of another database into this one. Columns are copied by their names, whatever a later
 * schema adds; what both have must be equal to the last bit, or one of them is not what it says.
 */
#include "data/store_sweep.h"

#include "data/store_sweep_seal.h"

#include <errno.h>
#include <string.h>

struct merge {
	struct rl_store *to, *from;
	int64_t to_id, from_id;
	struct rl_sweep_merged *count;
};

/* The tables of a configuration, and the columns that tell its rows apart. */
static const struct table {
	const char *read, *write;
} tables[] = {
	{"SELECT reps, requests, events, warmup, warm, precise, limit_what, limit_frac, failed"
	 " FROM sweep_config WHERE sweep = ? AND config = ?",
		"INSERT INTO sweep_config (sweep, config, reps, requests, events, warmup, warm,"
		" precise, limit_what, limit_frac, failed)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
	{"SELECT axis, value, number FROM sweep_value WHERE sweep = ? AND config = ? ORDER BY axis",
		"INSERT INTO sweep_value (sweep, config, axis, value, number)"
		" VALUES (?, ?, ?, ?, ?)"},
	{"SELECT metric, value, lo, hi FROM sweep_metric WHERE sweep = ? AND config = ?"
	 " ORDER BY metric",
		"INSERT INTO sweep_metric (sweep, config, metric, value, lo, hi)"
		" VALUES (?, ?, ?, ?, ?, ?)"},
};

#define NTABLES (sizeof(tables) / sizeof(tables[0]))

/* The statements of all tables: what is read of both, and what is written. */
struct statements {
	sqlite3_stmt *from[NTABLES], *to[NTABLES], *write[NTABLES];
	struct rl_sweep_seals sealed, seals; /* of what is read, of what is written */
};

static int prepare(struct merge *m, struct statements *s, struct rl_err *err)
{
	for (size_t t = 0; t < NTABLES; t++) {
		s->from[t] = rl_store_prepare(m->from, tables[t].read, err);
		s->to[t] = rl_store_prepare(m->to, tables[t].read, err);
		s->write[t] = rl_store_prepare(m->to, tables[t].write, err);
		if (!s->from[t] || !s->to[t] || !s->write[t])
			return -EIO;
	}
	if (rl_sweep_seals_open(&s->sealed, m->from, err))
		return -EIO;
	return rl_sweep_seals_open(&s->seals, m->to, err);
}

static void finalize(struct statements *s)
{
	for (size_t t = 0; t < NTABLES; t++) {
		sqlite3_finalize(s->from[t]);
		sqlite3_finalize(s->to[t]);
		sqlite3_finalize(s->write[t]);
	}
	rl_sweep_seals_close(&s->sealed);
	rl_sweep_seals_close(&s->seals);
}

/* Of an empty text there is no address. */
static bool same_bytes(sqlite3_value *a, sqlite3_value *b)
{
	int n = sqlite3_value_bytes(a);

	return n == sqlite3_value_bytes(b) &&
	       (!n || memcmp(sqlite3_value_blob(a), sqlite3_value_blob(b), (size_t)n) == 0);
}

static bool same_value(sqlite3_value *a, sqlite3_value *b)
{
	double x, y;

	if (sqlite3_value_type(a) != sqlite3_value_type(b))
		return false;
	switch (sqlite3_value_type(a)) {
	case SQLITE_INTEGER:
		return sqlite3_value_int64(a) == sqlite3_value_int64(b);
	case SQLITE_FLOAT:
		x = sqlite3_value_double(a);
		y = sqlite3_value_double(b);
		return memcmp(&x, &y, sizeof(x)) == 0;
	case SQLITE_NULL:
		return true;
	default:
		return same_bytes(a, b);
	}
}

static bool same_row(sqlite3_stmt *a, sqlite3_stmt *b)
{
	for (int c = 0; c < sqlite3_column_count(a); c++)
		if (!same_value(sqlite3_column_value(a, c), sqlite3_column_value(b, c)))
			return false;
	return true;
}

static void ask(sqlite3_stmt *stmt, int64_t sweep, int64_t config)
{
	sqlite3_reset(stmt);
	sqlite3_bind_int64(stmt, 1, sweep);
	sqlite3_bind_int64(stmt, 2, config);
}

static bool same_rows(struct merge *m, sqlite3_stmt *a, sqlite3_stmt *b, int64_t config)
{
	int x, y;

	ask(a, m->from_id, config);
	ask(b, m->to_id, config);
	do {
		x = sqlite3_step(a);
		y = sqlite3_step(b);
	} while (x == SQLITE_ROW && y == SQLITE_ROW && same_row(a, b));
	return x == SQLITE_DONE && y == SQLITE_DONE;
}

static int copy_rows(struct merge *m, sqlite3_stmt *from, sqlite3_stmt *write, int64_t config,
	struct rl_err *err)
{
	int rc = 0, step = SQLITE_DONE;

	ask(from, m->from_id, config);
	while (!rc && (step = sqlite3_step(from)) == SQLITE_ROW) {
		ask(write, m->to_id, config);
		for (int c = 0; c < sqlite3_column_count(from); c++)
			sqlite3_bind_value(write, c + 3, sqlite3_column_value(from, c));
		if (sqlite3_step(write) != SQLITE_DONE)
			rc = rl_store_fail(m->to, err, "cannot store a configuration");
	}
	if (!rc && step != SQLITE_DONE)
		rc = rl_store_fail(m->from, err, "cannot read a configuration");
	return rc;
}

/* Sealed anew where it was, after its seal was looked at: seals are over no number of the store. */
static int copy_config(
	struct merge *m, struct statements *s, int64_t config, const char *name, struct rl_err *err)
{
	int is = rl_sweep_seals_check(&s->sealed, m->from_id, config, err), rc = is < 0 ? is : 0;

	if (is == RL_SWEEP_BROKEN)
		return rl_err_set(err, -EINVAL, m->from->path, 0, 0,
			"sweep '%s': configuration %lld is not what was simulated (expected a "
			"database that nobody changed)",
			name, (long long)config);
	m->count->copied++;
	for (size_t t = 0; !rc && t < NTABLES; t++)
		rc = copy_rows(m, s->from[t], s->write[t], config, err);
	return rc || is == RL_SWEEP_UNSEALED ? rc
					     : rl_sweep_seals_put(&s->seals, m->to_id, config, err);
}

/* One configuration: copied, or held against what is there. */
static int merge_config(
	struct merge *m, struct statements *s, int64_t config, const char *name, struct rl_err *err)
{
	ask(s->to[0], m->to_id, config);
	if (sqlite3_step(s->to[0]) != SQLITE_ROW)
		return copy_config(m, s, config, name, err);
	m->count->known++;
	for (size_t t = 0; t < NTABLES; t++)
		if (!same_rows(m, s->from[t], s->to[t], config))
			return rl_err_set(err, -EINVAL, m->from->path, 0, 0,
				"sweep '%s': configuration %lld is another one than in %s "
				"(expected the same results)",
				name, (long long)config, m->to->path);
	return 0;
}

static int merge_configs(struct merge *m, const char *name, struct rl_err *err)
{
	sqlite3_stmt *list = rl_store_prepare(
		m->from, "SELECT config FROM sweep_config WHERE sweep = ? ORDER BY config", err);
	struct statements s = {0};
	int rc = list ? prepare(m, &s, err) : -EIO, step = SQLITE_DONE;

	if (!rc)
		sqlite3_bind_int64(list, 1, m->from_id);
	while (!rc && (step = sqlite3_step(list)) == SQLITE_ROW)
		rc = merge_config(m, &s, sqlite3_column_int64(list, 0), name, err);
	if (!rc && step != SQLITE_DONE)
		rc = rl_store_fail(m->from, err, "cannot read the sweep");
	finalize(&s);
	sqlite3_finalize(list);
	return rc;
}

/* ---- the sweep itself ---------------------------------------------------------------------- */

/* Returns: 1: the target has it; 0: it has not; negative. */
static int find(struct merge *m, const char *name, const char *hash, struct rl_err *err)
{
	sqlite3_stmt *stmt =
		rl_store_prepare(m->to, "SELECT id, hash FROM sweep WHERE name = ?", err);
	char have[RL_SHA256_HEX];
	int rc;

	if (!stmt)
		return -EIO;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	rc = sqlite3_step(stmt) == SQLITE_ROW;
	m->to_id = sqlite3_column_int64(stmt, 0);
	rl_store_text(stmt, 1, have, sizeof(have));
	sqlite3_finalize(stmt);
	if (rc && strcmp(have, hash) != 0)
		return rl_err_set(err, -EINVAL, m->from->path, 0, 0,
			"'%s' is another sweep than in %s (expected shards of one)", name,
			m->to->path);
	return rc;
}

/* @row: its name, hash, design, configs and spec. */
static int copy_sweep(struct merge *m, sqlite3_stmt *row, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(m->to,
		"INSERT INTO sweep (name, hash, design, configs, spec) VALUES (?, ?, ?, ?, ?)",
		err);
	sqlite3_stmt *axes;
	int rc;

	if (!stmt)
		return -EIO;
	for (int c = 1; c <= 5; c++)
		sqlite3_bind_value(stmt, c, sqlite3_column_value(row, c));
	rc = rl_store_finish(m->to, stmt, err, "cannot store the sweep");
	m->to_id = sqlite3_last_insert_rowid(m->to->db);
	axes = rc ? NULL
		  : rl_store_prepare(m->from,
			    "SELECT axis, path FROM sweep_axis WHERE sweep = ? ORDER BY axis", err);
	if (!axes)
		return rc ? rc : -EIO;
	sqlite3_bind_int64(axes, 1, m->from_id);
	while (!rc && sqlite3_step(axes) == SQLITE_ROW) {
		stmt = rl_store_prepare(
			m->to, "INSERT INTO sweep_axis (sweep, axis, path) VALUES (?, ?, ?)", err);
		if (!stmt)
			break;
		sqlite3_bind_int64(stmt, 1, m->to_id);
		sqlite3_bind_value(stmt, 2, sqlite3_column_value(axes, 0));
		sqlite3_bind_value(stmt, 3, sqlite3_column_value(axes, 1));
		rc = rl_store_finish(m->to, stmt, err, "cannot store the sweep's axes");
	}
	sqlite3_finalize(axes);
	return rc;
}

static int merge_sweep(struct merge *m, sqlite3_stmt *row, struct rl_err *err)
{
	const char *name = (const char *)sqlite3_column_text(row, 1);
	const char *hash = (const char *)sqlite3_column_text(row, 2);
	int there, rc;

	m->from_id = sqlite3_column_int64(row, 0);
	m->count->sweeps++;
	there = find(m, name, hash, err);
	rc = there < 0 ? there : there ? 0 : copy_sweep(m, row, err);
	return rc ? rc : merge_configs(m, name, err);
}

static int merge_all(struct merge *m, struct rl_err *err)
{
	sqlite3_stmt *list = rl_store_prepare(m->from,
		"SELECT id, name, hash, design, configs, spec FROM sweep ORDER BY id", err);
	int rc = list ? 0 : -EIO, step = SQLITE_DONE;

	while (!rc && (step = sqlite3_step(list)) == SQLITE_ROW)
		rc = merge_sweep(m, list, err);
	if (!rc && step != SQLITE_DONE)
		rc = rl_store_fail(m->from, err, "cannot read sweeps");
	sqlite3_finalize(list);
	return rc;
}

int rl_sweep_merge(struct rl_store *to, struct rl_store *from, struct rl_sweep_merged *count,
	struct rl_err *err)
{
	struct merge m = {.to = to, .from = from, .count = count};
	int rc = rl_store_begin(to, err);

	*count = (struct rl_sweep_merged){0};
	if (rc)
		return rc;
	rc = merge_all(&m, err);
	rc = rc ? rc : rl_store_commit(to, err);
	if (rc)
		rl_store_rollback(to);
	return rc;
}
