/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run's distributions of latency, and who had the CPUs meanwhile, in the store. */
#include "data/store_private.h"

#include <errno.h>

static int put_bins(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"INSERT INTO latency (run, what, way, value_ns, n) VALUES (?, ?, ?, ?, ?)", err);
	int rc = 0;

	if (!stmt)
		return -EIO;
	for (size_t i = 0; !rc && i < run->nbins; i++) {
		const struct rl_bin *b = &run->bins[i];

		sqlite3_bind_int64(stmt, 1, run->id);
		sqlite3_bind_text(stmt, 2, b->what, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 3, b->way, -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 4, b->value_ns);
		sqlite3_bind_int64(stmt, 5, b->n);
		if (sqlite3_step(stmt) != SQLITE_DONE)
			rc = rl_store_fail(store, err, b->what);
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int put_log(struct rl_store *store, const struct rl_run *run, const struct rl_latency_log *l,
	struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"INSERT INTO latency_log (run, what, way, n, mean_ns, min_ns, max_ns, averaged)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		err);

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, run->id);
	sqlite3_bind_text(stmt, 2, l->what, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, l->way, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 4, l->n);
	rl_store_bind_real(stmt, 5, l->mean_ns);
	rl_store_bind_real(stmt, 6, l->min_ns);
	rl_store_bind_real(stmt, 7, l->max_ns);
	sqlite3_bind_int(stmt, 8, l->averaged);
	return rl_store_finish(store, stmt, err, l->what);
}

static int put_schedule(struct rl_store *store, const struct rl_run *run,
	const struct rl_schedule *s, struct rl_err *err)
{
	sqlite3_stmt *stmt = rl_store_prepare(store,
		"INSERT INTO schedule (run, domid, vcpu, state, n, total_ns, p5_ns, p50_ns, p95_ns)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		err);

	if (!stmt)
		return -EIO;
	sqlite3_bind_int64(stmt, 1, run->id);
	sqlite3_bind_int(stmt, 2, s->domid);
	sqlite3_bind_int(stmt, 3, s->vcpu);
	sqlite3_bind_text(stmt, 4, s->state, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 5, s->n);
	rl_store_bind_real(stmt, 6, s->total_ns);
	rl_store_bind_real(stmt, 7, s->p5_ns);
	rl_store_bind_real(stmt, 8, s->p50_ns);
	rl_store_bind_real(stmt, 9, s->p95_ns);
	return rl_store_finish(store, stmt, err, s->state);
}

int rl_store_put_latencies(struct rl_store *store, const struct rl_run *run, struct rl_err *err)
{
	int rc = put_bins(store, run, err);

	for (size_t i = 0; !rc && i < run->nlogs; i++)
		rc = put_log(store, run, &run->logs[i], err);
	for (size_t i = 0; !rc && i < run->nschedule; i++)
		rc = put_schedule(store, run, &run->schedule[i], err);
	return rc;
}
