/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by store_*.c only: nothing else sees SQLite. */
#ifndef RL_DATA_STORE_PRIVATE_H
#define RL_DATA_STORE_PRIVATE_H

#include "data/store.h"

#include <sqlite3.h>

#define RL_STORE_APPLICATION_ID 0x726c6162 /* "rlab" */

struct rl_store {
	sqlite3 *db;
	char path[256];
};

/* What SQLite says, as an error of this store. */
int rl_store_fail(struct rl_store *store, struct rl_err *err, const char *doing);

/* Prepares a statement; null on error. */
sqlite3_stmt *rl_store_prepare(struct rl_store *store, const char *sql, struct rl_err *err);

/* Runs a statement that gives no row and finalizes it. */
int rl_store_finish(
	struct rl_store *store, sqlite3_stmt *stmt, struct rl_err *err, const char *doing);

int rl_store_exec(struct rl_store *store, const char *sql, struct rl_err *err);

/* NULL for NaN. */
int rl_store_bind_real(sqlite3_stmt *stmt, int at, double value);

/* JSON text, null: {}; checked here, since a schema's CHECK may not call json_valid(). */
int rl_store_bind_json(
	struct rl_store *store, sqlite3_stmt *stmt, int at, const char *text, struct rl_err *err);
double rl_store_real(sqlite3_stmt *stmt, int column);

/* Copies a text column; cuts it at @size. */
void rl_store_text(sqlite3_stmt *stmt, int column, char *out, size_t size);

/* store_verify.c */
int rl_store_check_header(const char *path, bool *empty, struct rl_err *err);
int rl_store_check_schema(
	struct rl_store *store, int version, bool *views_current, struct rl_err *err);
int rl_store_check_content(struct rl_store *store, struct rl_err *err);
int rl_store_pragma(struct rl_store *store, const char *name, struct rl_err *err);

/* store_view.c */
char *rl_store_views_sql(void); /* free() */
int rl_store_check_views(struct rl_store *store, sqlite3 *model, bool *current, struct rl_err *err);
int rl_store_make_views(struct rl_store *store, struct rl_err *err);

/* store_run.c: run->hash of platform, cell and documents, which are sorted. */
void rl_store_hash_run(struct rl_run *run);

/* store_latency.c */
int rl_store_put_latencies(struct rl_store *store, const struct rl_run *run, struct rl_err *err);

/* store_role.c */
int rl_store_put_role(struct rl_store *store, const struct rl_run *run, struct rl_err *err);
int rl_store_seal_role(struct rl_store *store, const struct rl_run *run, struct rl_err *err);
int rl_store_put_calibration(
	struct rl_store *store, int64_t set, const struct rl_param_set *p, struct rl_err *err);

/*
 * store_seal.c: keeps a hash over what a run, a parameter set or a campaign is now, and holds what
 * it is against it:
 * @broken: they differ. What has no seal is not broken. check_params() says it as an error.
 */
/* All rows of a statement, a line a value, so that no value can be taken for its neighbour's. */
int rl_store_hash_rows(
	struct rl_store *store, sqlite3_stmt *stmt, struct rl_sha256 *s, struct rl_err *err);

enum rl_store_sealed { RL_STORE_RUN, RL_STORE_PARAMS, RL_STORE_CAMPAIGN };
int rl_store_seal(
	struct rl_store *store, enum rl_store_sealed what, int64_t id, struct rl_err *err);
int rl_store_check_seal(struct rl_store *store, enum rl_store_sealed what, int64_t id, bool *broken,
	struct rl_err *err);
int rl_store_check_params(struct rl_store *store, int64_t id, const char *name, struct rl_err *err);

#endif
