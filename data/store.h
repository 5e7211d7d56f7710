/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store: one SQLite file with every measured run, its documents verbatim beside
 * what was read out of them, and the parameter sets fitted to them.
 *
 * What is written is written in one transaction: a killed import leaves the old
 * state or the new one. A file that is no ringlab database is refused and never
 * written to. The same content twice is one run.
 */
#ifndef RL_DATA_STORE_H
#define RL_DATA_STORE_H

#include "data/sha256.h"
#include "model/metrics.h"
#include "model/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RL_STORE_DEFAULT "ringlab.db"

enum rl_role { RL_ROLE_NONE, RL_ROLE_CALIBRATE, RL_ROLE_VALIDATE, RL_ROLE_ANY };

/** rl_role_name - "none", "calibrate", "validate". */
const char *rl_role_name(enum rl_role role);

/** rl_role_find - the role of a name; -1 when there is none. */
int rl_role_find(const char *name, size_t len);

/* A file of a run as it came home. */
struct rl_document {
	char name[64]; /* "fio.json", "cell.txt", "job.fio", "front.stats", ... */
	char *bytes;   /* terminated, but may hold zero bytes */
	size_t size;
};

/* A counter of a driver over the run: side "front" or "back". */
struct rl_stat {
	char side[16], key[48];
	double value;
};

/* Where the time of a request went: the time from the stamp before to this one. */
struct rl_stage {
	char name[16]; /* data/stages.h */
	int64_t n;
	double mean_ns, p50_ns, p90_ns, p99_ns;
};

/* Samples of a latency near a value, in fio's bins: what "clat" of which "read". */
struct rl_bin {
	char what[16], way[16];
	int64_t value_ns, n;
};

/* What the lines of fio's latency logs add up to. */
struct rl_latency_log {
	char what[16], way[16];
	int64_t n; /* lines: samples, or averages of them */
	double mean_ns, min_ns, max_ns;
	bool averaged;
};

/* A vCPU's time in a state, by Xen's own trace (data/format/xenalyze.h). */
struct rl_schedule {
	uint16_t domid, vcpu;
	char state[20];
	int64_t n;
	double total_ns;
	double p5_ns, p50_ns, p95_ns; /* NaN: not known */
};

struct rl_run {
	int64_t id; /* 0: not stored yet */
	char hash[RL_SHA256_HEX];
	char platform[48]; /* "xen-qemu-counted" */
	char cell[96];	   /* "event-spin-randread-4k-qd8", without the repeat */
	int repeat;	   /* from 0 */
	enum rl_role role;
	char split[RL_SHA256_HEX];   /* of the split that gave the role; "" when none did */
	char started[32];	     /* ISO 8601; "" when unknown */
	struct rl_scenario scenario; /* machine, policies and disk from manifest and cell, job
				      * from job.fio; costs are the defaults */
	struct rl_metrics metrics;   /* value; lo and hi are NaN: one run has no interval */
	struct rl_stat *stats;
	size_t nstats;
	struct rl_stage *stages; /* of the run's traces */
	size_t nstages;
	struct rl_bin *bins;
	size_t nbins;
	struct rl_latency_log *logs;
	size_t nlogs;
	struct rl_schedule *schedule;
	size_t nschedule;
	char *manifest; /* JSON text */
	struct rl_document *documents;
	size_t ndocuments;
};

/** rl_run_fini - free what hangs on a run; it may be filled again. */
void rl_run_fini(struct rl_run *run);

/** rl_run_stat - a counter by side and key; NaN when the run has none. */
double rl_run_stat(const struct rl_run *run, const char *side, const char *key);

/** rl_run_document - a document by name; null when the run has none. */
const struct rl_document *rl_run_document(const struct rl_run *run, const char *name);

struct rl_store;

/**
 * rl_store_open - open a database.
 * @path:   a file, or ":memory:".  @create: make it when it does not exist.
 * Returns: 0; -ENOENT; -EINVAL when it is not a ringlab database, is newer than this program, or
 *          is damaged (nothing is written to it); -EIO what SQLite says.
 * Context: one thread an opened store.
 */
int rl_store_open(struct rl_store **out, const char *path, bool create, struct rl_err *err);

/** rl_store_close - close; what was not committed is gone. Null does nothing. */
void rl_store_close(struct rl_store *store);

/** rl_store_begin, _commit, _rollback - put several changes in one transaction. */
int rl_store_begin(struct rl_store *store, struct rl_err *err);
int rl_store_commit(struct rl_store *store, struct rl_err *err);
void rl_store_rollback(struct rl_store *store);

/**
 * rl_store_put_run - store a run unless its content is there already.
 * @run:   documents, manifest, metrics, stats and names filled; hash is computed here, id set.
 * @is_new: out, may be null. A known run keeps what it has; it takes @run->role if it had none.
 * Context: inside rl_store_begin() when it shall be atomic with others; after rl_store_put_split()
 *          when @run->split names one.
 * Returns: 0; -EINVAL (a value that is not finite, a manifest that is not JSON, another role than
 *          the known run has, role validate for a run that parameters were fitted to); -EIO.
 */
int rl_store_put_run(struct rl_store *store, struct rl_run *run, bool *is_new, struct rl_err *err);

/** rl_store_put_split - keep a split that is applied; its hash seals the roles that it gives. */
int rl_store_put_split(struct rl_store *store, const char *sha256, const char *bytes, size_t size,
	struct rl_err *err);

/**
 * rl_store_runs - the runs of a platform, by cell and repeat.
 * @platform: null: all.  @role: RL_ROLE_ANY: all.
 * @runs, @n: out, one array; free with rl_store_free_runs(). Documents are not loaded but the
 *            scenario is read from them.
 * Returns: 0 (also when there is none); -EINVAL a document that cannot be read; -EIO; -ENOMEM.
 */
int rl_store_runs(struct rl_store *store, const char *platform, enum rl_role role,
	struct rl_run **runs, size_t *n, struct rl_err *err);
void rl_store_free_runs(struct rl_run *runs, size_t n);

/** rl_store_documents - load a run's documents, verbatim, into @run. */
int rl_store_documents(struct rl_store *store, struct rl_run *run, struct rl_err *err);

struct rl_store_audited {
	size_t runs, sweeps, configs; /* the latter of all sweeps */
	size_t deaths;		      /* of all campaigns */
};

/**
 * rl_store_audit - read all again: documents against their hashes, runs against theirs, figures
 * against what the documents say, roles against the splits that gave them, parameter sets against
 * what was saved, campaigns of deaths against what was told, sweeps and their configurations
 * against what was simulated.
 * @count: out, how much there is.
 * Returns: 0; -EINVAL what has changed since it was put in; -EIO; -ENOMEM.
 */
int rl_store_audit(struct rl_store *store, struct rl_store_audited *count, struct rl_err *err);

/* A fitted parameter; lo and hi are its 95 % interval, NaN when there is none. */
struct rl_fitted {
	bool present; /* false: not fitted, the default holds */
	bool identifiable;
	double value, lo, hi;
};

struct rl_param_set {
	char name[64];
	char platform[48];
	char created[32]; /* ISO 8601 */
	char *manifest;	  /* JSON text; null: {} */
	struct rl_fitted p[RL_PARAM_COUNT + 1];
};

/**
 * rl_store_save_params - store a set; one of the same name is replaced. Atomic.
 * The runs that its manifest lists as calibrated_on are kept beside it (table calibration_run), and
 * a hash over all of it (param_seal).
 * Returns: 0; -EINVAL when one of them is held out for validation; -EIO.
 */
int rl_store_save_params(
	struct rl_store *store, const struct rl_param_set *set, struct rl_err *err);

/**
 * rl_store_load_params - a set by name.
 * @set: out; free with rl_param_set_fini().
 * Returns: 0; -ENOENT; -EINVAL when it is not what was saved or holds a parameter that this program
 * does not know; -EIO.
 */
int rl_store_load_params(
	struct rl_store *store, const char *name, struct rl_param_set *set, struct rl_err *err);
void rl_param_set_fini(struct rl_param_set *set);

/** rl_param_set_apply - put the fitted values into a scenario's costs. */
void rl_param_set_apply(const struct rl_param_set *set, struct rl_costs *costs);

struct rl_platform_runs {
	const char *name; /* until the call returns */
	int64_t runs, cells;
	int64_t roles[RL_ROLE_ANY]; /* runs */
};

/**
 * rl_store_platforms - the platforms and how many runs each has.
 * Calls @row for each, in order of names; stops when it returns non-zero and returns that.
 */
int rl_store_platforms(struct rl_store *store,
	int (*row)(void *arg, const struct rl_platform_runs *p), void *arg, struct rl_err *err);

#endif
