/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sweeps in the store. What a sweep is has a hash; its configurations come in any order, in batches
 * of one transaction each, and are there or not: a killed sweep goes on with those that are not.
 */
#ifndef RL_DATA_STORE_SWEEP_H
#define RL_DATA_STORE_SWEEP_H

#include "data/store.h"
#include "data/sweep.h"

#define RL_SWEEP_NAME 64

/* What a configuration brings home: no pointer, so that it can be sent. */
struct rl_sweep_row {
	uint32_t config, reps;
	uint64_t requests, events, warmup;
	uint8_t warm, precise;
	char limit_what[64];
	double limit_frac;
	char failed[256]; /* "": it has metrics */
	struct rl_metrics metrics;
};

/* What a sweep is. */
struct rl_sweep_id {
	char name[RL_SWEEP_NAME];
	char hash[RL_SHA256_HEX]; /* over spec */
	char *spec;		  /* JSON: all that the results depend on */
};

struct rl_sweep_log;

/**
 * rl_sweep_log_open - begin a sweep in a store, or go on with the one of this name.
 * @w:    valid as long as the log.
 * @done: out, @w->npoints of them: is it there already?
 * Returns: 0; -EINVAL when the name is another sweep's, @err says what differs; -EIO; -ENOMEM.
 * Context: one thread; the store has no other transaction open.
 */
int rl_sweep_log_open(struct rl_sweep_log **out, struct rl_store *store, const struct rl_sweep *w,
	const struct rl_sweep_id *id, bool *done, struct rl_err *err);

/**
 * rl_sweep_log_put - store rows in one transaction; those that are there already are left alone.
 * Returns: 0; -EIO, -EINVAL and nothing of them is stored.
 */
int rl_sweep_log_put(struct rl_sweep_log *log, const struct rl_sweep_row *const *rows, size_t n,
	struct rl_err *err);

/**
 * rl_sweep_log_rows - call @each for every row that is done, in the order of configurations.
 * Stops when it returns non-zero, and returns that.
 */
int rl_sweep_log_rows(struct rl_sweep_log *log,
	int (*each)(void *arg, const struct rl_sweep_row *row), void *arg, struct rl_err *err);

/* What a merge found. */
struct rl_sweep_merged {
	uint64_t sweeps, copied, known; /* the latter two: configurations */
};

/**
 * rl_sweep_merge - put all sweeps of a store into another one, in one transaction.
 * Returns: 0; -EINVAL when both have a sweep of a name that is not the same one, or other results
 *          of a configuration: then nothing is changed; -EIO.
 */
int rl_sweep_merge(struct rl_store *to, struct rl_store *from, struct rl_sweep_merged *count,
	struct rl_err *err);

/** rl_sweep_log_close - null does nothing. The store stays open. */
void rl_sweep_log_close(struct rl_sweep_log *log);

#endif
